"""The value of a kernel parameter: how the kernel prints it, how it is compared, how it is shown."""

from __future__ import annotations

from typing import Literal

Value = int | str | tuple[int, ...]
"""A number stays a number, a pair or triple is a tuple, everything else (port lists, names, masks) is text."""

Kind = Literal["bool", "int", "enum", "pair", "triple", "ports", "text"]
"""`ports` is a list such as `8080,9000-9010`; `text` is a name, a list of names or a mask."""

WIDTH: dict[Kind, int] = {"bool": 1, "int": 1, "enum": 1, "pair": 2, "triple": 3}
"""How many numbers a kind has; kinds that are no numbers are absent."""


def parse_live(kind: Kind, text: str) -> Value:
    """Read what the kernel printed for a parameter of this kind.

    Raises `ValueError` when the kernel's text is not of that kind (one line, no trace for the user).
    """
    width = WIDTH.get(kind)
    if width is None:
        return " ".join(text.split())
    numbers = tuple(int(word) for word in text.split())
    if len(numbers) != width:
        raise ValueError(f"{width} number{'s' if width > 1 else ''} expected, the kernel printed {text.strip()!r}")
    return numbers[0] if width == 1 else numbers


def show(value: Value | None) -> str:
    """Return the value as a person writes it in a drop-in; `-` for no value."""
    if value is None:
        return "-"
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return str(value)


def as_json(value: Value | None) -> int | str | list[int] | None:
    """Return the value as JSON has it: numbers stay numbers, a pair or triple is a list."""
    return list(value) if isinstance(value, tuple) else value
