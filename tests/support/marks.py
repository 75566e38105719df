"""Texts in which `«TT404»` stands before the place of each finding that is expected there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.lint import run, told

_MARK = re.compile("«(TT\\d+)»")


def clean(text: str) -> tuple[str, list[tuple[str, int, int]]]:
    """Return the text without its marks, and rule, line and column of each mark."""
    parts = _MARK.split(text)
    done, wanted = parts[0], []
    for rule, following in zip(parts[1::2], parts[2::2], strict=True):
        wanted.append((rule, done.count("\n") + 1, len(done) - done.rfind("\n")))
        done += following
    return done, wanted


def check(folder: Path, name: str, text: str) -> None:
    """Lint one file and compare its findings with the marks."""
    content, wanted = clean(text)
    found = [(rule, line, column) for rule, _, line, column in told(run(folder, {name: content}), folder)]
    assert sorted(found) == sorted(wanted)
