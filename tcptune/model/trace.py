"""Who closes connections, as the kernel told while it was listened to."""

from __future__ import annotations

from typing import Literal

from tcptune.model.record import dataclass

Act = Literal["closes first", "resets"]


@dataclass(frozen=True, slots=True)
class Closed:
    """What one process did towards one place: `count` times it closed first, or ended a connection with a RST.

    `place` is the destination of a connection that went out (`10.0.0.9:443`), or `port 8080` for those that came in.
    """

    pid: int
    name: str
    unit: str | None
    place: str
    act: Act
    count: int


@dataclass(frozen=True, slots=True)
class TraceReport:
    """Closes within `seconds`.

    `rows` are acts of processes in the namespace asked for, the most first; `elsewhere` such acts of processes in other
    namespaces, `unplaced` of processes that had ended before they could be looked at. Blamed on nobody are `received`
    (a RST came, or the connection timed out) and `peers` (the other side closed first), both of the whole host. `lost`
    events were overwritten before they were read.
    """

    seconds: float
    rows: tuple[Closed, ...]
    elsewhere: int = 0
    unplaced: int = 0
    received: int = 0
    peers: int = 0
    lost: int = 0
