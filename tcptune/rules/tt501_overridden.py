"""A later file sets the same parameter to another value and wins.

Both loaders read drop-ins in the order of their file names, whatever folder they stand in, and the last value wins.
procps reads /etc/sysctl.conf after all of them, systemd-sysctl does not read it at all. A preset of /usr/lib that a
file of /etc replaces is what drop-ins are for and no finding; nor is an equal value.

Fix:

Take the line that loses out, or set the value in the file that wins.

Sources:

- sysctl.d(5) and sysctl(8); measured with both loaders
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding
from tcptune.rules.base import Rule
from tcptune.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Find nothing by itself: only a folder as a whole shows which file wins."""
    return iter(())


RULE = Rule("TT501", "overridden", "warning", "A later file wins.", check, needs=frozenset({"files"}))
