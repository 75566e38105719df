"""The kernel's own counters, made to count in a namespace of the test's, as the rules tell them."""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import time
from collections.abc import Callable

import pytest

from tcptune.lab import nft
from tcptune.live import pressure
from tcptune.live.snapshot import take
from tcptune.model.finding import Finding
from tcptune.rules.registry import run, select
from tcptune.rules.view import View
from tests.support.cable import FAR, lay
from tests.support.netns import held_namespace, in_namespace, write_sysctl

pytestmark = pytest.mark.root

CODES = ("TT304", "TT602", "TT603", "TT605", "TT607", "TT608", "TT610")


def told(act: Callable[[contextlib.ExitStack], None], *, sample: bool = True) -> dict[str, Finding]:
    """Do something in a fresh namespace and return the findings on it, while its sockets are still open."""

    def inside() -> dict[str, Finding]:
        with contextlib.ExitStack() as sockets:
            first = pressure.mark(pressure.read_pressure())
            act(sockets)
            seen = take()
            now = pressure.since(first, seen.pressure)[0] if sample else seen.pressure
            view = View(seen.settings, (seen.host.target,), seen.host, now)
            return {finding.rule: finding for finding in run(view, select(CODES))}

    return in_namespace(inside)


def listener(sockets: contextlib.ExitStack, port: int = 0, backlog: int = 16) -> socket.socket:
    server = sockets.enter_context(socket.socket())
    server.bind(("127.0.0.1", port))
    server.listen(backlog)
    return server


def pair(sockets: contextlib.ExitStack) -> tuple[socket.socket, socket.socket]:
    server = listener(sockets)
    client = sockets.enter_context(socket.create_connection(server.getsockname(), timeout=5))
    return client, sockets.enter_context(server.accept()[0])


def counter(name: str) -> int:
    return pressure.read_pressure().counters[f"TcpExt.{name}"]


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < end, "it did not come about in 5 s"
        time.sleep(0.02)


def close_in_order(client: socket.socket, server: socket.socket) -> None:
    client.shutdown(socket.SHUT_WR)
    assert server.recv(1) == b""
    server.close()
    assert client.recv(1) == b""
    client.close()


def overflow(sockets: contextlib.ExitStack) -> None:
    write_sysctl("net.ipv4.tcp_max_tw_buckets", 1)
    for _ in range(4):
        close_in_order(*pair(sockets))
    until(lambda: counter("TCPTimeWaitOverflow") >= 3)


def test_buckets_that_overflow_are_a_warning_and_without_a_sample_a_note() -> None:
    finding = told(overflow)["TT602"]
    assert finding.severity == "warning"
    assert finding.message.startswith("3 connections closed without TIME_WAIT in ")
    assert finding.message.endswith("; 1 of 1 buckets are taken now.")
    boot = told(overflow, sample=False)["TT602"]
    assert boot.severity == "note"
    assert boot.message.startswith("3 connections closed without TIME_WAIT since this network namespace was made")


def crowd(sockets: contextlib.ExitStack) -> None:
    server = listener(sockets, backlog=0)
    for _ in range(4):
        client = sockets.enter_context(socket.socket())
        client.setblocking(False)
        client.connect_ex(server.getsockname())
    until(lambda: counter("ListenOverflows") > 0)


def test_a_listener_that_does_not_accept_is_a_warning() -> None:
    finding = told(crowd)["TT603"]
    assert finding.severity == "warning"
    assert "ListenOverflows" in finding.message
    assert "ListenDrops" in finding.message
    assert finding.why.startswith("The accept queue of a listener was full")


def unread(sockets: contextlib.ExitStack) -> None:
    client, server = pair(sockets)
    client.sendall(b"never read")
    until(lambda: bool(server.recv(1, socket.MSG_PEEK)))
    server.close()


def lingering(sockets: contextlib.ExitStack) -> None:
    client, _ = pair(sockets)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def test_unread_data_and_linger_0_are_told_apart() -> None:
    assert "TCPAbortOnClose 1." in told(unread)["TT607"].message
    assert "TCPAbortOnData 1." in told(lingering)["TT607"].message


def gateway(sockets: contextlib.ExitStack, ports: tuple[int, int], wanted: int) -> list[socket.socket]:
    """Masquerade with these ports towards a far server; open so many connections to it and return them."""
    kept: list[socket.socket] = []
    far = sockets.enter_context(held_namespace(lambda: kept.append(socket.create_server(("", 8000), backlog=64))))
    lay(far.pid)
    nft.masquerade_here(ports)
    clients = [sockets.enter_context(socket.socket()) for _ in range(wanted)]
    for client in clients:
        client.setblocking(False)
        client.connect_ex((FAR, 8000))
    return clients


def connected(clients: list[socket.socket]) -> int:
    return sum(client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1) == b"\x01" for client in clients)


def translated(sockets: contextlib.ExitStack) -> None:
    clients = gateway(sockets, (40000, 40019), 30)
    until(lambda: refused() >= 10 and connected(clients) == 20)


def refused() -> int:
    found = pressure.read_pressure().conntrack
    return found.stats["insert_failed"] if found is not None else 0


def test_masquerading_without_a_free_port_is_an_error_and_without_a_sample_a_note() -> None:
    finding = told(translated)["TT610"]
    assert finding.severity == "error"
    assert finding.message.startswith("Connection tracking could not enter connections in ")
    assert re.search(r"insert_failed \d+ and drop \d+\.$", finding.message)
    assert told(translated, sample=False)["TT610"].severity == "note"


def roomy(sockets: contextlib.ExitStack) -> None:
    clients = gateway(sockets, (40000, 40099), 30)
    until(lambda: connected(clients) == 30)


def test_masquerading_with_ports_left_is_nothing_to_speak_of() -> None:
    assert "TT610" not in told(roomy)


def in_order(sockets: contextlib.ExitStack) -> None:
    close_in_order(*pair(sockets))


def test_connections_that_close_in_order_are_nothing_to_speak_of() -> None:
    assert set(told(in_order)) - {"TT304"} == set()
    assert set(told(in_order, sample=False)) - {"TT304"} == set()


def serving(sockets: contextlib.ExitStack) -> None:
    listener(sockets, 40000)


def moved(sockets: contextlib.ExitStack) -> None:
    write_sysctl("net.ipv4.ip_local_port_range", "30000 60999")
    listener(sockets, 40000)


def reserved(sockets: contextlib.ExitStack) -> None:
    write_sysctl("net.ipv4.ip_local_reserved_ports", "40000")
    moved(sockets)


def test_a_service_inside_the_range_is_seen_unless_its_port_is_reserved() -> None:
    assert told(serving)["TT304"].severity == "note"
    assert told(moved)["TT304"].severity == "warning"
    assert told(moved)["TT304"].message.endswith("covers a port that services listen on: 40000.")
    assert "TT304" not in told(reserved)
