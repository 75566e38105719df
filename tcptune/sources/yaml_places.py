"""Where a text that is no YAML goes wrong: the parser stops where it understands no more, often a line too late."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tcptune.sources.yaml_nodes import Mark

Place = tuple[int, int]
"""Line and column, from 0."""


def blamed(error: Any, lines: list[str], last: Callable[[], tuple[Mark, Mark] | None]) -> Place:
    """Return the place that a reader would name for a parser's error.

    `last` tells where the last scalar in quotes begins and ends that the parser came to.
    """
    said, begun, stopped = error.problem or "", error.context_mark, error.problem_mark or error.context_mark
    if stopped is None:
        return 0, 0
    place = (stopped.line, stopped.column)
    if begun is None:
        return _without_colon(lines, place) if said.startswith("mapping values") else place
    if said.startswith("could not find expected ':'") or "end of stream" in said or "document indicator" in said:
        return begun.line, begun.column
    if "expected ',' or" in said and _never_closed(lines, begun, stopped):
        return begun.line, begun.column
    if said.startswith("did not find expected"):
        scalar = last()
        # A quote that is missing makes one text of all up to the next one, which begins instead of ending there.
        if scalar is not None and scalar[0].line < scalar[1].line == stopped.line:
            return scalar[0].line, scalar[0].column
    return place


def _without_colon(lines: list[str], place: Place) -> Place:
    """Return where the words without a colon begin which are one text with the name behind which a colon stands."""
    line = min(place[0], len(lines) - 1)
    indent = _indent(lines[line])
    first = line
    while first and (above := lines[first - 1]).strip() and _indent(above) == indent and not _told(above):
        first -= 1
    if first == line:
        return place
    return first, indent


def _told(row: str) -> bool:
    """Tell whether a line is something else than words."""
    bare = row.strip()
    return bare[0] in "#-?[]{}\"'|>&*!%@`" or ": " in bare or bare.endswith(":")


def _never_closed(lines: list[str], begun: Mark, stopped: Mark) -> bool:
    """Tell whether brackets are still open where no part of them can stand: as far left as what they are part of."""
    if stopped.line >= len(lines) or not "".join(lines[stopped.line :]).strip():
        return True
    row = lines[begun.line]
    inside = row[: begun.column].strip() != ""
    return inside and stopped.line > begun.line and _indent(lines[stopped.line]) <= _indent(row)


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip(" "))
