"""Documents whose commands are run: their blocks, and what was printed held against what they show.

A block that is run has a comment above it, `<!-- in: PLACE -->`. A `console` block shows commands behind `$ ` and what
they print; a line `...` in it stands for any lines. An `sh` block shows commands alone: what they print is recorded in
a file beside the test, the first lines of it, with the numbers masked.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

RECORDED_LINES = 6
_BLOCK = re.compile(r"(?:^<!-- ([\w: ]+) -->\n)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_VARIES = (
    (r"\x1b\[[\d;]*m", ""),
    (r"pid \d+", "pid N"),
    (r"\d{8}T\d{6}-\d+-\d+", "ID"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME"),
    (r"\d\d:\d\d:\d\d", "TIME"),
    (r"(?ms)^Linux [\w.+-]+, .*?(?=\n\n|\Z)", "HOST"),
    (r"Linux [\w.+-]*\d[\w.+-]*", "Linux N"),
    (r"/tmp/[\w./-]+", "TMP"),
)
"""What differs from one run or host to the next, and what is compared instead."""


class Block(NamedTuple):
    """A fenced block: what the comment above it says, its language, its text."""

    note: str
    language: str
    text: str

    @property
    def place(self) -> str:
        """Return where it is to be run; empty where it is not."""
        return self.note.partition("in: ")[2]


class Shown(NamedTuple):
    """A command as a document shows it, and what the document says that it prints (None: recorded elsewhere)."""

    command: str
    output: str | None


def blocks(path: Path) -> list[Block]:
    """Return the fenced blocks of a document."""
    return [Block(match[1] or "", match[2], match[3]) for match in _BLOCK.finditer(path.read_text("utf-8"))]


def commands(block: Block) -> list[Shown]:
    """Return the commands of a block."""
    if block.language == "sh":
        return [Shown(re.sub(r"\s+# .*", "", line), None) for line in block.text.splitlines() if line.strip()]
    parts = re.split(r"^\$ (.*)\n", block.text, flags=re.MULTILINE)
    assert parts[0] == "", "a console block begins with a command"
    return [Shown(command, output) for command, output in zip(parts[1::2], parts[2::2], strict=True)]


def masked(text: str) -> str:
    """Return the text without what varies."""
    for pattern, stand_in in _VARIES:
        text = re.sub(pattern, stand_in, text)
    return text


def fits(shown: str, printed: str) -> bool:
    """Tell whether a program printed what a document shows; blanks and the ends of lines do not count."""
    parts = re.split(r"^\.\.\.\n", masked(shown), flags=re.MULTILINE)
    pattern = ".*?".join(r"\s+".join(map(re.escape, part.split())) + r"\s*" for part in parts)
    return re.fullmatch(pattern, masked(printed).strip() + "\n", re.DOTALL) is not None


def recorded_form(printed: str) -> str:
    """Return what is recorded of an output: its first lines, with every number masked and blanks as one."""
    lines = [" ".join(re.sub(r"(?<![\w.])\d[\d,.]*", "#", line).split()) for line in masked(printed).splitlines()]
    return "\n".join(lines[:RECORDED_LINES]).strip() + "\n"
