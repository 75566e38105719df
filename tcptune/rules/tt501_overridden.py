"""A later file sets the same parameter to another value and wins.

Both loaders read drop-ins in the order of their file names, whatever folder they stand in, and the last value wins.
procps reads /etc/sysctl.conf after all of them, systemd-sysctl does not read it at all. A preset of /usr/lib that a
file of /etc replaces is what drop-ins are for and no finding; nor is an equal value. Two files that one script writes
into a folder of drop-ins are told of as well, where it writes both in any case.

Fix:

Take the line that loses out, or set the value in the file that wins.

Sources:

- sysctl.d(5) and sysctl(8); measured with both loaders
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix, Related
from tcptune.model.origin import LOADERS
from tcptune.model.value import show
from tcptune.rules.base import Rule
from tcptune.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Find lines that lose under every loader of a host; of a folder alone `lint` tells by itself."""
    for lost in view.origins.lost if view.origins is not None else ():
        line, winner = lost.line, lost.winner
        names = " and ".join(LOADERS[name] for name in lost.loaders)
        said = show(winner.value if winner.value is not None else winner.raw)
        message = f"{line.key} = {line.raw} has no effect under {names}: {winner.at.path} sets it to {said} later."
        why = "Drop-ins are read in the order of their file names, whatever folder they stand in; the last value wins."
        fix = Fix(f"take the line out, or set {line.raw} in {winner.at.path}")
        wins = Related(winner.at, f"line {winner.at.line} wins")
        yield RULE.finding(line.setting, message, why, fix=fix, related=(wins,))


RULE = Rule("TT501", "overridden", "warning", "A later file wins.", check)
