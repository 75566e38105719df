"""A function run in a child process of its own: its result comes back, and nothing of the child stays."""

from __future__ import annotations

import os
import pickle
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

from tcptune.errors import TcptuneError

MOST = 64 * 1024 * 1024
"""The largest result that is taken, in bytes."""

T = TypeVar("T")


def run_child(function: Callable[[], T], timeout: float, what: str) -> T:
    """Run a function in a forked child and return its result, which must be picklable; `what` names it in messages.

    Raises the `TcptuneError` that the function raised, or one for an error of the system, and when the child takes
    longer than `timeout` seconds, dies, or answers with more than `MOST` bytes; `RuntimeError` with the child's own
    words for a defect. The child is always waited for.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    reader, writer = os.pipe()
    try:
        pid = os.fork()
    except OSError as error:
        os.close(reader)
        os.close(writer)
        raise TcptuneError(f"{what}: no process can be started: {error.strerror}") from None
    if pid == 0:
        os.close(reader)
        _answer(function, writer)
    os.close(writer)
    answered = False
    try:
        data = _receive(reader, timeout, what)
        answered = True
    finally:
        os.close(reader)
        status = _reap(pid, kill=not answered)
    result: T = _result(data, status, what)
    return result


def _answer(function: Callable[[], T], writer: int) -> None:
    """Be the child: run the function, write what came of it, end. Never returns."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        data = pickle.dumps(_outcome(function), pickle.HIGHEST_PROTOCOL)
        view = memoryview(data)
        while view:
            view = view[os.write(writer, view) :]
        sys.stderr.flush()
        status = 0
    finally:
        os._exit(status)


def _outcome(function: Callable[[], T]) -> tuple[str, object]:
    """Return what a function gives, or what it fails with, as something that can be sent."""
    try:
        return "result", function()
    except TcptuneError as error:
        return "error", (error.message, error.hint, error.status)
    except OSError as error:
        return "system", error.strerror or str(error)
    except Exception as error:
        return "defect", f"{type(error).__name__}: {error}"


def _receive(reader: int, timeout: float, what: str) -> bytes:
    """Return all that the child writes. Raises `TcptuneError` when it is too much or too late."""
    deadline = time.monotonic() + timeout
    parts: list[bytes] = []
    size = 0
    while True:
        ready, _, _ = select.select([reader], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TcptuneError(f"{what}: no answer within {timeout:g} s")
        part = os.read(reader, 1 << 20)
        if not part:
            return b"".join(parts)
        parts.append(part)
        size += len(part)
        if size > MOST:
            raise TcptuneError(f"{what}: the answer is larger than {MOST >> 20} MiB")


def _reap(pid: int, *, kill: bool) -> int:
    """Wait for the child, after killing it if it is not wanted any more; return its exit status."""
    if kill:
        os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _result(data: bytes, status: int, what: str) -> Any:
    """Return the result in the child's answer, or raise what it failed with."""
    if not data or status != 0:
        raise TcptuneError(f"{what}: the process that read it ended early (status {status})")
    kind, content = pickle.loads(data)
    if kind == "result":
        return content
    if kind == "error":
        message, hint, code = content
        raise TcptuneError(message, hint=hint, status=code)
    if kind == "system":
        raise TcptuneError(f"{what}: {content}")
    raise RuntimeError(f"{what}: {content}")
