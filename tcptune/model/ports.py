"""The budget of ephemeral ports: how many a destination can take, how they come back, how long they last.

A connection is its four-tuple, so every pair of a local address and a destination (remote address and port) has all the
usable ports for itself. connect() chooses a port that no socket holds towards this destination; a socket in TIME_WAIT
holds it like any other until it ends, or until it may be reused. bind(address, 0) before connect() is another matter:
without IP_BIND_ADDRESS_NO_PORT it wants a port that no socket of the address holds, towards whatever destination.

Everything here is arithmetic on numbers that somebody else read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from tcptune.model.record import dataclass
from tcptune.model.sockets import TIME_WAIT_SECONDS, Destination
from tcptune.model.value import Value

RANGE = "net.ipv4.ip_local_port_range"
RESERVED = "net.ipv4.ip_local_reserved_ports"
REUSE = "net.ipv4.tcp_tw_reuse"
REUSE_DELAY = "net.ipv4.tcp_tw_reuse_delay"
TIMESTAMPS = "net.ipv4.tcp_timestamps"
KEYS = (RANGE, RESERVED, REUSE, REUSE_DELAY, TIMESTAMPS)
"""The parameters that make the budget."""

Confidence = Literal["certain", "likely", "guess"]


@dataclass(frozen=True, slots=True)
class PortRange:
    """The ports that connect() and bind() choose from: `low` to `high`, without the `reserved` ones inside."""

    low: int
    high: int
    reserved: int = 0

    @property
    def usable(self) -> int:
        """How many there are; the parity that connect() tries first is an order, not a limit."""
        return max(0, self.high - self.low + 1 - self.reserved)


@dataclass(frozen=True, slots=True)
class Reuse:
    """Whether connect() may take a port out of TIME_WAIT: tcp_tw_reuse, tcp_timestamps, and the age in seconds."""

    mode: int = 2
    timestamps: int = 1
    delay: float = 1.0

    def wanted(self, to: Destination) -> bool:
        """Tell whether tcp_tw_reuse speaks of this destination: 1 of all of them, 2 of loopback alone."""
        return self.mode == 1 or (self.mode == 2 and to.on_loopback_device)

    def works(self, to: Destination, peer: bool | None = None) -> bool:
        """Tell whether ports come back early; `peer` tells whether the connections carry timestamps (None: unknown)."""
        return self.wanted(to) and self.timestamps != 0 and peer is not False

    def lifetime(self, to: Destination, peer: bool | None = None) -> float:
        """Return for how many seconds a closed connection keeps its port from the next one."""
        return self.delay if self.works(to, peer) else float(TIME_WAIT_SECONDS)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who holds sockets: a process, with its container and systemd unit where the control groups name them.

    `confidence` is `certain` where the very sockets are its own, `likely` where it is the only one with live
    connections to the same destination, `guess` where it is one of several.
    """

    pid: int
    name: str
    sockets: int
    container: str | None = None
    unit: str | None = None
    confidence: Confidence = "certain"

    def __str__(self) -> str:
        inside = self.unit or self.container
        return f"{self.name} (pid {self.pid}{f', {inside}' if inside else ''})"


@dataclass(frozen=True, slots=True)
class Use:
    """What a destination takes of our ports: sockets by state from one local address to one remote address and port.

    `used` is their sum, `budget` how many ephemeral ports there are for it (None: the range is not known). Of those in
    TIME_WAIT `young` began within `WINDOW` seconds and `ending` end within as many. `bound` counts those whose port has
    the parity that bind() tries first. `timestamps` tells whether live connections to it carry them (None: nobody
    looked, or there is none), `owners` who has those. `growth` is the change in sockets a second between two readings.
    """

    local: str
    remote: str
    port: int
    states: Mapping[str, int]
    used: int
    budget: int | None
    young: int = 0
    ending: int = 0
    bound: int = 0
    timestamps: bool | None = None
    owners: tuple[Owner, ...] = ()
    growth: float | None = None

    @property
    def destination(self) -> Destination:
        """The destination alone."""
        return Destination(self.local, self.remote, self.port)

    @property
    def name(self) -> str:
        """The destination as a person writes it."""
        return str(self.destination)

    @property
    def time_wait(self) -> int:
        """How many are in TIME_WAIT."""
        return self.states.get("TIME_WAIT", 0)

    @property
    def live(self) -> int:
        """How many are in any other state: these free their port only when they close."""
        return self.used - self.time_wait

    @property
    def free(self) -> int | None:
        """How many ports no socket holds towards this destination."""
        return None if self.budget is None else max(0, self.budget - self.used)

    @property
    def share(self) -> float:
        """The part of the budget that is taken, 0 to 1; 0 where the budget is not known."""
        return self.used / self.budget if self.budget else 0.0

    @property
    def rate(self) -> float:
        """How many connections a second went into TIME_WAIT of late."""
        return self.young / WINDOW


