"""Which functions and loops of a script only write into a file of the loaders: what they are handed is set later."""

from __future__ import annotations

import re

from tcptune.model.late import late

INTO_FILE = frozenset({"loader"})
"""What holds for a line that stands in such a file then."""

_FILE = r"[\"']?[^\s\"'|;&<>$]{0,99}(?:sysctl\.d/|sysctl[\w.-]{0,60}\.conf)"
_INTO = late(
    rf"(?:>|\btee\b(?:[ \t]+-\w+){{0,3}})[ \t]{{0,9}}{_FILE}|\bsed\b[^\n]{{0,20}}-\w*i[^\n]{{0,300}}[ \t]{_FILE}"
)
_CALL = late(r"(?i:sysctl)\}?\"?(?P<words>[ \t]+[^\n|;&)]{1,300})")
_NOW = late(r"(?:^|\s)(?:-\w{0,5}w\w{0,5}|--write)(?=\s|$)|^(?:[ \t]+-\w+)*[ \t]+[\"']?[\w./${}\[\]-]{1,200}[\"']?=")
_LOADS = late(r"[ \t]+(?:-\w+[ \t]+)*(?:-\w{0,5}[pf]|--load|--system|-[aAnN]\w*)")
_MOST = 200
"""Functions of a script that are held against each other."""


def only_writes(text: str, stores: re.Pattern[str] | None) -> bool:
    """Tell whether a text writes into a file of the loaders, and sets nothing at once.

    `stores` tells how the script writes into such a file that a variable names.
    """
    if _INTO.search(text) is None and (stores is None or stores.search(text) is None):
        return False
    return "/proc/sys" not in text and not any(_sets(match["words"]) for match in _CALL.finditer(text))


def _sets(words: str) -> bool:
    """Tell whether sysctl, called with these words, may set a parameter that is named by one of them."""
    return _NOW.search(words) is not None or ("$" in words and _LOADS.match(words) is None)


def only_into_files(
    bodies: list[tuple[str, str]], functions: dict[str, frozenset[str]], stores: re.Pattern[str] | None
) -> None:
    """Say of the functions that set what they are given which of them only write it into a file."""
    kept = {name for name, body in bodies if name in functions and only_writes(body, stores)}
    if not kept or len(functions) > _MOST:
        return
    at_once = functions.keys() - kept
    for name, body in bodies:
        if name in kept and not any(other in body for other in at_once):
            # Whether the function fails is nothing to the loaders.
            functions[name] = (functions[name] - {"ignore-errors"}) | INTO_FILE
