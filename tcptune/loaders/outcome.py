"""What loading a tree of drop-ins would do: every write in its order, the values that remain, and what went wrong."""

from __future__ import annotations

import dataclasses
from dataclasses import field, replace
from typing import Literal, NamedTuple

from tcptune.model.record import dataclass
from tcptune.model.setting import Location

Loader = Literal["procps", "systemd"]
"""`procps` is `sysctl --system`, run by hand or by a boot script; `systemd` is systemd-sysctl, run at boot."""

Outcome = Literal["set", "missing", "refused", "read-only", "folder", "outside"]
"""What becomes of a write: `missing` has no such key, `refused` is the kernel's own answer to the text."""

ProblemKind = Literal[
    "syntax",
    "unreadable",
    "dangling",
    "loop",
    "folder",
    "special",
    "too-long",
    "outside",
    "binary",
    "mark",
]
"""`folder` is a directory named like a drop-in, `special` a FIFO, socket or device, `too-long` a limit that was hit,
`mark` a byte-order mark."""


LINES_TOLD = 20
"""How many lines of one file are told of that are no assignment."""


class Assignment(NamedTuple):
    """One line that a loader understood, as it stands in its file; `raw` is None where it only excludes (`-key`).

    `path` is the place below /proc/sys that the loader makes of `spelled`. A named tuple, and its place a property:
    a host may have thousands of such lines.
    """

    spelled: str
    path: str
    raw: str | None
    file: str
    line: int
    column: int
    forgiven: bool = False

    @property
    def location(self) -> Location:
        """Return the place of the key."""
        return Location(self.file, self.line, self.column, self.line, self.column + max(len(self.spelled), 1))


class LoadedValue(NamedTuple):
    """One write that a loader makes.

    `key` is the dotted name, `path` its place below /proc/sys as the loader spells it, `raw` the text that the kernel
    is given, `by` the line that wins. `overrides` are the writes of the same key that lost to this one, the latest
    first. `error` is the kernel's answer (`EINVAL`) to a refused text.
    """

    key: str
    path: str
    raw: str
    by: Assignment
    loader: Loader
    outcome: Outcome = "set"
    error: str = ""
    globbed: bool = False
    overrides: tuple[LoadedValue, ...] = ()

    @property
    def location(self) -> Location:
        """Return the place of the key in the file that wins."""
        return self.by.location

    @property
    def spelled(self) -> str:
        """Return the key as the file has it."""
        return self.by.spelled


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the tree that a loader stumbles over, in one sentence; `fails` when it makes the status non-zero."""

    kind: ProblemKind
    at: Location
    message: str
    fails: bool = False


@dataclass(frozen=True, slots=True)
class Masked:
    """A file that is not read because a file of the same name stands in a folder of higher priority.

    `on_purpose` is true when that file is empty or a link to /dev/null: the way to switch a preset off.
    """

    path: str
    by: str
    on_purpose: bool


@dataclass(frozen=True, slots=True)
class Ignored:
    """A file in a drop-in folder that the loader never reads: `suffix` (no .conf) or `hidden` (a leading dot)."""

    path: str
    reason: Literal["suffix", "hidden", "not-a-source"]


@dataclasses.dataclass(slots=True)
class Load:
    """What a loader would do with a tree.

    `values` has, by dotted key, the write that is in force at the end; `writes` every attempt in its order, refused
    ones and those of missing keys too. `status` is the loader's exit status. The order of `files_read` is the order
    of reading.
    """

    loader: Loader
    version: str
    values: dict[str, LoadedValue] = field(default_factory=dict)
    writes: list[LoadedValue] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    status: int = 0
    files_read: list[str] = field(default_factory=list)
    files_masked: list[Masked] = field(default_factory=list)
    files_ignored: list[Ignored] = field(default_factory=list)

    @property
    def refused(self) -> list[LoadedValue]:
        """Return the writes that set nothing, in their order."""
        return [write for write in self.writes if write.outcome != "set"]

    def note(self, problem: Problem) -> None:
        """Note a problem of a line; a file with very many of them (a binary one) is cut short."""
        known = sum(one.kind == problem.kind and one.at.path == problem.at.path for one in self.problems[-LINES_TOLD:])
        if known < LINES_TOLD - 1:
            self.problems.append(problem)
        elif known == LINES_TOLD - 1:
            self.problems.append(replace(problem, message=f"{problem.message} There are more such lines below."))
        if problem.fails:
            self.status = 1

    def add(self, write: LoadedValue) -> None:
        """Note a write; if it is done, it is in force from now on."""
        self.writes.append(write)
        if write.outcome == "set":
            self.values[write.key] = write


_SWAP = str.maketrans("./", "/.")


def swapped(name: str) -> str:
    """Return a name with dots for slashes and slashes for dots: `net.ipv4.conf.eth0/1.x` and its path are a pair."""
    return name.translate(_SWAP)


def first_separator(name: str) -> str:
    """Return the first `.` or `/` of a name, empty when it has none: it decides what the others mean."""
    for character in name:
        if character in "./":
            return character
    return ""
