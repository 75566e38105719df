"""A stage of one's own: network, mounts and processes, and empty file systems over every folder a change writes.

`on_stage(work)` runs a function there in a forked child and gives its answer; nothing that is written there reaches the
machine, and every process that was started there is ended with it.
"""

from __future__ import annotations

import io
import os
import pickle
import signal
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple, NoReturn, TypeVar

from tcptune.apply.journal import STATE_DIR
from tcptune.errors import TcptuneError
from tools.stage import (
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWPID,
    MS_REC_PRIVATE,
    empty_files,
    foreign,
    foreign_mounts,
    loopback_up,
    mount,
    unshare,
)

T = TypeVar("T")

DROPIN = Path("/etc/sysctl.d/80-tcptune.conf")
FILE = ("--file", str(DROPIN))
JOURNAL = Path(STATE_DIR, "journal")


class Run(NamedTuple):
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


def on_stage(work: Callable[[], T], *, seconds: float = 60.0) -> T:
    """Run a function on a stage of its own. Raises `TcptuneError` when it does not come to its end in time."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        _first(work, writer, seconds)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        data = stream.read()
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if not data:
        raise TcptuneError(f"the stage ended with status {status} and without an answer")
    found = pickle.loads(data)
    if isinstance(found, TcptuneError):
        raise found
    result: T = found
    return result


def _first(work: Callable[[], object], writer: int, seconds: float) -> NoReturn:
    """Take namespaces of our own, and be or wait for their first process, with whose end all the others end."""
    try:
        unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID)
    except OSError:
        os._exit(70)
    pid = os.fork()
    if pid:
        os.close(writer)
        signal.signal(signal.SIGALRM, lambda *_: os.kill(pid, signal.SIGKILL))
        signal.alarm(int(seconds))
        os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 0xFF)
    try:
        _enter()
        answer: object = work()
    except BaseException as error:
        answer = TcptuneError(f"{type(error).__name__}: {error}")
    with open(writer, "wb") as stream:
        pickle.dump(answer, stream)
    os._exit(0)


def _enter() -> None:
    """See that the namespaces are our own, and lay empty folders over what a change writes."""
    if not foreign() or not foreign_mounts():
        raise TcptuneError("this is the machine's own namespace: nothing is tried here")
    mount("", "/", flags=MS_REC_PRIVATE, data="")
    mount("proc", "/proc", "proc", data="")
    empty_files()
    loopback_up()


def tcptune(*words: str) -> Run:
    """Run `tcptune WORDS` in this process."""
    from tcptune.cli.app import run

    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            status = run(list(words))
        except TcptuneError as error:
            status = error.status
            err.write(f"tcptune: {error.message}\n")
    return Run(status, out.getvalue(), err.getvalue())


def text() -> str | None:
    """Return the drop-in as it is, None when it is not there."""
    return DROPIN.read_text() if DROPIN.exists() else None


def leftovers() -> list[str]:
    """Return the temporary files that are left beside the drop-in and in the journal."""
    return [str(path) for folder in (DROPIN.parent, JOURNAL) if folder.is_dir() for path in folder.glob(".*-tmp")]


def wait_for(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Tell whether something holds in time."""
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.005)
    return holds()
