"""A profile's YAML as plain values with the place of each: nothing is constructed, duplicate keys are an error."""

from __future__ import annotations

import re
from typing import Any

from tcptune.errors import TcptuneError, at
from tcptune.sources import yaml_nodes
from tcptune.sources.base import Text
from tcptune.sources.yaml_nodes import Node

LARGEST = 1 << 20
"""Bytes of a profile; one of every parameter with its reason is far below."""

DEEPEST = 8
MOST = 20_000
"""Aliases can make a small file endless; nothing that people write by hand comes near these."""

Step = str | int
Path = tuple[Step, ...]

_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_WORDS: dict[str, object] = {"true": True, "false": False, "null": None, "~": None, "": None}
_DIGITS = 25


class Document:
    """The values of a profile's file, and where each stands (line and column from 1) by its path of keys."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.marks: dict[Path, tuple[int, int]] = {}
        self.values: dict[str, Any] = {}
        self.count = 0

    def place(self, steps: Path) -> str:
        """Return `path:line:column` of a value, or of the nearest thing around it."""
        return at(self.path, *self.mark(steps))

    def mark(self, steps: Path) -> tuple[int, int]:
        """Return line and column of a value, or of the nearest thing around it whose place is known."""
        for length in range(len(steps), 0, -1):
            if steps[:length] in self.marks:
                return self.marks[steps[:length]]
        return (1, 1)


def read(path: str, data: bytes) -> Document:
    """Read a profile's bytes. Raises `TcptuneError` with the place of what does not parse."""
    if len(data) > LARGEST:
        raise TcptuneError(f"{path}: larger than {LARGEST} bytes, which is no profile")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TcptuneError(f"{_byte(path, data, error.start)}: not UTF-8") from None
    if b"\0" in data:
        raise TcptuneError(f"{_byte(path, data, data.index(0))}: a NUL byte, a profile is text")
    parsed = yaml_nodes.parse(Text(path, text))
    if parsed.problem is not None:
        said = parsed.problem.message.removeprefix("This YAML does not parse: ").rstrip(".")
        raise TcptuneError(f"{parsed.problem.at}: the YAML does not parse: {said}")
    if parsed.templated:
        raise TcptuneError(
            f"{_template(path, text)}: a template is still in it", hint="fill it in first; a profile holds plain values"
        )
    if not parsed.documents:
        raise TcptuneError(f"{at(path, 1, 1)}: empty, a mapping is expected")
    if len(parsed.documents) > 1:
        second = parsed.documents[1]
        raise TcptuneError(f"{_place(path, second)}: a second document, a profile is one")
    document = Document(path)
    found = _walk(document, parsed.documents[0], ())
    if not isinstance(found, dict):
        raise TcptuneError(f"{_place(path, parsed.documents[0])}: a mapping is expected")
    document.values = found
    return document


def _byte(path: str, data: bytes, offset: int) -> str:
    """Return the place of a byte."""
    before = data[data.rfind(b"\n", 0, offset) + 1 : offset].decode("utf-8", "replace")
    return at(path, data.count(b"\n", 0, offset) + 1, len(before) + 1)


def _template(path: str, text: str) -> str:
    """Return the place of the first template in a text that has one."""
    pairs = zip(text, yaml_nodes.mask(text)[0], strict=False)
    offset = next((number for number, (one, other) in enumerate(pairs) if one != other), 0)
    return at(path, text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


def _place(path: str, node: Node) -> str:
    return at(path, node.line + 1, node.column + 1)


def _walk(document: Document, node: Node, steps: Path) -> Any:
    document.count += 1
    if len(steps) > DEEPEST or document.count > MOST:
        raise TcptuneError(f"{_place(document.path, node)}: nested too deeply, or more than {MOST} values")
    if node.kind == "alias":
        return _walk(document, node.items[0], steps)
    if node.kind == "map":
        return _mapping(document, node, steps)
    if node.kind == "list":
        for number, item in enumerate(node.items):
            document.marks[(*steps, number)] = (item.line + 1, item.column + 1)
        return [_walk(document, item, (*steps, number)) for number, item in enumerate(node.items)]
    return _scalar(node)


def _mapping(document: Document, node: Node, steps: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.pairs:
        if key.kind != "scalar":
            raise TcptuneError(f"{_place(document.path, key)}: a key must be plain text")
        path = (*steps, key.value)
        if key.value == "<<" and key.plain:
            hint = "write the settings out, or let the profile extend another one"
            raise TcptuneError(f"{_place(document.path, key)}: `<<` merges nothing in a profile", hint=hint)
        if key.value in found:
            first = document.marks[path][0]
            raise TcptuneError(f"{_place(document.path, key)}: {key.value!r} stands here again, first in line {first}")
        document.marks[path] = (key.line + 1, key.column + 1)
        found[key.value] = _walk(document, value, path)
    return found


def _scalar(node: Node) -> object:
    """Return a scalar's value: decimal numbers, true, false and null where it is not quoted, else its text.

    A number such as 010 or 0x10 stays text: what reads it says what is wrong with it.
    """
    if not node.plain or node.block:
        return node.value
    if _NUMBER.fullmatch(node.value) and len(node.value) <= _DIGITS:
        return int(node.value)
    return _WORDS.get(node.value.lower(), node.value)
