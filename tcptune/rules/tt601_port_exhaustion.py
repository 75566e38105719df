"""One destination uses up its ephemeral ports; when none is left connect() fails with EADDRNOTAVAIL.

Why:

A connection takes a local port towards its destination (local address, remote address and port), and keeps it for 60 s
after this side closed first: TIME_WAIT. So a destination sustains a sixtieth of the usable ports in new connections a
second: 470 with the default range. tcp_tw_reuse shortens that to about a second, where both ends use timestamps.

A program that calls bind(address, 0) before connect() without IP_BIND_ADDRESS_NO_PORT has less: a port that any
socket of the address holds is taken for it, whatever the destination.

It is a warning from 80 percent of the ports on, and an error from 95 percent. Ports in TIME_WAIT that the next
connect() may reuse count as free. TIME_WAIT of connections that this host accepted takes no port at all.

Fix:

What helps depends on what holds the ports; the finding names one thing. Connections that are kept open and used again
(keep-alive, a pool) always help. Reuse helps outgoing connections whose both ends carry timestamps. More local or
remote addresses multiply the ports, a wider range adds some. tcp_fin_timeout, tcp_max_tw_buckets and tcp_tw_recycle do
not help, or harm.

Sources:

- net/ipv4/inet_hashtables.c: __inet_hash_connect(), __inet_check_established()
- net/ipv4/tcp_ipv4.c: tcp_twsk_unique()
- net/ipv4/inet_connection_sock.c: inet_csk_find_open_port()
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix
from tcptune.model.ports import KEYS, RANGE, Budget, PortPressure, Reuse, Use, budget, reuse_of
from tcptune.rules.base import Rule
from tcptune.rules.view import View

PERCENT = 80
EXHAUSTED = 95

_SOURCES = ("net/ipv4/inet_hashtables.c: __inet_hash_connect()", "net/ipv4/tcp_ipv4.c: tcp_twsk_unique()")
_WHY_BIND = (
    "Without IP_BIND_ADDRESS_NO_PORT bind(address, 0) wants a port that no socket of the address holds, whatever its"
    " destination, so all destinations share one range."
)


def check(view: View) -> Iterator[Finding]:
    """Find destinations whose ports run out, and bind() running out of all of them together."""
    ports = view.pressure.ports if view.pressure else None
    if ports is None:
        return
    reuse = reuse_of({key: view.value(key) for key in KEYS})
    limit = view.options.get("TT601.value", PERCENT)
    single = False
    for use in ports.uses:
        stand = budget(use, reuse)
        if stand is not None and 100 * stand.pressed >= limit:
            single = True
            yield _finding(view, use, stand, reuse)
    if not single:
        yield from _shared(view, ports, limit)


def _finding(view: View, use: Use, stand: Budget, reuse: Reuse) -> Finding:
    from tcptune.rules.port_remedy import remedy

    percent = 100 * stand.pressed
    waiting = use.time_wait - stand.reusable
    message = (
        f"Connections from {use.local} to {use.name} hold {stand.held:,} of {stand.usable:,} ephemeral ports"
        f" ({min(percent, 100):.0f} %), {waiting:,} of them in TIME_WAIT{_when(stand)}{_who(view, use)}."
    )
    change = remedy(view, use, stand, reuse)
    return RULE.finding(
        view.settings.get(RANGE),
        message,
        change.why,
        severity="error" if percent >= EXHAUSTED else "warning",
        fix=Fix(change.title),
        references=_SOURCES,
    )


def _when(stand: Budget) -> str:
    """Return how long it takes until connect() fails."""
    if stand.held >= stand.usable:
        return ": connect() fails with EADDRNOTAVAIL"
    if stand.seconds is None or stand.seconds > 3600:
        return ""
    return f"; at this rate connect() fails in {max(1, round(stand.seconds)):,} s"


def _who(view: View, use: Use) -> str:
    """Return who connects, as far as it is known."""
    if not use.owners:
        ports = view.pressure.ports if view.pressure else None
        if use.live and ports is not None and ports.unseen:
            return "; whose they are is not to be seen without root"
        return "; no live connection tells whose they are (`tcptune sockets --trace 10`, as root, does)"
    names = ", ".join(str(owner) for owner in use.owners[:3])
    sure = "" if use.owners[0].confidence == "likely" else "one of "
    return f"; opened by {sure}{names}, going by the live connections"


def _shared(view: View, ports: PortPressure, limit: int) -> Iterator[Finding]:
    """Find bind() without IP_BIND_ADDRESS_NO_PORT near the end of the range that it shares among destinations."""
    usable = ports.ports.usable if ports.ports else 0
    if not usable or 100 * ports.taken < limit * usable:
        return
    from tcptune.rules.port_remedy import binds, remedy_for_bind

    if not binds(ports.uses):
        return
    share = min(100, 100 * ports.taken / usable)
    yield RULE.finding(
        view.settings.get(RANGE),
        f"{ports.taken:,} of {usable:,} ephemeral ports ({share:.0f} %) are taken for bind(address, 0), which most"
        " outgoing connections here seem to call before connect().",
        _WHY_BIND,
        severity="error" if share >= EXHAUSTED else "warning",
        fix=Fix(remedy_for_bind()),
        references=("net/ipv4/inet_connection_sock.c: inet_csk_find_open_port()",),
    )


RULE = Rule(
    "TT601",
    "port-exhaustion",
    "error",
    "One destination uses up its ephemeral ports.",
    check,
    needs=frozenset({"live", "pressure"}),
)
