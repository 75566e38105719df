"""Where the commands of documents run: an outage, a host of one's own, a folder with files.

`outage()` and `host()` are for a process that is in a network and a mount namespace of its own (`in_namespace`).
"""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.lint import write
from tests.support.netns import write_sysctl
from tools.stage import complete, empty_files, foreign, mount

CLIENT, SERVER, PORT = "10.0.0.5", "10.0.0.9", 5432
PORTS, STEP = range(32768, 61000), 8
RANGE = "net.ipv4.ip_local_port_range"
LOG = "/var/log/checkout.log"
HELD = 3
IP_BIND_ADDRESS_NO_PORT = 24

FILES = {
    "roles/web/templates/90-web.conf": (
        "net.core.somaxconn = 4096\n"
        "net.ipv4.tcp_tw_recycle = 1\n"
        "net.ipv4.tcp_fin_timout = 15\n"
        "net.ipv4.tcp_tw_reuse = 1   # against TIME_WAIT\n"
    ),
    "group_vars/proxies.yml": "sysctls:\n  net.ipv4.tcp_timestamps: 0\n  net.ipv4.tcp_tw_reuse: 1\n",
}
"""A repository whose files hold what goes wrong most often."""

IMAGE = {"image/etc/sysctl.d/90-lab.conf": "net.ipv4.tcp_fin_timeout = 5\n", "image/etc/sysctl.conf": ""}


def host() -> None:
    """Make this namespace a host of its own: nothing set, empty files."""
    complete()
    empty_files()
    mount("tmpfs", "/var/log")


@contextmanager
def outage() -> Iterator[None]:
    """Be a host that has no port left towards its database; the program that wants one is called checkout."""
    host()
    assert foreign(), "the machine's own namespace gets no address"
    for line in (f"add {CLIENT}/32 dev lo", f"add {SERVER}/32 dev lo"):
        subprocess.run(["ip", "address", *line.split()], check=True, timeout=10)
    write_sysctl("net.ipv4.tcp_max_tw_buckets", 131072)
    # On a slow machine a segment that comes late would otherwise end TIME_WAIT by a RST.
    write_sysctl("net.ipv4.tcp_rfc1337", 1)
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            with _run_out():
                _note()
                os.write(writer, b"1")
                while True:
                    time.sleep(0.1)
                    _note()
        finally:
            os._exit(0)
    os.close(writer)
    try:
        assert os.read(reader, 1) == b"1", "the outage could not be made"
        yield
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


@contextmanager
def _run_out() -> Iterator[None]:
    """Use up every port: some connections stay open, all others are closed by this side first."""
    Path("/proc/self/comm").write_text("checkout")
    held = []
    with socket.create_server((SERVER, PORT), backlog=1024) as listening:
        for first in range(PORTS[0], PORTS[-1], STEP):
            # Looking for a free port takes ever longer in a wide range, not in a few at a time.
            write_sysctl(RANGE, f"{first} {first + STEP - 1}")
            for _ in range(STEP):
                client = _connecting()
                client.connect((SERVER, PORT))
                peer, _ = listening.accept()
                held.append((client, peer))
                if len(held) > HELD:
                    client, peer = held.pop()
                    client.close()
                    peer.recv(1)  # The end has arrived: they do not close at the same time.
                    peer.close()
        write_sysctl(RANGE, f"{PORTS[0]} {PORTS[-1]}")
        yield


def _connecting() -> socket.socket:
    """Return a socket that will connect from the client's address, from whatever port."""
    client = socket.socket()
    client.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
    client.bind((CLIENT, 0))
    return client


def _note() -> None:
    with Path(LOG).open("a") as log:
        log.write(f"connect() to {SERVER}:{PORT}: {_error()}\n")


def _error() -> str:
    with _connecting() as client:
        try:
            client.connect((SERVER, PORT))
        except OSError as error:
            return f"{os.strerror(error.errno or 0)} ({errno.errorcode[error.errno or 0]})"
    return "connected"


def files(folder: Path, content: dict[str, str] | None = None) -> Path:
    """Write files, a repository's unless given, and return their folder."""
    write(folder, content or FILES)
    return folder
