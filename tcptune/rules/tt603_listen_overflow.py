"""Listeners dropped connections that came in, most often because their accept queue was full.

Why:

A listener holds as many finished connections as the smaller of listen()'s argument and somaxconn, until the program
accepts them. ListenOverflows counts what finds that queue full; ListenDrops counts every SYN or last ACK that a
listener dropped, those among them. The client tries again, a second and more later, so one client counts several times
and most get in late. Which listener it is the counters do not say.

A growth in a sample is a warning. Without a sample the number since boot is a note, for it may be of long ago.

Fix:

Look at `ss -ltn`: where Recv-Q comes near Send-Q the program does not accept fast enough, or asked for too short a
queue. Raise its backlog, and somaxconn where that is the smaller one; then start it anew, since a listener keeps what
it got.

Sources:

- net/ipv4/tcp_input.c: tcp_conn_request()
- net/ipv4/tcp_ipv4.c: tcp_v4_syn_recv_sock()
- Linux 6.18: four clients at a backlog of 0 counted six times in 1.5 s
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix
from tcptune.rules.base import Rule
from tcptune.rules.growth import counted, why
from tcptune.rules.view import View

OVERFLOWS = "TcpExt.ListenOverflows"
DROPS = "TcpExt.ListenDrops"
SOMAXCONN = "net.core.somaxconn"

_FULL = (
    "The accept queue of a listener was full: its program accepts too slowly, or its backlog (the smaller of listen()'s"
    " argument and somaxconn) is too short for a burst. Clients wait a second or more and try again."
)
_OTHER = (
    "Listeners dropped SYNs or last ACKs though their accept queue had room: the queue of half-open connections was"
    " full, memory was short, or there was no route back. Clients wait a second or more and try again."
)


def check(view: View) -> Iterator[Finding]:
    """Find connections that a listener dropped."""
    found = counted(view, OVERFLOWS, DROPS)
    if found is None:
        return
    full = OVERFLOWS in found.numbers
    # Every overflow is a drop as well: the larger number is the whole.
    rated = found._replace(numbers={"": max(found.numbers.values())})
    yield RULE.finding(
        view.settings.get(SOMAXCONN) if full else None,
        f"Listeners dropped incoming connections {rated.when()}: {found.told()}.",
        why(found, _FULL if full else _OTHER),
        severity=found.severity("warning"),
        fix=Fix(_title(view, full=full)),
        references=("net/ipv4/tcp_input.c: tcp_conn_request()",),
    )


def _title(view: View, *, full: bool) -> str:
    if not full:
        return "compare TCPReqQFullDrop and the kernel's log: `nstat -az TcpExtTCPReqQFullDrop; dmesg`"
    limit = view.number(SOMAXCONN)
    bound = f" (somaxconn is {limit})" if limit is not None else ""
    return f"raise the backlog of the program whose Recv-Q comes near its Send-Q{bound}, and restart it: `ss -ltnp`"


RULE = Rule(
    "TT603",
    "listen-overflow",
    "warning",
    "Listeners drop incoming connections.",
    check,
    needs=frozenset({"live", "pressure"}),
)
