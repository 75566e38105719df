"""The number of orphaned sockets comes near tcp_max_orphans, beyond which they are reset.

Why:

An orphan is a socket that its program has closed and whose data or FIN is not yet acknowledged. Above tcp_max_orphans
a closing connection is reset at once: the peer loses the end of the data, TCPAbortOnMemory counts it, and the log says
`too many orphaned sockets`. Both the number and the limit are those of the whole host. In a container the number is
seen, the limit is not; then nothing is said. Sockets in TIME_WAIT are no orphans.

Fix:

Find out why peers do not acknowledge: `ss -tn state fin-wait-1` and `ss -tn state last-ack` show where they are. Raise
tcp_max_orphans on the host only after that.

Sources:

- net/ipv4/tcp.c: __tcp_close(), tcp_orphan_count_sum()
- net/ipv4/tcp_timer.c: tcp_out_of_resources()
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix
from tcptune.rules.base import Rule
from tcptune.rules.relations import to_set
from tcptune.rules.view import View

KEY = "net.ipv4.tcp_max_orphans"
GAUGE = "TCP.orphan"
PERCENT = 80

_WHY = (
    "Beyond the limit a closing connection is reset at once and its peer loses the end of the data (TCPAbortOnMemory"
    " counts it). Orphans wait for peers that do not acknowledge; TIME_WAIT is not among them. Number and limit are"
    " those of the whole host."
)


def check(view: View) -> Iterator[Finding]:
    """Find orphans near their limit; where the limit is not to be seen nothing is said."""
    limit = view.number(KEY)
    orphans = view.pressure.sockets.get(GAUGE) if view.pressure else None
    if limit is None or limit <= 0 or orphans is None:
        return
    percent = 100 * orphans / limit
    if percent <= view.options.get("TT605.value", PERCENT):
        return
    yield RULE.finding(
        view.settings[KEY],
        f"{orphans:,} orphaned sockets are {percent:.0f} % of the {limit:,} that tcp_max_orphans allows{_whose(view)}.",
        _WHY,
        fix=Fix(f"see where they go (`ss -tn state fin-wait-1`), then raise the limit: {to_set(view, KEY, limit * 2)}"),
        references=("net/ipv4/tcp.c: __tcp_close()",),
    )


def _whose(view: View) -> str:
    """Return which process closed most of them, as far as live connections to the same places tell."""
    ports = view.pressure.ports if view.pressure else None
    leaks = [leak for leak in (ports.leaks if ports else ()) if leak.state == "ORPHAN"]
    if not leaks:
        return ""
    most = max(leaks, key=lambda leak: leak.count)
    sure = "most likely" if most.owner.confidence == "likely" else "perhaps"
    return f"; {most.count:,} of them were {sure} closed by {most.owner}, most {most.place}"


RULE = Rule(
    "TT605",
    "orphans-near-limit",
    "warning",
    "Orphaned sockets come near tcp_max_orphans.",
    check,
    keys=(KEY,),
    needs=frozenset({"live", "pressure"}),
)
