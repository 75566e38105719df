"""The two ends of a connection: opened, filled, closed in every way that a program can close."""

from __future__ import annotations

import errno
import socket
import struct
import time
from contextlib import suppress

from tcptune.lab.host import Address, Host
from tcptune.lab.measure import Entry

Option = tuple[int, int, int | bytes]

REUSE: Option = (socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
SMALL_RECEIVE: Option = (socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
SMALL_SEND: Option = (socket.SOL_SOCKET, socket.SO_SNDBUF, 16384)
BLOCKING = 15.0
"""How long a call may block, in seconds, before it is an error of the experiment."""


def linger(seconds: int, *, on: bool = True) -> Option:
    """Return SO_LINGER, switched on with a time in seconds."""
    return socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", int(on), seconds)


def listen(host: Host, port: int, options: tuple[Option, ...] = (), backlog: int = 64) -> socket.socket:
    """Return a socket that listens on all addresses of a host. Raises `OSError`."""
    made = host.socket()
    try:
        for level, option, value in (REUSE, *options):
            made.setsockopt(level, option, value)
        made.settimeout(BLOCKING)
        made.bind(("", port))
        made.listen(backlog)
    except OSError:
        made.close()
        raise
    return made


def dial(
    host: Host, target: Address, options: tuple[Option, ...] = (), source_port: int = 0, seconds: float = BLOCKING
) -> socket.socket:
    """Return a socket that a host has connected to a target. Raises `OSError`."""
    made = host.socket()
    try:
        for level, option, value in options:
            made.setsockopt(level, option, value)
        if source_port:
            made.setsockopt(*REUSE[:2], 1)
            made.bind((host.address, source_port))
        made.settimeout(seconds)
        made.connect(target)
    except OSError:
        made.close()
        raise
    return made


class Connection:
    """A connection between two hosts, with the sockets of both ends and the listener that took it.

    `source` and `target` are its ends; `seen` is the client's as the server sees it, behind a translator another one.
    """

    def __init__(
        self, hosts: tuple[Host, Host], client: socket.socket, server: socket.socket, listener: socket.socket
    ) -> None:
        self.near, self.far = hosts
        self.client, self.server, self.listener = client, server, listener
        self.source: Address = client.getsockname()
        self.target: Address = server.getsockname()
        self.seen: Address = server.getpeername()

    @classmethod
    def made(
        cls,
        near: Host,
        far: Host,
        port: int,
        listening: tuple[Option, ...],
        connecting: tuple[Option, ...],
        source_port: int,
    ) -> Connection:
        """Listen, connect, accept. Raises `OSError`."""
        listener = listen(far, port, listening)
        client = dial(near, (far.address, port), connecting, source_port)
        server, _ = listener.accept()
        server.settimeout(BLOCKING)
        return cls((near, far), client, server, listener)

    def client_entry(self) -> Entry | None:
        """Return the client's end as the kernel sees it."""
        return self.near.entry(self.source, self.target)

    def server_entry(self) -> Entry | None:
        """Return the server's end as the kernel sees it."""
        return self.far.entry(self.target, self.seen)

    def states(self) -> tuple[str, str]:
        """Return the states of client and server."""
        return self.near.state(self.source, self.target), self.far.state(self.target, self.seen)


def close(sock: socket.socket) -> float:
    """Close a socket and return how long that took, in seconds."""
    start = time.monotonic()
    sock.close()
    return time.monotonic() - start


def fill(sock: socket.socket) -> int:
    """Send until nothing fits any more and return the number of bytes; blocking stays as it was."""
    timeout = sock.gettimeout()
    sock.setblocking(False)
    sent = 0
    with suppress(BlockingIOError):
        while True:
            sent += sock.send(b"x" * 16384)
    sock.settimeout(timeout)
    return sent


def read_all(sock: socket.socket, seconds: float = BLOCKING) -> tuple[int, str]:
    """Read to the end; return the number of bytes and how it ended: `end`, or the name of the error."""
    sock.settimeout(seconds)
    got = 0
    try:
        while piece := sock.recv(1 << 16):
            got += len(piece)
    except TimeoutError:
        return got, "nothing"
    except OSError as error:
        return got, name_of(error)
    return got, "end"


def name_of(error: OSError) -> str:
    """Return an error by its name in C, such as ECONNRESET."""
    if isinstance(error, TimeoutError) and error.errno is None:
        return "ETIMEDOUT"
    return errno.errorcode.get(error.errno or 0, type(error).__name__)
