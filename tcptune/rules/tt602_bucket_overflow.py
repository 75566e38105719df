"""Connections closed without TIME_WAIT, because tcp_max_tw_buckets was reached.

Why:

A connection that gets no TIME_WAIT is gone at once. If the last ACK is lost the peer meets a RST, and old segments can
reach a new connection on the same ports. The kernel logs nothing; TCPTimeWaitOverflow counts each one. It also counts
where memory for the socket was not to be had. Nothing that waits already is evicted.

A growth in a sample is a warning. Without a sample the number since boot is a note, for it may be of long ago.

Fix:

Raise tcp_max_tw_buckets, or delete the line that lowers it: the default grows with memory. A socket in TIME_WAIT takes
a few hundred bytes.

Sources:

- net/ipv4/tcp_minisocks.c: tcp_time_wait()
- net/ipv4/inet_timewait_sock.c: inet_twsk_alloc()
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix
from tcptune.rules.base import Rule
from tcptune.rules.growth import counted, why
from tcptune.rules.relations import to_set
from tcptune.rules.view import View

COUNTER = "TcpExt.TCPTimeWaitOverflow"
BUCKETS = "net.ipv4.tcp_max_tw_buckets"

_WHY = (
    "They were destroyed on the spot: a lost last ACK cannot be repeated, the peer gets a RST, and old segments may"
    " reach a new connection on the same ports. tcp_max_tw_buckets was reached, or memory was short."
)


def check(view: View) -> Iterator[Finding]:
    """Find connections that got no TIME_WAIT."""
    found = counted(view, COUNTER)
    if found is None:
        return
    number = found.numbers[COUNTER]
    yield RULE.finding(
        view.settings.get(BUCKETS),
        f"{number:,} connection{'s' if number > 1 else ''} closed without TIME_WAIT {found.when()}{_now(view)}.",
        why(found, _WHY),
        severity=found.severity("warning"),
        fix=Fix(_title(view)),
        references=("net/ipv4/tcp_minisocks.c: tcp_time_wait()",),
    )


def _now(view: View) -> str:
    waiting = view.pressure.sockets.get("TCP.tw") if view.pressure else None
    limit = view.number(BUCKETS)
    if waiting is None or limit is None or limit <= 0:
        return ""
    return f"; {waiting:,} of {limit:,} buckets are taken now"


def _title(view: View) -> str:
    limit = view.number(BUCKETS)
    default = view.default(BUCKETS, view.targets[0]) if view.targets else None
    if isinstance(default, int) and (limit is None or limit < default):
        return f"go back to this host's default: {to_set(view, BUCKETS, default)}"
    if limit is None or limit <= 0:
        return "find out why memory for sockets is short: `dmesg`, and `tcptune explain tcp_max_tw_buckets`"
    return f"raise the limit: {to_set(view, BUCKETS, limit * 2)}"


RULE = Rule(
    "TT602",
    "bucket-overflow",
    "warning",
    "Connections close without TIME_WAIT: tcp_max_tw_buckets is reached.",
    check,
    needs=frozenset({"live", "pressure"}),
)
