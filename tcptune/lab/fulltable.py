"""A full connection-tracking table: entries in TIME_WAIT put there over ctnetlink, as no traffic could so fast.

Layouts are those of include/uapi/linux/netfilter/nfnetlink_conntrack.h. The limit is the host's, the count is each
namespace's own: the entries vanish with theirs, and no other namespace is nearer to the limit for them.
"""

from __future__ import annotations

import os
import socket
import struct

from tcptune.lab.host import Host, NotHere
from tcptune.lab.netlink import attribute
from tcptune.lab.nft import NETLINK_NETFILTER

MOST = 300_000
"""No more entries than these are made: each takes some 400 bytes of the kernel's memory."""

LIMIT = "net.netfilter.nf_conntrack_max"

_BATCH = 200
_TIMEOUT_S = 120
_NEW = 1 << 8
_REQUEST, _CREATE, _EXCL = 0x1, 0x400, 0x200
_NESTED = 0x8000
_ORIGINAL, _REPLY, _STATUS, _PROTOCOL_STATE, _TIMEOUT = 1, 2, 3, 4, 7
_CONFIRMED_AND_ASSURED = 2 | 4 | 8
_TCP, _TIME_WAIT = 6, 7


def fill(host: Host) -> int:
    """Fill a host's table to its limit and return the limit. Raises `NotHere` where that would be too much."""
    limit = int(host.parameter(LIMIT) or 0)
    if not 0 < limit <= MOST:
        raise NotHere(f"{LIMIT} is {limit}: the lab fills a table of up to {MOST}")
    fixed = attribute(_STATUS, struct.pack("!I", _CONFIRMED_AND_ASSURED))
    fixed += attribute(_TIMEOUT, struct.pack("!I", _TIMEOUT_S))
    state = attribute(1 | _NESTED, attribute(1, bytes([_TIME_WAIT])))
    fixed += attribute(_PROTOCOL_STATE | _NESTED, state)
    try:
        with host.inside():
            link = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, NETLINK_NETFILTER)
        with link:
            link.settimeout(10)
            for start in range(0, limit, _BATCH):
                link.sendto(b"".join(_message(number, fixed) for number in range(start, start + _BATCH)), (0, 0))
    except OSError as error:
        raise NotHere(f"this kernel takes no entries over ctnetlink: {error.strerror or os.strerror(0)}") from None
    return limit


def _message(number: int, fixed: bytes) -> bytes:
    """Return the request for one entry; its number makes the client's address and port."""
    client = socket.inet_aton(f"198.18.{number >> 24 & 1}.1")[:2] + struct.pack("!H", number >> 14 & 0xFFFF)
    port = 1024 + (number & 0x3FFF)
    server = socket.inet_aton("198.19.0.1")
    there, back = _tuple(client, server, port, 80), _tuple(server, client, 80, port)
    body = attribute(_ORIGINAL | _NESTED, there) + attribute(_REPLY | _NESTED, back) + fixed
    head = struct.pack("=IHHII", 20 + len(body), _NEW, _REQUEST | _CREATE | _EXCL, number, 0)
    return head + struct.pack("!BBH", socket.AF_INET, 0, 0) + body


def _tuple(source: bytes, target: bytes, source_port: int, target_port: int) -> bytes:
    addresses = attribute(1, source) + attribute(2, target)
    ports = attribute(1, bytes([_TCP])) + attribute(2, struct.pack("!H", source_port))
    ports += attribute(3, struct.pack("!H", target_port))
    return attribute(1 | _NESTED, addresses) + attribute(2 | _NESTED, ports)
