"""A million sockets in TIME_WAIT at the same time, though each lasts only 60 s.

Run in a network namespace of its own. A socket in repair mode (TCP_REPAIR) is connected without a handshake, its FIN is
counted as sent without being sent, and one forged segment, the peer's ACK and FIN, takes it to TIME_WAIT. tcp_rfc1337
keeps the RST away that answers its own last ACK. A bare ACK of the peer begins the 60 s anew, so those that were made
first wait for the last.
"""

from __future__ import annotations

import gc
import os
import socket
import struct
import time
from array import array
from pathlib import Path

TCP_REPAIR, TCP_REPAIR_QUEUE, SEND_QUEUE = 19, 20, 2
SOURCE, PORT = "127.0.0.1", 443
FIN_ACK, ACK = 0x11, 0x10
RENEW = 25.0
"""After so many seconds those that are there already get their 60 s again."""
_TCP = struct.Struct(">HHIIBBHHH")


def prepare(most: int) -> None:
    """Let this namespace hold so many; loopback has to be up."""
    for key, value in {"tcp_max_tw_buckets": most + 1000, "tcp_rfc1337": 1, "tcp_tw_reuse": 0}.items():
        Path("/proc/sys/net/ipv4", key).write_text(str(value))


def destinations(number: int) -> list[str]:
    """Return so many addresses of 127.0.0.0/8."""
    return [f"127.{1 + n // 62500}.{n // 250 % 250}.{n % 250 + 1}" for n in range(number)]


def fill(addresses: list[str], each: int, processes: int) -> None:
    """Make `each` sockets towards every address, with several processes at once; all of them are young at the end."""
    children = []
    for first in range(processes):
        pid = os.fork()
        if pid == 0:
            try:
                gc.disable()
                _fill(addresses[first::processes], each)
                os._exit(0)
            finally:
                os._exit(1)
        children.append(pid)
    failed = [pid for pid in children if os.waitpid(pid, 0)[1]]
    if failed:
        raise SystemExit("the sockets in TIME_WAIT could not be made: nothing was measured")


def _fill(addresses: list[str], each: int) -> None:
    made: list[tuple[Peer, array[int]]] = []
    renewed = time.monotonic()
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        for address in addresses:
            peer = Peer(raw, address)
            made.append((peer, array("H", (peer.made_to_wait() for _ in range(each)))))
            if time.monotonic() - renewed > RENEW:
                renewed = _renew(made)
        _renew(made)


def _renew(made: list[tuple[Peer, array[int]]]) -> float:
    """Begin the 60 s of all of them anew and return the time when that began."""
    begin = time.monotonic()
    for peer, ports in made:
        for port in ports:
            peer.send(port, ACK, 1)
    return begin


class Peer:
    """The other end of connections to one address, made of forged segments."""

    def __init__(self, raw: socket.socket, address: str) -> None:
        source, target = socket.inet_aton(SOURCE), socket.inet_aton(address)
        self.address = address
        self._raw = raw
        self._header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40, 0, 0, 64, socket.IPPROTO_TCP, 0, target, source)
        self._sum = _sum(target + source + struct.pack(">HHH", socket.IPPROTO_TCP, _TCP.size, PORT))

    def made_to_wait(self) -> int:
        """Connect a socket, close it, let it end in TIME_WAIT; return its port."""
        with socket.socket() as sock:
            sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
            sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR_QUEUE, SEND_QUEUE)
            sock.connect((self.address, PORT))
            sock.shutdown(socket.SHUT_WR)
            port: int = sock.getsockname()[1]
            self.send(port, FIN_ACK, 0)
            return port

    def send(self, port: int, flags: int, sequence: int) -> None:
        """Send a segment without data that acknowledges our FIN."""
        check = ~_folded(self._sum + port + sequence + 1 + 0x5000 + flags + 0xFFFF) & 0xFFFF
        segment = _TCP.pack(PORT, port, sequence, 1, 0x50, flags, 0xFFFF, check, 0)
        self._raw.sendto(self._header + segment, (SOURCE, 0))


def _sum(data: bytes) -> int:
    return _folded(sum(struct.unpack(f">{len(data) // 2}H", data)))


def _folded(number: int) -> int:
    while number > 0xFFFF:
        number = (number & 0xFFFF) + (number >> 16)
    return number
