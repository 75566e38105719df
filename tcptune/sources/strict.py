"""JSON and TOML by the letter: what their own parsers refuse, though the readers of settings here would go on.

The tools that read such files take no comma behind the last entry, no single quotes, no value left out. A text that
something fills in first, one with comments, and several documents in a row are left alone.
"""

from __future__ import annotations

import json
import re

from tcptune.model.late import late
from tcptune.sources.base import Problem, Text, is_filled, is_template

_WHY = "Nothing is set: what reads the file refuses it as a whole."
_COMMENT = late(r"^\s*//|/\*|,\s*//", re.MULTILINE)
_AT = late(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")
_TWICE = late(r"overwrite|twice|declare")
"""What TOML's parser says of a key that stands there again."""


def of_json(text: Text) -> Problem | None:
    """Return what a parser of JSON says of a text, None where it takes it or nothing is certain.

    Comments are known to some of JSON's readers only, and those may take more.
    """
    source = text.text
    try:
        json.JSONDecoder(strict=False).decode(source.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        if is_filled(source) or _COMMENT.search(source) is not None:
            return None
        rest = source.removeprefix("\ufeff")[error.pos :].lstrip()
        if not source.strip() or (error.msg == "Extra data" and rest[:1] in ("{", "[", "-")):
            return None
        return _problem(text, "JSON", error.msg, error.lineno - 1, error.colno - 1)
    except (ValueError, RecursionError):
        return None
    return None


def of_toml(text: Text) -> Problem | None:
    """Return what a parser of TOML says of a text, None where it takes it; of what stands there twice TT004 speaks."""
    if is_filled(text.text):
        return None
    import tomllib

    try:
        tomllib.loads(text.text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        place = _AT.search(said)
        if place is None or _TWICE.search(said):
            return None
        line, column = (int(place[1]) - 1, int(place[2]) - 1) if place[1] else (len(text.lines) - 1, 0)
        return _problem(text, "TOML", said[: place.start()], line, column)
    except (ValueError, RecursionError):
        return None
    return None


def _problem(text: Text, name: str, said: str, line: int, column: int) -> Problem | None:
    line = min(line, len(text.lines) - 1)
    if any(map(is_template, text.lines[max(line - 1, 0) : line + 1])):
        return None
    at = text.at(line, min(column, len(text.lines[line])), min(column + 1, len(text.lines[line])))
    return Problem("TT007", "error", at, f"This {name} does not parse: {said}.", _WHY)
