"""Statistics of connection tracking over netlink, for kernels without /proc/net/stat/nf_conntrack.

The layout is that of include/uapi/linux/netfilter/nfnetlink_conntrack.h: a message a processor, an attribute a number.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Mapping

from tcptune.live import sock_diag

_NETFILTER = 12
_GET_STATS = 1 << 8 | 4
_HEADER = struct.Struct("=IHHIIBBH")
_ATTRIBUTE = struct.Struct("=HH")
_RECEIVE = 65536
_NAMES: Mapping[int, str] = {
    2: "found",
    4: "invalid",
    8: "insert",
    9: "insert_failed",
    10: "drop",
    11: "early_drop",
    12: "icmp_error",
    13: "search_restart",
    14: "clashres",
}
"""The attributes by the names that the file in /proc gives the same numbers."""


def read_stats() -> dict[str, int]:
    """Return the statistics summed over all processors; empty where the kernel does not give them."""
    found: dict[str, int] = {}
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _NETFILTER) as link:
            link.settimeout(2.0)
            flags = sock_diag.NLM_F_REQUEST | sock_diag.NLM_F_DUMP
            link.sendto(_HEADER.pack(_HEADER.size, _GET_STATS, flags, 1, 0, 0, 0, 0), (0, 0))
            while not take(link.recv(_RECEIVE), found):
                pass
    except OSError:
        return {}
    return found


def take(data: bytes, found: dict[str, int]) -> bool:
    """Add the numbers of a datagram; tell whether it was the last. Raises `OSError` for a refusal."""
    for offset, length, kind, _ in sock_diag.messages(data):
        if kind == sock_diag.NLMSG_ERROR:
            raise sock_diag.refusal(data, offset)
        if kind == sock_diag.NLMSG_DONE:
            return True
        at, end = offset + _HEADER.size, offset + length
        while at + _ATTRIBUTE.size <= end:
            size, attribute = _ATTRIBUTE.unpack_from(data, at)
            if size < _ATTRIBUTE.size or at + size > end:
                break
            name = _NAMES.get(attribute & 0x3FFF)
            if name is not None:
                found[name] = found.get(name, 0) + int.from_bytes(data[at + _ATTRIBUTE.size : at + size], "big")
            at += (size + 3) & ~3
    return not data
