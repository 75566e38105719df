"""Further processes of a run: one that does a task and ends, and one that stands by for whatever it is asked for.

Both ends run the same program, so that pickle is no danger. Imported before anything else is: it imports little itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from tcptune.errors import TcptuneError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

MOST = 4
"""Processes at most: what they wait for is shared."""


def workers() -> int:
    """Return how many processes can work at the same time: one where they cannot be forked."""
    if not sys.platform.startswith("linux") or not hasattr(os, "fork"):
        return 1
    threading = sys.modules.get("threading")
    if threading is not None and threading.active_count() > 1:
        return 1
    return min(MOST, len(os.sched_getaffinity(0)))


class Member:
    """A further process that does one task."""

    def __init__(self, task: Callable[[], object]) -> None:
        """Fork it. Raises `OSError` where the system gives no process."""
        self.pid, self.reader = _forked(partial(_work, task))

    def receive(self) -> Any:
        """Return what the task returned; what it failed with is raised here."""
        return _received(self.reader)

    def end(self) -> None:
        """End the process if it has not done so yet, and wait for it."""
        self.reader.close()
        _killed(self.pid)


class Standby:
    """A process that gets ready while the first one still finds out what to do, and then does what it is asked for."""

    def __init__(self, ready: Callable[[], Iterable[object]]) -> None:
        """Fork it; it takes the steps of `ready` until something is asked for, which it can do after any of them.

        Raises `OSError` where the system gives no process.
        """
        asked, writer = os.pipe()

        def work(answers: BinaryIO) -> int:
            os.close(writer)
            return _serve(ready, os.fdopen(asked, "rb"), answers)

        try:
            self.pid, self.reader = _forked(work)
        except OSError:
            os.close(writer)
            raise
        finally:
            os.close(asked)
        self.writer = os.fdopen(writer, "wb")

    def do(
        self, function: Callable[..., object], *arguments: object, meanwhile: Callable[[], object] | None = None
    ) -> Any:
        """Return what a function of a module comes to there; what it fails with is raised here.

        While it waits for the answer, this process does something else.
        """
        import pickle

        try:
            pickle.dump((function, arguments), self.writer, pickle.HIGHEST_PROTOCOL)
            self.writer.flush()
        except BrokenPipeError:
            raise _gone() from None
        if meanwhile is not None:
            meanwhile()
        return _received(self.reader)

    def release(self) -> None:
        """Let it end: nothing further is asked of it."""
        with _unheard():
            self.writer.close()

    def end(self) -> None:
        """End it, whatever it is doing, with the processes that it has started itself, and wait for it."""
        import signal

        self.release()
        self.reader.close()
        _killed(self.pid, signal.SIGTERM)


def _forked(work: Callable[[BinaryIO], int]) -> tuple[int, BinaryIO]:
    """Fork a process for a piece of work, which gets a stream for its answers; return its id and their other end."""
    ours, theirs = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        pid = os.fork()
    except OSError:
        os.close(ours)
        os.close(theirs)
        raise
    if pid == 0:
        status = 1
        try:
            os.close(ours)
            status = work(os.fdopen(theirs, "wb"))
        finally:
            # It never returns, and never runs what the first process has registered for its end.
            os._exit(status)
    os.close(theirs)
    return pid, os.fdopen(ours, "rb")


def _killed(pid: int, number: int = 9) -> None:
    """End a process that may have ended already but has not been waited for, and wait for it."""
    os.kill(pid, number)
    os.waitpid(pid, 0)


def _unheard() -> AbstractContextManager[None]:
    """Return what takes no notice when nobody reads any more what a stream still holds."""
    from contextlib import suppress

    return suppress(BrokenPipeError)


def _gone() -> TcptuneError:
    return TcptuneError("a process of this run was ended by the system")


def _received(reader: BinaryIO) -> Any:
    import pickle

    try:
        answer = pickle.load(reader)
    except (EOFError, pickle.UnpicklingError):
        raise _gone() from None
    if isinstance(answer, BaseException):
        raise answer
    return answer


def _work(task: Callable[[], object], answers: BinaryIO) -> int:
    """Do a task in a process of its own and send what came of it; return the exit status."""
    import pickle

    try:
        pickle.dump(_outcome(task), answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()
    except BaseException:
        return 1
    return 0


def _serve(ready: Callable[[], Iterable[object]], requests: BinaryIO, answers: BinaryIO) -> int:
    """Get ready, then do what is asked for until nobody asks any more; return the exit status."""
    import pickle
    import signal
    from select import select

    def steps() -> None:
        for _ in ready():
            if select([requests], [], [], 0)[0]:
                return

    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    failed = _outcome(steps)
    try:
        # From here on it may have processes of its own; who starts them ends them when an exception passes.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        while True:
            function, arguments = pickle.load(requests)
            answer = failed if isinstance(failed, Exception) else _outcome(partial(function, *arguments))
            pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
    except EOFError:
        return 0
    except BaseException:
        return 1


def _outcome(task: Callable[[], object]) -> object:
    """Return what a task returns or fails with, in a form that can be sent."""
    try:
        return task()
    except (TcptuneError, OSError) as error:
        return error
    except Exception as error:
        return RuntimeError(f"{type(error).__name__}: {error}")
