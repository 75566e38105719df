"""What text looks like: colour where it is wanted, control characters never."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from typing import TextIO

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\udc80-\udcff]")
_SHORT = {0x09: "\\t", 0x0A: "\\n", 0x0D: "\\r"}
_SURROGATE = re.compile("[\ud800-\udfff]")


def visible(text: str) -> str:
    """Return the text on one line; control, direction and invisible characters and odd bytes are spelled out (`\\x1b`).

    A value comes from a file or a host that somebody else may have written; it must not move the cursor, colour the
    terminal or begin a line of its own.
    """
    return _CONTROL.sub(_spelled, text)


def _spelled(found: re.Match[str]) -> str:
    # Without the codec `unicode_escape`: Python loads it from a file, and the worst is told when none can be opened.
    code = ord(found[0])
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00  # A byte that is no UTF-8 stands in a text as one of these.
    return _SHORT.get(code) or (f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}")


def folded(line: str, stream: TextIO) -> str:
    """Return a line that a terminal does not break within a word; as it is for a pipe, a file, or when it fits."""
    try:
        columns = os.get_terminal_size(stream.fileno()).columns if stream.isatty() else 0
    except (OSError, ValueError):
        columns = 0
    if not 20 <= columns < len(line):
        return line
    import textwrap

    first = line[: len(line) - len(line.lstrip())]
    return textwrap.fill(
        line.lstrip(),
        columns,
        initial_indent=first,
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def encodable(text: str) -> str:
    """Return the text with a replacement character for each byte of a file that was no UTF-8."""
    return _SURROGATE.sub("\ufffd", text)


def unique(fingerprints: Sequence[str]) -> list[str]:
    """Return the fingerprints with a number behind each that came before: consumers take equal ones for one finding."""
    seen: Counter[str] = Counter()
    names = []
    for name in fingerprints:
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return names


class Style:
    """Emphasis for a terminal; every method returns its text unchanged when colour is off.

    Only the eight basic colours and bold are used: they follow the terminal's own palette, so they can be read on a
    light and on a dark background.
    """

    def __init__(self, colour: bool) -> None:
        self.colour = colour

    def _wrap(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text

    def bold(self, text: str) -> str:
        """Return the text in bold."""
        return self._wrap("1", text)

    def dim(self, text: str) -> str:
        """Return the text faint, for what can be skipped."""
        return self._wrap("2", text)

    def red(self, text: str) -> str:
        """Return the text as an error."""
        return self._wrap("1;31", text)

    def yellow(self, text: str) -> str:
        """Return the text as a warning."""
        return self._wrap("33", text)

    def green(self, text: str) -> str:
        """Return the text as something that is well."""
        return self._wrap("32", text)

    def cyan(self, text: str) -> str:
        """Return the text as a name or a hint."""
        return self._wrap("36", text)

    def severity(self, name: str, text: str | None = None) -> str:
        """Return the text (the severity's own name by default) in the colour of that severity."""
        paint = {"error": self.red, "warning": self.yellow, "note": self.cyan}.get(name, self.dim)
        return paint(text if text is not None else name)
