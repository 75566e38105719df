"""TCP on the loopback of a network namespace of one's own: pairs of sockets, their states, what went over the wire.

Only for child processes that `tests.support.experiments.run` started inside `unshare -n`.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import socket
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

STATES = {
    "01": "ESTABLISHED",
    "02": "SYN-SENT",
    "03": "SYN-RECV",
    "04": "FIN-WAIT-1",
    "05": "FIN-WAIT-2",
    "06": "TIME-WAIT",
    "07": "CLOSED",
    "08": "CLOSE-WAIT",
    "09": "LAST-ACK",
    "0A": "LISTEN",
    "0B": "CLOSING",
}
HZ = 100
"""The unit of timers in /proc/net/tcp is the clock tick of user space."""

ETH_P_IP, SO_RCVBUFFORCE = 0x0800, 33

Flags = frozenset[str]


class Entry(NamedTuple):
    """One line of /proc/net/tcp; `timer` is the kind (0: none runs), `left` its seconds, `inode` 0 without a file."""

    state: str
    timer: int
    left: float
    inode: int


def raise_loopback() -> None:
    """Bring `lo` up, which is down in a new network namespace."""
    siocgifflags, siocsifflags, iff_up = 0x8913, 0x8914, 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = fcntl.ioctl(control, siocgifflags, struct.pack("16sH22x", b"lo", 0))
        flags = struct.unpack("16sH22x", request)[1]
        fcntl.ioctl(control, siocsifflags, struct.pack("16sH22x", b"lo", flags | iff_up))


def sysctl(name: str, value: object) -> None:
    """Write one key of net.ipv4."""
    Path("/proc/sys/net/ipv4", name).write_text(str(value))


def listener(
    backlog: int = 8, *, port: int = 0, options: tuple[tuple[int, int, int | bytes], ...] = ()
) -> socket.socket:
    """Return a socket that listens on 127.0.0.1."""
    sock = socket.socket()
    for level, option, value in options:
        sock.setsockopt(level, option, value)
    sock.bind(("127.0.0.1", port))
    sock.listen(backlog)
    return sock


class Pair(NamedTuple):
    """A connection: the side that connected, the side that accepted, and the listener."""

    client: socket.socket
    server: socket.socket
    listener: socket.socket


def pair(*, small: bool = False) -> Pair:
    """Return a connection over loopback; `small` keeps the server's receive buffer small, so that senders fill it."""
    options = ((socket.SOL_SOCKET, socket.SO_RCVBUF, 4096),) if small else ()
    listening = listener(options=options)
    client = socket.create_connection(listening.getsockname(), timeout=5)
    client.settimeout(None)
    server, _ = listening.accept()
    return Pair(client, server, listening)


