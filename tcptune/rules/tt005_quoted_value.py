"""Quotes around a value of a sysctl file are part of the value.

There is no shell between the file and the kernel: the kernel gets the quotes and refuses them.

Bad:

    net.ipv4.ip_local_port_range = "20000 60000"

Good:

    net.ipv4.ip_local_port_range = 20000 60000

Fix:

Take the quotes out.

Sources:

- measured with procps 4.0.2 to 4.0.6 and systemd 252 and 257: EINVAL
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix
from tcptune.model.setting import Edit
from tcptune.rules.base import Rule
from tcptune.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Find values of sysctl files that begin with a quote."""
    for setting in view.settings.values():
        raw = setting.raw
        if "loader" not in setting.facts or raw[:1] not in ("'", '"') or setting.templated:
            continue
        inner = raw[1:-1] if len(raw) > 1 and raw[-1] == raw[0] else raw[1:]
        at = setting.value_at
        edits: tuple[Edit, ...] = ()
        if at is not None and at.end_column is not None and inner:
            edits = (Edit(at.path, at.line, at.column, at.line, at.end_column, inner),)
        message = f"The quotes are part of the value: the kernel gets {raw} and refuses it."
        why = "Files of sysctl.d are not read by a shell; nothing takes the quotes off."
        yield RULE.finding(setting, message, why, fix=Fix(f"write {inner} without quotes", safe=True, edits=edits))


RULE = Rule("TT005", "quoted-value", "error", "Quotes are part of the value.", check)
