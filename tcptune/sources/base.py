"""The shapes that all source formats share: the text with its places, and what was read out of it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import field
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Literal

from tcptune.model.late import late
from tcptune.model.record import dataclass
from tcptune.model.setting import Location, Setting
from tcptune.model.severity import Severity
from tcptune.sources.hints import LOADS

FACTS = {
    "loader": "the text goes to the kernel as it stands: comments behind a value and quotes are part of it",
    "shell": "the text is a shell word: quotes and comments are the shell's",
    "typed": "the format has types: true and false are right where the consumer turns them into numbers",
    "container": "set for a container's own network namespace",
    "command": "run inside a container by a command, not handed over by its engine",
    "pod": "set in a pod's securityContext",
    "host-network": "the container or pod shares the host's network namespace",
    "privileged": "run by a privileged container or script: keys outside net.* reach the host on purpose",
    "allowed-unsafe": "the kubelet of the same tree allows this key",
    "ignore-errors": "a failure to set it is ignored on purpose",
    "conditional": "stands under a condition; `group` tells the branches apart",
    "kernel-condition": "the condition asks for kernel or distribution: TT102 and TT103 are silent",
    "exists": "a test before it says that the parameter is there: TT102 to TT105 are silent",
    "module-loaded": "the module it needs is loaded before it here",
    "fallback": "stands in a default that is used only when nothing else is given",
    "exclude": "takes the key out of globs and sets nothing (`-key`)",
    "tuned": "written by tuned, which takes trailing comments off and knows raise-only values",
    "limit": "tuned only raises or lowers the value to this number, which is none that it has in the end",
    "glob": "the key is a pattern",
    "undo": "takes a change back: in a function `rollback`, when a unit stops, by sysctl once sed took it from files",
    "dump": "stands in a saved `sysctl -a`, which is no choice of anybody",
    "overrides": "an earlier line or file of the folder or an included profile sets it otherwise, or it is to win",
    "priority": "written with a rank of its own, which decides between several (Nix)",
}
"""Every word that may stand in `Setting.facts`, with its meaning."""


TEMPLATES = frozenset(
    {".j2", ".jinja", ".jinja2", ".erb", ".epp", ".tmpl", ".tpl", ".tftpl", ".gotmpl", ".mustache"}
    | {".in", ".m4", ".template", ".tmplt", ".templ", ".gotpl", ".hbs", ".handlebars", ".envsubst", ".ecr", ".ejs"}
    | {".sample", ".example", ".dist"}
)
"""How the names of templates end, and of samples that are copied."""


SECTIONS = late(r"\ufeff?(?:[ \t]*(?:[#;%@${<][^\n]*)?\r?\n)*[ \t]*\[")
"""The head of a file that is divided into sections; above the first stand comments, and what a template fills in."""


@lru_cache(16)
def pure(path: str) -> PurePosixPath:
    """Return a path in its parts: every format asks for those of the same file."""
    return PurePosixPath(path)


@lru_cache(16)
def _rendered(name: str) -> PurePosixPath:
    path = pure(name)
    return path.with_suffix("") if path.suffix in TEMPLATES else path


class Text:
    """A file's text, or a part of one, that knows where every character stands in the file.

    `lines` have no line ends. `origin` gives for each line its line number, the columns to add and the last column
    there is; a part of a file (a block scalar, a heredoc) has the origin of its lines, so that `at` always names a
    place in the file, also where the file spells the text otherwise (folded, escaped). `pieces` says of a line that
    several lines of the file are folded into from which column on (in order) which of these it is.
    """

    __slots__ = ("_starts", "lines", "origin", "path", "pieces", "text")

    def __init__(self, path: str, text: str, origin: Sequence[tuple[int, int, int]] | None = None) -> None:
        self.path = path
        self.text = text
        self.lines = [line.removesuffix("\r") for line in text.split("\n")]
        self.origin = origin
        self.pieces: dict[int, list[tuple[int, tuple[int, int, int]]]] = {}
        self._starts: list[int] | None = None

    @property
    def name(self) -> str:
        """The file's name without its folders."""
        return pure(self.path).name

    @property
    def rendered(self) -> PurePosixPath:
        """The path without what tells a template: that of the file which is made of it."""
        return _rendered(self.path)

    def at(self, line: int, start: int = 0, end: int | None = None) -> Location:
        """Return the place of `lines[line][start:end]`; `line` and `start` count from 0 within this text.

        What is put together of several pieces of the file has no end.
        """
        stop = len(self.lines[line]) if end is None else end
        if self.origin is None:
            return Location(self.path, line + 1, start + 1, line + 1, stop + 1)
        number, shift, last = self._from(line, start)
        if self.pieces and any(start < begin < stop for begin, _ in self.pieces.get(line, ())):
            return Location(self.path, number, min(start + shift, last) + 1, number, None)
        return Location(self.path, number, min(start + shift, last) + 1, number, min(stop + shift, last) + 1)

    def _from(self, line: int, start: int) -> tuple[int, int, int]:
        """Return the origin of what stands at a column of a line."""
        if self.origin is None:
            return line + 1, 0, len(self.lines[line])
        pieces = self.pieces.get(line)
        index = bisect_right(pieces, start, key=lambda piece: piece[0]) if pieces else 0
        return pieces[index - 1][1] if pieces and index else self.origin[line]

    def offset(self, position: int) -> tuple[int, int]:
        """Return line and column (both from 0) of a character offset in `text`."""
        if self._starts is None:
            self._starts = [0, *(match.end() for match in re.finditer("\n", self.text))]
        line = bisect_right(self._starts, position) - 1
        return line, position - self._starts[line]

    def span(self, start: int, end: int) -> Location:
        """Return the place of `text[start:end]`, which stands on one line or ends where its first line does."""
        line, column = self.offset(start)
        return self.at(line, column, min(column + end - start, len(self.lines[line])))

    def part(self, lines: Iterable[tuple[int, int, str]]) -> Text:
        """Return a part of this text: for each of its lines the line and column (from 0) it begins at, and its text."""
        rows = list(lines)
        origin = []
        for line, column, _ in rows:
            number, shift, last = self._from(line, column)
            origin.append((number, shift + column, last))
        text = Text(self.path, "\n".join(row for _, _, row in rows), origin)
        for index, (line, column, row) in enumerate(rows) if self.pieces else ():
            pieces = self.pieces.get(line, [])
            first = bisect_right(pieces, column, key=lambda piece: piece[0])
            last = bisect_right(pieces, column + len(row), key=lambda piece: piece[0])
            text.pieces[index] = [
                (begin - column, (number, shift + column, end)) for begin, (number, shift, end) in pieces[first:last]
            ]
        return text


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with the text itself, under the rule that speaks of it (TT001, TT002, TT003, TT005, TT007 …).

    `remedy` says what to do about it where the rule's own words do not suit the format.
    """

    rule: str
    severity: Severity
    at: Location
    message: str
    why: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of the file: for suppressions and for the myths it may repeat.

    `alone` is true when nothing else stands on its line; `real` when the format takes the comment off by itself.
    """

    at: Location
    text: str
    alone: bool
    real: bool = True


