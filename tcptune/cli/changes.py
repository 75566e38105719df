"""What the commands that change something share: their options, the state folder, the namespace, the result."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Annotated, Literal

import typer

from tcptune.apply.journal import STATE_DIR
from tcptune.apply.persist import words
from tcptune.cli import console
from tcptune.errors import TcptuneError
from tcptune.model.plan import Applied

StateDir = Annotated[
    str, typer.Option("--state-dir", metavar="DIR", help="Where the journal is (/var/lib/tcptune); root's, 0700.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="All of the plan and its checks, and nothing written.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite what somebody changed since.")]
Format = Annotated[Literal["text", "json"], typer.Option("--format", "-f", help="How to print the result.")]
DEFAULT_STATE = STATE_DIR


def state_folder(path: str) -> str:
    """Return the state folder's absolute path. Raises `TcptuneError` for one that is not."""
    if not path.startswith("/"):
        raise TcptuneError(f"--state-dir takes an absolute path, not {path!r}")
    return os.path.normpath(path)


def exists(state: str) -> bool:
    """Tell whether there is a journal in a state folder."""
    return os.path.isdir(os.path.join(state, "journal"))  # noqa: PTH112, PTH118


def ready(output_format: str, output: str | None, *, quiet: bool) -> None:
    """See before anything is changed that it can be told afterwards. Raises `TcptuneError` for a report's bad file.

    What the answer is made with is imported now: of a disk that breaks on the way it could not be loaded any more.
    """
    import textwrap  # noqa: F401

    from tcptune.formats import apply_json, apply_text, json_  # noqa: F401

    if output_format == "text" and not quiet:
        import tabulate  # noqa: F401
    if output in (None, "-"):
        return
    folder = os.path.dirname(os.path.abspath(output or ""))  # noqa: PTH100, PTH120
    if not os.path.isdir(folder) or not os.access(folder, os.W_OK):  # noqa: PTH112
        raise TcptuneError(f"{output}: cannot be written: nothing was changed", hint=f"is there a folder {folder}?")


def tell(done: Applied, output_format: str, output: str | None, color: str, *, quiet: bool, verbose: bool) -> int:
    """Print what was done and return the exit status, which is that of the change whether or not it can be told."""
    try:
        if output_format == "json":
            from tcptune.formats import apply_json, json_

            console.emit(json_.dump(apply_json.applied(done)), output)
        elif not quiet or done.status != 0:
            from tcptune.formats import apply_text

            style, width = console.style(color, output), console.width(output)
            console.emit(apply_text.applied(done, style, width, verbose=verbose), output)
        sys.stdout.flush()
    except Exception as error:
        _unsaid(done, error)
    return done.status


def _unsaid(done: Applied, error: Exception) -> None:
    """Say on standard error what could not be said where it was asked for."""
    why = words(error)
    made = f"the change {done.header.id} was made" if done.changed and done.header else "nothing was changed"
    if done.command == "confirm" and done.status == 0 and done.header:
        made = f"the change {done.header.id} is confirmed"
    if done.status != 0 and done.lines:
        made = "; ".join(done.lines)
    with suppress(OSError, ValueError):
        # What is still buffered would fail once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    with suppress(OSError):
        console.notice(f"{made}, and the report of it cannot be written: {why}")


def warn_of_unfinished(state: str = STATE_DIR, except_for: str | None = None) -> None:
    """Say on standard error which changes a killed process has left open, if this is root."""
    from tcptune.apply.unfinished import told

    for line in told(state, except_for):
        console.notice(line)
