"""Network namespaces for tests: code that runs in one of its own, and a proof that it is not the machine's.

`in_namespace(function)` runs a function in a fresh network namespace (loopback up) of a child process and gives its
result, or the error it raised. `held_namespace()` keeps one open for as long as a test needs it. `write_sysctl` refuses
to write anywhere else. `as_nobody(function)` runs a function without any privilege.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import pytest

from tools.stage import CLONE_NEWNET, MACHINE, foreign, loopback_up, private_mounts, unshare

__all__ = [
    "MACHINE", "Held", "as_nobody", "enter_fresh", "foreign", "fork_and_run", "held_namespace", "in_namespace",
    "loopback_up", "private_mounts", "unshare", "write_sysctl",
]  # fmt: skip

T = TypeVar("T")

NOBODY = 65534


def write_sysctl(key: str, value: str | int) -> None:
    """Write a parameter of the namespace that this process is in; never the machine's own."""
    assert foreign(), f"{key} would be written in the machine's own namespace"
    assert key.startswith("net."), f"{key} does not belong to a network namespace"
    Path("/proc/sys", *key.split(".")).write_text(f"{value}\n")


def fork_and_run(function: Callable[[], T], *, timeout: float = 60.0) -> T:
    """Run a function in a forked child; its result comes back, and so does what it raised, with its traceback."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        signal.alarm(int(timeout) + 1)
        _send(function, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as answers:
        data = answers.read()
    _, status = os.waitpid(pid, 0)
    assert data, f"the child ended with status {os.waitstatus_to_exitcode(status)} and without an answer"
    kind, content = pickle.loads(data)
    if kind == "result":
        result: T = content
        return result
    if kind == "skip":
        pytest.skip(content)
    error, text = content
    error.add_note(text)
    raise error


def _send(function: Callable[[], Any], writer: int) -> NoReturn:
    """Be the child: send what came of the function, and end."""
    try:
        try:
            answer: object = ("result", function())
        except pytest.skip.Exception as reason:
            answer = ("skip", str(reason))
        except BaseException as error:
            answer = ("error", (_portable(error), "in the child:\n" + traceback.format_exc()))
        with open(writer, "wb") as out:
            pickle.dump(answer, out)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(0)


def _portable(error: BaseException) -> BaseException:
    """Return an error that survives pickling."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return AssertionError(f"{type(error).__name__}: {error}")
    return error


def enter_fresh(*, mounts: bool = False) -> None:
    """Take a fresh network namespace with loopback up, and a mount namespace too if asked; prove that it is ours."""
    unshare(CLONE_NEWNET)
    assert foreign(), "unshare left us in the machine's own network namespace"
    if mounts:
        private_mounts()
    loopback_up()


def in_namespace(function: Callable[[], T], *, mounts: bool = False, timeout: float = 60.0) -> T:
    """Run a function in a fresh network namespace of a child process."""

    def inside() -> T:
        enter_fresh(mounts=mounts)
        return function()

    return fork_and_run(inside, timeout=timeout)


def as_nobody(function: Callable[[], T], *, timeout: float = 60.0) -> T:
    """Run a function as the user nobody, without groups and privileges."""

    def inside() -> T:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        return function()

    return fork_and_run(inside, timeout=timeout)


@dataclass(frozen=True)
class Held:
    """A namespace that a sleeping process holds open; `end` lets it go."""

    pid: int

    @property
    def path(self) -> str:
        return f"/proc/{self.pid}/ns/net"

    def end(self) -> None:
        """Let the namespace go; it is gone when this returns."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


@contextmanager
def held_namespace(prepare: Callable[[], object] = lambda: None) -> Iterator[Held]:
    """Keep a fresh network namespace open; `prepare` runs in it first."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        _hold(prepare, writer)
    os.close(writer)
    held = Held(pid)
    try:
        with os.fdopen(reader, "rb") as answers:
            said = answers.read()
        assert said == b"ready", said.decode()
        yield held
    finally:
        with suppress(ChildProcessError, ProcessLookupError):
            held.end()


def _hold(prepare: Callable[[], object], writer: int) -> NoReturn:
    """Be the process that holds a namespace open, for five minutes at the most."""
    try:
        try:
            enter_fresh()
            prepare()
            said = b"ready"
        except BaseException:
            said = traceback.format_exc().encode()
        os.write(writer, said)
        os.close(writer)
        if said == b"ready":
            time.sleep(300)
    finally:
        os._exit(0)
