"""Arrays of a script that are only held against what the kernel has: they set nothing.

`for key in "${!WANTED[@]}"; do … $(sysctl -n "$key") …; done` compares, where no command of the loop writes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter

from tcptune.model.late import late

_ARRAY = late(r"^[ \t]*(?:(?:declare|local|readonly|typeset)[ \t]+(?:-\w+[ \t]+)*)?(\w+)\+?=\(", re.MULTILINE)
_END = late(r"\)[ \t]*(?:#[^\n]*)?$", re.MULTILINE)
_READS = late(r"sysctl[ \t]+(?:-\w*n\w*|--values)\b|(?:cat|<)[ \t]*\"?/proc/sys/")
_WRITES = late(
    r"sysctl[ \t]+(?:-\w*w|--write|-\w*p)|sysctl[ \t]+(?:-\w+[ \t]+)*\"?\$\{?\w+\}?="
    r"|>[ \t]*\"?[^\s\"&]{0,99}(?:sysctl|/proc/sys)|\btee\b|>>"
)
_DONE = late(r"^[ \t]*done\b", re.MULTILINE)
_USED = late(r"\$\{!?(\w+)\[@\]\}")
_JOINED = late(r"\becho[ \t]+(?:-\w+[ \t]+)?\"?\$\{(\w+)\[[@*]\]\}")
"""All elements of an array, printed as one line."""

_SPEAKS = late(r"categor|label|descr|comment|unit|note|help|reason|sever|expected", re.IGNORECASE)
"""What is in the name of an array that says something of parameters."""

_LONGEST = 20_000
"""Characters of an array at most."""

_FAR = 1_500
"""Characters of a loop that are looked at."""


class Compared:
    """Knows where in a script the arrays stand that are only compared."""

    __slots__ = ("_ends", "_joined", "_starts", "_text", "_told", "_used")

    def __init__(self, text: str) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._text = text
        self._used: dict[str, list[int]] = {}
        self._told: dict[str, bool] = {}
        self._joined = Counter(_JOINED.findall(text))
        clear = 0
        for use in _USED.finditer(text):
            self._used.setdefault(use[1], []).append(use.end())
        for match in _ARRAY.finditer(text):
            limit = match.end() + _LONGEST
            end = _END.search(text, max(match.end(), clear), limit)
            clear = clear if end is not None else limit
            if end is not None and self.compares(match[1]):
                self._starts.append(match.start())
                self._ends.append(end.end())

    def compares(self, name: str) -> bool:
        """Tell whether an array is only held against what the kernel has, or says something of parameters."""
        if name not in self._told:
            uses = self._used.get(name, [])
            read = _only_read(self._text, uses) or (bool(uses) and len(uses) == self._joined[name])
            self._told[name] = read or _SPEAKS.search(name) is not None
        return self._told[name]

    def holds(self, offset: int) -> bool:
        """Tell whether a place of the script is in such an array."""
        number = bisect_right(self._starts, offset) - 1
        return number >= 0 and offset < self._ends[number]


def _only_read(text: str, uses: list[int]) -> bool:
    """Tell whether every loop over an array asks the kernel, and none of them writes."""
    for use in uses:
        body = _DONE.split(text[use : use + _FAR], maxsplit=1)[0]
        if _WRITES.search(body) or not _READS.search(body):
            return False
    return bool(uses)
