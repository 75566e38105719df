"""What a kernel answers to a text that a loader writes, as far as that is known without asking it."""

from __future__ import annotations

import re
from collections.abc import Callable

from tcptune.catalog import parameter
from tcptune.model.value import WIDTH
from tcptune.model.version import Target
from tcptune.rules.written import interpret

RANGE, FIRST = "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start"
_NUMBERS = re.compile(r"net\.ipv[46]\.(?:conf|neigh)\.")
_NUMBER = re.compile(r"[ \t\n\v\f\r]*-?(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)(?=[ \t\n]|\Z)")
_BLANK = " \t\n\v\f\r"
_LONGEST = 20
"""Characters of the longest number that the kernel reads."""


def accepted(target: Target, hz: int) -> Callable[[str, str], str]:
    """Return what answers EINVAL to the texts that the kernel is known to refuse, asked in the order of the writes.

    The order matters for ports alone: the range may not begin below the first unprivileged port.
    """
    known: dict[tuple[str, str], str] = {}
    ports = _Ports()

    def answer(key: str, text: str) -> str:
        if key in (RANGE, FIRST):
            return _answer(key, text, target, hz) or ports.answer(key, text)
        if (key, text) not in known:
            known[key, text] = _answer(key, text, target, hz)
        return known[key, text]

    return answer


class _Ports:
    """The two parameters of ports that the kernel holds against each other, as they are at boot."""

    def __init__(self) -> None:
        self._low, self._high, self._first = 32768, 60999, 1024

    def answer(self, key: str, text: str) -> str:
        """Take a write, or refuse it; one number of the range is its low end."""
        numbers = [_as_number(word) for word in text.split()[: 2 if key == RANGE else 1]]
        if key == FIRST:
            if numbers[0] > self._low:
                return "EINVAL"
            self._first = numbers[0]
            return ""
        low, high = numbers[0], numbers[1] if len(numbers) > 1 else self._high
        if low > high or low < self._first:
            return "EINVAL"
        self._low, self._high = low, high
        return ""


def _answer(key: str, text: str, target: Target, hz: int) -> str:
    entry = parameter(key)
    if entry is None:
        return "EINVAL" if _NUMBERS.match(key) and not _numbers(text, 1) else ""
    if entry.kind in ("ports", "text"):
        return ""
    value = interpret(entry, text).value
    if isinstance(value, str):
        return ""
    # One number of a pair is taken and changes the low end; what is no number is refused.
    numbers = (
        _numbers(text, WIDTH.get(entry.kind, 1)) if value is None else value if isinstance(value, tuple) else (value,)
    )
    step = entry.accepted_on(target)
    low, high = step.bounds(hz) if step is not None else (None, None)
    if any((low is not None and one < low) or (high is not None and one > high) for one in numbers):
        return "EINVAL"
    return "" if numbers and not (entry.kind == "pair" and numbers[0] > numbers[-1]) else "EINVAL"


def _numbers(text: str, width: int) -> tuple[int, ...]:
    """Return the numbers that a text begins with, up to a width; none where the kernel refuses one of them."""
    found, at = list[int](), 0
    while len(found) < width and text[at:].strip(_BLANK):
        match = _NUMBER.match(text, at)
        if match is None or len(match[0].lstrip(_BLANK)) > _LONGEST:
            return ()
        found.append(_as_number(match[0].lstrip(_BLANK)))
        at = match.end()
    return tuple(found)


def _as_number(word: str) -> int:
    """Read a number as the kernel does: hexadecimal by `0x`, octal by a zero at the beginning."""
    if word.removeprefix("-")[:2] in ("0x", "0X"):
        return int(word, 16)
    octal = re.fullmatch(r"-?0[0-7]+", word) is not None
    return int(word, 8 if octal else 10)
