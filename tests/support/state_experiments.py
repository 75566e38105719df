"""Who is in which closing state and what ends it, tried on loopback; each function is run by `experiments.run`."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import resource
import socket
import time
from pathlib import Path

from tcptune.lab import endpoints
from tests.support import loopback as lo
from tests.support.experiments import namespace


def _ports(connection: lo.Pair) -> tuple[int, int]:
    return connection.client.getsockname()[1], connection.server.getsockname()[1]


def _gone(local: int, remote: int, seconds: float) -> float:
    return lo.until(lambda: lo.entry(local, remote) is None, seconds)


def _time_wait() -> tuple[int, int]:
    connection = lo.pair()
    ports = _ports(connection)
    connection.client.close()
    time.sleep(0.02)
    connection.server.close()
    connection.listener.close()
    lo.until(lambda: lo.state(*ports) == "TIME-WAIT", 2)
    return ports


def time_wait_length() -> dict[str, object]:
    """The timer of TIME_WAIT with tcp_fin_timeout lowered to 5."""
    lo.sysctl("tcp_fin_timeout", 5)
    found = lo.entry(*_time_wait())
    return {"state": found.state, "left": found.left} if found else {}


def _descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def time_wait_costs() -> dict[str, object]:
    """Descriptors and TCP's memory before and with 200 sockets in TIME_WAIT."""
    fds, mem = _descriptors(), lo.sockstat("mem")
    connections = [lo.pair() for _ in range(200)]
    ports = [_ports(connection) for connection in connections]
    for connection in connections:
        connection.client.close()
    time.sleep(0.05)
    for connection in connections:
        connection.server.close()
        connection.listener.close()
    lo.until(lambda: lo.sockstat("tw") >= len(ports), 5)
    found = lo.entries()
    inodes = {found[pair].inode if pair in found else -1 for pair in ports}
    sizes = {}
    with contextlib.suppress(OSError):
        for line in Path("/proc/slabinfo").read_text().splitlines():
            words = line.split()
            if words[0] in ("tw_sock_TCP", "tw_sock_TCPv6", "TCP", "TCPv6"):
                sizes[words[0]] = int(words[3])
    return {
        "tw": lo.sockstat("tw"),
        "inuse": lo.sockstat("inuse"),
        "descriptors": _descriptors() - fds,
        "pages": lo.sockstat("mem") - mem,
        "inodes": sorted(inodes),
        "sizes": sizes,
        "limit": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
    }


def limit_reached() -> dict[str, object]:
    """With tcp_max_tw_buckets reached the next one is not made, and the ones that are there stay."""
    first, second = _time_wait(), _time_wait()
    default = int(Path("/proc/sys/net/ipv4/tcp_max_tw_buckets").read_text())
    lo.sysctl("tcp_max_tw_buckets", 2)
    before = lo.counter("TCPTimeWaitOverflow")
    third = _time_wait()
    return {
        "old": [lo.state(*first), lo.state(*second)],
        "new": lo.state(*third),
        "counted": lo.counter("TCPTimeWaitOverflow") - before,
        "default": default,
    }


def without_time_wait() -> dict[str, object]:
    """Being rid of TIME_WAIT on a running kernel: no buckets, or the peer closes first."""
    connection = lo.pair()
    ports = _ports(connection)
    connection.server.close()
    time.sleep(0.02)
    connection.client.close()
    time.sleep(0.02)
    answer: dict[str, object] = {"peer closes first": [lo.state(*ports), lo.state(*ports[::-1])]}
    lo.sysctl("tcp_max_tw_buckets", 0)
    answer["no buckets"] = lo.state(*_time_wait())
    lo.sysctl("tcp_max_tw_buckets", -1)
    answer["minus one"] = lo.state(*_time_wait())
    return answer


def fin_wait_2() -> dict[str, object]:
    """How long FIN-WAIT-2 lasts after close(), and after shutdown() alone, with tcp_fin_timeout at 1."""
    lo.sysctl("tcp_fin_timeout", 1)
    closed, half = lo.pair(), lo.pair()
    ports, others = _ports(closed), _ports(half)
    begin = time.monotonic()
    closed.client.close()
    half.client.shutdown(socket.SHUT_WR)
    time.sleep(0.05)
    states, buckets = [lo.state(*ports), lo.state(*others)], lo.sockstat("tw")
    _gone(*ports, 4)
    took = time.monotonic() - begin
    time.sleep(1)
    found = lo.entry(*others)
    return {
        "states": states,
        "buckets": buckets,
        "closed": took,
        "half": found.state if found else "CLOSED",
        "timer": found.timer if found else None,
    }


def linger2() -> dict[str, object]:
    """TCP_LINGER2 with 1, with -1, with more than the kernel takes, and what the sysctl has to do with it."""
    lo.sysctl("tcp_fin_timeout", 30)
    answer: dict[str, object] = {}
    for seconds in (1, -1):
        connection = lo.pair()
        ports = _ports(connection)
        connection.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_LINGER2, seconds)
        connection.client.close()
        answer[str(seconds)] = _gone(*ports, 4)
    with lo.pair().client as sock:
        read = []
        for seconds in (0, 45, 120, 121, 1000):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_LINGER2, seconds)
            read.append(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_LINGER2))
        answer["read back"] = read
    return answer


