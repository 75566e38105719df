"""The first keepalive probe comes after connection tracking has forgotten the connection.

Why:

Keepalive is to keep an idle connection known to the firewall, and to notice when its peer is gone. Where
tcp_keepalive_time is not shorter than nf_conntrack_tcp_timeout_established the entry is gone when the first probe
comes: behind NAT the probe has no translation any more, a strict firewall drops it, and the connection hangs until the
probes give up. By default the probe comes after 2 hours and the entry lasts 5 days; where a file sets a shorter time of
connection tracking and nobody sets tcp_keepalive_time, that default is what comes too late. Only sockets with
SO_KEEPALIVE send probes.

Bad:

    net.ipv4.tcp_keepalive_time = 7200
    net.netfilter.nf_conntrack_tcp_timeout_established = 3600

Good:

    net.ipv4.tcp_keepalive_time = 600
    net.netfilter.nf_conntrack_tcp_timeout_established = 3600

Fix:

Set tcp_keepalive_time (or TCP_KEEPIDLE of the program) below the time of connection tracking, or raise that.

Sources:

- net/ipv4/tcp_timer.c: tcp_keepalive_timer()
- net/netfilter/nf_conntrack_proto_tcp.c: nf_conntrack_tcp_packet()
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix
from tcptune.rules.base import Rule
from tcptune.rules.relations import by_somebody, other, refused, to_set
from tcptune.rules.view import View

KEEPALIVE = "net.ipv4.tcp_keepalive_time"
ESTABLISHED = "net.netfilter.nf_conntrack_tcp_timeout_established"

DEFAULT = 432000
LEAST_ENTRY = 120
"""Seconds below which an entry is too short-lived to be kept alive by probes."""

_REFERENCES = ("net/ipv4/tcp_timer.c: tcp_keepalive_timer()", "net/netfilter/nf_conntrack_proto_tcp.c")
_WHY = (
    "An idle connection is unknown to the firewall when the first probe comes: behind NAT the probe has lost its"
    " translation, a strict firewall drops it, and the connection hangs instead of being kept alive. It concerns"
    " programs that set SO_KEEPALIVE and no TCP_KEEPIDLE of their own."
)


def check(view: View) -> Iterator[Finding]:
    """Find a first probe that does not come before the entry ends; a time of 0 or less is TT202's matter."""
    probe, entry = view.number(KEEPALIVE), view.number(ESTABLISHED)
    if probe is None and entry is not None and not refused(view, ESTABLISHED):
        yield from _by_default(view, entry)
    if probe is None or entry is None or probe <= 0 or not by_somebody(view, KEEPALIVE, ESTABLISHED):
        return
    if probe < entry:
        return
    yield RULE.finding(
        view.settings[KEEPALIVE],
        f"The first keepalive probe, after {probe} s, finds the entry of connection tracking gone ({max(entry, 0)} s).",
        _WHY,
        fix=Fix(_title(view, entry)),
        related=other(view.settings[ESTABLISHED], f"connection tracking forgets an idle connection after {entry} s"),
        references=_REFERENCES,
    )


def _by_default(view: View, entry: int) -> Iterator[Finding]:
    """Find an entry that ends before the kernel's own first probe, where nobody sets another time for it."""
    probe = min((value for value in view.left(KEEPALIVE) if isinstance(value, int)), default=None)
    if probe is None or entry >= probe:
        return
    yield RULE.finding(
        view.settings[ESTABLISHED],
        f"Connection tracking forgets what is idle after {max(entry, 0)} s, and the default keepalive comes later:"
        f" the first probe is sent after {probe} s.",
        _WHY,
        fix=Fix(_title(view, entry)),
        references=_REFERENCES,
    )


def _title(view: View, entry: int) -> str:
    if entry < LEAST_ENTRY:
        return f"let connection tracking keep idle connections, as by default: {to_set(view, ESTABLISHED, DEFAULT)}"
    return f"let the probe come first: {to_set(view, KEEPALIVE, entry // 2)}"


RULE = Rule(
    "TT306",
    "keepalive-beyond-conntrack",
    "warning",
    "The first keepalive comes after the connection-tracking entry is gone.",
    check,
    keys=(KEEPALIVE, ESTABLISHED),
)
