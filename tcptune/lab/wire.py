"""A cable between two hosts that does what it is told: every frame passes through here and is let by, lost or kept.

The middle of the cable is a network namespace with an end of two veth pairs, and a thread that carries frames from one
to the other. So an experiment can lose exactly the second FIN, deliver it later, or send what nobody sent.

On a busy machine that thread can be slower than the kernel is patient. A FIN that is sent again while the first one is
still on its way, or there already, would end TIME_WAIT early or overtake what is kept back: the wire swallows it.
"""

from __future__ import annotations

import os
import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from tcptune.lab.packet import ETHERTYPE_ARP, ETHERTYPE_IPV4, Packet, build, parse
from tcptune.lab.recorder import Recorder, States
from tcptune.lab.translator import Translator
from tcptune.model.lab import Fate

_ETH_P_ALL = 3
_SO_RCVBUFFORCE = 33
_PACKET_IGNORE_OUTGOING = 23
_SOL_PACKET = 263

Match = Callable[[Packet], bool]
Fin = tuple[str, int, int, int]


def _fin(packet: Packet) -> Fin | None:
    """Return what makes a FIN the same as another; None for other segments, and where data comes with it."""
    if "FIN" not in packet.flags or packet.data:
        return None
    return packet.source, packet.source_port, packet.target_port, packet.seq


def packet_socket(interface: str, *, outgoing: bool = False) -> socket.socket:
    """Return a socket that hears an interface of the namespace this thread is in: what comes in, or also what leaves.

    Raises `OSError`.
    """
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.htons(_ETH_P_ALL))
    for level, option, value in (
        (socket.SOL_SOCKET, _SO_RCVBUFFORCE, 1 << 24),
        (_SOL_PACKET, _PACKET_IGNORE_OUTGOING, 0 if outgoing else 1),
    ):
        # Both only spare work: in a user namespace the buffer keeps its size, and `_take` looks at the direction.
        with suppress(OSError):
            tap.setsockopt(level, option, value)
    tap.bind((interface, _ETH_P_ALL))
    tap.setblocking(False)
    return tap


class Order:
    """What is to happen to the segments that match, for as many of them as `left` says (None: all).

    `kept` are the frames that were held back or copied, `seen` is how many matched.
    """

    def __init__(self, match: Match, fate: Fate, left: int | None) -> None:
        self.match, self.fate, self.left = match, fate, left
        self.seen = 0
        self.kept: list[tuple[bytes, Packet]] = []

    def takes(self, frame: bytes, packet: Packet) -> bool:
        """Tell whether this order is for the segment, and count it."""
        if self.left == 0 or not self.match(packet):
            return False
        self.seen += 1
        if self.left is not None:
            self.left -= 1
        if self.fate != "dropped":
            self.kept.append((frame, packet))
        return True

    def end(self) -> None:
        """Take no more segments."""
        self.left = 0


