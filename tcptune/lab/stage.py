"""The stage of an experiment: hosts, the cable between them, the clock, and what was asked of this run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping

from tcptune.lab import isolation, netlink
from tcptune.lab.endpoints import Connection, Option
from tcptune.lab.host import Host, NotHere
from tcptune.lab.measure import CLOSED
from tcptune.lab.packet import Packet
from tcptune.lab.recorder import Recorder
from tcptune.lab.wire import Tap, Wire, packet_socket
from tcptune.model.version import Target

CLIENT, SERVER = "192.0.2.1", "192.0.2.2"
"""Addresses for documentation (RFC 5737): they exist nowhere else."""

POLL = 0.005
PATIENCE = 10.0


class Stage:
    """What an experiment is given: it makes hosts, connects them, and asks for what this run is to do differently.

    `settings` are parameters that every host gets first; `twist` names the setting that is broken on purpose. `behind`
    are the hosts that share a translated address, or have one more.
    """

    def __init__(
        self,
        target: Target,
        settings: Mapping[str, str] | None = None,
        twist: str | None = None,
        *,
        full: bool = False,
    ) -> None:
        self.target, self.full = target, full
        self._settings, self._twist = dict(settings or {}), twist
        self._outside = isolation.identity()
        self.recorder = Recorder()
        self.hosts: dict[str, Host] = {}
        self.wires: list[Wire] = []
        self.behind: dict[str, list[Host]] = {}
        self._carriers: list[Wire | Tap] = []
        self._middles: list[int] = []
        self._port = 5000

    def twisted(self, name: str) -> bool:
        """Tell whether this run is to break that setting."""
        return self._twist == name

    def instead(self, value: int, twists: Mapping[str, int]) -> int:
        """Return a value, or what takes its place where this run is to break one of these settings."""
        return next((other for name, other in twists.items() if self.twisted(name)), value)

    def note(self, text: str) -> None:
        """Write a line into the ladder."""
        self.recorder.note(text)

    def until(self, condition: Callable[[], bool], seconds: float = PATIENCE) -> bool:
        """Wait for a condition; tell whether it came true in time."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL)
        return True

    def quiet(self, seconds: float = 0.06) -> bool:
        """Wait until nothing has crossed the wire for a while; tell whether that came about."""
        last, since = -1, time.monotonic()

        def silent() -> bool:
            nonlocal last, since
            if self.recorder.seen != last:
                last, since = self.recorder.seen, time.monotonic()
            return time.monotonic() - since >= seconds

        return self.until(silent)

    def host(self, name: str, address: str) -> Host:
        """Make a host with its loopback up and the run's settings in force; it has no cable yet."""
        made = Host(name, address, self._outside, self.target)
        self.hosts[name] = made
        self.recorder.names.setdefault(address, name)
        with made.inside():
            netlink.bring_up("lo")
        for key, value in self._settings.items():
            made.set(key, value)
        return made

    def loopback(self) -> Host:
        """Make one host that talks to itself over loopback, with a tap on it."""
        made = self.host("host", "127.0.0.1")
        with made.inside():
            heard = packet_socket("lo", outgoing=True)
        self._carriers.append(Tap(heard, self.recorder, self._states))
        return made

    def pair(self) -> tuple[Host, Host, Wire]:
        """Make a client and a server with a cable between them."""
        client, server = self.host("client", CLIENT), self.host("server", SERVER)
        return client, server, self.cable(client, server)

    def plug(self, one: Host, other: Host, names: tuple[str, str], addresses: tuple[str, str]) -> None:
        """Connect two hosts directly, without a wire that could be told anything."""
        with one.inside():
            netlink.add_veth(names[0], names[1], other.handle)
        for host, name, address in ((one, names[0], addresses[0]), (other, names[1], addresses[1])):
            with host.inside():
                netlink.finish_segments(name)
                netlink.add_address(name, address)
                netlink.bring_up(name)

    def cable(self, one: Host, other: Host) -> Wire:
        """Lay a cable between two hosts: the interface eth0 of each gets its address."""
        names = ("eth0", "eth0")
        middle = isolation.fresh()
        self._middles.append(middle)
        ends = []
        with isolation.inside(middle):
            if isolation.identity() == self._outside:
                raise NotHere("no namespace of its own can be had here")
            for host, name, end in ((one, names[0], "near"), (other, names[1], "far")):
                netlink.add_veth(end, name, host.handle)
                netlink.bring_up(end)
                ends.append(packet_socket(end))
        for host, name in ((one, names[0]), (other, names[1])):
            with host.inside():
                netlink.finish_segments(name)
                netlink.add_address(name, host.address)
                netlink.bring_up(name)
        wire = Wire(ends[0], ends[1], self.recorder, self._states)
        self._carriers.append(wire)
        self.wires.append(wire)
        return wire

    def _states(self, packet: Packet) -> tuple[str, str]:
        """Return the states of both ends of the connection that a segment belongs to."""
        source, target = (packet.source, packet.source_port), (packet.target, packet.target_port)
        return self._state(source, target), self._state(target, source)

    def _state(self, local: tuple[str, int], remote: tuple[str, int]) -> str:
        if local[0] in self.behind:
            seen = [host.watch((host.address, local[1]), remote) for host in self.behind[local[0]]]
            return next((state for state in seen if state != CLOSED), CLOSED)
        host = self.hosts.get(self.recorder.names.get(local[0], ""))
        return host.watch(local, remote) if host is not None else ""

    def connect(
        self,
        client: Host,
        server: Host,
        *,
        port: int | None = None,
        listening: tuple[Option, ...] = (),
        connecting: tuple[Option, ...] = (),
        source_port: int = 0,
    ) -> Connection:
        """Connect two hosts; `listening` and `connecting` are socket options. Raises `OSError`.

        Without a `port` each connection gets a listener on a port of its own.
        """
        if port is None:
            self._port += 1
            port = self._port
        return Connection.made(client, server, port, listening, connecting, source_port)

    def close(self) -> None:
        """Take everything down."""
        for carrier in self._carriers:
            carrier.end()
        for host in self.hosts.values():
            host.close()
        for middle in self._middles:
            os.close(middle)
