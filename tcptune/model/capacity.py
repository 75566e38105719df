"""What settings sustain, and what a wanted rate needs: arithmetic on the kernel's own figures, nothing is read here.

A connection that this side closes first keeps its port for 60 seconds, or until it may be reused; the table of
TIME_WAIT holds `tcp_max_tw_buckets` of them, connection tracking an entry for each. So the ports that one destination
can have, divided by the time each is kept, are the connections a second that last for ever.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from tcptune.model.ports import PortRange, Reuse, port_range, reuse_of, sustainable
from tcptune.model.record import dataclass
from tcptune.model.sockets import TIME_WAIT_SECONDS, Destination
from tcptune.model.value import Value

BUCKETS = "net.ipv4.tcp_max_tw_buckets"
ORPHAN_RETRIES = "net.ipv4.tcp_orphan_retries"
FIN_TIMEOUT = "net.ipv4.tcp_fin_timeout"
RTO_CAP = "net.ipv4.tcp_rto_max_ms"
TRACKED = "net.netfilter.nf_conntrack_max"
TRACKED_SECONDS = "net.netfilter.nf_conntrack_tcp_timeout_time_wait"
ALSO = (BUCKETS, ORPHAN_RETRIES, FIN_TIMEOUT, RTO_CAP, TRACKED, TRACKED_SECONDS)
"""What is looked at beside the port budget's own parameters."""

WIDEST = PortRange(10240, 65535)
"""The widest range that is advised: below it services listen."""

RTO_MIN, RTO_MAX = 0.2, 120.0
"""Seconds; what the kernel reckons a retransmission with (include/net/tcp.h), and the longest pause by default."""

RTO_NEAR = 0.204
"""Seconds; the first timeout that a connection within a data centre ends up with: the least, and a tick of 4 ms."""

