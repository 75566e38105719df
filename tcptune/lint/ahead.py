"""Files that are looked at before the command line is read: by the process that stands by, while it has nothing to do.

What stands on the command line and is there is most likely what lint will be asked for. Where it is, the look goes on
from where it was; where something else is asked for, nothing of it is used. Nothing is said of it before.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import field
from itertools import islice

from tcptune.errors import TcptuneError
from tcptune.lint import discover
from tcptune.lint.look import Look
from tcptune.model.record import dataclass

_STEP = 50
"""Files that are looked at before it is asked again whether there is something else to do."""


@dataclass(slots=True)
class Begun:
    """A look at the files below some paths: those that were looked at, and the search that has the others."""

    others: Iterator[tuple[str, bool]]
    found: discover.Found
    look: Look = field(default_factory=Look)
    files: list[tuple[str, bool]] = field(default_factory=list)


_begun: dict[tuple[str, ...], Begun] = {}


def steps(arguments: Sequence[str]) -> Iterator[None]:
    """Look at the files that arguments name, in steps of some milliseconds; what cannot be read ends it silently."""
    paths = [argument for argument in arguments if os.path.lexists(argument)]
    if not paths:
        return
    begun = _new(paths)
    try:
        while block := list(islice(begun.others, _STEP)):
            begun.look.files(block)
            begun.files += block
            _begun[tuple(paths)] = begun
            yield
    except TcptuneError:
        _begun.clear()  # It is met again, and told, when these files are asked for.


def take(paths: Sequence[str]) -> Begun:
    """Return the look at exactly these paths, as far as it has come; a new one where there is none. It is kept no more.

    Raises `TcptuneError` for a path that cannot be read, as `others` of a new one does.
    """
    begun = _begun.pop(tuple(paths), None)
    _begun.clear()
    return begun or _new(paths)


def _new(paths: Sequence[str]) -> Begun:
    found = discover.Found()
    return Begun(discover.find(list(paths), found), found)
