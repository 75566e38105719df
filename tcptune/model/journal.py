"""The journal of changes: an entry holds all that undoing needs, on the same boot or after the next one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from tcptune.model.record import dataclass

SCHEMA = "tcptune/journal/1"

Kind = Literal["apply", "remove", "rollback"]
State = Literal["open", "applied", "pending", "confirmed", "undone", "failed", "rolled-back"]
"""`open`: its process ended on the way; `pending`: waits for `confirm`; `failed`: something could not be put back."""


@dataclass(frozen=True, slots=True)
class Place:
    """A network namespace: the boot it belongs to, its cookie (None before Linux 5.14), its inode for people.

    `initial` marks the host's own. `name` and `path` say how it was asked for, None for the one tcptune was run in.
    """

    boot: str
    cookie: int | None
    inode: int
    initial: bool
    name: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One parameter: the kernel's text before, and the text that is written."""

    key: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class FileStep:
    """The drop-in: its text before and after, None where there is no file."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Header:
    """What is known before the first write.

    `at` is the time in UTC (ISO 8601), `of` the entry that a rollback undoes, `digest` the profile's SHA-256. With
    `confirm_within` the file is written by `confirm` alone; `deadline` is in seconds of the clock that counts from
    boot and goes on in suspend (CLOCK_BOOTTIME). `process` is the one that makes the change: its id, and when it began
    in the kernel's own ticks, as `4711@123456`. `host` is the name that the host had.
    """

    id: str
    kind: Kind
    at: str
    place: Place
    release: str
    user: str
    profile: str
    digest: str
    steps: tuple[Step, ...]
    file: FileStep | None = None
    of: str | None = None
    confirm_within: float | None = None
    deadline: float | None = None
    process: str = ""
    host: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it is on disk: its header, where it stands, and what was written down on the way.

    `lines` are sentences for a person: what could not be put back, who changed what since.
    """

    header: Header
    state: State
    path: str
    lines: tuple[str, ...] = ()
    undo: str | None = None

    @property
    def id(self) -> str:
        """The name by which `rollback` knows it."""
        return self.header.id


@dataclass(frozen=True, slots=True)
class Look:
    """How the journal is held against what there is now.

    `here` tells whether an entry belongs to this boot and namespace, `now` is what the kernel prints for a key (None:
    it cannot be seen), `means` tells whether two of a key's texts come to the same.
    """

    here: Callable[[Entry], bool]
    now: Callable[[str], str | None]
    means: Callable[[str, str, str], bool]

    def found(self, entry: Entry, step: Step) -> str | None:
        """Return what a parameter of an entry is now; None where it cannot be seen from here."""
        return self.now(step.key) if self.here(entry) else None

    def drifted(self, entry: Entry, step: Step) -> bool:
        """Tell whether somebody has changed since what an entry that is in force has written."""
        found = self.found(entry, step)
        in_force = entry.state in ("applied", "pending", "confirmed", "open")
        return in_force and found is not None and not self.means(step.key, found, step.after)
