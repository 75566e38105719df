"""What a double-quoted scalar of YAML says, character by character, with the place of each in the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tcptune.model.late import late
from tcptune.sources.base import Text

_ESCAPE = late(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_SIGNS = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}
_BLANK = " \t"
_LAST = 0x10FFFF

Place = tuple[int, int]
"""Line and column, both from 0."""


def spelled(lines: Sequence[str], begin: Place, end: Place) -> tuple[str, list[Place]]:
    """Return the content between two places, which are those behind the first and before the last quote.

    Escapes are replaced, and lines folded: a line end is a blank, or nothing behind a backslash; each empty line is a
    line end.
    """
    content: list[str] = []
    places: list[Place] = []
    breaks, folded = 0, True
    for line in range(begin[0], min(end[0] + 1, len(lines))):
        first, final = line == begin[0], line == end[0]
        row = lines[line][: end[1]] if final else lines[line]
        start = begin[1] if first else len(row) - len(row.lstrip(_BLANK))
        told = row if final else row.rstrip(_BLANK)
        joined = not final and (len(told) - len(told.rstrip("\\"))) % 2 == 1
        told = told[:-1] if joined else told
        if start < len(told) or final or joined:
            text = "\n" * (breaks - folded) if breaks != 1 or not folded else " "
            content += text
            places += [(line, start)] * len(text)
            breaks, folded = 0, not joined
        for column, size, sign in _signs(told, start):
            content.append(sign)
            places += [(line, column)] * len(sign)
            if size == 1:
                places[-len(sign) :] = [(line, column + at) for at in range(len(sign))]
        breaks += not joined
    return "".join(content), places


def _signs(row: str, start: int) -> Iterator[tuple[int, int, str]]:
    """Yield what stands in a row: the column, 1 for what is spelled as it is (else the length), and the characters."""
    for match in _ESCAPE.finditer(row, start):
        if match.start() > start:
            yield start, 1, row[start : match.start()]
        code = match[1] or match[2] or match[3]
        sign = chr(min(int(code, 16), _LAST)) if code else _SIGNS.get(match[4], match[4])
        yield match.start(), match.end() - match.start(), sign
        start = match.end()
    if start < len(row):
        yield start, 1, row[start:]


def text_of(text: Text, content: str, places: Sequence[Place]) -> Text:
    """Return the content as a part of a whole file's text."""
    part = text.part([])
    origin: list[tuple[int, int, int]] = []
    at = 0
    for number, row in enumerate(content.split("\n")):
        first = places[min(at, len(places) - 1)] if places else (0, 0)
        origin.append((first[0] + 1, first[1], len(text.lines[first[0]])))
        before: Place | None = None
        for column in range(len(row)):
            line, place = places[at + column]
            if before is None or (line, place) != (before[0], before[1] + 1):
                piece = (line + 1, place - column, len(text.lines[line]))
                part.pieces.setdefault(number, []).append((column, piece))
            before = (line, place)
        at += len(row) + 1
    part.text, part.lines, part.origin = content, content.split("\n"), origin
    return part
