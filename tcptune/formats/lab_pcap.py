"""Captured frames as a pcapng file: each experiment is an interface of its own, what did not arrive bears a comment.

The layout is that of the IETF draft "PCAP Next Generation (pcapng) Capture File Format".
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from tcptune import __version__
from tcptune.model.lab import Fate, Frame, Trial

_SECTION, _INTERFACE, _PACKET = 0x0A0D0D0A, 1, 6
_ETHERNET = 1
_COMMENT, _IF_NAME, _IF_RESOLUTION, _APPLICATION = 1, 2, 9, 4
_NANOSECONDS = 9
_SAID: dict[Fate, str] = {
    "delivered": "",
    "dropped": "lost on the way",
    "held": "kept back, it did not arrive now",
    "injected": "sent by nobody: put on the wire by the lab",
}


def dump(trials: Sequence[Trial]) -> bytes:
    """Return a file with the frames of all these runs, in the order of time."""
    head = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)
    parts = [_block(_SECTION, head + _options((_APPLICATION, f"tcptune {__version__}".encode())))]
    frames: list[tuple[int, Frame]] = []
    for number, trial in enumerate(trials):
        name = trial.name + (f" ({trial.under})" if trial.under else "")
        options = _options((_IF_NAME, name.encode()), (_IF_RESOLUTION, bytes([_NANOSECONDS])))
        parts.append(_block(_INTERFACE, struct.pack("<HHI", _ETHERNET, 0, 0) + options))
        frames += [(number, frame) for frame in trial.frames]
    parts += [_packet(number, frame) for number, frame in sorted(frames, key=lambda item: item[1].at)]
    return b"".join(parts)


def _packet(interface: int, frame: Frame) -> bytes:
    data = frame.data + b"\0" * (-len(frame.data) % 4)
    said = _SAID[frame.fate]
    head = struct.pack("<IIIII", interface, frame.at >> 32, frame.at & 0xFFFFFFFF, len(frame.data), len(frame.data))
    return _block(_PACKET, head + data + (_options((_COMMENT, said.encode())) if said else b""))


def _options(*options: tuple[int, bytes]) -> bytes:
    written = [struct.pack("<HH", kind, len(data)) + data + b"\0" * (-len(data) % 4) for kind, data in options]
    return b"".join(written) + struct.pack("<HH", 0, 0)


def _block(kind: int, body: bytes) -> bytes:
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size
