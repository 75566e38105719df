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
from tcptune.model.setting import Edit, Setting
from tcptune.rules.base import Rule
from tcptune.rules.tt201_wrong_type import misread
from tcptune.rules.view import View
from tcptune.rules.written import quoted


def check(view: View) -> Iterator[Finding]:
    """Find values of sysctl files that begin with a quote, and such of other formats that the kernel refuses."""
    for setting in view.settings.values():
        if "loader" in setting.facts and quoted(setting.raw) and not setting.templated:
            yield _quoted(setting, "Files of sysctl.d are not read by a shell; nothing takes the quotes off.")
    for setting, _, _ in misread(view) if view.host is None else ():
        if "loader" not in setting.facts and quoted(setting.raw):
            yield _quoted(setting, "They stand within the value as its format is read; nothing takes them off.")


def _quoted(setting: Setting, why: str) -> Finding:
    raw, at = setting.raw, setting.value_at
    inner, _, behind = raw[1:].partition(raw[0])
    edits: tuple[Edit, ...] = ()
    if at is not None and at.end_column is not None and inner and not behind and "loader" in setting.facts:
        edits = (Edit(at.path, at.line, at.column, at.line, at.end_column, inner),)
    message = f"The quotes are part of the value: the kernel gets {raw} and refuses it."
    title = f"write {inner} without quotes" if inner else "write the value without quotes"
    if behind:
        title += ", and what stands behind it on lines of its own"
    return RULE.finding(setting, message, why, fix=Fix(title, safe=bool(edits), edits=edits))


RULE = Rule("TT005", "quoted-value", "error", "Quotes are part of the value.", check)
