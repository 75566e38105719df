"""JSON as the same nodes with places as YAML, in a third of the time; what is not plain JSON is left to YAML's parser.

Mappings and lists without others inside are divided when they are first asked for: most of a file never is.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Sequence

from tcptune.sources.yaml_nodes import DEEPEST, MOST, Node

_STRING = r'"[^"\\\n]*+"'
_TOKEN = re.compile(
    rf'[\s,:]*+(?:({_STRING})|(\{{(?:[^{{}}\[\]"]|{_STRING})*+\}}|\[(?:[^{{}}\[\]"]|{_STRING})*+\])'
    r'|([\[{])|([\]}])|([-\w.+]+)|("(?:[^"\\\n]|\\.)*+"))'
)
_PLAIN, _FLAT, _OPENS, _CLOSES, _BARE = 1, 2, 3, 4, 5
"""The groups: text without escapes, something with nothing inside to open, brackets, numbers and words; text with."""


class _Place:
    """A line and a column, from 0."""

    __slots__ = ("column", "line")

    def __init__(self, line: int, column: int) -> None:
        self.line = line
        self.column = column


class _Lines:
    """Tells the places of offsets, asked for in the order of a text."""

    __slots__ = ("line", "starts", "stop")

    def __init__(self, starts: Sequence[int], first: int = 0) -> None:
        """Begin at a line; `starts` are the offsets of all lines, and of one behind the last."""
        self.starts = starts
        self.line = bisect_right(starts, first) - 1
        self.stop = starts[self.line + 1]

    def at(self, offset: int) -> _Place:
        """Return a place, which lies behind those that were asked for."""
        while offset >= self.stop:
            self.line += 1
            self.stop = self.starts[self.line + 1]
        return _Place(self.line, offset - self.starts[self.line])


class _Flat(Node):
    """A mapping or list whose entries are read when they are first asked for."""

    __slots__ = ("_inside",)

    def __init__(self, source: str, begin: int, end: int, lines: _Lines) -> None:
        self.kind = "map" if source[begin] == "{" else "list"
        self.start, self.end = lines.at(begin), lines.at(end)
        self.value, self.plain, self.block, self._index = "", True, "", None
        self._inside = (source, begin + 1, end - 1, lines.starts)
        if self.kind == "map":
            self.items = ()
        else:
            self.pairs = ()

    def __getattr__(self, name: str) -> object:
        # Only slots that nothing was put into yet come here.
        if name not in ("pairs", "items"):
            raise AttributeError(name)
        source, begin, end, starts = self._inside
        lines = _Lines(starts, begin)
        children = [_scalar(match, lines) for match in _TOKEN.finditer(source, begin, end)]
        if self.kind == "map":
            self.pairs = list(zip(children[::2], children[1::2], strict=True))
        else:
            self.items = children
        return getattr(self, name)


def document(source: str) -> Node | None:
    """Return the only document of a text that begins with a bracket; None where it is no plain JSON, or too large or
    too deep, of which YAML's parser then tells. It is its escapes for characters that the two take differently.
    """
    if "\\u" in source:
        return None
    try:
        json.loads(source)
    except (ValueError, RecursionError):
        return None
    return _read(source)


def _read(source: str) -> Node | None:
    lines = _Lines([0, *(match.end() for match in re.finditer("\n", source)), len(source) + 1])
    root: list[Node] = []
    children, stack, count = root, list[tuple[Node, list[Node]]](), 0
    for match in _TOKEN.finditer(source):
        kind = match.lastindex
        if kind == _CLOSES:
            inside = children
            node, children = stack.pop()
            node.end = lines.at(match.end())
            if node.kind == "map":
                node.pairs = list(zip(inside[::2], inside[1::2], strict=True))
            else:
                node.items = inside
            continue
        count += 1
        if kind == _FLAT:
            children.append(_Flat(source, *match.span(_FLAT), lines))
            count += match[_FLAT].count(",")
        elif kind == _OPENS:
            at = lines.at(match.start(_OPENS))
            node = Node("map" if match[_OPENS] == "{" else "list", at, at)
            children.append(node)
            stack.append((node, children))
            children = []
        else:
            children.append(_scalar(match, lines))
        if count > MOST or len(stack) >= DEEPEST:
            return None
    return root[0]


def _scalar(match: re.Match[str], lines: _Lines) -> Node:
    kind = match.lastindex or 0
    begin, end = match.span(kind)
    at = lines.at(begin)
    behind = _Place(at.line, at.column + end - begin)
    text = match[kind]
    if kind == _BARE:
        return Node("scalar", at, behind, text)
    return Node("scalar", at, behind, text[1:-1] if kind == _PLAIN else json.loads(text, strict=False), '"')
