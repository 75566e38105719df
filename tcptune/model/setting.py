"""A value that somebody set: in a file, or live. What rules look at."""

from __future__ import annotations

from dataclasses import field

from tcptune.model.record import dataclass
from tcptune.model.value import Value


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file; lines and columns count from 1, columns in Unicode characters, `end_column` is exclusive."""

    path: str
    line: int = 1
    column: int = 1
    end_line: int | None = None
    end_column: int | None = None

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Setting:
    """One assignment, as its source has it.

    `key` is the dotted name (`net.ipv4.tcp_tw_reuse`), `spelled` how the source wrote it, `raw` the text that
    the kernel would be given, `value` what that text means for a catalogue parameter (None: unknown key, templated,
    or does not parse). `key_at` and `value_at` are the places of both in the file; a live value has none.
    `group` places it among the others of its file: settings are in force together when one group is a prefix of the
    other (`("doc2",)` and `("doc2", "if1/else")`); only equal groups make duplicates. `comment` is the text of the
    comment beside or right above it. `store` names the file that a script writes the line into, or the
    pause that a command of it comes after; it is empty where the setting stands in the file itself. `facts` are what a
    rule needs of its surroundings, see `sources.base`. `templated` marks a raw text that is filled in later (`{{ x }}`,
    `$X`), `touched` is false for a live value that equals its default (nobody is known to have set it). `listening` are
    the ports on which the container or pod that it is set for listens, as its file says.
    """

    key: str
    raw: str
    value: Value | None = None
    spelled: str = ""
    key_at: Location | None = None
    value_at: Location | None = None
    source: str = "live"
    comment: str = ""
    templated: bool = False
    touched: bool = True
    group: tuple[str, ...] = ()
    store: str = ""
    facts: frozenset[str] = field(default_factory=frozenset)
    listening: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement in a file; `end_column` is exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str
