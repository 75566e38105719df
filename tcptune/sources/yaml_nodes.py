"""YAML and JSON as nodes with places: nothing is constructed, duplicate keys stay visible, templates are masked.

The nodes are built from libyaml's events, so that deep nesting and alias bombs cost neither stack nor memory: an alias
is a reference to a node that is there already.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import field
from typing import Any, Protocol

from tcptune.model.late import late
from tcptune.model.record import dataclass
from tcptune.model.setting import Location
from tcptune.sources.base import Problem, Text

DEEPEST = 200
"""Levels of nesting that are read; no configuration comes near it."""

MOST = 200_000
"""Nodes that are read of one file."""

_BLOCKS = ("|", ">")


class Mark(Protocol):
    """A place in a text."""

    @property
    def line(self) -> int:
        """The line, from 0."""
        ...

    @property
    def column(self) -> int:
        """The column, from 0."""
        ...


class Node:
    """A node: `kind` is `scalar`, `map` or `list`; `start` and `end` are the parser's marks.

    `pairs` are a mapping's keys and values in order, `items` a list's. `plain` is false for a quoted scalar, `block`
    true for a literal or folded one, whose first line of content is `line + 1`.
    """

    __slots__ = ("_index", "block", "end", "items", "kind", "pairs", "plain", "start", "value")

    def __init__(
        self, kind: str, start: Mark, end: Mark, value: str = "", style: str | None = None, items: Sequence[Node] = ()
    ) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.value = value
        self.plain = not style
        self.block = style if style in _BLOCKS else ""
        self.pairs: Sequence[tuple[Node, Node]] = ()
        self.items = items
        self._index: dict[str, Node] | None = None

    @property
    def line(self) -> int:
        """The line it begins on; lines and columns count from 0 and are those of the text."""
        return self.start.line

    @property
    def column(self) -> int:
        """The column it begins at."""
        return self.start.column

    @property
    def end_line(self) -> int:
        """The line it ends on."""
        return self.end.line

    @property
    def end_column(self) -> int:
        """The column behind its end."""
        return self.end.column

    def get(self, *names: str) -> Node | None:
        """Return the value of the first of these keys that the mapping has."""
        if self._index is None:
            # Formats ask the same mapping for dozens of keys; of one that stands there twice, the first one counts.
            self._index = {key.value: value for key, value in reversed(self.pairs) if key.kind == "scalar"}
        for name in names:
            if name in self._index:
                return self._index[name]
        return self._merged(*names) if "<<" in self._index else None

    def _merged(self, *names: str) -> Node | None:
        """Look into the mappings that `<<` brings in, one level deep."""
        for key, value in self.pairs:
            if key.value == "<<" and key.kind == "scalar":
                for source in value.items:
                    target = source.items[0] if source.kind == "alias" and source.items else source
                    found = [entry for name, entry in target.pairs if name.value in names and name.kind == "scalar"]
                    if found:
                        return found[0]
        return None

    def scalar(self, *names: str) -> str | None:
        """Return the text of the first of these keys, when it is a scalar."""
        found = self.get(*names)
        return found.value if found is not None and found.kind == "scalar" else None


def meant(node: Node | None) -> Node | None:
    """Return what an alias stands for, anything else as it is."""
    return node.items[0] if node is not None and node.kind == "alias" and node.items else node


@dataclass(slots=True)
class Parsed:
    """The documents of a text, and the parser's complaint where it stopped.

    `json` tells that JSON's own parser has taken the text as it stands.
    """

    documents: list[Node] = field(default_factory=list)
    problem: Problem | None = None
    templated: bool = False
    json: bool = False


_CLOSING = {"{{": "}}", "{%": "%}", "{#": "#}", "<%": "%>"}
_OPENING = late(r"\{[{%]|(?<!\$)\{#|<%")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_BREAK = re.compile("\r(?!\n)|[\x85\u2028\u2029]")
"""What ends a line to a YAML parser, and to nobody who counts lines."""


def mask(source: str) -> tuple[str, bool]:
    """Return the text with templates made harmless, every character at its place, and whether there were any.

    A line that is nothing but template becomes empty; a template inside a line becomes a word of the same length.
    """
    if not any(tag in source for tag in _CLOSING):
        return source, False
    masked = _masked(source)
    lines = []
    for before, after in zip(source.split("\n"), masked.split("\n"), strict=True):
        bare = after.strip().replace(MARK, "")
        lines.append("" if before != after and not bare else after)
    return "\n".join(lines), masked != source


MARK = "\u00a4"
"""The character that a masked template consists of; it stands in no configuration."""


def _masked(source: str) -> str:
    """Put `MARK` for every character of a template; a kind of tag that closes nowhere any more is not looked for."""
    parts: list[str] = []
    done = 0
    open_for_ever: set[str] = set()
    while match := _OPENING.search(source, done):
        tag = match[0]
        end = -1 if tag in open_for_ever else source.find(_CLOSING[tag], match.end())
        if end < 0:
            open_for_ever.add(tag)
            parts.append(source[done : match.end()])
            done = match.end()
            continue
        end += 2
        parts.append(source[done : match.start()])
        parts += ["\n" if character == "\n" else MARK for character in source[match.start() : end]]
        done = end
    return "".join([*parts, source[done:]])


def parse(text: Text) -> Parsed:
    """Read every document of a text. The first thing that does not parse ends it, with the parser's place."""
    import yaml

    result = Parsed()
    source, result.templated = mask(text.text)
    source = _CONTROL.sub("\ufffd", source)
    if "\r" in source or not source.isascii():
        source = _BREAK.sub(" ", source)
    if text.text.lstrip()[:1] in "{[" or text.name.endswith(".json"):
        source = source.replace("\t", " ")
    if source.lstrip()[:1] in ("{", "["):
        from tcptune.sources import json_nodes

        if (document := json_nodes.document(source)) is not None:
            result.documents, result.json = [document], source == text.text
            return result
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    builder = _Builder()
    try:
        builder.run(loader(source.removeprefix("\ufeff")).get_event)
    except yaml.MarkedYAMLError as error:
        from tcptune.sources.yaml_places import blamed

        line, column = blamed(error, text.lines, lambda: _last_quoted(loader(source.removeprefix("\ufeff")).get_event))
        said = " ".join(filter(None, [error.context, error.problem]))
        result.problem = syntax(text, line, column, said)
    except (yaml.YAMLError, ValueError) as error:
        result.problem = syntax(text, 0, 0, str(error).split("\n")[0])
    except _TooMuch as error:
        result.problem = syntax(text, error.line, 0, str(error))
    result.documents = builder.documents
    return result