WINDOW = 10.0
"""Seconds at each end of TIME_WAIT that tell the rate: what began of late, and what ends soon."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How a destination stands.

    `held` are the ports that the next connect() cannot have, `reusable` those in TIME_WAIT that it can. `pressed` is
    `held` by usable ports, 0 to 1. `lifetime` is for how many seconds a closed connection keeps its port.
    `sustainable` are the new connections a second that the ports allow for ever, `seconds` the time until
    EADDRNOTAVAIL at the present rate: 0 when there is no port, None when it does not come to that.
    """

    usable: int
    held: int
    reusable: int
    pressed: float
    lifetime: float
    sustainable: float
    seconds: float | None


def budget(use: Use, reuse: Reuse) -> Budget | None:
    """Return how a destination stands; None where the port range is not known."""
    if use.budget is None:
        return None
    to = use.destination
    lifetime = reuse.lifetime(to, use.timestamps)
    waiting = use.time_wait
    reusable = 0
    if lifetime < TIME_WAIT_SECONDS:
        reusable = max(0, waiting - round(min(waiting, use.rate * lifetime)))
    held = use.used - reusable
    return Budget(
        usable=use.budget,
        held=held,
        reusable=reusable,
        pressed=held / use.budget if use.budget else 1.0,
        lifetime=lifetime,
        sustainable=sustainable(use.budget, lifetime, use.live),
        seconds=_seconds(use, use.budget - held, lifetime),
    )


def sustainable(usable: int, lifetime: float, live: int = 0) -> float:
    """Return how many new connections a second to one destination the ports allow for ever.

    Each keeps its port for `lifetime` seconds after it closed; `live` ports are held all the time.
    """
    return max(0, usable - live) / lifetime if lifetime > 0 else float("inf")


def _seconds(use: Use, free: int, lifetime: float) -> float | None:
    """Return the time until no port is left: what is free by what is taken more than comes back, a second."""
    if free <= 0:
        return 0.0
    if lifetime < TIME_WAIT_SECONDS:
        # Sockets in TIME_WAIT go on growing in number while their ports can be had again.
        return None
    grown = use.growth if use.growth is not None else (use.young - use.ending) / WINDOW
    return free / grown if grown > 0 else None


def usable_ports(low: int, high: int, reserved: str = "") -> PortRange | None:
    """Return the range with its reserved ports counted; None for a range that is none."""
    if high < low:
        return None
    return PortRange(low, high, _overlap(reserved, low, high))


def port_range(values: Mapping[str, Value | None]) -> PortRange | None:
    """Return the ports that the parameters leave; None where the range is not among them."""
    pair, reserved = values.get(RANGE), values.get(RESERVED)
    if not isinstance(pair, tuple) or len(pair) != 2:
        return None
    return usable_ports(pair[0], pair[1], reserved if isinstance(reserved, str) else "")


def reuse_of(values: Mapping[str, Value | None]) -> Reuse:
    """Return what the parameters say about reuse; one that is missing counts as the kernel's default before it came."""
    mode, timestamps, delay = (values.get(key) for key in (REUSE, TIMESTAMPS, REUSE_DELAY))
    return Reuse(
        mode if isinstance(mode, int) else 0,
        timestamps if isinstance(timestamps, int) else 1,
        delay / 1000 if isinstance(delay, int) else 1.0,
    )


def _overlap(ports: str, low: int, high: int) -> int:
    """Return how many ports of a list such as `8080,9000-9010` lie in the range (the kernel prints none twice)."""
    count = 0
    for part in ports.split(","):
        first, _, last = part.strip().partition("-")
        if first.isdecimal() and (not last or last.isdecimal()):
            count += max(0, min(int(last or first), high) - max(int(first), low) + 1)
    return count


@dataclass(frozen=True, slots=True)
class Closing:
    """Sockets whose closing hangs: `CLOSE_WAIT`, by the process that holds them and does not close, or `ORPHAN`.

    An orphan was closed and is not acknowledged yet (FIN_WAIT1, FIN_WAIT2, LAST_ACK, CLOSING); no process has it any
    more, so `owner` has the live connections to the same place, with a confidence that is less than certain. `place`
    is where most of them are: `to 10.0.0.1:5432` or `on port 80`.
    """

    owner: Owner
    state: str
    count: int
    place: str = ""


@dataclass(frozen=True, slots=True)
class Lingering:
    """What the sockets of a process said about closing: of `asked` ones `zero` linger 0 seconds (close() resets),
    `positive` longer, `reuse` have SO_REUSEADDR; `linger2` are the different values of TCP_LINGER2, in seconds.
    """

    owner: Owner
    asked: int
    zero: int = 0
    positive: int = 0
    reuse: int = 0
    linger2: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PortPressure:
    """The ports of one network namespace.

    `ports` are the usable ones (None: not known), `uses` the destinations that take the most of them, `taken` how many
    different local ports outgoing connections hold altogether: what bind() without IP_BIND_ADDRESS_NO_PORT finds taken.
    `leaks` are the processes with many sockets whose closing hangs, `unseen` says what was not to be seen of owners,
    `lingering` what sockets said that were asked (None: none was).
    """

    ports: PortRange | None = None
    uses: tuple[Use, ...] = ()
    taken: int = 0
    leaks: tuple[Closing, ...] = field(default=())
    unseen: str | None = None
    lingering: tuple[Lingering, ...] | None = None
