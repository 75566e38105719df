"""The command line without a process of its own, for the many cases that one process each would make slow."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from tcptune.cli.app import run
from tcptune.errors import TcptuneError
from tests.support.program import Result


def inside(*arguments: str | Path) -> Result:
    """Run `tcptune ARGUMENTS` here; an error is printed as the program prints it."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            status = run([str(each) for each in arguments])
        except TcptuneError as error:
            status = error.status
            err.write(f"tcptune: {error.message}\n" + (f"  {error.hint}\n" if error.hint else ""))
    return Result(status, out.getvalue(), err.getvalue())
