"""The JSON documents about profiles as types, field by field."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from tcptune.model.documents import FindingDocument, JsonValue, LocationDocument, Summary, Tool


class ProfileItem(TypedDict):
    """A profile that a bare name finds; `shipped` ones come with tcptune."""

    name: str
    summary: str
    path: str
    shipped: bool


class ProfileListDocument(TypedDict):
    """What `tcptune profile list --format json` prints; `problems` are profiles that cannot be read, a line each."""

    schema: Literal["tcptune/profile-list/1"]
    tool: Tool
    command: Literal["profile"]
    profiles: list[ProfileItem]
    problems: list[str]


class DemandDocument(TypedDict):
    """What a profile wants of one parameter.

    `values` are those that are right (the first one is set where none of them is there), `at_least` and `at_most` the
    bounds, `per_gib` what the lower one grows by with each GiB of memory, `default` the kernel's own value.
    `condition` is where it holds in words, `unmet` why it does not on the kernel shown; then nothing is wanted.
    """

    key: str
    values: list[JsonValue]
    at_least: int | None
    at_most: int | None
    per_gib: int | None
    default: bool
    why: str
    condition: str | None
    unmet: str | None
    location: LocationDocument


class AcceptDocument(TypedDict):
    """A documented risk that the profile takes on purpose."""

    rule: str
    why: str


class ProfileShowDocument(TypedDict):
    """What `tcptune profile show --format json` prints; parents are merged in."""

    schema: Literal["tcptune/profile-show/1"]
    tool: Tool
    command: Literal["profile"]
    name: str
    summary: str
    path: str
    parents: list[str]
    kernel: str
    settings: list[DemandDocument]
    accept: list[AcceptDocument]


class ProfileCheckDocument(TypedDict):
    """What `tcptune profile check --format json` prints; `kernels` are those that were judged for."""

    schema: Literal["tcptune/profile-check/1"]
    tool: Tool
    command: Literal["profile"]
    profiles: list[str]
    kernels: list[str]
    findings: list[FindingDocument]
    summary: Summary
