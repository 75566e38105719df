"""A YAML or TOML file as plain values that know the line and column they stand at."""

from __future__ import annotations

import re
from dataclasses import field
from typing import Any

from tcptune.errors import TcptuneError, at
from tcptune.model.record import dataclass

DEEPEST = 8
MOST = 10_000
"""Aliases can make a small YAML file endless; nothing that people write by hand comes near these."""

Step = str | int
Marks = dict[tuple[Step, ...], tuple[int, int]]


class Mistake(Exception):
    """A value that does not fit; `path` leads to it from the option's own name."""

    def __init__(self, message: str, *path: Step) -> None:
        super().__init__(message)
        self.path = path


@dataclass(frozen=True, slots=True)
class Places:
    """The values of a file, and the place of each by its path of keys and indexes."""

    path: str
    values: dict[str, Any]
    marks: Marks = field(default_factory=dict)

    def at(self, *steps: Step) -> str:
        """Return `path:line:column` of the value, or of the nearest thing around it whose place is known."""
        for length in range(len(steps), 0, -1):
            if steps[:length] in self.marks:
                return at(self.path, *self.marks[steps[:length]])
        return self.path


def _decode(path: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TcptuneError(f"{at(path, line)}: not UTF-8") from None


def read_yaml(path: str, data: bytes) -> Places:
    """Read a YAML file. Raises `TcptuneError` when it does not parse or is no mapping."""
    import yaml

    text = _decode(path, data)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        node = loader.get_single_node()
        places = Places(path, {})
        if node is None:
            return places
        if not isinstance(node, yaml.MappingNode):
            raise TcptuneError(f"{at(path, 1, 1)}: a mapping is expected")
        places.values.update(_walk(path, loader, node, (), places.marks))
        return places
    except yaml.YAMLError as error:
        raise TcptuneError(f"{_yaml_place(path, error)}: {_yaml_problem(error)}") from None
    finally:
        loader.dispose()


def _yaml_place(path: str, error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return at(path, mark.line + 1, mark.column + 1) if mark is not None else path


def _yaml_problem(error: Exception) -> str:
    return str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)


def _walk(path: str, loader: Any, node: Any, steps: tuple[Step, ...], marks: Marks) -> Any:
    """Return the plain value of a node and note the place of everything in it."""
    if len(steps) > DEEPEST or len(marks) > MOST:
        raise TcptuneError(f"{_mark(path, node)}: nested too deeply, or more than {MOST} values")
    kind = type(node).__name__
    if kind == "MappingNode":
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if type(key_node).__name__ != "ScalarNode":
                raise TcptuneError(f"{_mark(path, key_node)}: a key must be plain text")
            key = str(key_node.value)
            if key in found:
                raise TcptuneError(f"{_mark(path, key_node)}: {key!r} stands here twice")
            marks[(*steps, key)] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            found[key] = _walk(path, loader, value_node, (*steps, key), marks)
        return found
    if kind == "SequenceNode":
        for number, item in enumerate(node.value):
            marks[(*steps, number)] = (item.start_mark.line + 1, item.start_mark.column + 1)
        return [_walk(path, loader, item, (*steps, number), marks) for number, item in enumerate(node.value)]
    return loader.construct_object(node, deep=True)


def _mark(path: str, node: Any) -> str:
    return at(path, node.start_mark.line + 1, node.start_mark.column + 1)


def read_toml(path: str, data: bytes) -> Places | None:
    """Read `[tool.tcptune]` of a TOML file; None when there is no such table.

    A file that does not parse at all is somebody else's affair, unless the table is named in it.
    """
    import tomllib

    text = _decode(path, data)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        if "[tool.tcptune" not in text:
            return None
        raise TcptuneError(_toml_problem(path, str(error))) from None
    table = document.get("tool", {}).get("tcptune") if isinstance(document.get("tool", {}), dict) else None
    if table is None:
        return None
    if not isinstance(table, dict):
        raise TcptuneError(f"{path}: tool.tcptune is no table")
    return Places(path, table, _toml_marks(text, table))


def _toml_problem(path: str, message: str) -> str:
    found = re.search(r"\(at line (\d+), column (\d+)\)", message)
    if found is None:
        return f"{path}: {message}"
    return f"{at(path, int(found[1]), int(found[2]))}: {message[: found.start()].strip()}"


def _toml_marks(text: str, table: dict[str, Any]) -> Marks:
    """Find where each key stands: tomllib keeps no places, so its line is looked for in our table."""
    marks: Marks = {}
    inside: tuple[Step, ...] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[\s*tool\s*\.\s*tcptune\s*(?:\.\s*\"?([\w-]+)\"?\s*)?\]", line)
        if header is not None:
            inside = (header[1],) if header[1] else ()
            if header[1]:
                marks.setdefault(inside, (number, 1))
        elif line.lstrip().startswith("["):
            inside = None
        elif inside is not None and (key := re.match(r"\s*[\"']?([\w.-]+)[\"']?\s*=", line)):
            marks.setdefault((*inside, key[1]), (number, key.start(1) + 1))
    return {steps: mark for steps, mark in marks.items() if steps[0] in table}
