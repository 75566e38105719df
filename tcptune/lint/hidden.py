"""Invisible characters in settings: in what was read, and in names that nobody recognizes because of them.

A format that looks for the names of parameters passes over one in which such a character stands, and the line with it.
So a file that has any is read once more without them: what is a setting only then has one in its name, or beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tcptune.model.setting import Location, Setting
from tcptune.rules.written import INVISIBLE
from tcptune.sources import detect
from tcptune.sources.base import FAMILIES, Problem, Text

_NAME = rf"\b(?:{'|'.join(sorted(FAMILIES))})[._/]\w"
_INSIDE = rf"(?<=[\w./-])(?:{INVISIBLE.pattern})+(?=[\w./-])"
_INDENT = rf"^([ \t]+)(?:{INVISIBLE.pattern})+"
_BLANKS = str.maketrans("\u00a0\u3000", "  ")


def invisible(text: Text, settings: Sequence[Setting]) -> list[Problem]:
    """Find characters that cannot be seen in keys and values."""
    found = []
    for setting in settings:
        for part, place in ((setting.spelled, setting.key_at), (setting.raw, setting.value_at)):
            match = INVISIBLE.search(part)
            if match is not None and place is not None:
                found.append(_problem(_within(place, match, len(part)), match[0]))
    return found


def unread(text: Text, settings: Sequence[Setting], problems: Sequence[Problem]) -> list[Problem]:
    """Find the characters that keep a line of any format from being a setting; `problems` are what is told already."""
    if INVISIBLE.search(text.text) is None:
        return []
    rows = text.text.split("\n")
    hidden = {number: match for number, row in enumerate(rows) if (match := _at(row)) is not None}
    if not hidden:
        return []
    plain = [_without(row) if number in hidden else row for number, row in enumerate(rows)]
    reading = detect.read(Text(text.path, "\n".join(plain)))
    known = {(one.key, one.key_at.line) for one in settings if one.key_at is not None}
    told = {problem.at.line for problem in problems}
    found = {}
    for setting in reading.settings if reading is not None else ():
        line = setting.key_at.line if setting.key_at is not None else 0
        if line - 1 in hidden and line not in told and (setting.key, line) not in known:
            match = hidden[line - 1]
            found[line] = _problem(text.at(line - 1, match.start(), match.end()), match[0])
    return list(found.values())


def _at(row: str) -> re.Match[str] | None:
    """Return the first such character of a line that names a parameter."""
    match = INVISIBLE.search(row) if not row.isascii() else None
    return match if match is not None and re.search(_NAME, _without(row)) else None


def _without(row: str) -> str:
    """Return a line as it looks: what is as wide as a blank is one, unless it stands within a word or behind others."""
    return INVISIBLE.sub("", re.sub(_INDENT, r"\1", re.sub(_INSIDE, "", row)).translate(_BLANKS))


def _problem(at: Location, character: str) -> Problem:
    message = f"An invisible character (U+{ord(character):04X}) stands in this setting."
    why = "It is part of the key or value: the kernel does not know such a key, or refuses the value."
    return Problem("TT002", "error", at, message, why)


def _within(place: Location, match: re.Match[str], length: int) -> Location:
    """Return the place of a match, or the whole place where the file does not spell the text as it is."""
    if place.end_column is None or place.end_column - place.column != length:
        return place
    begin, end = place.column + match.start(), place.column + match.end()
    return replace(place, column=begin, end_line=place.line, end_column=end)
