"""One socket as the kernel sees it: state, the timer that runs, what waits in its queues. Over sock_diag.

The request asks for one connection by its four numbers, so a look costs the same with one socket and with thousands.
A TIME_WAIT socket answers like any other.
"""

from __future__ import annotations

import socket
import struct

from tcptune.live.sock_diag import NETLINK_SOCK_DIAG, NLM_F_REQUEST, NLMSG_ERROR
from tcptune.model.record import dataclass

SOCK_DIAG_BY_FAMILY = 20
TCP = 6
STATES = {
    1: "ESTABLISHED",
    2: "SYN-SENT",
    3: "SYN-RECV",
    4: "FIN-WAIT-1",
    5: "FIN-WAIT-2",
    6: "TIME-WAIT",
    7: "CLOSED",
    8: "CLOSE-WAIT",
    9: "LAST-ACK",
    10: "LISTEN",
    11: "CLOSING",
    12: "SYN-RECV",
}
TIMERS = {0: "none", 1: "retransmission", 2: "keepalive", 3: "time-wait", 4: "probe"}
CLOSED = "CLOSED"

_HEADER = struct.Struct("=IHHII")
_ANSWER = struct.Struct("=BBBB48xIIIII")


@dataclass(frozen=True, slots=True)
class Entry:
    """One socket; `expires_ms` is what is left of its timer, in milliseconds, `inode` 0 where no process holds it.

    `unread` and `unsent` are bytes: received and not read, sent by the program and not acknowledged.
    """

    state: str
    timer: str
    expires_ms: int
    retransmits: int
    unread: int
    unsent: int
    inode: int


def diagnosis() -> socket.socket:
    """Return a socket for `look`, bound to the network namespace that this thread is in."""
    link = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, NETLINK_SOCK_DIAG)
    link.settimeout(10)
    return link


def look(link: socket.socket, local: tuple[str, int], remote: tuple[str, int]) -> Entry | None:
    """Return the connection with these ends, both IPv4 or both IPv6; None when there is none."""
    family = socket.AF_INET6 if ":" in local[0] else socket.AF_INET
    ports = struct.pack("!HH", local[1], remote[1])
    ends = b"".join(socket.inet_pton(family, address).ljust(16, b"\0") for address in (local[0], remote[0]))
    identity = ports + ends + struct.pack("=III", 0, 0xFFFFFFFF, 0xFFFFFFFF)
    body = struct.pack("=BBBBI", family, TCP, 0, 0, 0xFFFFFFFF) + identity
    link.sendto(_HEADER.pack(_HEADER.size + len(body), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, 1, 0) + body, (0, 0))
    data = link.recv(65536)
    if len(data) < _HEADER.size + _ANSWER.size or _HEADER.unpack_from(data)[1] == NLMSG_ERROR:
        return None
    _, state, timer, retransmits, expires, unread, unsent, _, inode = _ANSWER.unpack_from(data, _HEADER.size)
    # Where there is no such connection the kernel answers with the listener that would take it.
    if STATES.get(state) == "LISTEN":
        return None
    return Entry(
        STATES.get(state, f"STATE-{state}"), TIMERS.get(timer, str(timer)), expires, retransmits, unread, unsent, inode
    )
