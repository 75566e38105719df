"""Two connections with the same addresses and ports, one after the other, and a segment of the first that wanders."""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import replace

from tcptune.lab.endpoints import REUSE, Connection
from tcptune.lab.flows import close_both
from tcptune.lab.host import Host
from tcptune.lab.packet import Packet
from tcptune.lab.stage import Stage
from tcptune.lab.wire import Order, Wire

OLD = b"bytes of the old connection"

_TCP_REPAIR, _TCP_REPAIR_QUEUE, _TCP_QUEUE_SEQ = 19, 20, 21
_REPAIR_ON, _REPAIR_OFF_QUIETLY = 1, -1
_SEND_QUEUE = 2


Ports = tuple[int, int]


class Past:
    """A connection that is over: its ports, and a copy of the data segment that its client sent."""

    def __init__(self, link: Connection, order: Order) -> None:
        self.source, self.target = link.source, link.target
        self.order = order

    @property
    def segment(self) -> Packet:
        """The segment that wanders."""
        return self.order.kept[0][1]


def leave(
    stage: Stage, wire: Wire, client: Host, server: Host, *, first: str = "server", ports: Ports | None = None
) -> Past:
    """Connect, let the client send `OLD`, close `first` first; return what is over.

    `ports` are those of client and server, by default free ones.
    """
    source_port, port = ports or (0, None)
    link = stage.connect(client, server, port=port, source_port=source_port)
    order = wire.copy(lambda packet: packet.data == OLD)
    link.client.sendall(OLD)
    link.server.recv(100)
    stage.until(lambda: order.seen >= 1)
    stage.quiet()
    close_both(stage, link, first)
    return Past(link, order)


def dial_again(past: Past, client: Host, number: int | None = None) -> socket.socket:
    """Begin to connect on the ports of the old connection; the socket does not block.

    `number` is the initial sequence number, by default the kernel chooses it. Raises `OSError`.
    """
    sock = client.socket()
    sock.setsockopt(*REUSE[:2], 1)
    sock.bind(past.source)
    if number is not None:
        sock.setsockopt(socket.IPPROTO_TCP, _TCP_REPAIR, _REPAIR_ON)
        sock.setsockopt(socket.IPPROTO_TCP, _TCP_REPAIR_QUEUE, _SEND_QUEUE)
        sock.setsockopt(socket.IPPROTO_TCP, _TCP_QUEUE_SEQ, _signed(number))
        sock.setsockopt(socket.IPPROTO_TCP, _TCP_REPAIR, _REPAIR_OFF_QUIETLY)
        sock.setsockopt(*REUSE[:2], 1)
    sock.setblocking(False)
    with suppress(BlockingIOError):
        sock.connect(past.target)
    return sock


def _signed(number: int) -> int:
    number &= 0xFFFFFFFF
    return number - (1 << 32) if number >= 1 << 31 else number


def wander(wire: Wire, past: Past, answer: Order) -> None:
    """Let the old segment arrive at the new connection, whose SYN ACK is in `answer`.

    Its acknowledgement is moved to where the new connection's are: Linux drops data whose acknowledgement is older
    than a window (RFC 5961), so it takes two connections that overlap in both directions.
    """
    wire.inject(replace(past.segment, ack=answer.kept[-1][1].seq + 1))


def is_syn_ack(packet: Packet) -> bool:
    """Tell whether a segment is the second of a handshake."""
    return {"SYN", "ACK"} <= packet.flags


def answer_to_syn(stage: Stage, before: int) -> str:
    """Wait for the server's first segment after `before` ones of it, and return its flags."""

    def answers() -> list[tuple[str, ...]]:
        return [item.flags for item in stage.recorder.found(source="server")[before:]]

    stage.until(lambda: bool(answers()))
    return " ".join(answers()[0]) if answers() else "nothing"
