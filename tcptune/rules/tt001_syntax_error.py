"""A line of a sysctl file is no assignment, or has no key or no value.

systemd-sysctl reports the line and ends with status 1; procps warns and goes on. Nothing is set either way, and nobody
looks at the boot log.

Bad:

    net.ipv4.tcp_fin_timeout 30

Good:

    net.ipv4.tcp_fin_timeout = 30

Fix:

Write `key = value`, or make the line a comment with `#` at its beginning. An inline `//` or a continued line is no
comment and no continuation for either loader.

Sources:

- src/sysctl/sysctl.c of systemd and src/sysctl.c of procps
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix
from tcptune.rules.base import Rule
from tcptune.rules.tt201_wrong_type import misread
from tcptune.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Find what is set to nothing in formats that know an empty text; the reader of a file reports the other lines."""
    for setting, _, wanted in misread(view):
        if not setting.raw.strip():
            message = f"{setting.key} is set to nothing."
            yield RULE.finding(
                setting, message, "The kernel refuses an empty text; the old value stays.", fix=Fix(wanted)
            )


RULE = Rule("TT001", "syntax-error", "error", "A line is no assignment.", check, needs=frozenset({"files"}))
