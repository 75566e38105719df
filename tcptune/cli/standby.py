"""A process that imports what linting needs while this one imports typer and reads the command line.

Both take about as long, and neither needs the other: on two processors a run waits for one of them only. What time is
left until then it uses to look at the files that the arguments name. Where there is but one processor, or no process to
be had, everything is done here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from tcptune.lint.process import Standby, workers

T = TypeVar("T")


class _Begun:
    """The process that stands by, while there is one."""

    process: Standby | None = None


def begin(arguments: Sequence[str] = ()) -> None:
    """Start it, unless this process knows all it needs already, or is to show where it failed.

    `arguments` are those of the command: what they name is looked at once nothing is left to import.
    """
    if workers() == 1 or "tcptune.lint.check" in sys.modules or os.environ.get("TCPTUNE_DEBUG") == "1":
        return
    try:
        _Begun.process = Standby(partial(_ready, arguments))
    except OSError:
        return


def do(function: Callable[..., T], *arguments: object, meanwhile: Callable[[], object] | None = None) -> T:
    """Call a function of a module, there or here, and return what it returns; while it works there, do `meanwhile`."""
    process = _Begun.process
    if process is None or process.writer.closed:
        return function(*arguments)
    answer: T = process.do(function, *arguments, meanwhile=meanwhile)
    return answer


def release() -> None:
    """Let it go while the report is written: what is asked for from now on is done here."""
    if _Begun.process is not None:
        _Begun.process.release()


def end() -> None:
    """End it and wait for it."""
    process, _Begun.process = _Begun.process, None
    if process is not None:
        process.end()


def _ready(arguments: Sequence[str]) -> Iterator[None]:
    """Import what the answers need, then look at the files they will be about, step by step."""
    from tcptune.cli import lint_asked  # noqa: F401

    yield
    from tcptune.lint import ahead, crew, engine  # noqa: F401

    yield
    yield from crew.steps()
    yield from ahead.steps(arguments)
