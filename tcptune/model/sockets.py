"""The kernel's table of TCP sockets, counted: by state, and by the far end that they go to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

STATES: dict[int, str] = {
    1: "ESTABLISHED",
    2: "SYN_SENT",
    3: "SYN_RECV",
    4: "FIN_WAIT1",
    5: "FIN_WAIT2",
    6: "TIME_WAIT",
    7: "CLOSE",
    8: "CLOSE_WAIT",
    9: "LAST_ACK",
    10: "LISTEN",
    11: "CLOSING",
    12: "SYN_RECV",
    13: "BOUND_INACTIVE",
}
"""Names of the kernel's numbers (include/net/tcp_states.h); 12 is a request socket of SYN_RECV."""


TIME_WAIT_SECONDS = 60
"""How long TIME_WAIT lasts: TCP_TIMEWAIT_LEN of include/net/tcp.h, which nothing changes."""


class Destination(NamedTuple):
    """What a connection of ours takes a local port towards: all three are its own budget of ports.

    Addresses are text; an IPv4 address mapped into IPv6 is written as IPv4.
    """

    local: str
    remote: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.remote}]" if ":" in self.remote else self.remote
        return f"{host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Tell whether the connection stays on this machine's loopback."""
        return self.remote.startswith("127.") or self.remote == "::1" or self.remote == self.local

    @property
    def on_loopback_device(self) -> bool:
        """Tell whether tcp_tw_reuse = 2 takes it for loopback: by 127.0.0.0/8 or ::1, not by another own address."""
        return any(address.startswith("127.") or address == "::1" for address in (self.local, self.remote))


class SocketTable(NamedTuple):
    """TCP sockets of one network namespace, IPv4 and IPv6 together.

    `states` counts every socket by state, listeners included. A socket whose local port has a listener is inbound
    (the far end connected to us); every other one is outbound, and takes a port towards its destination.
    `outbound` counts those by state and destination, `inbound` those by state and local port. `complete` is false
    when the kernel said that the table changed under the reading and a second try did not help.

    Of the outbound sockets in TIME_WAIT `young` counts those that began within 10 s, `ending` those that end within
    10 s, `odd` those with an odd local port, each by destination; `taken` is how many different local ports all
    outbound sockets hold. From /proc/net/tcp none of these is known.
    """

    states: Mapping[str, int] = {}
    listening: frozenset[int] = frozenset()
    outbound: Mapping[str, Mapping[Destination, int]] = {}
    inbound: Mapping[str, Mapping[int, int]] = {}
    source: Literal["sock_diag", "procfs"] = "sock_diag"
    complete: bool = True
    limits: tuple[str, ...] = ()
    young: Mapping[Destination, int] = {}
    ending: Mapping[Destination, int] = {}
    odd: Mapping[Destination, int] = {}
    taken: int = 0

    def outbound_count(self, state: str = "TIME_WAIT") -> int:
        """Return how many sockets of a state take a port of ours."""
        return sum(self.outbound.get(state, {}).values())

    def inbound_count(self, state: str = "TIME_WAIT") -> int:
        """Return how many sockets of a state belong to a port that we listen on."""
        return sum(self.inbound.get(state, {}).values())

    def destinations(self) -> dict[Destination, dict[str, int]]:
        """Return the counts by state of each destination."""
        found: dict[Destination, dict[str, int]] = {}
        for state, counts in self.outbound.items():
            for destination, count in counts.items():
                found.setdefault(destination, {})[state] = count
        return found

    def top(self, count: int = 10, state: str = "TIME_WAIT") -> list[tuple[Destination, int]]:
        """Return the destinations with the most sockets of a state, the largest first, equal ones by name."""
        return sorted(self.outbound.get(state, {}).items(), key=lambda item: (-item[1], item[0]))[:count]
