"""The walk through YAML and JSON documents that all formats written in them share.

Every mapping is offered to the formats in turn; each takes what it knows and says what changes for everything below.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from itertools import accumulate
from typing import Protocol

from tcptune.model.late import late
from tcptune.model.record import changed, dataclass
from tcptune.model.setting import Location, Setting
from tcptune.sources.base import FAMILIES, KEY, Reading, Text, dotted, is_template
from tcptune.sources.templates import in_branches
from tcptune.sources.yaml_nodes import MARK, Node, Parsed
from tcptune.sources.yaml_quoted import spelled, text_of
from tcptune.sources.yaml_telling import TELLING, tell


@dataclass(frozen=True, slots=True)
class Around:
    """What the mappings above say about one: its group, the facts that hold, the names of the keys above it.

    `item` is the line (from 1) of the entry of a list that it stands somewhere below, 0 where it stands below none.
    `ports` are those that the container or pod listens on which it belongs to.
    """

    group: tuple[str, ...] = ()
    facts: frozenset[str] = frozenset()
    path: tuple[str, ...] = ()
    item: int = 0
    ports: frozenset[int] = frozenset()

    def below(self, name: str, *, group: str | None = None, facts: frozenset[str] = frozenset()) -> Around:
        """Return what holds for the value of the key `name`."""
        inner = (*self.group, group) if group is not None else self.group
        return changed(self, group=inner, facts=self.facts | facts, path=(*self.path, name))


_MOST_ABOVE = 100
"""Lines of the comment above a setting that are kept, the nearest ones."""


USUAL = "/etc/sysctl.conf"
"""The file that a setting goes into where none is named."""

NULLS = frozenset({"null", "Null", "NULL", "~"})
"""Words for nothing, as YAML knows them without quotes."""

_GROUPED = late(r"-?[1-9][\d_]{0,40}")
"""A number whose digits stand in groups, which YAML makes one number of."""

_ENOUGH = 24
"""Characters of a line by which it is found in what it is folded into."""

_FAR = 1_000
"""Characters behind the line before in which it is looked for."""

_MASKED = late(f"{MARK}+")
_TAGS = ("{{", "{%", "<%", "%{")
"""How a line of a template begins that may stand further to the left than the text around it."""

_ESCAPED = late(r'\\"((?:[^"\\]|\\[^"])*)\\"')


class Format(Protocol):
    """A format written in YAML: it may change what holds below a mapping, and take the mapping's settings."""

    def around(self, node: Node, around: Around) -> Around:
        """Return what holds for everything in this mapping."""
        ...

    def take(self, node: Node, around: Around, walk: Walk) -> frozenset[str]:
        """Read the settings of this mapping; return the keys that need no further look, empty when it took nothing."""
        ...


