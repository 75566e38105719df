"""Chef's attributes, level by level: `default['sysctl']['net']['core']['somaxconn'] = 4096`.

Below a level of their own, as in `default['sysctl']['net']['ipv4'] = {`, the names stand on the lines that follow.
`node.default['sysctl']['params']['net'].tap do |net|` names the level for the lines of its block in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tcptune.model.late import late
from tcptune.model.setting import Setting
from tcptune.sources.base import FAMILIES, Text
from tcptune.sources.yaml_walk import is_key

NAME = "resource"

_LEVELS = r"(?P<levels>(?:\[(?:['\"][\w.-]+['\"]|:\w+)\])+)"
_WORD = late(r"\[(?:['\"]|:)([\w.-]+)")
_VALUE = r"""(?P<value>"[^"]*"|'[^']*'|\[[\s\d,'"]*\]|[^\s,;#}]+)"""
_NESTED = late(rf"""(?P<levels>(?:\[(?:['"][\w-]+['"]|:\w+)\]){{3,12}})\s*=\s*{_VALUE}""")
"""An attribute of three levels and more, with whatever it is set to."""

_HASH = late(rf"{_LEVELS}\s*=\s*\{{\s*$")
_GIVEN = late(rf"{_LEVELS}\.tap\s+do\s*\|(?P<given>\w+)\|")
_SCALAR = r"(?P<value>\"[^\"#]*\"|'[^']*'|-?\d[\d_]*)"
_ENTRY = late(
    rf"\s*(?:['\"](?P<quoted>[\w-]+)['\"]\s*=>|:(?P<symbol>\w+)\s*=>|(?P<plain>\w+):)\s*(?:(?P<opens>\{{)\s*$|{_SCALAR}\s*,?\s*(?:#.*)?$)"
)
_ASSIGNED = late(rf"\s*(?P<given>\w+)(?!(?:\[[^\]]*\]){{3}}){_LEVELS}\s*=\s*{_SCALAR}")
"""An entry of such a block; `assigned` reads those of three levels and more."""


_LONGEST = 1_000
"""Characters of a line that an attribute stands on."""

_DEEPEST = 12
"""Levels within levels that are followed: no parameter has as many."""


def settings(text: Text) -> Iterator[Setting]:
    """Yield what these lines set. Names that hold a dot are complete, and read as such elsewhere."""
    above: list[str] = []
    depth = base = 0
    given: dict[str, list[str]] = {}
    for number, line in enumerate(text.lines):
        if len(line) > _LONGEST:
            continue
        if depth and (entry := _ENTRY.match(line)):
            name = entry["quoted"] or entry["symbol"] or entry["plain"]
            if entry["opens"]:
                above += [name] if depth < _DEEPEST else []
                depth += 1
            elif depth <= _DEEPEST:
                yield from _setting(text, number, [*above, name], _named(entry), entry)
        elif depth and line.strip().startswith("}"):
            depth -= 1
            del above[base + max(depth - 1, 0) :]
        elif (begin := _HASH.search(line)) and "sysctl" in line:
            above, depth = _below(begin["levels"]), 1
            base = len(above)
        elif (begin := _GIVEN.search(line)) and "sysctl" in line:
            given[begin["given"]] = _below(begin["levels"])
        elif given and (row := _ASSIGNED.match(line)) and row["given"] in given:
            words = [*given[row["given"]], *_WORD.findall(row["levels"])]
            yield from _setting(text, number, words, row.span("levels"), row)


def assigned(code: str, given: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Yield the parameters that a line of code sets with all their levels, each with the match that has its value.

    `given` is the name by which the block around the line has the attributes of sysctl.
    """
    for match in _NESTED.finditer(code):
        if match["value"][0] == "{":
            continue  # What is below that level
        words = _WORD.findall(match["levels"])
        key = ".".join(_below(match["levels"]))
        above = words[: len(words) - key.count(".") - 1]
        if is_key(key) and ("sysctl" in above or code[: match.start()].split()[-1:] == [given]):
            yield key, match


def _below(levels: str) -> list[str]:
    """Return the levels from the parameters' family on."""
    words = _WORD.findall(levels)
    return words[next((index for index, word in enumerate(words) if word in FAMILIES), len(words)) :]


def _named(entry: re.Match[str]) -> tuple[int, int]:
    return entry.span("quoted" if entry["quoted"] else "symbol" if entry["symbol"] else "plain")


def _setting(text: Text, number: int, words: list[str], name: tuple[int, int], row: re.Match[str]) -> Iterator[Setting]:
    key = ".".join(words)
    if not is_key(key) or any("." in word for word in words):
        return
    begin, end = row.span("value")
    quoted = row["value"][0] in "\"'"
    yield Setting(
        key=key,
        raw=row["value"][1:-1] if quoted else row["value"].replace("_", ""),
        spelled="",
        key_at=text.at(number, *name),
        value_at=text.at(number, begin + quoted, end - quoted),
        source=NAME,
    )
