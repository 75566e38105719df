"""tcp_max_tw_buckets is smaller than the number of ephemeral ports, so TIME_WAIT is cut short before ports run out.

Why:

One destination alone can put as many connections in TIME_WAIT as there are ephemeral ports. With fewer buckets than
that the rest gets no TIME_WAIT: it is destroyed on the spot, without a line in the log, and TCPTimeWaitOverflow counts
it. Where nothing sets a range, it is the kernel's. Two defaults are not spoken of, though a machine with little memory
has fewer buckets than ports.

Bad:

    net.ipv4.tcp_max_tw_buckets = 30000
    net.ipv4.ip_local_port_range = 10240 65535

Good:

    net.ipv4.tcp_max_tw_buckets = 262144
    net.ipv4.ip_local_port_range = 10240 65535

Fix:

Delete the line with tcp_max_tw_buckets: its default grows with memory. Or set at least the number of ports.

Sources:

- net/ipv4/inet_timewait_sock.c: inet_twsk_alloc()
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.catalog import parameter
from tcptune.model.finding import Finding, Fix
from tcptune.model.value import show
from tcptune.rules.base import Rule
from tcptune.rules.relations import by_somebody, other, to_set
from tcptune.rules.view import View

BUCKETS = "net.ipv4.tcp_max_tw_buckets"
RANGE = "net.ipv4.ip_local_port_range"

_WHY = (
    "One destination can use up all buckets before its ports: what closes then gets no TIME_WAIT, without a word in"
    " the log (TCPTimeWaitOverflow counts it), and old segments may reach a new connection on the same ports."
)


def check(view: View) -> Iterator[Finding]:
    """Find fewer buckets than ports; 0 and negative numbers are no such count, and TT403 tells what they mean."""
    buckets, ports = view.number(BUCKETS), view.pair(RANGE)
    if buckets is None or buckets <= 0:
        return
    named = ""
    if ports is None and buckets >= _few(view):
        ports, named = _by_default(view), " by default"
    if ports is None or not (named or by_somebody(view, BUCKETS, RANGE)):
        return
    size = ports[1] - ports[0] + 1
    if buckets >= size:
        return
    yield RULE.finding(
        view.settings[BUCKETS],
        f"tcp_max_tw_buckets = {buckets} is less than the {size:,} ephemeral ports ({show(ports)}{named}).",
        _WHY,
        fix=Fix(_title(view, size)),
        related=other(view.settings.get(RANGE), f"{size:,} ports here"),
        references=("net/ipv4/inet_timewait_sock.c: inet_twsk_alloc()",),
    )


def _few(view: View) -> int:
    """Return the count below which TT403 speaks of the buckets themselves: the catalogue's, or configuration's."""
    entry = parameter(BUCKETS)
    counts = [risk.when.upto for risk in entry.risks if risk.when.upto is not None] if entry else []
    return view.options.get("TT403.value", max(counts, default=0) + 1)


def _by_default(view: View) -> tuple[int, int] | None:
    """Return the range of a host on which nobody sets one: the smallest of the kernels' defaults."""
    pairs = [(one[0], one[1]) for one in view.left(RANGE) if isinstance(one, tuple) and len(one) == 2]
    return min(pairs, key=lambda pair: pair[1] - pair[0], default=None)


def _title(view: View, size: int) -> str:
    default = view.default(BUCKETS, view.targets[0]) if view.live and view.targets else None
    if isinstance(default, int) and default >= size:
        return f"go back to this host's default: {to_set(view, BUCKETS, default)}"
    if not view.live:
        return f"delete the line, the default grows with memory; or set at least {to_set(view, BUCKETS, size)}"
    return f"set at least the number of ports: {to_set(view, BUCKETS, size)}"


RULE = Rule(
    "TT305",
    "buckets-below-ports",
    "warning",
    "tcp_max_tw_buckets is under the size of the ephemeral range.",
    check,
    keys=(BUCKETS,),
)
