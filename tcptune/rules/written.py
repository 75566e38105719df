"""What the kernel makes of a written text: a number as C reads it, the rest ignored or the whole refused.

Source: `proc_get_long` and the `proc_do…` handlers of kernel/sysctl.c; compared with what Linux 6.18 makes of
random texts.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from tcptune.catalog.bounds import WIDTHS
from tcptune.catalog.names import single
from tcptune.model.parameter import Parameter
from tcptune.model.record import dataclass
from tcptune.model.setting import Setting
from tcptune.model.value import WIDTH, Value

Base = Literal["decimal", "octal", "hexadecimal"]

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00a0\u3000]")
"""Characters that nobody sees in a text; blanks among them are none to the kernel."""

_BLANK = " \t\n\v\f\r"
_ENDS = " \t\n"
"""What may stand before a number, and what may end one."""

_NUMBER = re.compile(r"-?(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)")
_SHORT = 50
"""Characters of a text that is remembered with what it comes to."""

_LONGEST = 20
"""Characters of the longest number that the kernel reads, with its sign and prefix."""


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


def told(setting: Setting) -> bool:
    """Tell whether the text that the kernel gets is written out: also one to which tuned only raises or lowers."""
    return not setting.templated or "limit" in setting.facts


def meaning(setting: Setting) -> object:
    """Return what the kernel makes of a setting's text, to hold one against another; its words where that is unknown.

    Of a parameter without a page that takes numbers it is as many as are known to belong to it.
    """
    if setting.value is not None:
        return setting.value
    width = 0 if setting.templated else WIDTHS.get(setting.key, int(single(setting.key)))
    value = numbers(setting.raw, width).value if width else None
    return setting.raw.split() if value is None else value


def quoted(raw: str) -> bool:
    """Tell whether a text begins with a quote that the kernel would get."""
    return raw[:1] in ("'", '"')


def interpret(entry: Parameter, raw: str) -> Interpretation:
    """Return what the kernel makes of a text written to the parameter.

    The accepted range is not looked at; so -0, which a number without a sign refuses, is 0 here.
    """
    if entry.kind == "ports":
        return _ports(raw)
    width = WIDTH.get(entry.kind)
    if width is None:
        return Interpretation(" ".join(raw.split()))
    return numbers(raw, width)


def numbers(raw: str, width: int) -> Interpretation:
    """Return what the kernel makes of a text written to a parameter of `width` numbers."""
    # Several rules ask for the same text, and the same numbers stand in many files.
    return _known_numbers(raw, width) if len(raw) <= _SHORT else _numbers(raw, width)


@lru_cache(maxsize=10_000)
def _known_numbers(raw: str, width: int) -> Interpretation:
    return _numbers(raw, width)


def _numbers(raw: str, width: int) -> Interpretation:
    found: list[int] = []
    at, base = 0, _base(raw.lstrip(_BLANK))
    while len(found) < width:
        while at < len(raw) and raw[at] in _BLANK:
            at += 1
        if at >= len(raw):
            break
        match = _NUMBER.match(raw, at)
        if match is None or raw[match.end() : match.end() + 1] not in _ENDS:
            word = re.split(r"[ \t\n]", raw[at:], maxsplit=1)[0]
            return Interpretation(None, f"the kernel takes whole numbers, not {word!r}")
        if match.end() - at > _LONGEST:
            return Interpretation(None, "the number has more digits than the kernel reads")
        found.append(_c_number(match[0]))
        at = match.end()
    if not found:
        return Interpretation(None, "an empty text changes nothing")
    if len(found) < width:
        told = "only the first number" if len(found) == 1 else f"only the first {len(found)} numbers"
        return Interpretation(None, f"{width} numbers belong here: the kernel would change {told} and keep the rest")
    return Interpretation(found[0] if width == 1 else tuple(found), rest=raw[at:].strip(), base=base)


def _base(text: str) -> Base:
    """Return how C reads the number that a text begins with."""
    digits = text.removeprefix("-")
    if digits[:2] in ("0x", "0X"):
        return "hexadecimal"
    return "octal" if len(digits) > 1 and digits[0] == "0" and digits[1].isdecimal() else "decimal"


def _c_number(text: str) -> int:
    return int(text, {"hexadecimal": 16, "octal": 8, "decimal": 10}[_base(text)])


def _ports(raw: str) -> Interpretation:
    """Read a list of ports, which a loader ends with a newline: empty it clears the list; blanks are refused."""
    text = raw.strip("\n")
    parts = re.split(r"[,\n]\n*", text) if text else []
    if len(parts) > 1 and not parts[-1]:
        del parts[-1]
    found = []
    for part in parts:
        ends = part.split("-")
        if len(ends) > 2 or not all(_NUMBER.fullmatch(end) and len(end) <= _LONGEST for end in ends):
            return Interpretation(None, "a list of ports such as 8080,9000-9010 belongs here, without blanks")
        numbers = [_c_number(end) for end in ends]
        if numbers[-1] > 65535 or numbers[0] > numbers[-1]:
            return Interpretation(None, f"{part} is no port or range of ports")
        found.append("-".join(map(str, numbers)))
    return Interpretation(",".join(found), base=_base(text))
