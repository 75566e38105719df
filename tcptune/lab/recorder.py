"""What crossed a wire, written down: segments with numbers that count from the connection's beginning, and frames."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from tcptune.lab.packet import FLAGS, Packet
from tcptune.model.lab import Fate, Frame, Note, Segment

MOST = 400
"""How many segments are kept; an experiment that sends more proves nothing more with them."""

States = Callable[[Packet], tuple[str, str]]


class Recorder:
    """Keeps segments, frames and notes in the order in which they happened; all threads of an experiment use one.

    `carriers` are the locks that are held while a segment is handed on and written down.
    """

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.notes: list[Note] = []
        self.frames: list[Frame] = []
        self.names: dict[str, str] = {}
        self.carriers: list[threading.RLock] = []
        self.seen = 0
        self._began = time.monotonic()
        self._first: dict[tuple[str, int, str, int], int] = {}
        self._lock = threading.Lock()

    def now(self) -> float:
        """Return the seconds since the experiment began."""
        return time.monotonic() - self._began

    def note(self, text: str) -> None:
        """Write down something that was done or seen."""
        with self._lock:
            self.notes.append(Note(round(self.now(), 6), text))

    def take(self, frame: bytes, packet: Packet, fate: Fate, states: States) -> None:
        """Write down one segment; `states` is asked only while there is room for more."""
        with self._lock:
            self.seen += 1
            if len(self.segments) >= MOST:
                return
            at = self.now()
            self.frames.append(Frame(time.time_ns(), frame, fate))
            self.segments.append(self._segment(at, packet, fate, states(packet)))

    def _segment(self, at: float, packet: Packet, fate: Fate, states: tuple[str, str]) -> Segment:
        there = packet.source, packet.source_port, packet.target, packet.target_port
        back = there[2:] + there[:2]
        if "SYN" in packet.flags:
            self._first[there] = packet.seq
        return Segment(
            round(at, 6),
            self.names.get(packet.source, packet.source),
            self.names.get(packet.target, packet.target),
            packet.source_port,
            packet.target_port,
            tuple(name for name in FLAGS if name in packet.flags),
            _distance(packet.seq, self._first.setdefault(there, packet.seq)),
            _distance(packet.ack, self._first.setdefault(back, packet.ack - 1)) if "ACK" in packet.flags else None,
            len(packet.data),
            fate,
            states,
            packet.clock,
        )

    def count(self, *flags: str, source: str | None = None, fate: Fate | None = None) -> int:
        """Return how many segments so far bear all these flags."""
        return len(self.found(*flags, source=source, fate=fate))

    def found(self, *flags: str, source: str | None = None, fate: Fate | None = None) -> list[Segment]:
        """Return the segments so far that bear all these flags.

        A segment is written down right after it was handed on, so its effects may be seen sooner: whoever carries one
        just now is waited for.
        """
        for carrier in self.carriers:
            with carrier:
                pass
        with self._lock:
            return [
                item
                for item in self.segments
                if set(flags) <= set(item.flags) and source in (None, item.source) and fate in (None, item.fate)
            ]


def _distance(number: int, first: int) -> int:
    """Return how far a sequence number is from another, between -2^31 and 2^31."""
    return (number - first + 0x80000000) % 0x100000000 - 0x80000000


def nobody(_: Packet) -> tuple[str, str]:
    """Look at no socket."""
    return "", ""
