"""Ethernet frames that carry IPv4 and TCP: read, and built with their checksums."""

from __future__ import annotations

import socket
import struct

from tcptune.model.record import dataclass

ETHERTYPE_IPV4 = 0x0800
ETHERTYPE_ARP = 0x0806
FLAGS = ("FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR")
_ETHERNET = 14
_TCP = 6
_TIMESTAMP = 8


@dataclass(frozen=True, slots=True)
class Packet:
    """A TCP segment with absolute numbers; `clock` and `echo` are the two halves of the timestamp option."""

    source: str
    target: str
    source_port: int
    target_port: int
    seq: int
    ack: int
    flags: frozenset[str]
    window: int = 65535
    data: bytes = b""
    clock: int | None = None
    echo: int = 0

    @property
    def span(self) -> int:
        """Return how far it moves the sequence: its data, and one for SYN and FIN each."""
        return len(self.data) + ("SYN" in self.flags) + ("FIN" in self.flags)


def parse(frame: bytes) -> Packet | None:
    """Return the segment in a frame; None when it holds none, or only a fragment of one."""
    if len(frame) < _ETHERNET + 40 or int.from_bytes(frame[12:14], "big") != ETHERTYPE_IPV4:
        return None
    start = _ETHERNET + (frame[14] & 15) * 4
    if frame[14] >> 4 != 4 or frame[23] != _TCP or int.from_bytes(frame[20:22], "big") & 0x1FFF:
        return None
    end = _ETHERNET + int.from_bytes(frame[16:18], "big")
    if end > len(frame) or end < start + 20:
        return None
    source_port, target_port, seq, ack, offset, bits, window = struct.unpack_from("!HHIIBBH", frame, start)
    body = start + (offset >> 4) * 4
    clock, echo = _timestamps(frame[start + 20 : body])
    return Packet(
        socket.inet_ntoa(frame[26:30]),
        socket.inet_ntoa(frame[30:34]),
        source_port,
        target_port,
        seq,
        ack,
        frozenset(name for place, name in enumerate(FLAGS) if bits >> place & 1),
        window,
        frame[body:end],
        clock,
        echo,
    )


def _timestamps(options: bytes) -> tuple[int | None, int]:
    at = 0
    while at < len(options) and options[at]:
        if options[at] == 1:
            at += 1
            continue
        length = options[at + 1] if at + 1 < len(options) else 0
        if options[at] == _TIMESTAMP and at + 10 <= len(options):
            clock, echo = struct.unpack_from("!II", options, at + 2)
            return clock, echo
        at += max(length, 2)
    return None, 0


def build(packet: Packet, ethernet: bytes) -> bytes:
    """Return a frame with that segment behind the first 14 bytes of another frame (addresses and type)."""
    options = b"" if packet.clock is None else struct.pack("!BBBBII", 1, 1, 8, 10, packet.clock, packet.echo)
    bits = sum(1 << place for place, name in enumerate(FLAGS) if name in packet.flags)
    ends = socket.inet_aton(packet.source) + socket.inet_aton(packet.target)
    head = struct.pack(
        "!HHIIBBHHH",
        packet.source_port,
        packet.target_port,
        packet.seq & 0xFFFFFFFF,
        packet.ack & 0xFFFFFFFF,
        (20 + len(options)) // 4 << 4,
        bits,
        packet.window,
        0,
        0,
    )
    tcp = head + options + packet.data
    summed = _checksum(ends + struct.pack("!BBH", 0, _TCP, len(tcp)) + tcp)
    tcp = tcp[:16] + struct.pack("!H", summed) + tcp[18:]
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0x4000, 64, _TCP, 0) + ends
    ip = ip[:10] + struct.pack("!H", _checksum(ip)) + ip[12:]
    return ethernet[:_ETHERNET] + ip + tcp


def readdressed(frame: bytes, *, source: str | None = None, target: str | None = None) -> bytes:
    """Return a frame that holds a segment with another source or target address, its checksums in order."""
    start = _ETHERNET + (frame[14] & 15) * 4
    end = _ETHERNET + int.from_bytes(frame[16:18], "big")
    ends = (socket.inet_aton(source) if source else frame[26:30]) + (
        socket.inet_aton(target) if target else frame[30:34]
    )
    ip = frame[_ETHERNET:24] + b"\0\0" + ends + frame[34:start]
    ip = ip[:10] + struct.pack("!H", _checksum(ip)) + ip[12:]
    tcp = frame[start : start + 16] + b"\0\0" + frame[start + 18 : end]
    summed = _checksum(ends + struct.pack("!BBH", 0, _TCP, len(tcp)) + tcp)
    return frame[:_ETHERNET] + ip + tcp[:16] + struct.pack("!H", summed) + tcp[18:]


def _checksum(data: bytes) -> int:
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