@dataclass(slots=True)
class Walk:
    """One text's walk: the formats at work and what they have read so far."""

    text: Text
    reading: Reading
    formats: Sequence[Format]
    comments: dict[int, tuple[str, bool]] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    telling: list[int] = field(default_factory=list)
    literal: bool = False

    def run(self, parsed: Parsed) -> None:
        """Walk through all documents. What an anchor names is read once, however often it is used."""
        several = len(parsed.documents) > 1
        # How many lines before each may be about a setting: what lies between two equal numbers needs no visit.
        self.telling = [0, *accumulate(tell(self.text.lines))]
        # Without escapes a key says nothing that its line does not.
        self.literal = "\\" not in self.text.text
        for number, document in enumerate(parsed.documents):
            self.visit(document, Around(group=(f"document{number + 1}",) if several else ()))

    def visit(self, node: Node, around: Around, *, idle: bool = True, listed: bool = False) -> None:
        """Visit a node and what is below it; with `idle`, not what holds no line that may be about a setting."""
        if node.kind == "alias":
            node = node.items[0]
        if node.kind == "scalar" or id(node) in self.seen:
            return
        if idle and self._tells_nothing(node):
            return
        self.seen.add(id(node))
        if node.kind == "list":
            for item in node.items:
                self.visit(item, around, idle=idle, listed=True)
            return
        done: frozenset[str] = frozenset()
        for form in self.formats:
            around = form.around(node, around)
        for form in self.formats:
            done |= form.take(node, around, self)
            if done:
                break
        around = replace(around, item=node.line + 1) if listed else around
        for key, value in node.pairs:
            if key.value not in done and value.kind != "scalar":
                if idle and self.literal and value.kind != "alias" and self._quiet(key.line, value.end_line):
                    continue
                within = idle and key.value not in FAMILIES and TELLING.search(key.value) is None
                if not (within and value.kind != "alias" and self._tells_nothing(value)):
                    self.visit(value, around.below(key.value), idle=within)

    def _tells_nothing(self, node: Node) -> bool:
        return self._quiet(node.line, node.end_line)

    def _quiet(self, line: int, end: int) -> bool:
        """Tell whether no line of these may be about a setting."""
        last = len(self.telling) - 1
        return self.telling[min(line, last)] == self.telling[min(end + 1, last)]

    def place(self, node: Node, start: int = 0, length: int | None = None) -> Location:
        """Return where a scalar stands, or a part of its value; quotes are left out."""
        line, column = node.line, node.column + (0 if node.plain or node.block else 1)
        size = len(node.value) if length is None else length
        if node.block:
            return self.text.at(min(line + 1, len(self.text.lines) - 1))
        row = self.text.lines[min(line, len(self.text.lines) - 1)]
        begin = min(column + start, len(row))
        return self.text.at(min(line, len(self.text.lines) - 1), begin, min(begin + size, len(row)))

    def raw(self, node: Node) -> str:
        """Return a scalar's text as the file has it: a template that was masked is itself again, or told to be one."""
        if node.block and not node.value.strip():
            return "{{}}" if any(map(str.strip, self.text.lines[node.line + 1 : node.end_line])) else node.value
        if MARK not in node.value:
            return node.value
        if node.block or node.end_line > node.line:
            return _MASKED.sub(_shown, node.value)
        return self.text.lines[node.line][node.column : node.end_column].strip().strip("'\"")

    def add(
        self,
        spelled: str,
        key: Location,
        value: Node,
        around: Around,
        *,
        kind: str,
        facts: frozenset[str] = frozenset(),
        store: str | None = None,
    ) -> None:
        """Add a setting whose value is a scalar node."""
        told, at = self.raw(value), self.place(value)
        if value.plain and not value.block and told in NULLS:
            told = ""
        elif "_" in told and value.plain and "typed" in facts and _GROUPED.fullmatch(told):
            told = told.replace("_", "")
        self.put(spelled, told, key, at, around, kind=kind, facts=facts, line=value.line, store=store)

    def put(
        self,
        spelled: str,
        raw: str,
        key: Location,
        value: Location,
        around: Around,
        *,
        kind: str,
        facts: frozenset[str] = frozenset(),
        line: int = 0,
        store: str | None = None,
    ) -> None:
        """Add a setting whose text and places are known; `store` is the file that the entry names for it."""
        raw = _MASKED.sub(_shown, raw) if MARK in raw else raw
        self.reading.settings.append(
            Setting(
                key=dotted(spelled),
                raw=raw,
                spelled=spelled,
                key_at=key,
                value_at=value,
                source=kind,
                comment=self._comment(key, value, line),
                templated=is_template(raw) or is_template(spelled),
                group=around.group,
                store="" if store is None or store == USUAL else store,
                facts=around.facts | facts,
                listening=_heard(around, facts),
            )
        )

    def _comment(self, key: Location, value: Location, line: int) -> str:
        """Return the comment beside a name, or else that behind its value, which may stand on another line."""
        if self.text.origin is not None:
            return self.beside(line)
        behind = self.comments.get(value.line - 1)
        return self.beside(key.line - 1) or (behind[0] if behind is not None and not behind[1] else "")

    def beside(self, line: int) -> str:
        """Return the comment above a line and on it."""
        above: list[str] = []
        row = line - 1
        while row in self.comments and self.comments[row][1] and len(above) < _MOST_ABOVE:
            above.append(self.comments[row][0])
            row -= 1
        above.reverse()
        if line in self.comments:
            above.append(self.comments[line][0])
        return "\n".join(above)

    def embedded(
        self, node: Node, reader: Callable[[Text], Reading], around: Around, *, as_written: bool = False
    ) -> None:
        """Read a scalar that holds another format, with its places in this file; `as_written` with its lines as they
        are there, where the format does not care for what quoting and folding do to them.
        """
        self.seen.add(id(node))
        part = self.rows(node) if as_written else self.part(node)
        self.take_over(part, reader(part), around)

    def take_over(self, part: Text, found: Reading, around: Around) -> None:
        """Take what was found in a part of the text, below what is around it."""
        if "{{" in part.text or "{%" in part.text:
            found.settings = in_branches(part, found.settings)
        for setting in found.settings:
            self.reading.settings.append(
                replace(
                    setting,
                    group=(*around.group, *setting.group),
                    facts=setting.facts | around.facts,
                    listening=setting.listening or _heard(around, setting.facts),
                )
            )
        found.settings = []
        self.reading.extend(found)

    def rows(self, node: Node) -> Text:
        """Return a quoted scalar's lines as the file has them; a word between escaped quotes is between plain ones."""
        last = min(node.end_line, len(self.text.lines) - 1)
        found = []
        for line in range(node.line, last + 1):
            row = self.text.lines[line]
            begin = node.column + (0 if node.plain else 1) if line == node.line else 0
            end = node.end_column - (0 if node.plain else 1) if line == node.end_line else len(row)
            found.append((line, begin, _ESCAPED.sub(r' "\1" ', row[begin:end])))
        return self.text.part(found)

    def part(self, node: Node) -> Text:
        """Return a scalar's content as a text of its own."""
        if node.block == "|":
            rows = []
            indent: int | None = None
            for line in range(node.line + 1, min(node.end_line + 1, len(self.text.lines))):
                row = self.text.lines[line]
                if indent is None and row.strip():
                    indent = len(row) - len(row.lstrip(" "))
                lead = len(row) - len(row.lstrip(" "))
                if row.strip() and lead < (indent or 0):
                    if not row.startswith(_TAGS, lead):
                        break
                    rows.append((line, lead, row[lead:]))
                    continue
                rows.append((line, indent or 0, row[indent or 0 :]))
            return self.text.part(rows)
        if self.text.origin is None and not node.plain and not node.block:
            begin, end = (node.line, node.column + 1), (node.end_line, node.end_column - 1)
            if any("\\" in row for row in self.text.lines[begin[0] : end[0] + 1]):
                content, places = spelled(self.text.lines, begin, end)
                if content == node.value:
                    return text_of(self.text, content, places)
        part = self.text.part(list(self._scattered(node)))
        if node.end_line > node.line:
            self._fold(part, node)
        return part

    def _fold(self, part: Text, node: Node) -> None:
        """Note of a scalar that goes over several lines where each of them begins in the content."""
        starts = [0, *accumulate(len(row) + 1 for row in part.lines)]
        done = 0
        for line in range(node.line + bool(node.block), min(node.end_line + 1, len(self.text.lines))):
            row = self.text.lines[line]
            begin = node.column + (not node.plain) if line == node.line else 0
            begin += len(row[begin:]) - len(row[begin:].lstrip())
            end = node.end_column - (not node.plain) if line == node.end_line and not node.block else len(row)
            told = row[begin:end].rstrip()[:_ENOUGH].partition("{{")[0]
            found = node.value.find(told, done, done + _FAR) if told else -1
            if found < 0:
                continue
            done = found + len(told)
            inside = bisect_right(starts, found) - 1
            at = self.text.part([(line, begin, row[begin:])]).origin
            if at is not None:
                number, shift, last = at[0]
                column = found - starts[inside]
                part.pieces.setdefault(inside, []).append((column, (number, shift - column, last)))

    def _scattered(self, node: Node) -> Iterator[tuple[int, int, str]]:
        """Find the rows of a quoted, folded or plain scalar in the file, where its line ends may be escapes."""
        line, column = node.line, node.column + (0 if node.plain else 1)
        last = min(node.end_line, len(self.text.lines) - 1)
        for row in node.value.split("\n"):
            needle = row.strip()[:24].partition(MARK)[0]
            for number in range(line, last + 1) if needle else ():
                found = self.text.lines[number].find(needle, column if number == line else 0)
                if found >= 0:
                    line, column = number, found - (len(row) - len(row.lstrip()))
                    break
            yield line, column, _MASKED.sub(_shown, row) if MARK in row else row
            column += len(row)


def _heard(around: Around, facts: frozenset[str]) -> frozenset[int]:
    """Return the ports that a setting's own network namespace has listeners on."""
    facts |= around.facts
    return around.ports if facts & {"container", "pod"} and "host-network" not in facts else frozenset()


def _shown(masked: re.Match[str]) -> str:
    """Return a template as long as what was put in its place."""
    return "{{" + " " * (len(masked[0]) - 4) + "}}" if len(masked[0]) > len("{{}}") else masked[0]


def is_key(name: str) -> bool:
    """Tell whether a word is the name of a sysctl: a family below /proc/sys and at least one further part."""
    return KEY.fullmatch(name) is not None and re.split("[./]", name, maxsplit=1)[0] in FAMILIES


def is_name(word: str) -> bool:
    """Tell whether a word stands for a sysctl where one has to be named: by its key, or wrongly by its path."""
    return is_key(word.removeprefix("/proc/sys/"))
