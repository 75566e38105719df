"""The kernel's own list of TCP sockets, over netlink: NETLINK_SOCK_DIAG, IPv4 and IPv6 in one dump.

The layout is that of include/uapi/linux/inet_diag.h. A message is a netlink header (16 bytes) and `inet_diag_msg`
(72 bytes), then attributes, of which counting needs none. A TIME_WAIT socket has no attributes at all, so a datagram
of them is an array of records of 88 bytes.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from collections.abc import Callable, Iterator

NETLINK_SOCK_DIAG = 4
TCPDIAG_GETSOCK = 18
"""The older of the two requests: it alone dumps both address families at once."""

NLM_F_REQUEST = 0x1
NLM_F_DUMP = 0x300
NLM_F_DUMP_INTR = 0x10
NLMSG_ERROR = 2
NLMSG_DONE = 3

MESSAGE = 88
FAMILY, STATE, LOCAL_PORT, KEY, KEY_END = 16, 17, 20, 22, 56
"""Offsets in a message. From `KEY` on stand, side by side, remote port, local address and remote address: 34 bytes."""

EXPIRES, QUEUES, INODE = 68, 72, 84
"""Offsets of the milliseconds that the socket's timer has left, of its receive and send queue (of a listener: how many
connections wait to be accepted, and how many may), and of its inode (0: no file, an orphan)."""

LISTEN = 1 << 10
TIME_WAIT = 1 << 6
CLOSE_WAIT = 1 << 8
OTHERS = ((1 << 13) - 1) & ~(LISTEN | TIME_WAIT | 1)
"""Sets of states as the request wants them: a bit for each."""

_HEADER = struct.Struct("=IHHII")
_HEAD = struct.Struct("=IHH")
_ERROR = struct.Struct("=i")
_ATTRIBUTE = struct.Struct("=HH")
_ALIKE = (0, 1, 2, 3, 4, 5, 6, 7, STATE)
_RECEIVE = 65536
_TIMEOUT = 10.0


def request(states: int, extensions: int = 0) -> bytes:
    """Return the request for all TCP sockets in a set of states; `extensions` are the attributes wanted, a bit each."""
    body = struct.pack("=BBBB48xII", socket.AF_INET, 0, 0, extensions, states, 0)
    return _HEADER.pack(_HEADER.size + len(body), TCPDIAG_GETSOCK, NLM_F_REQUEST | NLM_F_DUMP, 1, 0) + body


def dump(states: int, take: Callable[[bytes], bool], extensions: int = 0) -> None:
    """Hand every datagram about the sockets in a set of states to `take`, until it says that this was the last one.

    Raises `OSError` when the kernel has no such list or does not give it.
    """
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, NETLINK_SOCK_DIAG) as link:
        link.settimeout(_TIMEOUT)
        link.sendto(request(states, extensions), (0, 0))
        while (data := link.recv(_RECEIVE)) and not take(data):
            pass


def records(data: bytes) -> tuple[int, int]:
    """Return stride and number of the records that a datagram begins with, when all are alike; (0, 0) otherwise.

    Alike is: same length, type, flags and state, so that one look at the first tells about all.
    """
    if len(data) < MESSAGE:
        return 0, 0
    stride, kind, flags = _HEAD.unpack_from(data)
    count = len(data) // stride if stride >= MESSAGE else 0
    if count == 0 or stride % 4 or kind != TCPDIAG_GETSOCK or flags & NLM_F_DUMP_INTR:
        return 0, 0
    end = stride * count
    for offset in _ALIKE:
        if data[offset:end:stride].count(data[offset]) != count:
            return 0, 0
    return stride, count


def messages(data: bytes, offset: int = 0) -> Iterator[tuple[int, int, int, int]]:
    """Yield offset, length, type and flags of each message of a datagram from `offset` on; a broken one ends it."""
    while offset + _HEADER.size <= len(data):
        length, kind, flags = _HEAD.unpack_from(data, offset)
        if length < _HEADER.size or offset + length > len(data):
            return
        yield offset, length, kind, flags
        offset += (length + 3) & ~3


def attributes(data: bytes, offset: int, length: int) -> Iterator[tuple[int, bytes]]:
    """Yield type and content of each attribute of the message at `offset`; a broken one ends it."""
    at, end = offset + MESSAGE, offset + length
    while at + _ATTRIBUTE.size <= end:
        size, kind = _ATTRIBUTE.unpack_from(data, at)
        if size < _ATTRIBUTE.size or at + size > end:
            return
        yield kind, data[at + _ATTRIBUTE.size : at + size]
        at += (size + 3) & ~3


def refusal(data: bytes, offset: int) -> OSError:
    """Return the error that a message of type NLMSG_ERROR bears."""
    number = -int(_ERROR.unpack_from(data, offset + _HEADER.size)[0]) if len(data) >= offset + 20 else errno.EPROTO
    return OSError(number, os.strerror(number))