REMOTE, LOOPBACK = Destination("192.0.2.1", "192.0.2.2", 80), Destination("127.0.0.1", "127.0.0.1", 80)
"""A destination elsewhere and one on this machine, which tcp_tw_reuse = 2 tells apart."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How many connections a second last for ever, and what sets the limit.

    `scope` is what they share: `one destination`, `one destination on loopback`, `all destinations of an address`, or
    `the whole namespace`. `count` is how many of the thing there are, each is kept for `seconds`. What the whole
    namespace shares has room for all ports of so many `destinations` at once: with no more its rate is no limit.
    """

    scope: str
    per_second: float
    count: int
    seconds: float
    why: str
    keys: tuple[str, ...]
    destinations: int | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """What a wanted rate takes of a parameter: `count` at least; `now` is what there is (None: not there).

    `advice` says what to do where it does not suffice, empty where it does.
    """

    key: str
    count: int
    now: Value | None
    enough: bool
    why: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Stay:
    """How long a closed socket stays in a state, in seconds; `why` says what counts."""

    state: str
    seconds: float
    why: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A wanted rate: connections a second over all `destinations`, each open for `open_seconds`."""

    rate: float
    destinations: int = 1
    open_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Capacity:
    """What settings sustain (`limits`), what a wanted rate needs (`needs`), how long closing takes (`stays`).

    `timestamps` tells whether the far ends are taken to use timestamps. `bytes_each` is the kernel's memory for one
    socket in TIME_WAIT (None: not to be seen here), `memory` for all of a wanted rate.
    """

    ports: PortRange | None
    reuse: Reuse
    limits: tuple[Limit, ...]
    needs: tuple[Need, ...]
    stays: tuple[Stay, ...]
    wanted: Wanted | None = None
    bytes_each: int | None = None
    memory: int | None = None

    @property
    def enough(self) -> bool:
        """Tell whether a wanted rate is sustained."""
        return all(need.enough for need in self.needs)


def capacity(
    values: Mapping[str, Value | None],
    wanted: Wanted | None = None,
    *,
    rto: float = RTO_NEAR,
    timestamps: bool = True,
    bytes_each: int | None = None,
) -> Capacity:
    """Return what these values of parameters sustain; `rto` is the retransmission timeout of a closing connection.

    `timestamps` tells whether the far ends use them: without, no port comes back early.
    """
    ports, reuse = port_range(values), reuse_of(values)
    limits = list(_limits(values, ports, reuse, timestamps))
    needs = _needs(values, ports, reuse, wanted, timestamps) if wanted is not None else ()
    waiting = next((need.count for need in needs if need.key == BUCKETS), None)
    return Capacity(
        ports=ports,
        reuse=reuse,
        limits=tuple(limits),
        needs=tuple(needs),
        stays=_stays(values, rto),
        wanted=wanted,
        bytes_each=bytes_each,
        memory=waiting * bytes_each if waiting is not None and bytes_each is not None else None,
    )


def until_none_is_left(usable: int, lifetime: float, rate: float) -> int | None:
    """Return how many connections to one destination succeed before the first EADDRNOTAVAIL; None: all of them.

    Each is closed at once by this side and keeps its port for `lifetime` seconds. Either as many ports come back as are
    taken, or the usable ones go once, in less than a lifetime.
    """
    return usable if rate * lifetime > usable else None


def _limits(values: Mapping[str, Value | None], ports: PortRange | None, reuse: Reuse, timestamps: bool) -> list[Limit]:
    found: list[Limit] = []
    if ports is not None:
        for scope, to in (("one destination", REMOTE), ("one destination on loopback", LOOPBACK)):
            seconds = reuse.lifetime(to, timestamps)
            early = seconds < TIME_WAIT_SECONDS
            why = "ports come back early: tcp_tw_reuse, with timestamps" if early else "each port waits in TIME_WAIT"
            keys = ("net.ipv4.ip_local_port_range", "net.ipv4.tcp_tw_reuse")
            found.append(Limit(scope, sustainable(ports.usable, seconds), ports.usable, seconds, why, keys))
        found.append(
            Limit(
                "all destinations of an address",
                sustainable(ports.usable, TIME_WAIT_SECONDS),
                ports.usable,
                TIME_WAIT_SECONDS,
                "for clients that call bind() first without IP_BIND_ADDRESS_NO_PORT: a port is taken towards all",
                ("net.ipv4.ip_local_port_range",),
            )
        )
    usable = ports.usable if ports is not None else 0
    buckets = values.get(BUCKETS)
    if isinstance(buckets, int) and buckets > 0:
        why = "beyond it TIME_WAIT is destroyed at once: nothing fails, and its protection is gone"
        rate = buckets / TIME_WAIT_SECONDS
        fit = buckets // usable if usable else None
        found.append(Limit("the whole namespace", rate, buckets, TIME_WAIT_SECONDS, why, (BUCKETS,), fit))
    table, kept = values.get(TRACKED), values.get(TRACKED_SECONDS)
    if isinstance(table, int) and isinstance(kept, int) and table > 0 and kept > 0:
        why = "connection tracking keeps an entry for each; with a full table new connections are dropped"
        keys, fit = (TRACKED, TRACKED_SECONDS), table // usable if usable else None
        found.append(Limit("the whole namespace", table / kept, table, float(kept), why, keys, fit))
    return found


def _needs(
    values: Mapping[str, Value | None],
    ports: PortRange | None,
    reuse: Reuse,
    wanted: Wanted,
    timestamps: bool,
) -> list[Need]:
    lifetime = reuse.lifetime(REMOTE, timestamps)
    each = wanted.rate / wanted.destinations
    taken = math.ceil(each * (lifetime + wanted.open_seconds))
    usable = ports.usable if ports is not None else 0
    needs: list[Need] = []
    if ports is not None:
        advice = "" if taken <= usable else _ports_advice(taken, lifetime, reuse, wanted)
        why = f"{each:g} connections a second to one destination, each keeps its port for {lifetime:g} s"
        now = values.get("net.ipv4.ip_local_port_range")
        needs.append(Need("net.ipv4.ip_local_port_range", taken, now, taken <= usable, why, advice))
    waiting = math.ceil(wanted.rate * TIME_WAIT_SECONDS)
    if lifetime < TIME_WAIT_SECONDS and ports is not None:
        # A port that is reused leaves TIME_WAIT: there are never more than ports.
        waiting = min(waiting, usable * wanted.destinations)
    buckets = values.get(BUCKETS)
    if isinstance(buckets, int):
        fine = waiting <= buckets
        why = "sockets in TIME_WAIT at a time"
        needs.append(Need(BUCKETS, waiting, buckets, fine, why, "" if fine else f"raise it to {waiting} or more"))
    table, kept = values.get(TRACKED), values.get(TRACKED_SECONDS)
    if isinstance(table, int) and isinstance(kept, int):
        entries = math.ceil(wanted.rate * (kept + wanted.open_seconds))
        fine = entries <= table
        why = f"entries of connection tracking, each kept for {kept} s after the close"
        needs.append(Need(TRACKED, entries, table, fine, why, "" if fine else f"raise it to {entries} or more"))
    return needs


def _ports_advice(taken: int, lifetime: float, reuse: Reuse, wanted: Wanted) -> str:
    """Return the one thing that helps: a wider range while that is enough, then reuse, then more destinations."""
    if taken <= WIDEST.usable:
        return f"widen it: {WIDEST.low} {WIDEST.high} has {WIDEST.usable} ports"
    if lifetime >= TIME_WAIT_SECONDS and reuse.timestamps and reuse.mode != 1:
        each = wanted.rate / wanted.destinations
        if math.ceil(each * (reuse.delay + wanted.open_seconds)) <= WIDEST.usable:
            return (
                "keep connections open (keep-alive, a pool); else net.ipv4.tcp_tw_reuse = 1, timestamps on both sides"
            )
    count = math.ceil(wanted.rate * (lifetime + wanted.open_seconds) / WIDEST.usable)
    return f"no range has so many: keep connections open, or spread them over {count} destination addresses or ports"


def _stays(values: Mapping[str, Value | None], rto: float) -> tuple[Stay, ...]:
    cap = values.get(RTO_CAP)
    longest = cap / 1000 if isinstance(cap, int) else RTO_MAX
    retries, fin = values.get(ORPHAN_RETRIES), values.get(FIN_TIMEOUT)
    found: list[Stay] = []
    if isinstance(retries, int) and 0 <= retries < 256:
        seconds = given_up_after(retries, rto, longest)
        why = f"{retries or '0, which stands for 8'} retries, a first retransmission after {rto:g} s"
        for state in ("FIN-WAIT-1", "LAST-ACK"):
            found.append(Stay(state, seconds, f"the process has closed and the far end answers nothing: {why}"))
    if isinstance(fin, int):
        why = "the process has closed and the far end does not; a socket that is still held waits for ever"
        found.append(Stay("FIN-WAIT-2", float(fin_wait_2(fin)), why))
    found.append(Stay("TIME-WAIT", float(TIME_WAIT_SECONDS), "fixed in the kernel; no parameter changes it"))
    return tuple(found)


def fin_wait_2(value: int) -> int:
    """Return the seconds that a closed socket waits in FIN-WAIT-2: above 60 the wait is twice what exceeds 60."""
    return max(value, 0) if value <= TIME_WAIT_SECONDS else 2 * (value - TIME_WAIT_SECONDS)


def given_up_after(retries: int, rto: float, longest: float = RTO_MAX) -> float:
    """Return the seconds after which a closed socket whose far end answers nothing is given up.

    The kernel reckons a time that `retries` retransmissions would take from 0.2 seconds on, and gives up at the first
    timeout that comes so long after the first retransmission (net/ipv4/tcp_timer.c: retransmits_timed_out).
    """
    counted = retries or 8
    modelled = sum(min(RTO_MIN * 2.0**number, longest) for number in range(counted + 1))
    pause, now = rto, rto
    while True:
        pause = min(pause * 2, longest)
        now += pause
        dead = retries == 0 and pause >= longest
        if now - rto >= modelled or dead:
            return round(now, 3)
