"""A file in a drop-in folder is read by no loader, or by only one of them.

Names that do not end in `.conf` are passed over by both, names that begin with a dot by systemd-sysctl.
/etc/sysctl.conf is read by procps alone, unless a link in /etc/sysctl.d leads to it.

Fix:

Give the file a name such as `60-limits.conf` in /etc/sysctl.d.

Sources:

- sysctl.d(5) and sysctl(8); measured with both loaders
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding
from tcptune.rules.base import Rule
from tcptune.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Find nothing by itself: only the folder shows which files are read."""
    return iter(())


RULE = Rule("TT503", "ignored-file", "warning", "A loader does not read the file.", check, needs=frozenset({"files"}))
