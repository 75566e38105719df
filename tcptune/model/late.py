"""Regular expressions that are compiled when they are first used: most runs meet few of the formats that have them.

For patterns that a run may well do without. What every run uses is compiled as it is imported: once, before a process
is forked, and not in each of them.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast

_USES = ("search", "match", "fullmatch", "finditer", "findall", "sub", "split", "groupindex")


class _Late:
    """Stands in for a pattern; from its first use on it has the methods of the compiled one."""

    def __init__(self, text: Any, flags: int) -> None:
        self.pattern = text
        self._flags = flags

    def __getattr__(self, name: str) -> object:
        if name.startswith("_"):
            raise AttributeError(name)
        compiled: re.Pattern[Any] = re.compile(self.pattern, self._flags)
        for use in _USES:
            setattr(self, use, getattr(compiled, use))
        return getattr(compiled, name)


def late(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return a regular expression that is compiled by the first of its methods that is asked for.

    A mistake in it is raised there, as `re.error`.
    """
    return cast("re.Pattern[AnyStr]", _Late(pattern, flags))