def fin_timeout_and_linger() -> dict[str, object]:
    """SO_LINGER of 2 seconds with tcp_fin_timeout at 1."""
    lo.sysctl("tcp_fin_timeout", 1)
    connection = lo.pair(small=True)
    endpoints.fill(connection.client)
    lo.linger(connection.client, 2)
    return {"took": endpoints.close(connection.client)}


def close_wait() -> dict[str, object]:
    """CLOSE-WAIT: no timer runs, the process holds the file."""
    lo.sysctl("tcp_fin_timeout", 1)
    connection = lo.pair()
    ports = _ports(connection)[::-1]
    connection.client.close()
    time.sleep(2.5)
    found = lo.entry(*ports)
    with lo.wire() as wire:
        # Nobody told this side that its peer has forgotten the connection: only sending finds out.
        connection.server.send(b"x")
        time.sleep(0.05)
        flags = wire.flags(ports[1])
    return {
        "state": found.state if found else "CLOSED",
        "timer": found.timer if found else None,
        "inode": bool(found and found.inode),
        "answer": sorted({name for each in flags for name in each}),
    }


def orphan_retries() -> dict[str, object]:
    """FIN-WAIT-1 whose peer answers nothing, tcp_orphan_retries at 1: once closed, once only shut down."""
    lo.sysctl("tcp_orphan_retries", 1)
    closed, half = lo.pair(), lo.pair()
    ports, before = [_ports(closed), _ports(half)], lo.counter("TCPAbortOnTimeout")
    for connection in (closed, half):
        lo.deafen(connection.server)
    closed.client.close()
    half.client.shutdown(socket.SHUT_WR)
    time.sleep(0.02)
    states = [lo.state(*each) for each in ports]
    took = _gone(*ports[0], 6)
    return {
        "states": states,
        "closed": took,
        "half": lo.state(*ports[1]),
        "counted": lo.counter("TCPAbortOnTimeout") - before,
    }


def last_ack() -> dict[str, object]:
    """LAST-ACK: the peer closed first and then answers nothing."""
    lo.sysctl("tcp_orphan_retries", 1)
    connection = lo.pair()
    ports = _ports(connection)
    connection.server.shutdown(socket.SHUT_WR)
    time.sleep(0.02)
    first = lo.state(*ports)
    lo.deafen(connection.server)
    connection.client.close()
    time.sleep(0.02)
    found = lo.entry(*ports)
    return {
        "first": first,
        "state": found.state if found else "CLOSED",
        "timer": found.timer if found else None,
        "took": _gone(*ports, 6),
    }


def closing() -> dict[str, object]:
    """Both sides send their FIN before they see the other's."""
    connection = lo.pair()
    ports = _ports(connection)
    for sock in connection[:2]:
        lo.deafen(sock)
    for sock in connection[:2]:
        sock.shutdown(socket.SHUT_WR)
    time.sleep(0.05)
    first = [lo.state(*ports), lo.state(*ports[::-1])]
    # The server goes on losing everything; its own FIN, sent again, reaches the client.
    lo.hear(connection.client)
    lo.until(lambda: lo.state(*ports) == "CLOSING", 2)
    second = lo.state(*ports)
    lo.hear(connection.server)
    lo.until(lambda: lo.state(*ports) == "TIME-WAIT", 3)
    return {"first": first, "second": second, "last": [lo.state(*ports), lo.state(*ports[::-1])]}


def user_timeout() -> dict[str, object]:
    """TCP_USER_TIMEOUT of 700 ms: data that is not acknowledged, and a FIN after close()."""
    connection = lo.pair()
    lo.deafen(connection.server)
    connection.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 700)
    connection.client.sendall(b"x")
    start = time.monotonic()
    try:
        connection.client.settimeout(5)
        connection.client.recv(1)
        name = "none"
    except OSError as error:
        name = errno.errorcode.get(error.errno or 0, type(error).__name__)
    took = time.monotonic() - start
    orphan = lo.pair()
    ports = _ports(orphan)
    lo.deafen(orphan.server)
    orphan.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 700)
    orphan.client.close()
    return {"error": name, "took": took, "orphan": _gone(*ports, 5)}


def _unshare() -> None:
    clone_newnet = 0x40000000
    if ctypes.CDLL(None, use_errno=True).unshare(clone_newnet):
        raise OSError(ctypes.get_errno(), "unshare")


def new_namespace() -> dict[str, object]:
    """What a namespace made by a process in a changed one starts with, and which numbers of sockstat it shows."""
    root = Path("/proc/sys/net/ipv4")
    lo.sysctl("tcp_fin_timeout", 33)
    lo.sysctl("tcp_tw_reuse", 0)
    lo.sysctl("tcp_rmem", "4096 77777 888888")
    orphan = lo.pair(small=True)
    endpoints.fill(orphan.client)
    orphan.client.close()
    _time_wait()
    inside = {name: lo.sockstat(name) for name in ("inuse", "orphan", "tw", "alloc", "mem")}
    outer = namespace()
    _unshare()
    lo.raise_loopback()
    return {
        "moved": namespace() != outer,
        "values": {name: (root / name).read_text().split() for name in ("tcp_fin_timeout", "tcp_tw_reuse", "tcp_rmem")},
        "inside": inside,
        "beside": {name: lo.sockstat(name) for name in ("inuse", "orphan", "tw", "alloc", "mem")},
    }
