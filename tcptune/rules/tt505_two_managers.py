"""Another manager of the host sets the same parameter to another value.

tuned, ufw and others have files of their own and write when they start, after the loaders. The line in sysctl.d
holds for a moment only, and `sysctl --system` by hand turns the value back until the manager writes again.

Of a folder that is no whole host, `ufw/sysctl.conf` is compared with `sysctl.conf` and `sysctl.d` beside it, unless
`ufw.conf` says there that ufw is off.

Fix:

Set the parameter in one place: in the manager's own file, or in sysctl.d once it is taken out there.

Sources:

- tuned-main.conf(5) (`reapply_sysctl`), ufw-framework(8) (`IPT_SYSCTL`)
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix, Related
from tcptune.model.value import show
from tcptune.rules.base import Rule
from tcptune.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Find lines of sysctl.d that a manager's own file contradicts."""
    origins = view.origins
    if origins is None or not origins.applies:
        return
    for source in origins.sources.values():
        line = source.systemd or source.procps
        for other in source.managers if line is not None else ():
            if line is None or line.says(other):
                continue
            said = show(other.value if other.value is not None else other.raw)
            message = f"{source.key} = {line.raw} does not last: {other.by} sets it to {said} in {other.at.path}."
            why = f"{other.by} writes after the loaders, when it starts; `sysctl --system` by hand turns it back."
            fix = Fix(f"set it in one place: take it out of {line.at.path} or out of {other.at.path}")
            there = Related(other.at, f"{other.by} sets {said}")
            yield RULE.finding(line.setting, message, why, fix=fix, related=(there,))


RULE = Rule(
    "TT505",
    "two-managers",
    "warning",
    "Another manager sets the parameter, too.",
    check,
    needs=frozenset({"origins"}),
)
