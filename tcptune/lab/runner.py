"""Experiments side by side: each in a child process that the kernel ends with this one; its end ends its hosts."""

from __future__ import annotations

import os
import pickle
import selectors
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from tcptune.errors import TcptuneError
from tcptune.lab import isolation, trial
from tcptune.lab.experiment import Experiment
from tcptune.model.lab import Trial
from tcptune.model.record import dataclass
from tcptune.model.version import Target

SECONDS = 150.0
"""How long one experiment may take, and with `--full`."""
FULL_SECONDS = 400.0
PIECE = 1 << 16

Progress = Callable[[Trial, int, int], None]


@dataclass(frozen=True, slots=True)
class Task:
    """One run to be done: an experiment, the parameters its hosts start with, and under whose name those stand."""

    name: str
    experiment: Experiment
    settings: Mapping[str, str]
    twist: str | None = None
    under: str | None = None
    full: bool = False


def workers() -> int:
    """Return how many experiments run side by side: they wait more than they compute."""
    return 3 * (os.cpu_count() or 1)


class _Child:
    """A process that runs one task, and what it has said so far."""

    def __init__(self, task: Task, target: Target) -> None:
        self.task = task
        self.began = time.monotonic()
        self.data = bytearray()
        self.pipe, writer = os.pipe()
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.pipe)
            _be_child(task, target, writer, parent)
        os.close(writer)

    def late(self, now: float) -> bool:
        return now - self.began > (FULL_SECONDS if self.task.full else SECONDS)

    def end(self) -> None:
        """Kill it if it still runs, and wait for it."""
        os.close(self.pipe)
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def _be_child(task: Task, target: Target, writer: int, parent: int) -> None:
    """Run one task, send what came of it, end. Never returns."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        isolation.end_with_parent(parent)
        answer = pickle.dumps(_outcome(task, target, parent), pickle.HIGHEST_PROTOCOL)
        view = memoryview(answer)
        while view:
            view = view[os.write(writer, view) :]
        status = 0
    finally:
        os._exit(status)


def _outcome(task: Task, target: Target, parent: int) -> tuple[str, Any]:
    try:
        isolation.leave()
        isolation.end_with_parent(parent)
        settings = task.settings
        return "trial", trial.run(task.name, task.experiment, target, settings, task.twist, task.under, full=task.full)
    except TcptuneError as error:
        return "error", (error.message, error.hint)
    except OSError as error:
        return "failed", f"{task.name}: {error.strerror or error}"
    except Exception as error:
        if os.environ.get("TCPTUNE_DEBUG") == "1":
            import traceback

            traceback.print_exc(file=sys.stderr)
        return "defect", f"{type(error).__name__}: {error}"


def run(tasks: Sequence[Task], target: Target, workers: int, progress: Progress) -> list[Trial]:
    """Run the tasks, `workers` at a time, and return what came of each, in the order of the tasks.

    Raises `TcptuneError` when namespaces cannot be made here, or when an experiment fails or takes too long. However
    this ends, no child is left.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    found: dict[int, Trial] = {}
    waiting = list(enumerate(tasks))
    running: dict[int, tuple[int, _Child]] = {}
    try:
        with selectors.DefaultSelector() as selector:
            while waiting or running:
                while waiting and len(running) < workers:
                    number, task = waiting.pop(0)
                    child = _Child(task, target)
                    running[child.pipe] = number, child
                    selector.register(child.pipe, selectors.EVENT_READ)
                for pipe in _finished(selector, running):
                    selector.unregister(pipe)
                    number, child = running.pop(pipe)
                    child.end()
                    found[number] = _read(child)
                    progress(found[number], len(found), len(tasks))
    finally:
        for _, child in running.values():
            child.end()
    return [found[number] for number in range(len(tasks))]


def _finished(selector: selectors.BaseSelector, running: dict[int, tuple[int, _Child]]) -> Iterator[int]:
    """Yield the pipes of the children that have said everything; raise when one takes too long."""
    for key, _ in selector.select(1.0):
        piece = os.read(key.fd, PIECE)
        running[key.fd][1].data += piece
        if not piece:
            yield key.fd
    now = time.monotonic()
    for _, child in running.values():
        if child.late(now):
            raise TcptuneError(f"the experiment {child.task.name} did not end in time")


def _read(child: _Child) -> Trial:
    if not child.data:
        raise TcptuneError(f"the experiment {child.task.name} ended without an answer")
    kind, content = pickle.loads(bytes(child.data))
    if kind == "trial":
        result: Trial = content
        return result
    if kind == "error":
        raise TcptuneError(content[0], hint=content[1])
    if kind == "failed":
        raise TcptuneError(content)
    raise RuntimeError(f"{child.task.name}: {content}")
