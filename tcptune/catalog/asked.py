"""A value that somebody asks about: `tcp_fin_timeout=75`, as the kernel would read it."""

from __future__ import annotations

import re

from tcptune.errors import TcptuneError
from tcptune.model.history import RangeStep
from tcptune.model.parameter import Parameter
from tcptune.model.value import WIDTH, Value
from tcptune.model.version import Target

_NUMBER = re.compile(r"[+-]?(0[xX][0-9a-fA-F]+|[0-9]+)\Z")


def parse(entry: Parameter, text: str) -> Value:
    """Return the value that the kernel makes of the text: hexadecimal and octal as in C, numbers apart by blanks.

    Raises `TcptuneError` when it is none for this parameter.
    """
    width = WIDTH.get(entry.kind)
    words = text.split()
    if width is None:
        return " ".join(words)
    if len(words) != width or not all(_NUMBER.match(word) for word in words):
        wanted = "one whole number" if width == 1 else f"{width} whole numbers apart by blanks"
        raise TcptuneError(f"{entry.key} takes {wanted}, not {text!r}")
    numbers = tuple(_number(word) for word in words)
    return numbers[0] if width == 1 else numbers


def _number(word: str) -> int:
    digits = word.lstrip("+-")
    octal = len(digits) > 1 and digits[0] == "0" and digits[1] not in "xX"
    try:
        value = int(digits, 8 if octal else 0)
    except ValueError:
        raise TcptuneError(f"{word!r} begins with 0, so the kernel reads it as octal, which it is not") from None
    return -value if word.startswith("-") else value


def refusal(entry: Parameter, value: Value, target: Target) -> str | None:
    """Return why the target's kernel refuses the value; None when it takes it, or it is not known."""
    step = entry.accepted_on(target)
    if step is None or isinstance(value, str):
        return None
    low, high = step.bounds()
    for number in value if isinstance(value, tuple) else (value,):
        if (low is not None and number < low) or (high is not None and number > high):
            return f"{number} is outside of what it takes: {bounds(step)}"
    return None


def bounds(step: RangeStep) -> str:
    """Return the range in words."""
    low, high = step.bounds()
    if low is None and high is None:
        return "any text" if step.handler in ("text", "other") else "any number"
    if low is None or high is None:
        return f"{high} or less" if low is None else f"{low} or more"
    return f"{low} to {high}"
