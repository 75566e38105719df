"""A run shared out among processes, one for each processor: many files are looked at and judged at the same time.

Each process looks at its own files. What concerns other files (a folder of drop-ins, modules that a tree loads) goes to
the first process, which answers with what holds for all; then each judges its own. The parts are put together in the
order of the files, so that the report is the same as that of one process.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

from tcptune.errors import TcptuneError
from tcptune.lint.look import Look, Share
from tcptune.model.lint import LintReport

if TYPE_CHECKING:
    from tcptune.lint.check import Options

MANY = 2000
"""Files from which on a second process pays."""

MOST = 4
"""Processes at most: what they wait for is shared."""

_BLOCK = 128


def workers(count: int) -> int:
    """Return how many processes look at so many files: one where they cannot be forked or do not pay."""
    if count < MANY or not sys.platform.startswith("linux") or not hasattr(os, "fork"):
        return 1
    import threading

    if threading.active_count() > 1:
        return 1
    return min(MOST, len(os.sched_getaffinity(0)))


def lint(
    files: Sequence[tuple[str, bool]], options: Callable[[], Options], count: int, context: Sequence[str] = ()
) -> tuple[LintReport, list[str]]:
    """Look at the files with `count` processes; return the report and what was passed over, in order.

    Where the system gives no further process, those that are there do the work.
    """
    blocks: list[list[tuple[str, bool]]] = [[] for _ in range(count)]
    for start in range(0, len(files), _BLOCK):
        blocks[start // _BLOCK % count] += files[start : start + _BLOCK]
    crew: list[_Member] = []
    try:
        for block in blocks[1:]:
            try:
                crew.append(_Member.start(block, options))
            except OSError:
                blocks[0] += block
        own = Look()
        own.files(blocks[0])
        for member in crew:
            own.take(member.receive())
        share = own.share(context) if own.candidates else Share(context=frozenset(context))
        for member in crew:
            member.send(share)
        reports = [own.judge(share, options)] if own.candidates else []
        reports += [report for report in (member.receive() for member in crew) if report is not None]
    finally:
        for member in crew:
            member.end()
    return _joined(reports), own.skipped


def _joined(reports: Sequence[LintReport]) -> LintReport:
    if not reports:
        return LintReport(())
    from tcptune.lint.check import by_place

    return LintReport(
        findings=tuple(sorted((finding for report in reports for finding in report.findings), key=by_place)),
        files=sum(report.files for report in reports),
        skipped=tuple(line for report in reports for line in report.skipped),
        unused=tuple(sorted(line for report in reports for line in report.unused)),
        suppressed=sum(report.suppressed for report in reports),
        accepted=tuple(dict.fromkeys(line for report in reports for line in report.accepted)),
        lines={place: line for report in reports for place, line in report.lines.items()},
        texts={path: text for report in reports for path, text in report.texts.items()},
    )


class _Member:
    """One further process and the pipes to it. Both ends run the same program, so that pickle is no danger."""

    def __init__(self, pid: int, reader: BinaryIO, writer: BinaryIO) -> None:
        self.pid, self.reader, self.writer = pid, reader, writer

    @classmethod
    def start(cls, files: Sequence[tuple[str, bool]], options: Callable[[], Options]) -> _Member:
        """Fork a process that looks at these files."""
        up, down = os.pipe(), os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            os.close(up[0])
            os.close(down[1])
            _work(files, options, os.fdopen(down[0], "rb"), os.fdopen(up[1], "wb"))
        os.close(up[1])
        os.close(down[0])
        return cls(pid, os.fdopen(up[0], "rb"), os.fdopen(down[1], "wb"))

    def receive(self) -> Any:
        """Return what the process sent; what it failed with is raised here."""
        try:
            answer = pickle.load(self.reader)
        except EOFError:
            raise TcptuneError("a process of this run was ended by the system") from None
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def send(self, share: Share) -> None:
        """Tell the process what holds for all files."""
        try:
            pickle.dump(share, self.writer)
            self.writer.flush()
        except BrokenPipeError:
            return  # What it failed with is read next.

    def end(self) -> None:
        """Close the pipes, on which the process ends if it has not yet, and wait for it."""
        for stream in (self.writer, self.reader):
            try:
                stream.close()
            except OSError:
                continue
        os.waitpid(self.pid, 0)


def _work(
    files: Sequence[tuple[str, bool]], options: Callable[[], Options], reader: BinaryIO, writer: BinaryIO
) -> NoReturn:
    """Be the further process: it never returns, and never runs what the first one has registered for its end."""
    status = 0
    try:
        look = Look()
        look.files(files)
        pickle.dump(look.shared(), writer)
        writer.flush()
        if look.candidates:
            options()  # Rules and catalogue are imported while the others still look.
        share = pickle.load(reader)
        pickle.dump(look.judge(share, options) if look.candidates else None, writer)
        writer.flush()
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        status = 1
    except BaseException as error:
        status = 1
        _failed(error, writer)
    os._exit(status)


def _failed(error: BaseException, writer: BinaryIO) -> None:
    told = error if isinstance(error, TcptuneError) else RuntimeError(f"{type(error).__name__}: {error}")
    try:
        pickle.dump(told, writer)
        writer.flush()
    except (OSError, pickle.PicklingError):
        return
