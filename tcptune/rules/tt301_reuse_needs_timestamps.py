"""tcp_tw_reuse is set on, and does nothing because tcp_timestamps is off.

Why:

connect() takes over a port in TIME_WAIT only where the old connection used timestamps, since the kernel tells its old
segments from new ones by them. Without timestamps nothing is ever reused and connect() ends in EADDRNOTAVAIL, as if
tcp_tw_reuse were 0. The default 2 (loopback only) is not spoken of, unless somebody wrote it.

Bad:

    net.ipv4.tcp_tw_reuse = 1
    net.ipv4.tcp_timestamps = 0

Good:

    net.ipv4.tcp_tw_reuse = 1
    net.ipv4.tcp_timestamps = 1

Fix:

Set tcp_timestamps to 1, its default. If timestamps must stay off, delete the line with tcp_tw_reuse and widen
ip_local_port_range instead.

Sources:

- net/ipv4/tcp_ipv4.c: tcp_twsk_unique()
- RFC 6191
- Linux 6.18: with timestamps off a port in TIME_WAIT was never taken over
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix
from tcptune.rules.base import Rule
from tcptune.rules.relations import other, refused, to_set
from tcptune.rules.view import View

REUSE = "net.ipv4.tcp_tw_reuse"
TIMESTAMPS = "net.ipv4.tcp_timestamps"

_WHY = (
    "A port in TIME_WAIT is taken over only where the old connection used timestamps. Without them connect() ends in"
    " EADDRNOTAVAIL when the ports towards one destination are used up, as if reuse were off."
)


def check(view: View) -> Iterator[Finding]:
    """Find reuse that somebody set on beside timestamps that are off."""
    reuse = view.touched(REUSE)
    if reuse is None or not isinstance(reuse.value, int) or reuse.value == 0 or view.number(TIMESTAMPS) != 0:
        return
    if refused(view, REUSE):
        return
    yield RULE.finding(
        reuse,
        f"tcp_tw_reuse = {reuse.value} does nothing while tcp_timestamps is 0.",
        _WHY,
        fix=Fix(f"turn timestamps on, their default: {to_set(view, TIMESTAMPS, 1)}"),
        related=other(view.settings.get(TIMESTAMPS), "timestamps are turned off here"),
        references=("net/ipv4/tcp_ipv4.c: tcp_twsk_unique()", "RFC 6191"),
    )


RULE = Rule(
    "TT301",
    "reuse-needs-timestamps",
    "error",
    "tcp_tw_reuse does nothing without tcp_timestamps.",
    check,
    keys=(REUSE,),
)