@dataclass(slots=True)
class Reading:
    """What a format read out of a text.

    `modules` are the kernel modules that it loads, now or at boot, before its settings are needed.
    """

    kind: str
    settings: list[Setting] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    modules: set[str] = field(default_factory=set)
    allowed_unsafe: set[str] = field(default_factory=set)

    def extend(self, other: Reading) -> None:
        """Take over what an embedded format read."""
        self.settings += other.settings
        self.problems += other.problems
        self.comments += other.comments
        self.modules |= other.modules
        self.allowed_unsafe |= other.allowed_unsafe


LONGEST_COMMENT = 4000
"""Characters of the comment above a setting that are kept, the nearest ones."""


def joined(above: str, more: str) -> str:
    """Return the comment above a setting with a further line; of a very long one the end."""
    return f"{above}\n{more}"[-LONGEST_COMMENT:] if above else more[-LONGEST_COMMENT:]


Separator = Literal["dots", "slashes", "mixed"]

KEY = re.compile(r"[A-Za-z][\w-]*(?:[./][\w*?\[\]{}@:-]+)+")
"""What looks like the name of a sysctl: a family and at least one further part."""

FAMILIES = frozenset({"net", "vm", "kernel", "fs", "user", "dev", "abi", "debug", "crypto", "sunrpc", "fscache"})
"""The folders below /proc/sys that distributions have; a dotted word that begins otherwise is no sysctl's name."""


def dotted(spelled: str) -> str:
    """Return the dotted key of a name as a loader reads it: the first separator decides what the others mean.

    `net/ipv4/conf/eth0.1/rp_filter` becomes `net.ipv4.conf.eth0/1.rp_filter`, as the kernel's tools print it.
    """
    for character in spelled:
        if character == ".":
            return spelled
        if character == "/":
            return spelled.lstrip("/").translate(_SWAP)
    return spelled


_SWAP = str.maketrans("./", "/.")


def is_template(text: str) -> bool:
    """Tell whether a text is filled in later: Jinja, Go templates, shell and ERB variables, CI placeholders."""
    return _TEMPLATE.search(text) is not None


def is_object(text: str) -> bool:
    """Tell whether a text begins as JSON does, which programs want under many names: CNI in `.conf` and `.conflist`."""
    return _OBJECT.match(text) is not None


def is_filled(text: str) -> bool:
    """Tell whether a text is filled in before a shell sees it: by Jinja, ERB or a build."""
    return _FILLED.search(text) is not None


_LOADS = re.compile(LOADS)
_MODULE = late(r"(?<![\w./])((?:nf|ip)_conntrack(?:_\w+)?|br_netfilter|bridge|ip_vs(?:_\w+)?)(?:\.conf)?(?![\w.=/])")


def named_modules(text: str) -> set[str]:
    """Return the modules that a text names which loads modules: by a tool's resource or task, or a file for boot."""
    return set(_MODULE.findall(text)) if _LOADS.search(text) else set()


_OBJECT = re.compile(r'\s{0,99}\{\s{0,99}"[^"\n]{1,99}"[ \t]*:')
_FILLED = re.compile(r"\{\{|\{%|<%|@[A-Za-z_]\w*@|\b__[A-Z][A-Z_]*__\b")
_TEMPLATE = re.compile(
    r"\{\{|\{%|\$[{(\[]|\$[\w@*]|<%|%\{|@[A-Za-z_]\w*@|`|%\(\w+\)[sd]|\b__[A-Z][A-Z_]*__\b|<[A-Z][A-Z_]+>"
    r"|\bENC\["
)
"""With what is filled in, what is encrypted (SOPS): the kernel is given another text."""
