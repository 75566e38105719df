"""The documents of `apply`, `confirm`, `rollback` and `history`, as types: their JSON Schemas are made of these."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from tcptune.model.documents import FindingDocument, HostDocument, JsonValue, Origin, Summary, Tool


class AppliedChangeDocument(TypedDict):
    """One parameter.

    `before` and `after` are its values around the write, null where nothing is written; `verified` tells that it was
    read back as wanted. `current`, `wanted`, `default`, `action`, `reason`, `risk` and `origin` are those of `diff`.
    """

    key: str
    before: JsonValue
    after: JsonValue
    verified: bool
    current: JsonValue
    wanted: JsonValue
    default: JsonValue
    action: Literal["set", "keep", "skip", "blocked"]
    reason: str
    risk: str | None
    origin: Origin | None


class FileDocument(TypedDict):
    """The drop-in: its text before and after, null where there is no file."""

    path: str
    before: str | None
    after: str | None


class JournalDocument(TypedDict):
    """The entry of the journal: `rollback` takes its id."""

    id: str
    path: str


class ApplyDocument(TypedDict):
    """What `apply`, `confirm` and `rollback` print with `--format json`.

    `changed` tells that something was changed, in a dry run that it would be. `file` is the drop-in where it changes,
    `persisted` its path where the values are kept for the next boot. `pending` is the time (UTC) until which `confirm`
    is awaited. `refusals` say what kept the plan from being made, `messages` what failed and what became of it.
    `findings` are those that the plan would bring, then those that were there before.
    """

    schema: Literal["tcptune/apply/1"]
    tool: Tool
    command: Literal["apply", "remove", "confirm", "rollback"]
    profile: str
    host: HostDocument
    dry_run: bool
    changed: bool
    changes: list[AppliedChangeDocument]
    file: FileDocument | None
    persisted: str | None
    journal: JournalDocument | None
    pending: str | None
    refusals: list[str]
    messages: list[str]
    notices: list[str]
    findings: list[FindingDocument]
    summary: Summary


class HistoryStepDocument(TypedDict):
    """One parameter of an entry: before, after, and what it is now (null: not to be seen from here)."""

    key: str
    before: str
    after: str
    now: str | None
    ours: bool | None


class HistoryEntryDocument(TypedDict):
    """One entry of the journal. `here` tells whether it belongs to this boot and namespace."""

    id: str
    at: str
    kind: Literal["apply", "remove", "rollback"]
    state: Literal["open", "applied", "pending", "confirmed", "undone", "failed", "rolled-back"]
    profile: str
    digest: str
    user: str
    kernel: str
    netns: str | None
    here: bool
    of: str | None
    steps: list[HistoryStepDocument]
    file: str | None
    messages: list[str]


class HistoryDocument(TypedDict):
    """What `tcptune history --format json` prints, the newest entry first."""

    schema: Literal["tcptune/history/1"]
    tool: Tool
    command: Literal["history"]
    entries: list[HistoryEntryDocument]
