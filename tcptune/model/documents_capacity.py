"""The document of `tcptune capacity`, as a type: its JSON Schema is made of it."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from tcptune.model.documents import JsonValue, Tool


class LimitDocument(TypedDict):
    """How many connections a second last for ever: `count` of the thing, each kept for `seconds`.

    What a whole namespace shares has room for all ports of so many `destinations`; null for what it does not share.
    """

    scope: str
    connections_per_second: float
    count: int
    seconds: float
    why: str
    keys: list[str]
    destinations: int | None


class NeedDocument(TypedDict):
    """What the wanted rate takes of a parameter: `count` at least; `now` is its value."""

    key: str
    count: int
    now: JsonValue
    enough: bool
    why: str
    advice: str | None


class StayDocument(TypedDict):
    """How long a closed socket stays in a state."""

    state: str
    seconds: float
    why: str


class WantedDocument(TypedDict):
    """The rate that was asked for, over all destinations."""

    connections_per_second: float
    destinations: int
    open_seconds: float


class CapacityDocument(TypedDict):
    """What `tcptune capacity --format json` prints. `needs` is empty and `wanted` null when no rate was asked for."""

    schema: Literal["tcptune/capacity/1"]
    tool: Tool
    command: Literal["capacity"]
    kernel: str
    netns: str | None
    profile: str | None
    usable_ports: int | None
    limits: list[LimitDocument]
    wanted: WantedDocument | None
    needs: list[NeedDocument]
    enough: bool | None
    time_wait_bytes_each: int | None
    time_wait_bytes: int | None
    closing: list[StayDocument]
