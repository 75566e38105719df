"""An outage of one's own: a namespace with 5,000 ports, a server, and a client that connects until it cannot.

Everything runs inside a namespace of `tests.support.netns`; the address is one of the host's own beside 127.0.0.0/8, so
that tcp_tw_reuse = 2 does not take it for loopback.
"""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.netns import foreign, write_sysctl

ADDRESS = "10.9.9.1"
PORTS = 5000
RANGE = (40000, 44999)
PORT = 8443
PER_SECOND = 2500
NAME = "upstream-caller"


def prepare() -> None:
    """Give the namespace its address and its 5,000 ports."""
    assert foreign(), "the machine's own namespace gets no address"
    subprocess.run(["ip", "address", "add", f"{ADDRESS}/32", "dev", "lo"], check=True, timeout=10)
    write_sysctl("net.ipv4.ip_local_port_range", f"{RANGE[0]} {RANGE[1]}")
    write_sysctl("net.ipv4.tcp_max_tw_buckets", 65536)


@contextmanager
def child(work: Callable[[], object]) -> Iterator[int]:
    """Run a function in a forked child until the block ends."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    try:
        yield pid
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


@contextmanager
def server(*, first: bool = False) -> Iterator[tuple[str, int]]:
    """Accept and close, after the client has (or, with `first`, before it) for as long as the block lasts."""
    with socket.create_server((ADDRESS, PORT), backlog=1024) as listening:

        def serve() -> None:
            Path("/proc/self/comm").write_text("outage-server")
            kept: list[socket.socket] = []
            while True:
                peer, _ = listening.accept()
                if first:
                    peer.close()
                elif peer.recv(1) == b"k":
                    kept.append(peer)
                else:
                    peer.close()

        with child(serve):
            yield listening.getsockname()


def connect_until_it_fails(to: tuple[str, int], most: int, *, first: bool = True) -> tuple[int, str | None]:
    """Connect and close, `PER_SECOND` times a second; return how often it worked and the name of the error.

    `first` closes before the server does, else it waits for the server's end.
    """
    begin = time.monotonic()
    for number in range(most):
        with socket.socket() as client:
            try:
                client.connect(to)
            except OSError as error:
                return number, errno.errorcode[error.errno or 0]
            with suppress(OSError):
                if first:
                    client.shutdown(socket.SHUT_WR)
                client.recv(1)
        if (ahead := begin + number / PER_SECOND - time.monotonic()) > 0:
            time.sleep(ahead)
    return most, None


@contextmanager
def keeper(to: tuple[str, int]) -> Iterator[int]:
    """Be the client that is seen: a process of another name that keeps one connection open."""
    reader, writer = os.pipe()

    def keep() -> None:
        Path("/proc/self/comm").write_text(NAME)
        with socket.create_connection(to) as held:
            held.send(b"k")
            os.write(writer, b"1")
            time.sleep(120)

    with child(keep) as pid:
        os.read(reader, 1)
        yield pid
