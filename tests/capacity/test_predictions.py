"""What capacity predicts, measured: how many connections succeed before the first EADDRNOTAVAIL."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import product
from typing import NamedTuple

import pytest

from tcptune.model.capacity import until_none_is_left
from tcptune.model.ports import Reuse, usable_ports
from tcptune.model.sockets import Destination
from tests.support.cable import FAR, NEAR, lay
from tests.support.missing import needs
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


PLACES = (OWN, LOOPBACK, FAR)
RESERVED = "40000-40049"


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
    try:
        if address == FAR:
            lay(pid)
    except BaseException:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        raise
    os.write(let_go, b"1")
    os.read(told, 1)
    return pid


def connections(to: Sequence[tuple[str, int]], most: int) -> int:
    """Connect and close first, over the destinations in turn, until no port is left; return how many worked."""
    pause, due = 1 / (PER_SECOND * len(to)), time.monotonic()
    for number in range(most):
        with socket.socket() as client:
            try:
                client.connect(to[number % len(to)])
            except OSError:
                return number
            client.shutdown(socket.SHUT_WR)
            client.recv(1)
        due = max(due + pause, time.monotonic())  # what a busy machine held up is never made up for
        time.sleep(max(0.0, due - time.monotonic()))
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
    # On a busy machine a FIN comes twice, and the RST that answers our second ACK would end TIME_WAIT early.
    write_sysctl("net.ipv4.tcp_rfc1337", 1)
    pid = serve(case.address)
    try:
        return connections([(case.address, 8000 + number) for number in range(case.destinations)], most)
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)


def all_at_once(cases: Sequence[Case]) -> list[int]:
    """Measure each case in a namespace and a process of its own, all beside each other."""
    began = []
    for case in cases:
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            try:
                answer = str(in_namespace(partial(measured, case, most_of(case)), timeout=60))
            except BaseException as error:
                answer = f"{case}: {error!r} {getattr(error, '__notes__', '')}"
            os.write(writer, answer.encode())
            os._exit(0)
        os.close(writer)
        began.append((pid, reader))
    found = []
    for pid, reader in began:
        with os.fdopen(reader, "rb") as told:
            answer = told.read().decode()
        os.waitpid(pid, 0)
        assert answer.isdecimal(), answer
        found.append(int(answer))
    return found


def usable(case: Case) -> int:
    ports = usable_ports(LOW, HIGH, case.reserved)
    assert ports is not None
    return ports.usable


def most_of(case: Case) -> int:
    """Return how many connections are tried: more than there are ports."""
    return (usable(case) + 80) * case.destinations


def expected(case: Case) -> int:
    """Return how many of them succeed, as `tcptune capacity` reckons."""
    source = {OWN: OWN, LOOPBACK: LOOPBACK, FAR: NEAR}[case.address]
    reuse = Reuse(case.reuse, case.timestamps)
    lifetime = reuse.lifetime(Destination(source, case.address, 8000), peer=case.timestamps != 0)
    predicted = until_none_is_left(usable(case), lifetime, PER_SECOND)
    return most_of(case) if predicted is None else predicted * case.destinations


@needs("ip")
@pytest.mark.root
@pytest.mark.parametrize("timestamps", [0, 1])
@pytest.mark.parametrize("address", PLACES)
def test_the_number_of_connections_is_as_predicted_within_a_percent(address: str, timestamps: int) -> None:
    """Every way of reuse, with one destination and three, with all ports and with some reserved."""
    cases = [
        Case(address, reuse, timestamps, destinations, reserved)
        for reuse, destinations, reserved in product((0, 1, 2), (1, 3), ("", RESERVED))
    ]
    found = all_at_once(cases)
    wrong = [
        f"{case}: {number} instead of {expected(case)}"
        for case, number in zip(cases, found, strict=True)
        if abs(number - expected(case)) * 100 > expected(case)
    ]
    assert wrong == []


def test_the_cases_tell_reuse_that_works_from_reuse_that_does_not() -> None:
    """Else the measurements above could not fail."""
    lasting = {case for case in map(Case, (OWN, LOOPBACK, FAR), (1, 2, 1)) if expected(case) == most_of(case)}
    assert len(lasting) == 3
    for case in (Case(FAR, 2), Case(OWN, 2), Case(LOOPBACK, 2, 0), Case(FAR, 1, 0), Case(OWN, 0, 1, 3, RESERVED)):
        assert expected(case) == usable(case) * case.destinations
