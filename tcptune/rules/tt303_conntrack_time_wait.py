"""Connection tracking forgets a connection in TIME_WAIT before the kernel does, or keeps it longer than its default.

Why:

A socket stays in TIME_WAIT for 60 seconds. Where connection tracking drops its entry earlier, a repeated FIN in that
time belongs to no known connection: it counts as INVALID, a rule that drops such packets drops it, and behind NAT it
no longer reaches its socket. Beyond 120 seconds, the default, closed connections only fill the table. The number has
nothing to do with how long the socket itself waits.

Bad:

    net.netfilter.nf_conntrack_tcp_timeout_time_wait = 10

Good:

    net.netfilter.nf_conntrack_tcp_timeout_time_wait = 60

Fix:

Delete the line, or choose between 60 and 120 seconds. Where the table fills up, raise nf_conntrack_max.

Sources:

- net/netfilter/nf_conntrack_proto_tcp.c: nf_conntrack_tcp_packet()
- include/net/tcp.h: TCP_TIMEWAIT_LEN
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix
from tcptune.rules.base import Rule
from tcptune.rules.relations import to_set
from tcptune.rules.view import View

KEY = "net.netfilter.nf_conntrack_tcp_timeout_time_wait"
SOCKET_SECONDS = 60
"""How long a socket is in TIME_WAIT: TCP_TIMEWAIT_LEN of the kernel, the same in all versions."""

DEFAULT_SECONDS = 120

_SHORT = (
    "In the seconds between, a repeated FIN of the peer belongs to no known connection: it is INVALID to the firewall"
    " and may be dropped or lose its translation. Sockets in TIME_WAIT are not concerned, they wait 60 s all the same."
)
_LONG = (
    "Closed connections stay in the table for longer and fill it, and nobody needs them: the socket is gone after"
    " 60 s. A full table drops new connections."
)


def check(view: View) -> Iterator[Finding]:
    """Find a time that is shorter than TIME_WAIT or longer than the default."""
    seconds, setting = view.number(KEY), view.touched(KEY)
    if seconds is None or setting is None:
        return
    if seconds < SOCKET_SECONDS:
        said = f"Connection tracking forgets TIME_WAIT after {seconds} s, before the kernel does (60 s)."
        wanted, reason = SOCKET_SECONDS, _SHORT
    elif seconds > DEFAULT_SECONDS:
        said = f"Connection tracking keeps TIME_WAIT for {seconds} s, longer than its default of 120 s."
        wanted, reason = DEFAULT_SECONDS, _LONG
    else:
        return
    if seconds < 0:
        said = f"Connection tracking is told to keep TIME_WAIT for {seconds} s, which is no time at all."
    fix = Fix(f"choose between 60 and 120 s: {to_set(view, KEY, wanted)}")
    yield RULE.finding(setting, said, reason, fix=fix, references=("net/netfilter/nf_conntrack_proto_tcp.c",))


RULE = Rule(
    "TT303",
    "conntrack-time-wait",
    "warning",
    "Connection tracking forgets TIME_WAIT before the kernel does, or keeps it beyond its default.",
    check,
    keys=(KEY,),
)
