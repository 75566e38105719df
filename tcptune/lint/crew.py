"""Work shared out among processes, one for each processor: files are looked at and judged at the same time.

While the first process still walks through the folders, the others look at what it has found; then it does so, too.
Rules, catalogue and formats are imported once for all: those that judge are forked from the first process afterwards,
and take shares of the files that may hold settings. The reports are put together in the order of the files, so that the
whole is the same as that of one process.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Self

from tcptune.lint.look import Candidate, Look, Share
from tcptune.lint.process import Member, workers
from tcptune.model.lint import LintReport

if TYPE_CHECKING:
    from tcptune.lint.check import Holders, Options

MANY = 2000
"""Files from which on a second process that looks at them pays."""

FEW = 50
"""Files that may hold settings from which on a second process that judges them pays."""

_ROOM = 4096
"""Bytes of a packet at most: Linux writes so many to a pipe as a whole."""

_SHARES = 64
"""Shares for each process that judges: how long one takes, its bytes do not tell."""

_EACH = 500
"""Bytes that are judged in the time that a file takes by itself."""


File = tuple[str, bool]
"""A path, and whether it was named itself."""


def look(own: Look, files: Iterable[File], options: Callable[[], object]) -> list[File]:
    """Look at files while they are found, and return them.

    What judging needs is imported once there is something to judge.
    """
    found = iter(files)
    seen = list(islice(found, MANY))
    if len(seen) < MANY or workers() == 1:
        seen += found
        own.files(seen)
        return seen
    first, seen, prepared = seen, [], False

    def packets() -> Iterator[bytes]:
        for block in _blocks(chain(first, found)):
            seen.extend(block)
            yield _packed(block)

    def work(packet: bytes) -> None:
        nonlocal prepared
        own.files(_unpacked(packet))
        if own.candidates and not prepared:
            options()
            prepare()
            prepared = True

    with _Crew(_looked, workers() - 1) as crew:
        crew.do(packets(), work)
        for other in crew.answers():
            own.take(other)
    return seen


def _blocks(files: Iterable[File]) -> Iterator[list[File]]:
    """Yield files so many at a time as find room in a packet; those that were named stand apart."""
    block: list[File] = []
    left = _ROOM
    for file in files:
        left -= len(file[0]) + 1
        if block and (left < 1 or file[1] != block[0][1]):
            yield block
            block, left = [], _ROOM - len(file[0]) - 1
        block.append(file)
    if block:
        yield block


def _packed(block: Sequence[File]) -> bytes:
    return (b"+" if block[0][1] else b"-") + os.fsencode("\0".join([path for path, _ in block]))


def _unpacked(packet: bytes) -> Iterable[File]:
    named = packet[:1] == b"+"
    return [(path, named) for path in os.fsdecode(packet[1:]).split("\0")]


def _looked(packets: Iterable[bytes]) -> Look:
    mine = Look()
    for packet in packets:
        mine.files(_unpacked(packet))
    return mine


def judge(candidates: Sequence[Candidate], options: Options, share: Share) -> LintReport:
    """Judge the files that may hold settings, in the order of their paths."""
    from tcptune.lint.check import Holders, check

    ordered = sorted(candidates)
    count = workers() if len(ordered) >= FEW and options.host is None else 1
    if count == 1:
        return check(ordered, options, share)
    prepare()
    shares = _shares(ordered, count)
    # What takes longest should not be what is taken last.
    order = sorted(range(len(shares)), key=lambda number: -sum(len(each[1]) for each in shares[number]))
    judged = partial(_judged, shares, options, share, Holders(options.policy))
    reports: dict[int, LintReport] = {}
    with _Crew(judged, count - 1) as crew:
        crew.do((number.to_bytes(4, "little") for number in order), lambda packet: reports.update(judged([packet])))
        for other in crew.answers():
            reports |= other
    return _joined([reports[number] for number in sorted(reports)])


def _judged(
    shares: Sequence[Sequence[Candidate]], options: Options, share: Share, holders: Holders, packets: Iterable[bytes]
) -> dict[int, LintReport]:
    """Judge one share after another; return the reports by their numbers."""
    from tcptune.lint.check import check

    numbers = (int.from_bytes(packet, "little") for packet in packets)
    return {number: check(shares[number], options, share, holders) for number in numbers}


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
    yield
    from tcptune.lint import practice

    yield from practice.steps()


def _shares(candidates: Sequence[Candidate], count: int) -> list[list[Candidate]]:
    """Return what is judged at a time: all that stands in folders of drop-ins first, then some files each.

    With the drop-ins is what ufw sets after them. A role with variables stays together: its other parts name them.
    """
    from tcptune.lint.around import UFW, VARIABLES, drop_in_folder, part_of

    roles = {part_of(path) for path, _, _ in candidates if path.endswith(VARIABLES)}
    ufw = [path for path, _, _ in candidates if path.endswith(UFW)]
    drop_ins = {*ufw, *(path.removesuffix(UFW) + "sysctl.conf" for path in ufw)}
    together: list[Candidate] = []
    groups: dict[str, list[Candidate]] = {}
    for each in candidates:
        role = part_of(each[0]) if roles else None
        if role is not None and role in roles:
            groups.setdefault(role, []).append(each)
        elif each[0] in drop_ins or drop_in_folder(each[0]) is not None:
            together.append(each)
        else:
            groups[f"/{each[0]}"] = [each]
    shares = [together]
    most = sum(_EACH + len(data) for _, data, _ in candidates) // (count * _SHARES)
    left = 0
    for group in groups.values():
        if left <= 0:
            shares.append([])
            left = most
        shares[-1] += group
        left -= sum(_EACH + len(data) for _, data, _ in group)
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


class _Crew:
    """Further processes that do a task on packets of work, each of which is taken by one of them or by this process.

    The packets lie in a pipe that all read from.
    """

    def __init__(self, task: Callable[[Iterable[bytes]], object], count: int) -> None:
        """Start so many processes, or as many as the system has; it may have none, and no such pipe either."""
        self._members: list[Member] = []
        self._reader = self._writer = -1
        try:
            self._reader, self._writer = os.pipe2(os.O_DIRECT | os.O_CLOEXEC)
        except OSError:
            return
        os.set_blocking(self._writer, False)

        def work() -> object:
            self._full()
            return task(self._packets())

        for _ in range(count):
            try:
                self._members.append(Member(work))
            except OSError:
                break

    def do(self, packets: Iterable[bytes], work: Callable[[bytes], object]) -> None:
        """Have packets worked on: here when the others have enough to do, or when there are no more to come."""
        for packet in packets:
            if not self._put(packet):
                work(packet)
        self._full()
        for packet in self._packets():
            work(packet)

    def _put(self, packet: bytes) -> bool:
        if not self._members or len(packet) > _ROOM:
            return False
        try:
            os.write(self._writer, packet)
        except BlockingIOError:
            return False
        return True

    def _full(self) -> None:
        writer, self._writer = self._writer, -1
        if writer >= 0:
            os.close(writer)

    def _packets(self) -> Iterator[bytes]:
        while self._reader >= 0 and (packet := os.read(self._reader, _ROOM)):
            yield packet

    def answers(self) -> Iterator[Any]:
        """Yield what the task came to in each of the processes."""
        for member in self._members:
            yield member.receive()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._full()
        if self._reader >= 0:
            os.close(self._reader)
        for member in self._members:
            member.end()
