"""What the lab finds: segments that crossed a wire, what was measured, and whether a claim held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from tcptune.model.record import dataclass

Verdict = Literal["holds", "refuted", "not-here"]
Fate = Literal["delivered", "dropped", "held", "injected"]

Measure = bool | int | float | str | list[str] | list[int]
"""One thing that was measured; numbers are in the unit that the name ends in (`_s`, `_ms`), else counts."""

Measured = dict[str, Any]
"""What was measured, by name: each a `Measure`."""

WORDS: dict[Verdict, str] = {"holds": "holds", "refuted": "refuted", "not-here": "not on this kernel"}
"""The verdicts as a person reads them."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One TCP segment as it was seen on the way.

    `time` is in seconds since the experiment began; `seq` and `ack` count from the beginning of that direction;
    `length` is the payload's, in bytes. `fate` says whether it reached `target`: `held` ones were kept back, and one
    that was let go later stands a second time. `states` are those of source and target right afterwards; empty where
    nobody looked. `clock` is the value of the timestamp option.
    """

    time: float
    source: str
    target: str
    source_port: int
    target_port: int
    flags: tuple[str, ...]
    seq: int
    ack: int | None
    length: int
    fate: Fate = "delivered"
    states: tuple[str, str] = ("", "")
    clock: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was done or seen between two segments, for the ladder."""

    time: float
    text: str


@dataclass(frozen=True, slots=True)
class Event:
    """A step of an end that is used by hand; `time` is in seconds since it began, `connection` counts from 1.

    `state` is the own end's right afterwards, empty where there is none to look at; `timer` is what the kernel's timer
    has left, in seconds. `failed` says that something did not do what was asked.
    """

    time: float
    connection: int
    text: str
    state: str = ""
    timer: float | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """A captured frame as it stood on the wire, for Wireshark; `at` is in nanoseconds since 1970."""

    at: int
    data: bytes
    fate: Fate = "delivered"


@dataclass(frozen=True, slots=True)
class Trial:
    """An experiment that was run once.

    `because` says in a sentence what decided; `settings` are the parameters it was started with. `seconds` is how long
    it took. `setup`, `measures` and `practice` are sentences, `differs` says what is otherwise on other kernels.
    """

    name: str
    claim: str
    source: tuple[str, ...]
    verdict: Verdict
    because: str
    measured: Measured
    segments: tuple[Segment, ...]
    notes: tuple[Note, ...]
    frames: tuple[Frame, ...]
    seconds: float
    settings: Mapping[str, str] = field(default_factory=dict)
    under: str | None = None
    practice: str = ""
    setup: str = ""
    measures: str = ""
    differs: str = ""
