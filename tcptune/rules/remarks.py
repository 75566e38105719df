"""What is written beside a setting: the comment above it, the one behind it, as running text and by sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tcptune.model.late import late
from tcptune.model.setting import Setting

_SET = re.compile(r"-?(\w+(?:[./-][\w*]+)+|\w+_\w+)\s*[=:]\s*\S")
"""A row of a comment that is a setting itself, taken out of use."""

_BEHIND = re.compile(r"\s#+\s*(\S.*)")
"""Text behind a value that was meant as a comment, and is a part of it for the loaders."""

_MARKS = re.compile(r"^[\s#;/*=-]+|[\s#*=-]+$")
"""What frames a row."""

_ENDED = late(r"[.;:!。；：！]$")
_SENTENCE = re.compile(r"(?<=[.;:!])\s+|(?<=[。；：！])\s*")


def comments(setting: Setting) -> Iterator[str]:
    """Yield the comment above or beside a setting, and what was meant as one behind its value."""
    if setting.comment:
        kept, _ = _rows(setting)
        yield re.sub(r"\w+://\S+", "", " ".join(kept)).strip()
    text = behind(setting)
    if text:
        yield text


def behind(setting: Setting) -> str:
    """Return what was meant as a comment behind the value, where the loaders take it for a part of it."""
    found = _BEHIND.search(setting.raw)
    return found[1] if found is not None else ""


def sentences(setting: Setting) -> Iterator[list[str]]:
    """Yield each comment as sentences; none for one that may be about another value, which is taken out of use."""
    kept, another = _rows(setting) if setting.comment else ([], False)
    if kept and not another:
        yield _divided(kept)
    text = behind(setting)
    if text:
        yield _divided([text])


def _rows(setting: Setting) -> tuple[list[str], bool]:
    """Return the rows without their marks, and whether one is the same setting, taken out of use.

    What stands above such a setting of another parameter is said of that one.
    """
    kept: list[str] = []
    another = False
    for row in setting.comment.split("\n"):
        text = re.sub(r"^[\s#;/*]+", "", row)
        out = _SET.match(text)
        if out is None:
            kept.append(text)
        elif not _same(out[1], setting.key):
            kept.clear()
            another = False
        else:
            another = True
    return kept, another


def _starts(character: str) -> bool:
    """Tell whether a sentence may begin with a character: a capital, or one of Chinese."""
    return "A" <= character <= "Z" or "\u4e00" <= character <= "\u9fff"


def _divided(rows: list[str]) -> list[str]:
    """Return the sentences of rows: one may go on in the next row, which then begins with a small letter."""
    said: list[str] = []
    for row in rows:
        text = _MARKS.sub("", row)
        if said and text and not _ENDED.search(said[-1]) and not _starts(text[0]):
            said[-1] += f" {text}"
        elif text:
            said.append(text)
    return [part for text in said for part in _SENTENCE.split(text) if part]


def _same(spelled: str, key: str) -> bool:
    return spelled.replace("/", ".").rpartition(".")[2] == key.rpartition(".")[2]
