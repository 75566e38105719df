"""Justfiles: recipes of commands, each a script of its own; one whose first line names a shell is read as a whole."""

from __future__ import annotations

from tcptune.model.late import late
from tcptune.sources import shell
from tcptune.sources.base import Comment, Reading, Text, pure
from tcptune.sources.shell_names import SHEBANG

NAME = "justfile"

_RECIPE = late(r"@?[A-Za-z_][\w-]*[^:\n]*:(?!=)")
_PREFIX = late(r"\s*[@-]*")


def claims(text: Text) -> bool:
    """Claim them by name."""
    return text.name.lower() in ("justfile", ".justfile") or pure(text.path).suffix == ".just"


def read(text: Text) -> Reading:
    """Read the commands of every recipe."""
    reading = Reading(NAME)
    number = 0
    while number < len(text.lines):
        line = text.lines[number]
        if line[:1] == "#":
            reading.comments.append(Comment(text.at(number, 0), line, alone=True))
        head = number
        number += 1
        if not _RECIPE.match(line):
            continue
        body: list[tuple[int, int, str]] = []
        while number < len(text.lines) and text.lines[number][:1] in ("", " ", "\t"):
            row = text.lines[number]
            start = len(row) - len(row.lstrip())
            body.append((number, start, row[start:]))
            number += 1
        _recipe(text, body, head, reading)
    return reading


def _recipe(text: Text, body: list[tuple[int, int, str]], head: int, reading: Reading) -> None:
    first = next((row for _, _, row in body if row), "")
    if first.startswith("#!") and not SHEBANG.match(first):
        return
    if not first.startswith("#!"):
        rows = []
        for number, start, row in body:
            skip = _PREFIX.match(row)
            taken = skip.end() if skip is not None else 0
            rows.append((number, start + taken, row[taken:]))
        body = rows
    reading.extend(shell.read(text.part(body), group=(f"recipe{head}",)))
