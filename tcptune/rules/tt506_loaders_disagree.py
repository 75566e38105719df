"""systemd-sysctl at boot and `sysctl --system` by hand end with different values.

procps reads /etc/sysctl.conf after all drop-ins, so that it beats every one of them; systemd-sysctl does not read it at
all, unless a link in /etc/sysctl.d leads to it, and then in the order of that link's name. They also differ in names
with a leading dot and in lines such as `-key`. The value after a reboot is another one than the value after
`sysctl --system`.

Fix:

Set the parameter in one place: in the drop-in, with /etc/sysctl.conf left empty.

Sources:

- sysctl.d(5) and sysctl(8); measured with both loaders
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix, Related
from tcptune.model.origin import LOADERS, Source
from tcptune.rules.base import Rule
from tcptune.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Find parameters that the two loaders of a host leave with different values."""
    if view.origins is None or len(view.origins.loaders) < 2:
        return
    for source in view.origins.sources.values():
        if source.late is None:
            yield from _differing(source, {file.at.path for file in view.origins.unread})


def _differing(source: Source, passed_over: set[str]) -> Iterator[Finding]:
    boot, hand = source.systemd, source.procps
    why = "After a reboot the host has another value than after somebody has run `sysctl --system`."
    if boot is not None and hand is not None and not boot.says(hand):
        message = (
            f"{source.key} becomes {boot.raw} at boot ({boot.at.path}),"
            f" and {hand.raw} by `sysctl --system` ({hand.at.path})."
        )
        fix = Fix(f"set it in one of {boot.at.path} and {hand.at.path}")
        related = (Related(hand.at, f"line {hand.at.line} wins under procps"),)
        yield RULE.finding(boot.setting, message, why, fix=fix, related=related)
    alone = boot or hand
    if (boot is None) != (hand is None) and alone is not None and alone.at.path not in passed_over:
        other = "`sysctl --system`" if hand is None else "systemd-sysctl at boot"
        message = f"{source.key} = {alone.raw} is set by {LOADERS[alone.by]}, and not by {other}."
        fix = Fix("write the line as a plain `key = value`, and no `-key` after it")
        yield RULE.finding(alone.setting, message, why, fix=fix)


RULE = Rule(
    "TT506",
    "loaders-disagree",
    "warning",
    "The two loaders would end with different values.",
    check,
    needs=frozenset({"origins"}),
)
