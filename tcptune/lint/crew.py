"""Work shared out among processes, one for each processor: files are looked at and judged at the same time.

First all take blocks of files from one heap and look for those that may hold settings. While the others still look, the
first process imports rules, catalogue and formats, once for all: those that judge are forked from it afterwards, and
take shares of these files from a heap again. The reports are put together in the order of the files, so that the whole
is the same as that of one process.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from tcptune.lint.look import Candidate, Look, Share
from tcptune.lint.process import Member, workers
from tcptune.model.lint import LintReport

if TYPE_CHECKING:
    from tcptune.lint.check import Options

MANY = 2000
"""Files from which on a second process that looks at them pays."""

FEW = 50
"""Files that may hold settings from which on a second process that judges them pays."""

_BLOCKS = 2000
"""Blocks at most: their numbers have to find room in the smallest pipe that a system gives."""

_LEAST = 128
"""Files in a block at least."""

_SHARES = 64
"""Shares for each process that judges: how long one takes, its bytes do not tell."""

_EACH = 500
"""Bytes that are judged in the time that a file takes by itself."""


def look(own: Look, files: Sequence[tuple[str, bool]], options: Callable[[], object]) -> None:
    """Look at files; all that judging needs is imported once there is one to judge, while the others look on."""
    count = workers() if len(files) >= MANY else 1
    if count == 1:
        own.files(files)
        return
    size = max(_LEAST, -(-len(files) // _BLOCKS))
    blocks = [files[start : start + size] for start in range(0, len(files), size)]
    heap = _Heap(range(len(blocks)))
    crew = _crew([partial(_looked, blocks, heap)] * (count - 1))
    prepared = False
    try:
        for number in heap:
            own.files(blocks[number])
            if own.candidates and not prepared:
                options()
                prepare()
                prepared = True
        for member in crew:
            own.take(member.receive())
    finally:
        heap.close()
        for member in crew:
            member.end()


def _looked(blocks: Sequence[Sequence[tuple[str, bool]]], heap: _Heap) -> Look:
    mine = Look()
    for number in heap:
        mine.files(blocks[number])
    return mine


def judge(candidates: Sequence[Candidate], options: Options, share: Share) -> LintReport:
    """Judge the files that may hold settings, in the order of their paths."""
    from tcptune.lint.check import check

    ordered = sorted(candidates)
    count = workers() if len(ordered) >= FEW and options.host is None else 1
    if count == 1:
        return check(ordered, options, share)
    prepare()
    shares = _shares(ordered, count)
    # What takes longest should not be what is taken last.
    heap = _Heap(sorted(range(len(shares)), key=lambda number: -sum(len(each[1]) for each in shares[number])))
    crew = _crew([partial(_judged, shares, heap, options, share)] * (count - 1))
    try:
        reports = _judged(shares, heap, options, share)
        for member in crew:
            reports |= member.receive()
    finally:
        heap.close()
        for member in crew:
            member.end()
    return _joined([reports[number] for number in sorted(reports)])


def _judged(
    shares: Sequence[Sequence[Candidate]], heap: _Heap, options: Options, share: Share
) -> dict[int, LintReport]:
    """Judge one share after another; return the reports by their numbers."""
    from tcptune.lint.check import Holders, check

    holders = Holders(options.policy)
    return {number: check(shares[number], options, share, holders) for number in heap}


def prepare() -> None:
    """Import what the judges need before they are forked: once for all."""
    for _ in steps():
        pass


def steps() -> Iterator[None]:
    """Import what the judges need, in steps of some milliseconds."""
    from tcptune.sources import detect

    for name in ("tcptune.lint.check", "yaml", *(f"tcptune.sources.{form}" for form in detect.ORDER)):
        importlib.import_module(name)
        yield
    from tcptune.catalog import parameters

    parameters()
    yield
    from tcptune.rules import registry

    registry.rules()
    detect.formats()


def _shares(candidates: Sequence[Candidate], count: int) -> list[list[Candidate]]:
    """Return what is judged at a time: all that stands in folders of drop-ins first, then some files each."""
    from tcptune.lint.around import drop_in_folder

    together: list[Candidate] = []
    shares = [together]
    most = sum(_EACH + len(data) for _, data, _ in candidates) // (count * _SHARES)
    left = 0
    for each in candidates:
        if drop_in_folder(each[0]) is not None:
            together.append(each)
            continue
        if left <= 0:
            shares.append([])
            left = most
        shares[-1].append(each)
        left -= _EACH + len(each[1])
    return shares if together else shares[1:]


def _joined(reports: Sequence[LintReport]) -> LintReport:
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


class _Heap:
    """Numbers of pieces of work, each of which is taken by one process: they lie in a pipe that all read from."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self.reader, writer = os.pipe()
        os.write(writer, b"".join(number.to_bytes(2, "little") for number in numbers))
        os.close(writer)

    def __iter__(self) -> Iterator[int]:
        while number := os.read(self.reader, 2):
            yield int.from_bytes(number, "little")

    def close(self) -> None:
        os.close(self.reader)


def _crew(tasks: Sequence[Callable[[], object]]) -> list[Member]:
    """Start a process for each task, or for as many of the first ones as the system has processes for."""
    crew: list[Member] = []
    for task in tasks:
        try:
            crew.append(Member(task))
        except OSError:
            break
    return crew
