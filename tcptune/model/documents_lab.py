"""The JSON documents of the lab as types, field by field."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from tcptune.model.documents import Tool

MeasureValue = bool | int | float | str | list[str] | list[int]


class SegmentDocument(TypedDict):
    """One TCP segment on the wire; `time` in seconds, `seq` and `ack` counted from the connection's beginning.

    `fate` is what became of it: `dropped` and `held` ones did not arrive, `injected` ones were sent by nobody. `states`
    are those of source and target right afterwards.
    """

    time: float
    source: str
    target: str
    source_port: int
    target_port: int
    flags: list[str]
    seq: int
    ack: int | None
    length: int
    fate: Literal["delivered", "dropped", "held", "injected"]
    states: list[str]


class NoteDocument(TypedDict):
    """What was done between the segments; `time` in seconds."""

    time: float
    text: str


class ExperimentDocument(TypedDict):
    """An experiment that was run; `settings` are parameters that were set for it, `under` says in whose name.

    `setup`, `measures` and `practice` are sentences; `differs` says what is otherwise on other kernels.
    """

    name: str
    claim: str
    source: list[str]
    verdict: Literal["holds", "refuted", "not-here"]
    because: str
    measured: dict[str, MeasureValue]
    segments: list[SegmentDocument]
    notes: list[NoteDocument]
    seconds: float
    under: str | None
    settings: dict[str, str]
    setup: str
    measures: str
    practice: str
    differs: str | None
    rules: list[str]
    parameters: list[str]


class LabSummary(TypedDict):
    """How many experiments ended how."""

    holds: int
    refuted: int
    not_here: int


class LabDocument(TypedDict):
    """What `tcptune lab run --format json` prints."""

    schema: Literal["tcptune/lab/1"]
    tool: Tool
    command: Literal["lab"]
    kernel: str
    experiments: list[ExperimentDocument]
    summary: LabSummary


class Listed(TypedDict):
    """One experiment that can be run; `twists` are the settings that can be broken on purpose."""

    name: str
    claim: str
    source: list[str]
    twists: dict[str, str]
    rules: list[str]
    parameters: list[str]


class LabListDocument(TypedDict):
    """What `tcptune lab list --format json` prints."""

    schema: Literal["tcptune/lab-list/1"]
    tool: Tool
    command: Literal["lab"]
    experiments: list[Listed]


class EventDocument(TypedDict):
    """A step of an end used by hand; `time` and `timer` in seconds, `state` the own end's right afterwards."""

    time: float
    connection: int
    text: str
    state: str | None
    timer: float | None
    failed: bool


class LabEndDocument(TypedDict):
    """What `tcptune lab serve --format json` and `lab connect --format json` print when they end."""

    schema: Literal["tcptune/lab-end/1"]
    tool: Tool
    command: Literal["lab"]
    role: Literal["server", "client"]
    events: list[EventDocument]