def _last_quoted(next_event: Callable[[], Any]) -> tuple[Mark, Mark] | None:
    """Return where the last scalar before what does not parse begins and ends, None when it is not in quotes."""
    import yaml

    last: Any = None
    try:
        while (event := next_event()) is not None:
            if isinstance(event, yaml.ScalarEvent):
                last = (event.start_mark, event.end_mark) if event.style in ("'", '"') else None
    except yaml.YAMLError:
        pass
    found: tuple[Mark, Mark] | None = last
    return found


def syntax(text: Text, line: int, column: int, said: str) -> Problem:
    """Return the finding for a text that does not parse."""
    line = min(line, len(text.lines) - 1)
    column = min(column, len(text.lines[line]))
    at: Location = text.at(line, column, min(column + 1, len(text.lines[line])))
    return Problem("TT007", "error", at, f"This YAML does not parse: {said}.", "Nothing behind this place is read.")


class _TooMuch(Exception):
    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class _Builder:
    """Makes nodes of events, with a stack of its own instead of the interpreter's."""

    def __init__(self) -> None:
        self.documents: list[Node] = []
        self.anchors: dict[str, Node] = {}

    def run(self, next_event: Callable[[], Any]) -> None:
        """Take events until there are no more: one loop without calls, since a large file has many of them.

        Raises `_TooMuch` when there are too many nodes, or they are nested too deep.
        """
        from yaml import events

        scalar, alias, document = events.ScalarEvent, events.AliasEvent, events.DocumentStartEvent
        starts = {events.MappingStartEvent: "map", events.SequenceStartEvent: "list"}
        ends = {events.MappingEndEvent, events.SequenceEndEvent}
        children, count = self.documents, 0
        stack: list[tuple[Node, list[Node]]] = []
        while (event := next_event()) is not None:
            kind = event.__class__
            if kind is scalar:
                node = Node("scalar", event.start_mark, event.end_mark, event.value, event.style)
                children.append(node)
            elif kind in ends:
                inside = children
                node, children = stack.pop()
                node.end = event.end_mark
                if node.kind == "map":
                    node.pairs = list(zip(inside[::2], inside[1::2], strict=False))
                else:
                    node.items = inside
                continue
            elif kind in starts:
                node = Node(starts[kind], event.start_mark, event.end_mark)
                children.append(node)
                stack.append((node, children))
                children = []
            elif kind is alias:
                node = self.alias(event)
                children.append(node)
            else:
                if kind is document:
                    self.anchors = {}
                continue
            count += 1
            if event.anchor or count > MOST or len(stack) > DEEPEST:
                self.check(count, len(stack), node)
                if kind is not alias and event.anchor:
                    self.anchors[event.anchor] = node

    def alias(self, event: Any) -> Node:
        """Return a reference to the node that an anchor names."""
        at = event.start_mark
        target = self.anchors.get(event.anchor) or Node("scalar", at, at)
        return Node("alias", at, at, items=[target])

    def check(self, count: int, depth: int, node: Node) -> None:
        """Raise `_TooMuch` when there are too many nodes, or they are nested too deep."""
        if count > MOST:
            raise _TooMuch(f"more than {MOST} nodes", node.line)
        if depth > DEEPEST:
            raise _TooMuch(f"nested deeper than {DEEPEST} levels", node.line)
