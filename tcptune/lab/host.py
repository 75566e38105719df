"""A host of the lab: a network namespace with one address, its parameters, counters and sockets."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tcptune.catalog import parameter
from tcptune.errors import TcptuneError
from tcptune.lab import isolation, measure
from tcptune.lab.measure import CLOSED, Entry
from tcptune.live.counters import read_conntrack, read_counters
from tcptune.live.sockets import read_table
from tcptune.model.version import Target

BESIDES = ("net.ipv4.ip_forward",)
"""What experiments set and the catalogue leaves out: each network namespace has had its own since 2.6.25."""

NET = "/proc/thread-self/net"
Address = tuple[str, int]


class NotHere(Exception):
    """The kernel lacks what an experiment needs; the text is a sentence that says what."""


class Host:
    """A network namespace; `outside` is the identity of the one that must never be touched."""

    def __init__(self, name: str, address: str, outside: tuple[int, int], target: Target) -> None:
        self.name, self.address, self.target = name, address, target
        self._outside = outside
        self.handle = isolation.fresh()
        with self.inside():
            self._link = measure.diagnosis()
            self._control = measure.diagnosis()

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Let this thread be in the host's namespace for a moment; refuse when that is the outside."""
        with isolation.inside(self.handle):
            if isolation.identity() == self._outside:
                raise TcptuneError("the lab is still in the namespace it was started in: nothing was done")
            yield

    def socket(self) -> socket.socket:
        """Return a TCP socket of this host."""
        with self.inside():
            return socket.socket(socket.AF_INET, socket.SOCK_STREAM)

    def entry(self, local: int | Address, remote: Address) -> Entry | None:
        """Return the connection from a port (or address) of this host to a remote address; None when there is none."""
        return measure.look(self._link, self._own(local), remote)

    def state(self, local: int | Address, remote: Address) -> str:
        """Return the state of a connection, `CLOSED` when there is none."""
        found = self.entry(local, remote)
        return found.state if found else CLOSED

    def watch(self, local: Address, remote: Address) -> str:
        """Return the same for the thread that carries the frames."""
        found = measure.look(self._control, local, remote)
        return found.state if found else CLOSED

    def _own(self, local: int | Address) -> Address:
        return local if isinstance(local, tuple) else (self.address, local)

    def sockets(self, state: str) -> int:
        """Return how many sockets are in a state, such as TIME-WAIT."""
        with self.inside():
            table = read_table()
        return table.states.get(state.replace("-", "_"), table.states.get(state, 0)) if table is not None else 0

    def counters(self) -> dict[str, int]:
        """Return all counters of TCP."""
        with self.inside():
            return read_counters(NET)

    def counter(self, name: str) -> int:
        """Return one counter of the group TcpExt (or `Tcp.Name`); 0 where this kernel does not have it."""
        return self.counters().get(name if "." in name else f"TcpExt.{name}", 0)

    def conntrack(self) -> int | None:
        """Return how many connections are tracked; None without connection tracking."""
        with self.inside():
            found = read_conntrack(NET, "/proc/sys/net/netfilter/nf_conntrack")
        return found.count if found else None

    def parameter(self, key: str) -> str | None:
        """Return a parameter's text; None where this kernel does not have it."""
        with self.inside():
            try:
                return _path(key).read_text(encoding="ascii").strip()
            except FileNotFoundError:
                return None

    def set(self, key: str, value: object) -> None:
        """Set a parameter of this host. Raises `NotHere` where the kernel does not have it or refuses.

        Only what the catalogue knows to belong to a network namespace is ever written.
        """
        found = parameter(key)
        scope = found.scope_on(self.target) if found is not None else None
        if key not in BESIDES and (scope is None or scope.scope != "netns"):
            raise NotHere(f"{key} does not belong to a network namespace on Linux {self.target}")
        with self.inside():
            try:
                _path(key).write_text(f"{value}\n", encoding="ascii")
            except OSError as error:
                raise NotHere(f"{key} cannot be set to {value} here: {error.strerror}") from None

    def close(self) -> None:
        """Let the namespace go."""
        self._link.close()
        self._control.close()
        os.close(self.handle)


def _path(key: str) -> Path:
    return Path("/proc/sys", *key.split("."))
