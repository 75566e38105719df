"""Work shared out among processes, one for each processor: files are looked at and judged at the same time.

First all take blocks of files from one heap and look for those that may hold settings. While the others still look, the
first process imports rules, catalogue and formats, once for all: those that judge are forked from it afterwards. The
reports are put together in the order of the files, so that the whole is the same as that of one process.
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


def look(own: Look, files: Sequence[tuple[str, bool]], options: Callable[[], object]) -> None:
    """Look at files; all that judging needs is imported once there is one to judge, while the others look on."""
    count = workers() if len(files) >= MANY else 1
    if count == 1:
        own.files(files)
        return
    blocks = _Blocks(len(files))
    crew = _crew([partial(_looked, files, blocks)] * (count - 1))
    prepared = False
    try:
        for first, last in blocks:
            own.files(files[first:last])
            if own.candidates and not prepared:
                options()
                prepare()
                prepared = True
        for member in crew:
            own.take(member.receive())
    finally:
        blocks.close()
        for member in crew:
            member.end()


def _looked(files: Sequence[tuple[str, bool]], blocks: _Blocks) -> Look:
    mine = Look()
    for first, last in blocks:
        mine.files(files[first:last])
    return mine


def judge(candidates: Sequence[Candidate], options: Options, share: Share) -> LintReport:
    """Judge the files that may hold settings, in the order of their paths."""
    from tcptune.lint.check import check

    ordered = sorted(candidates)
    count = workers() if len(ordered) >= FEW and options.host is None else 1
    if count == 1:
        return check(ordered, options, share)
    prepare()
    own, *others = _shares(ordered, count)
    crew = _crew([partial(check, mine, options, share) for mine in others])
    try:
        # Where the system gives no further process, those that are there do the work.
        left = [each for mine in others[len(crew) :] for each in mine]
        reports = [check(sorted([*own, *left]), options, share), *(member.receive() for member in crew)]
    finally:
        for member in crew:
            member.end()
    return _joined(reports)


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
    """Return what each process judges: as many bytes each, and all that stand in folders of drop-ins by the first."""
    from tcptune.lint.around import drop_in_folder

    shares: list[list[Candidate]] = [[] for _ in range(count)]
    sizes = [0] * count
    apart = []
    for each in candidates:
        if drop_in_folder(each[0]) is not None:
            shares[0].append(each)
            sizes[0] += len(each[1])
        else:
            apart.append(each)
    for each in apart:
        least = sizes.index(min(sizes))
        shares[least].append(each)
        sizes[least] += len(each[1])
    return shares


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


class _Blocks:
    """Blocks of files, each of which is taken by one process: their numbers lie in a pipe that all read from."""

    def __init__(self, files: int) -> None:
        self.size = max(_LEAST, -(-files // _BLOCKS))
        self.reader, writer = os.pipe()
        numbers = range(-(-files // self.size))
        os.write(writer, b"".join(number.to_bytes(2, "little") for number in numbers))
        os.close(writer)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        while number := os.read(self.reader, 2):
            start = int.from_bytes(number, "little") * self.size
            yield start, start + self.size

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
