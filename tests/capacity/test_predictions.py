"""What capacity predicts, measured: how many connections succeed before the first EADDRNOTAVAIL."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import pytest

from tcptune.model.capacity import until_none_is_left
from tcptune.model.ports import Reuse, usable_ports
from tcptune.model.sockets import Destination
from tests.support.cable import FAR, NEAR, lay
from tests.support.netns import in_namespace, loopback_up, unshare, write_sysctl

LOW, HIGH = 40000, 40199
PER_SECOND = 140
"""Slow enough that ports are back in time when they come back after a second, fast enough to use them up else."""

OWN, LOOPBACK = "10.9.9.1", "127.0.0.1"
CLONE_NEWNET = 0x40000000


class Case(NamedTuple):
    address: str = OWN
    reuse: int = 0
    timestamps: int = 1
    destinations: int = 1
    reserved: str = ""


CASES = [
    Case(),
    Case(reuse=1),
    Case(reuse=1, timestamps=0),
    Case(reuse=2),
    Case(LOOPBACK, reuse=2),
    Case(LOOPBACK, reuse=2, timestamps=0),
    Case(reserved="40000-40049"),
    Case(destinations=3),
    Case(FAR),
    Case(FAR, reuse=1),
    Case(FAR, reuse=2),
    Case(FAR, reuse=1, timestamps=0),
]


def far_end(ready: Callable[[], None]) -> None:
    """Be the host at the other end of a veth pair: accept, and close after the client has."""
    listening = [socket.create_server(("0.0.0.0", 8000 + number), backlog=512) for number in range(3)]
    ready()
    while True:
        for one in select.select(listening, [], [])[0]:
            peer, _ = one.accept()
            peer.recv(1)
            peer.close()


def serve(address: str) -> int:
    """Start the servers, for a far address in a namespace of their own; return their process."""
    told, tell = os.pipe()
    go, let_go = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            if address == FAR:
                unshare(CLONE_NEWNET)
            os.write(tell, b"1")
            os.read(go, 1)
            far_end(lambda: (os.write(tell, b"1"), None)[1])
        finally:
            os._exit(0)
    os.read(told, 1)
    if address == FAR:
        lay(pid)
    os.write(let_go, b"1")
    os.read(told, 1)
    return pid


def connections(to: Sequence[tuple[str, int]], most: int) -> int:
    """Connect and close first, over the destinations in turn, until no port is left; return how many worked."""
    begin = time.monotonic()
    for number in range(most):
        with socket.socket() as client:
            try:
                client.connect(to[number % len(to)])
            except OSError:
                return number
            client.shutdown(socket.SHUT_WR)
            client.recv(1)
        ahead = begin + number / (PER_SECOND * len(to)) - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)
    return most


def measured(case: Case, most: int) -> int:
    """Return how many of `most` connections worked in a namespace with these settings."""
    loopback_up()
    if case.address == OWN:
        subprocess.run(["ip", "address", "add", f"{OWN}/32", "dev", "lo"], check=True, timeout=10)
    write_sysctl("net.ipv4.ip_local_port_range", f"{LOW} {HIGH}")
    write_sysctl("net.ipv4.ip_local_reserved_ports", case.reserved)
    write_sysctl("net.ipv4.tcp_tw_reuse", case.reuse)
    write_sysctl("net.ipv4.tcp_timestamps", case.timestamps)
    pid = serve(case.address)
    try:
        return connections([(case.address, 8000 + number) for number in range(case.destinations)], most)
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)


@pytest.mark.root
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_number_of_connections_is_as_predicted(case: Case) -> None:
    ports = usable_ports(LOW, HIGH, case.reserved)
    assert ports is not None
    reuse = Reuse(case.reuse, case.timestamps)
    source = {OWN: OWN, LOOPBACK: LOOPBACK, FAR: NEAR}[case.address]
    lifetime = reuse.lifetime(Destination(source, case.address, 8000), peer=case.timestamps != 0)
    predicted = until_none_is_left(ports.usable, lifetime, PER_SECOND)
    most = (ports.usable + 80) * case.destinations
    found = in_namespace(partial(measured, case, most), timeout=60)
    expected = most if predicted is None else predicted * case.destinations
    assert abs(found - expected) <= expected / 100
