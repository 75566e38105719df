"""Ephemeral ports, addresses in use and the options that concern them; each function is run by `experiments.run`."""

from __future__ import annotations

import errno
import socket
import struct
import time
from collections.abc import Callable
from functools import partial

from tests.support import loopback as lo

IP_BIND_ADDRESS_NO_PORT, IP_LOCAL_PORT_RANGE = 24, 51


def _bind_and_listen(sock: socket.socket, address: tuple[str, int]) -> None:
    sock.bind(address)
    sock.listen()


def _outcome(action: Callable[[], object]) -> str:
    try:
        action()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, type(error).__name__)
    return "ok"


def exhausted() -> dict[str, object]:
    """Two ephemeral ports, both in TIME_WAIT for one destination: another destination, bind(), reuse."""
    first, second = lo.listener(64), lo.listener(64)
    lo.sysctl("ip_local_port_range", "40000 40001")
    lo.sysctl("tcp_tw_reuse", 0)
    one, two = [_held(first) for _ in range(3)], _held(second)
    with socket.socket() as sock:
        bound = _outcome(lambda: sock.bind(("127.0.0.1", 0)))
    lo.sysctl("tcp_tw_reuse", 1)
    time.sleep(1.2)
    return {"one": one, "two": two, "bind": bound, "reuse": _held(first), "recycled": lo.counter("TWRecycled")}


def reuse_with_clocks_apart() -> dict[str, object]:
    """One ephemeral port, reuse, and two addresses: the kernel gives each of them a timestamp clock of its own."""
    listening = socket.socket()
    _bind_and_listen(listening, ("127.0.0.2", 0))
    lo.sysctl("ip_local_port_range", "40001 40001")
    lo.sysctl("tcp_tw_reuse", 1)
    with lo.wire() as wire:
        first = _held(listening)
        clocks = wire.clocks()
    at_once = _held(listening)
    time.sleep(1.2)
    again = _held(listening)
    return {"outcomes": [first, at_once, again], "apart": abs(clocks["127.0.0.2"] - clocks["127.0.0.1"])}


def _held(listening: socket.socket) -> str:
    """Make a connection that the client closes first; both sides are closed afterwards."""
    client = socket.socket()
    result = _outcome(lambda: client.connect(listening.getsockname()))
    if result == "ok":
        server, _ = listening.accept()
        client.close()
        time.sleep(0.02)
        server.close()
        time.sleep(0.02)
    return result


def restart() -> dict[str, object]:
    """A server that closes first and starts again, with what its old and its new listener set; tcp_tw_reuse is 1."""
    lo.sysctl("tcp_tw_reuse", 1)
    answer: dict[str, object] = {}
    for old in (None, socket.SO_REUSEADDR, socket.SO_REUSEPORT):
        port = _stopped(old)
        for new in (None, socket.SO_REUSEADDR, socket.SO_REUSEPORT):
            with socket.socket() as sock:
                if new is not None:
                    sock.setsockopt(socket.SOL_SOCKET, new, 1)
                outcome = _outcome(partial(_bind_and_listen, sock, ("127.0.0.1", port)))
            answer[f"{NAMES[old]} {NAMES[new]}"] = outcome
    return answer


NAMES = {None: "none", socket.SO_REUSEADDR: "addr", socket.SO_REUSEPORT: "port"}


def _stopped(option: int | None) -> int:
    options = () if option is None else ((socket.SOL_SOCKET, option, 1),)
    with lo.listener(options=options) as listening:
        client = socket.create_connection(listening.getsockname())
        server, _ = listening.accept()
        server.close()
        time.sleep(0.02)
        client.close()
        time.sleep(0.02)
        return int(listening.getsockname()[1])


def two_listeners() -> dict[str, object]:
    """Two sockets that listen on one port, with SO_REUSEADDR and with SO_REUSEPORT on both or one."""

    def second(first: int, then: int) -> str:
        with lo.listener(options=((socket.SOL_SOCKET, first, 1),)) as one, socket.socket() as two:
            two.setsockopt(socket.SOL_SOCKET, then, 1)
            return _outcome(lambda: _bind_and_listen(two, one.getsockname()))

    addr, port = socket.SO_REUSEADDR, socket.SO_REUSEPORT
    return {"reuseaddr": second(addr, addr), "reuseport": second(port, port), "one of them": second(addr, port)}


def inbound() -> dict[str, object]:
    """The server keeps TIME_WAIT and the client comes again from the same port, tcp_tw_reuse at 0."""
    lo.sysctl("tcp_tw_reuse", 0)
    connection = lo.pair()
    source, target = connection.client.getsockname(), connection.listener.getsockname()
    connection.server.close()
    time.sleep(0.02)
    connection.client.close()
    time.sleep(0.02)
    before = lo.state(target[1], source[1])
    again = socket.socket()
    again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    again.bind(source)
    again.settimeout(2)
    return {"before": before, "again": _outcome(lambda: again.connect(target)), "recycled": lo.counter("TWRecycled")}


def bind_address_no_port() -> dict[str, object]:
    """Two ephemeral ports, three destinations: bind() to a source address without and with the option."""
    lo.sysctl("ip_local_port_range", "40000 40001")
    destinations = [lo.listener(port=50001 + n) for n in range(4)]
    answer: dict[str, object] = {}
    for flag in (0, 1):
        open_sockets: list[socket.socket] = []
        outcomes = []
        ports = []
        for destination in destinations:
            sock = socket.socket()
            sock.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, flag)
            outcome = _outcome(partial(sock.bind, ("127.0.0.1", 0)))
            ports.append(sock.getsockname()[1])
            if outcome == "ok":
                outcome = _outcome(partial(sock.connect, destination.getsockname()))
            outcomes.append(outcome)
            open_sockets.append(sock)
        answer[str(flag)] = {"outcomes": outcomes, "port after bind": ports}
        for sock in open_sockets:
            lo.linger(sock, 0)
            sock.close()
    return answer


def local_port_range() -> dict[str, object]:
    """IP_LOCAL_PORT_RANGE within the sysctl's range and outside of it."""
    lo.sysctl("ip_local_port_range", "40000 40999")

    def chosen(low: int, high: int) -> list[int]:
        with lo.listener(64) as listening:
            ports = []
            for _ in range(3):
                sock = socket.socket()
                sock.setsockopt(socket.IPPROTO_IP, IP_LOCAL_PORT_RANGE, struct.pack("I", high << 16 | low))
                sock.connect(listening.getsockname())
                ports.append(sock.getsockname()[1])
                lo.linger(sock, 0)
                sock.close()
            return ports

    return {"inside": chosen(40100, 40103), "outside": chosen(30000, 30003), "low only": chosen(40990, 0)}


def refused() -> dict[str, object]:
    """What connect() says where nobody listens, and where the port of this side is taken."""
    with lo.listener() as free:
        closed = free.getsockname()
    with lo.listener() as listening, socket.socket() as first, socket.socket() as second:
        for sock in (first, second):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(("127.0.0.1", 40404))
        first.connect(listening.getsockname())
        return {
            "nobody": _outcome(lambda: socket.create_connection(closed)),
            "same four-tuple": _outcome(lambda: second.connect(listening.getsockname())),
            "foreign address": _outcome(lambda: socket.socket().bind(("203.0.113.1", 0))),
        }
