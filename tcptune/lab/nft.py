"""Connection tracking and address translation for a host of the lab: what `nft` would do, over netlink.

Layouts are those of include/uapi/linux/netfilter/nf_tables.h, nfnetlink.h and nfnetlink_conntrack.h.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator

from tcptune.lab.host import Host, NotHere
from tcptune.lab.modules import need
from tcptune.lab.netlink import attribute
from tcptune.model.record import dataclass

NETLINK_NETFILTER = 12
_HEADER = struct.Struct("=IHHII")
_REQUEST, _ACK, _CREATE, _APPEND, _DUMP = 0x1, 0x4, 0x400, 0x800, 0x300
_ERROR, _DONE = 2, 3
_NESTED = 0x8000
_TABLES, _CONNTRACK = 10, 1
_BATCH_BEGIN, _BATCH_END = 0x10, 0x11
_NEW_TABLE, _NEW_CHAIN, _NEW_RULE = 0, 3, 6
_OUTPUT, _POSTROUTING = 3, 4
_PORTS_NAMED = 2
_TCP_STATES = {3: "ESTABLISHED", 4: "FIN-WAIT", 5: "CLOSE-WAIT", 6: "LAST-ACK", 7: "TIME-WAIT", 8: "CLOSE"}


def track(host: Host) -> None:
    """Switch connection tracking on in a host. Raises `NotHere` where the kernel has none."""
    need("nf_tables", "nf_conntrack", "nft_ct")
    state = _expression("ct", _number(1, 1) + _number(2, 0))
    _rules(host, "filter", _OUTPUT, 0, state)


def masquerade(host: Host, ports: tuple[int, int] | None = None) -> None:
    """Have a host give what it forwards its own address, and one of the ports from the first to the last if named.

    Raises `NotHere` where the kernel cannot.
    """
    need("nf_tables", "nf_conntrack", "nf_nat", "nft_chain_nat", "nft_masq")
    _rules(host, "nat", _POSTROUTING, 100, _translation(ports))


def masquerade_here(ports: tuple[int, int] | None = None) -> None:
    """Do the same in the namespace that this thread is in."""
    _rules_here("nat", _POSTROUTING, 100, _translation(ports))


def _translation(ports: tuple[int, int] | None) -> bytes:
    """Return the expressions of a rule that masquerades; the ports go through registers, as nft does it."""
    if ports is None:
        return _expression("masq", b"")
    loads = b""
    for register, port in zip((1, 2), ports, strict=True):
        loads += _expression("immediate", _number(1, register) + _nested(2, attribute(1, struct.pack("!H", port))))
    return loads + _expression("masq", _number(1, _PORTS_NAMED) + _number(2, 1) + _number(3, 2))


def _number(kind: int, value: int) -> bytes:
    return attribute(kind, struct.pack("!i", value))


def _text(kind: int, text: str) -> bytes:
    return attribute(kind, text.encode() + b"\0")


def _nested(kind: int, data: bytes) -> bytes:
    return attribute(kind | _NESTED, data)


def _expression(name: str, data: bytes) -> bytes:
    return _nested(1, _text(1, name) + _nested(2, data))


def _rules(host: Host, kind: str, hook: int, priority: int, expressions: bytes) -> None:
    with host.inside():
        _rules_here(kind, hook, priority, expressions)


def _rules_here(kind: str, hook: int, priority: int, expressions: bytes) -> None:
    """Make a table with one chain and one rule of these expressions."""
    chain = _text(1, "lab") + _text(3, "chain") + _nested(4, _number(1, hook) + _number(2, priority)) + _text(7, kind)
    rule = _text(1, "lab") + _text(2, "chain") + _nested(4, expressions)
    wanted = (
        (_NEW_TABLE, _CREATE, _text(1, "lab")),
        (_NEW_CHAIN, _CREATE, chain),
        (_NEW_RULE, _CREATE | _APPEND, rule),
    )
    batch = _message(_BATCH_BEGIN, 0, socket.AF_UNSPEC, b"", _TABLES)
    for number, flags, body in wanted:
        batch += _message(_TABLES << 8 | number, flags | _ACK, socket.AF_INET, body)
    batch += _message(_BATCH_END, 0, socket.AF_UNSPEC, b"", _TABLES)
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, NETLINK_NETFILTER) as link:
            link.settimeout(10)
            link.sendto(batch, (0, 0))
            _await(link, len(wanted))
    except OSError as error:
        raise NotHere(f"this kernel tracks no connections here (nf_tables): {error.strerror}") from None


def _message(kind: int, flags: int, family: int, body: bytes, resource: int = 0) -> bytes:
    head = struct.pack("!BBH", family, 0, resource)
    return _HEADER.pack(_HEADER.size + 4 + len(body), kind, flags | _REQUEST, 1, 0) + head + body


def _await(link: socket.socket, count: int) -> None:
    """Read that many acknowledgements. Raises `OSError` with the first refusal."""
    while count > 0:
        for kind, body in _messages(link.recv(65536)):
            if kind == _ERROR:
                number = -struct.unpack_from("=i", body)[0]
                if number:
                    raise OSError(number, os.strerror(number))
                count -= 1


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + _HEADER.size <= len(data):
        length, kind, _, _, _ = _HEADER.unpack_from(data, at)
        if length < _HEADER.size:
            return
        yield kind, data[at + _HEADER.size : at + length]
        at += (length + 3) & ~3


@dataclass(frozen=True, slots=True)
class Tracked:
    """A tracked TCP connection; `left_s` is what is left of its timer, in seconds."""

    source_port: int
    state: str
    left_s: int


def tracked(host: Host) -> list[Tracked]:
    """Return the TCP connections that a host tracks. Raises `NotHere` where the kernel does not list them."""
    need("nf_conntrack", "nf_conntrack_netlink")
    found: list[Tracked] = []
    try:
        with host.inside():
            link = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, NETLINK_NETFILTER)
        with link:
            link.settimeout(10)
            link.sendto(_message(_CONNTRACK << 8 | 1, _DUMP, socket.AF_INET, b""), (0, 0))
            while True:
                for kind, body in _messages(link.recv(65536)):
                    if kind == _DONE:
                        return found
                    if kind == _ERROR:
                        number = -struct.unpack_from("=i", body)[0]
                        raise OSError(number, os.strerror(number))
                    found.append(_entry(body[4:]))
    except OSError as error:
        raise NotHere(
            f"this kernel does not list tracked connections (nf_conntrack_netlink): {error.strerror}"
        ) from None


def _entry(data: bytes) -> Tracked:
    """Read one connection: the tuple of its first direction, the state of TCP, the timer."""
    fields = _attributes(data)
    protocol = _attributes(_attributes(fields.get(1, b"")).get(2, b""))
    tcp = _attributes(_attributes(fields.get(4, b"")).get(1, b""))
    state = tcp.get(1, b"\0")[0]
    return Tracked(
        int.from_bytes(protocol.get(2, b""), "big"),
        _TCP_STATES.get(state, f"STATE-{state}"),
        int.from_bytes(fields.get(7, b""), "big"),
    )


def _attributes(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, at)
        if length < 4:
            break
        found[kind & 0x3FFF] = data[at + 4 : at + length]
        at += (length + 3) & ~3
    return found
