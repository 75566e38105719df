"""Segments were dropped because their timestamp was older than the last one of their connection.

Why:

PAWS protects a connection from segments of its own past. A few drops are reordering or a late duplicate, and do no
harm. Many mean that something between the two hosts mixes up timestamps: a NAT or load balancer that puts several
hosts behind one port, a device that rewrites timestamps, or a path that reorders heavily. PAWSEstab counts segments of
connections, PAWSTimewait (since 6.16) those that meet TIME_WAIT or FIN-WAIT-2, PAWSOldAck (since 6.18) bare ACKs, which
PAWSEstab counts before and which are mostly reordering.

A growth in a sample is a warning. Without a sample the number since boot is a note, for it may be of long ago.

Fix:

Find the peers: capture with timestamps shown, and compare the values of one connection. Turning tcp_timestamps off
hides it and takes the protection away.

Sources:

- net/ipv4/tcp_input.c: tcp_validate_incoming()
- net/ipv4/tcp_minisocks.c: tcp_timewait_state_process()
- RFC 7323, section 5
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix
from tcptune.rules.base import Rule
from tcptune.rules.growth import counted, why
from tcptune.rules.view import View

COUNTERS = ("TcpExt.PAWSEstab", "TcpExt.PAWSTimewait", "TcpExt.PAWSOldAck")

_WHY = (
    "Their timestamp was older than the last one seen (PAWS). A few are reordering and do no harm; many delay or stall"
    " connections, and point to a NAT, a load balancer or a device that mixes up timestamps."
)
_TIME_WAIT = (
    " PAWSTimewait: a new connection of a peer met the old one in TIME_WAIT and came with an older timestamp, as hosts"
    " behind one NAT address do."
)


def check(view: View) -> Iterator[Finding]:
    """Find segments that were dropped for their timestamps."""
    found = counted(view, *COUNTERS)
    if found is None:
        return
    reason = _WHY + (_TIME_WAIT if COUNTERS[1] in found.numbers else "")
    yield RULE.finding(
        None,
        f"Segments were dropped for an old timestamp {found.when()}: {found.told()}.",
        why(found, reason),
        severity=found.severity("warning"),
        fix=Fix("find the peers by their timestamps, and leave tcp_timestamps on: `tcpdump -c 500 -ni any -v tcp`"),
        references=("RFC 7323, section 5", "net/ipv4/tcp_input.c: tcp_validate_incoming()"),
    )


RULE = Rule(
    "TT608",
    "paws-rejects",
    "warning",
    "Segments are dropped for old timestamps (PAWS).",
    check,
    needs=frozenset({"live", "pressure"}),
)