def linger(sock: socket.socket, seconds: int) -> None:
    """Switch SO_LINGER on."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, seconds))


def deafen(sock: socket.socket) -> None:
    """Let a socket lose every packet that comes for it: a classic BPF program that keeps nothing."""
    so_attach_filter, ret_0 = 26, struct.pack("HBBI", 0x06, 0, 0, 0)
    program = ctypes.create_string_buffer(ret_0)
    sock.setsockopt(socket.SOL_SOCKET, so_attach_filter, struct.pack("HxxxxxxP", 1, ctypes.addressof(program)))


def hear(sock: socket.socket) -> None:
    """Take the filter of `deafen` off again."""
    so_detach_filter = 27
    sock.setsockopt(socket.SOL_SOCKET, so_detach_filter, 0)


def entries() -> dict[tuple[int, int], Entry]:
    """Return the sockets by their two ports. The kernel walks its whole table for it: ask once where many are meant."""
    found: dict[tuple[int, int], Entry] = {}
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        kind, ticks = words[5].split(":")
        ports = int(words[1].split(":")[1], 16), int(words[2].split(":")[1], 16)
        found.setdefault(ports, Entry(STATES[words[3]], int(kind), int(ticks, 16) / HZ, int(words[9])))
    return found


def entry(local: int, remote: int) -> Entry | None:
    """Return the socket with these ports; None when there is none."""
    return entries().get((local, remote))


def state(local: int, remote: int) -> str:
    """Return the state of the socket with these ports, `CLOSED` when there is none."""
    found = entry(local, remote)
    return found.state if found else "CLOSED"


def until(condition: Callable[[], bool], seconds: float = 5.0) -> float:
    """Wait for a condition and return how long it took; the time at most `seconds`."""
    start = time.monotonic()
    while not condition() and time.monotonic() - start < seconds:
        time.sleep(0.01)
    return time.monotonic() - start


def counter(name: str) -> int:
    """Return one counter of the TcpExt group."""
    lines = [line.split() for line in Path("/proc/net/netstat").read_text().splitlines() if line.startswith("TcpExt")]
    return int(dict(zip(lines[0], lines[1], strict=True))[name])


def sockstat(field: str) -> int:
    """Return one number of the line `TCP:` of sockstat."""
    for line in Path("/proc/net/sockstat").read_text().splitlines():
        if line.startswith("TCP:"):
            words = line.split()[1:]
            return int(dict(zip(words[::2], words[1::2], strict=True))[field])
    raise LookupError(field)


class Wire:
    """What was sent over loopback while it was watched: (source port, flags, payload length) a segment."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def segments(self) -> list[tuple[int, Flags, int]]:
        """Return the segments so far that were not returned before."""
        found = []
        with contextlib.suppress(BlockingIOError):
            while True:
                packet, address = self._sock.recvfrom(65535)
                if address[1] == ETH_P_IP and address[2] == socket.PACKET_OUTGOING:
                    found.append(_segment(packet))
        return found

    def clocks(self) -> dict[str, int]:
        """Return the last timestamp that each address sent."""
        found: dict[str, int] = {}
        with contextlib.suppress(BlockingIOError):
            while True:
                packet, address = self._sock.recvfrom(65535)
                if address[1] == ETH_P_IP and address[2] == socket.PACKET_OUTGOING:
                    timestamp = _timestamp(packet)
                    if timestamp is not None:
                        found[socket.inet_ntoa(packet[12:16])] = timestamp
        return found

    def flags(self, source: int) -> list[Flags]:
        """Return the flags of the segments that left this port."""
        return [flags for port, flags, _ in self.segments() if port == source]


def _timestamp(packet: bytes) -> int | None:
    start = (packet[0] & 15) * 4
    options = packet[start + 20 : start + (packet[start + 12] >> 4) * 4]
    while options and options[0]:
        if options[0] == 8:
            return int(struct.unpack_from("!I", options, 2)[0])
        options = options[1:] if options[0] == 1 else options[max(options[1], 1) :]
    return None


def _segment(packet: bytes) -> tuple[int, Flags, int]:
    header = (packet[0] & 15) * 4
    port = struct.unpack_from("!H", packet, header)[0]
    bits = packet[header + 13]
    names = frozenset(name for bit, name in ((1, "FIN"), (2, "SYN"), (4, "RST"), (16, "ACK")) if bits & bit)
    length = struct.unpack_from("!H", packet, 2)[0] - header - (packet[header + 12] >> 4) * 4
    return port, names, length


@contextlib.contextmanager
def wire() -> Iterator[Wire]:
    """Watch the loopback; only a tap for every protocol sees packets that leave."""
    eth_p_all = 3
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(eth_p_all)) as sock:
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 25)
        sock.bind(("lo", eth_p_all))
        sock.setblocking(False)
        yield Wire(sock)


def drain(sock: socket.socket, seconds: float = 5.0) -> tuple[int, str]:
    """Read to the end and return the bytes and how it ended: `end`, or the name of the error."""
    sock.settimeout(seconds)
    got = 0
    try:
        while piece := sock.recv(1 << 20):
            got += len(piece)
    except OSError as error:
        return got, type(error).__name__
    return got, "end"
