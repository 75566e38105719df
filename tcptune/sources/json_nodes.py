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
    """A place in a text, whose line and column are reckoned when they are asked for."""

    __slots__ = ("_offset", "_starts")

    def __init__(self, offset: int, starts: Sequence[int]) -> None:
        self._offset = offset
        self._starts = starts

    @property
    def line(self) -> int:
        """The line, from 0."""
        return bisect_right(self._starts, self._offset) - 1

    @property
    def column(self) -> int:
        """The column, from 0."""
        return self._offset - self._starts[self.line]


class _Flat(Node):
    """A mapping or list whose entries are read when they are first asked for."""

    __slots__ = ("_inside",)

    def __init__(self, source: str, begin: int, end: int, starts: Sequence[int]) -> None:
        self.kind = "map" if source[begin] == "{" else "list"
        self.start, self.end = _Place(begin, starts), _Place(end, starts)
        self.value, self.plain, self.block, self._index = "", True, "", None
        self._inside = (source, begin + 1, end - 1, starts)

    def __getattr__(self, name: str) -> object:
        # Only slots that nothing was put into yet come here.
        if name not in ("pairs", "items"):
            raise AttributeError(name)
        source, begin, end, starts = self._inside
        children = [_scalar(match, starts) for match in _TOKEN.finditer(source, begin, end)]
        self.pairs = list(zip(children[::2], children[1::2], strict=True)) if self.kind == "map" else ()
        self.items = children if self.kind == "list" else ()
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
    starts = [0, *(match.end() for match in re.finditer("\n", source))]
    root: list[Node] = []
    children, stack, count = root, list[tuple[Node, list[Node]]](), 0
    for match in _TOKEN.finditer(source):
        kind = match.lastindex
        if kind == _PLAIN:  # The most frequent one, so without a call.
            begin, end = match.span(_PLAIN)
            children.append(
                Node("scalar", _Place(begin, starts), _Place(end, starts), source[begin + 1 : end - 1], '"')
            )
            count += 1
            continue
        if kind == _CLOSES:
            inside = children
            node, children = stack.pop()
            node.end = _Place(match.end(), starts)
            if node.kind == "map":
                node.pairs = list(zip(inside[::2], inside[1::2], strict=True))
            else:
                node.items = inside
            continue
        count += 1
        if kind == _FLAT:
            children.append(_Flat(source, *match.span(_FLAT), starts))
            count += match[_FLAT].count(",")
        elif kind == _OPENS:
            at = _Place(match.start(_OPENS), starts)
            node = Node("map" if match[_OPENS] == "{" else "list", at, at)
            children.append(node)
            stack.append((node, children))
            children = []
        else:
            children.append(_scalar(match, starts))
        if count > MOST or len(stack) >= DEEPEST:
            return None
    return root[0]


def _scalar(match: re.Match[str], starts: Sequence[int]) -> Node:
    kind = match.lastindex or 0
    begin, end = match.span(kind)
    at, behind = _Place(begin, starts), _Place(end, starts)
    if kind == _BARE:
        return Node("scalar", at, behind, match[kind])
    text = match[kind]
    return Node("scalar", at, behind, text[1:-1] if kind == _PLAIN else json.loads(text, strict=False), '"')
