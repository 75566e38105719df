"""Address translation on a wire, for kernels that cannot do it: what masquerading does to TCP, and nothing else."""

from __future__ import annotations

from tcptune.lab.packet import parse, readdressed


class Translator:
    """Gives everything that leaves one address, keeps its ports, and brings the answers back.

    Like masquerading it touches addresses alone: timestamps stay as the clients wrote them.
    """

    def __init__(self, outside: str) -> None:
        self._outside = outside
        self._inside: dict[int, str] = {}

    def out(self, frame: bytes) -> bytes:
        """Return a frame as it leaves; whoever sent last from a port gets what comes back to it."""
        packet = parse(frame)
        if packet is None or packet.source == self._outside:
            return frame
        self._inside[packet.source_port] = packet.source
        return readdressed(frame, source=self._outside)

    def back(self, frame: bytes) -> bytes:
        """Return a frame as it comes in."""
        packet = parse(frame)
        if packet is None or packet.target != self._outside or packet.target_port not in self._inside:
            return frame
        return readdressed(frame, target=self._inside[packet.target_port])
