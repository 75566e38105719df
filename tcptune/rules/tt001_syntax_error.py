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

from tcptune.model.finding import Finding
from tcptune.rules.base import Rule
from tcptune.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Find nothing by itself: the reader of the file reports these lines."""
    return iter(())


RULE = Rule("TT001", "syntax-error", "error", "A line is no assignment.", check, needs=frozenset({"files"}))
