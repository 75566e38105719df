"""What the kernel makes of a written text: a number as C reads it, the rest ignored or the whole refused.

Source: `proc_get_long` and the `proc_do…` handlers of kernel/sysctl.c; measured on Linux 6.18.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from tcptune.model.parameter import Parameter
from tcptune.model.value import WIDTH, Value

Base = Literal["decimal", "octal", "hexadecimal"]

_BLANK = " \t\n\v\f\r"
_NUMBER = re.compile(r"-?(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)")
_PORTS = re.compile(r"\s*(?:\d{1,5}(?:-\d{1,5})?)?(?:,(?:\d{1,5}(?:-\d{1,5})?)?)*\s*")
_LONGEST = 21
"""Digits of a number that the kernel looks at; a longer one is refused."""


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What a written text comes to.

    `value` is None when the kernel refuses the text or sets only a part of a pair; `why` says so in words, empty when
    all is as it looks. `rest` is what stands behind the numbers and is ignored. `base` is how the first number is read.
    """

    value: Value | None
    why: str = ""
    rest: str = ""
    base: Base = "decimal"


def interpret(entry: Parameter, raw: str) -> Interpretation:
    """Return what the kernel makes of a text written to the parameter; the accepted range is not looked at."""
    if entry.kind == "ports":
        return _ports(raw)
    width = WIDTH.get(entry.kind)
    if width is None:
        return Interpretation(" ".join(raw.split()))
    return _numbers(raw, width)


def _numbers(raw: str, width: int) -> Interpretation:
    found: list[int] = []
    at, base = 0, "decimal"
    while len(found) < width:
        while at < len(raw) and raw[at] in _BLANK:
            at += 1
        if at >= len(raw):
            break
        match = _NUMBER.match(raw, at)
        if match is None or (match.end() < len(raw) and raw[match.end()] not in _BLANK):
            word = raw[at:].split()[0]
            return Interpretation(None, f"the kernel takes whole numbers, not {word!r}")
        if match.end() - at > _LONGEST:
            return Interpretation(None, "the number has more digits than the kernel reads")
        number, read = _c_number(match[0])
        base = read if not found else base
        found.append(number)
        at = match.end()
    if not found:
        return Interpretation(None, "an empty text changes nothing")
    if len(found) < width:
        told = "only the first number" if len(found) == 1 else f"only the first {len(found)} numbers"
        return Interpretation(None, f"{width} numbers belong here: the kernel would change {told} and keep the rest")
    value: Value = found[0] if width == 1 else tuple(found)
    return Interpretation(value, rest=raw[at:].strip(), base=base)  # type: ignore[arg-type]


def _c_number(text: str) -> tuple[int, Base]:
    digits = text.removeprefix("-")
    sign = -1 if text.startswith("-") else 1
    if digits[:2] in ("0x", "0X"):
        return sign * int(digits, 16), "hexadecimal"
    if len(digits) > 1 and digits[0] == "0":
        return sign * int(digits, 8), "octal"
    return sign * int(digits), "decimal"


def _ports(raw: str) -> Interpretation:
    if _PORTS.fullmatch(raw) is None:
        return Interpretation(None, "a list of ports such as 8080,9000-9010 belongs here, without blanks")
    for part in filter(None, raw.strip().split(",")):
        low, _, high = part.partition("-")
        if int(high or low) > 65535 or int(low) > int(high or low):
            return Interpretation(None, f"{part} is no port or range of ports")
    return Interpretation(raw.strip())