class Wire:
    """The cable; `near` and `far` are packet sockets at its two ends, `look` tells the states of both hosts."""

    def __init__(self, near: socket.socket, far: socket.socket, recorder: Recorder, look: States) -> None:
        self._ends = (near, far)
        self._recorder, self._look = recorder, look
        self._orders: list[Order] = []
        self._ethernet: dict[str, tuple[int, bytes]] = {}
        self._translator: Translator | None = None
        self._fins: set[Fin] = set()
        self._lock = threading.RLock()
        recorder.carriers.append(self._lock)
        self._wake, self._waker = os.pipe()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def drop(self, match: Match, times: int | None = None) -> Order:
        """Lose the segments that match."""
        return self._order(Order(match, "dropped", times))

    def hold(self, match: Match, times: int | None = 1) -> Order:
        """Keep the segments that match back until `release`."""
        return self._order(Order(match, "held", times))

    def copy(self, match: Match, times: int | None = 1) -> Order:
        """Let the segments that match by and keep a copy."""
        return self._order(Order(match, "delivered", times))

    def translate(self, outside: str) -> None:
        """Give every segment that comes from the near end this address from now on, and bring the answers back."""
        with self._lock:
            self._translator = Translator(outside)

    @property
    def translates(self) -> bool:
        """Whether it translates addresses itself."""
        return self._translator is not None

    def _order(self, order: Order) -> Order:
        with self._lock:
            self._orders.append(order)
        return order

    def release(self, order: Order) -> int:
        """Let what was kept go now and return how many segments that were; the order ends."""
        with self._lock:
            order.end()
            kept, order.kept = order.kept, []
            let_go: set[Fin] = set()
            for frame, packet in kept:
                if (fin := _fin(packet)) in let_go:
                    continue
                let_go |= {fin} if fin else set()
                self._deliver(frame, packet, "injected" if order.fate == "delivered" else "delivered")
        return len(kept)

    def inject(self, packet: Packet) -> None:
        """Put a segment on the wire that its source never sent. Its source must have sent something before."""
        with self._lock:
            _, ethernet = self._ethernet[packet.source]
            self._deliver(build(packet, ethernet), packet, "injected")

    def _deliver(self, frame: bytes, packet: Packet, fate: Fate) -> None:
        end, _ = self._ethernet[packet.source]
        with suppress(OSError):
            inwards = self._translator if end == 1 else None
            self._ends[1 - end].send(inwards.back(frame) if inwards is not None else frame)
        self._recorder.take(frame, packet, fate, self._look)

    def _run(self) -> None:
        poll = select.poll()
        poll.register(self._wake, select.POLLIN)
        for end in self._ends:
            poll.register(end, select.POLLIN)
        while True:
            ready = [descriptor for descriptor, _ in poll.poll()]
            if self._wake in ready:
                return
            for number, end in enumerate(self._ends):
                if end.fileno() in ready:
                    self._take(number, end)

    def _take(self, number: int, end: socket.socket) -> None:
        """Carry on what has come in at one end."""
        for _ in range(64):
            try:
                frame, (_, kind, direction, *_rest) = end.recvfrom(65535)
            except OSError:
                return
            if direction == socket.PACKET_OUTGOING or kind not in (ETHERTYPE_IPV4, ETHERTYPE_ARP):
                continue
            if number == 0 and self._translator is not None:
                frame = self._translator.out(frame)
            packet = parse(frame)
            if packet is None:
                with suppress(OSError):
                    self._ends[1 - number].send(frame)
                continue
            with self._lock:
                self._ethernet[packet.source] = number, frame[:14]
                self._judge(frame, packet)

    def _judge(self, frame: bytes, packet: Packet) -> None:
        order = next((each for each in self._orders if each.takes(frame, packet)), None)
        fate: Fate = order.fate if order is not None else "delivered"
        fin = _fin(packet)
        again = fin in self._fins
        if "SYN" in packet.flags:
            ends = (packet.source, packet.source_port, packet.target_port)
            self._fins = {each for each in self._fins if each[:3] != ends}
        if fin is not None and fate != "dropped":
            self._fins.add(fin)
        if fate != "delivered":
            self._recorder.take(frame, packet, fate, self._look)
        elif not again:
            self._deliver(frame, packet, "delivered")

    def end(self) -> None:
        """Cut the cable."""
        os.write(self._waker, b"x")
        self._thread.join()
        for descriptor in (self._wake, self._waker):
            os.close(descriptor)
        for end in self._ends:
            end.close()


class Tap:
    """Listens to a loopback interface, where nothing can be lost or kept."""

    def __init__(self, heard: socket.socket, recorder: Recorder, look: States) -> None:
        self._heard, self._recorder, self._look = heard, recorder, look
        self._wake, self._waker = os.pipe()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        poll = select.poll()
        poll.register(self._wake, select.POLLIN)
        poll.register(self._heard, select.POLLIN)
        while self._wake not in [descriptor for descriptor, _ in poll.poll()]:
            with suppress(OSError):
                while True:
                    frame, (_, _, direction, *_rest) = self._heard.recvfrom(65535)
                    packet = parse(frame) if direction == socket.PACKET_OUTGOING else None
                    if packet is not None:
                        self._recorder.take(frame, packet, "delivered", self._look)

    def end(self) -> None:
        """Stop listening."""
        os.write(self._waker, b"x")
        self._thread.join()
        for descriptor in (self._wake, self._waker):
            os.close(descriptor)
        self._heard.close()
