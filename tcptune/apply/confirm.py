"""A change that waits is kept: its drop-in is written, and then its undo disarmed. Or its time is over."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace

from tcptune.apply import arm, lock, processes, undo
from tcptune.apply.entries import plan_of
from tcptune.apply.journal import Journal
from tcptune.apply.persist import Failure, current, put_file, words
from tcptune.apply.procsys import ProcSys, blanks, means
from tcptune.apply.signals import noted
from tcptune.apply.target import same
from tcptune.errors import TcptuneError
from tcptune.model.journal import Entry, Header, Place, Step
from tcptune.model.plan import Applied

_PATIENCE = 2.0
_LONG = 60.0


def confirm(place: Place, journal: Journal) -> Applied:
    """Keep the pending change of this namespace.

    Raises `TcptuneError` with status 1 when nothing is pending, the deadline is over, or a value was changed since.
    """
    proc = ProcSys()
    with lock.held(_PATIENCE), noted():
        entry = _pending(journal, place)
        header = entry.header
        _refuse_late(header)
        _refuse_drifted(entry, proc)
        _refuse_edited(entry)
        status, lines = _kept(entry, journal)
        return Applied(
            "confirm",
            plan_of(header, place),
            status,
            header=header,
            journal=entry.path,
            verified=tuple(step.key for step in header.steps),
            lines=lines,
        )


def _kept(entry: Entry, journal: Journal) -> tuple[int, tuple[str, ...]]:
    """Write the drop-in and the journal's line, or neither, and disarm the undo. Return the status, and what failed."""
    file = entry.header.file
    begun = False
    what = file.path if file is not None else entry.path
    try:
        if file is not None:
            begun = True
            put_file(file)
        what = entry.path
        journal.add(entry.id, "confirmed")
    except Exception as error:
        begun = begun and not isinstance(error, Failure)
        where = f"{what}: " if isinstance(error, OSError) else ""
        lines = [f"it could not be confirmed: {where}{words(error)}"]
        if file is not None and begun:
            try:
                put_file(replace(file, before=file.after, after=file.before))
            except Exception as again:
                return 4, (*lines, f"{file.path} could not be put back: {words(again)}")
        return 3, (*lines, "its undo is still armed: the change ends at its time, or tcptune confirm tries again")
    arm.disarm(entry.undo)
    return 0, ()


def _pending(journal: Journal, place: Place) -> Entry:
    entries = [each for each in journal.entries() if each.state == "pending"]
    found = [each for each in entries if same(each.header.place, place)]
    if found:
        return found[-1]
    hint = "`tcptune history` shows what became of it"
    if any(each.header.place.boot != place.boot for each in entries):
        hint = "the host was started again meanwhile, which undid it"
    raise TcptuneError("no change waits to be confirmed", hint=hint, status=1)


def _refuse_late(header: Header) -> None:
    if header.deadline is not None and time.clock_gettime(time.CLOCK_BOOTTIME) >= header.deadline:
        raise TcptuneError(f"the time to confirm {header.id} is over: it is being undone", status=1)


def _refuse_drifted(entry: Entry, proc: ProcSys) -> None:
    for step in entry.header.steps:
        found = now(proc, step)
        if found is None or not means(step.key, found, step.after):
            seen = "cannot be read" if found is None else f"is {blanks(found)!r}"
            raise TcptuneError(
                f"{step.key} {seen} and not {blanks(step.after)!r}: somebody changed it since",
                hint=f"tcptune rollback {entry.id}",
                status=1,
            )


def _refuse_edited(entry: Entry) -> None:
    file = entry.header.file
    if file is not None and current(file.path) not in (file.before, file.after):
        hint = f"tcptune rollback {entry.id}"
        raise TcptuneError(f"{file.path} was changed by somebody since it was planned", hint=hint, status=1)


def now(proc: ProcSys, step: Step) -> str | None:
    """Return what a parameter is now; None when it cannot be read any more."""
    try:
        return proc.read(step.key)
    except OSError:
        return None


def expire(name: str, place: Place, journal: Journal, proc: ProcSys | None = None) -> Applied | None:
    """Undo a change whose time to confirm is over; None when it was confirmed or undone meanwhile.

    Each parameter that still holds our value is put back, what somebody else changed is left and written down. The
    drop-in of a `confirm` that was killed on the way goes, too. `proc` are the parameters, this namespace's own unless
    others are given.
    """
    proc = proc or ProcSys()
    with lock.held(_LONG, insist=True), noted():
        entry = journal.entry(name)
        if entry.state not in ("pending", "open", "failed"):
            return None
        header = entry.header
        with suppress(OSError):
            # An undo must not hang on the journal; but one that is killed on the way is to be found.
            journal.add(entry.id, "expiring", process=processes.own())
        here = same(header.place, place)
        file = header.file if header.file is not None and current(header.file.path) == header.file.after else None
        lost = undo.put_back(proc, header.steps if here else (), file)
        lines = ["it was not confirmed in time", *lost.lines]
        if not here:
            lines.append("its namespace is gone, and its values with it")
        try:
            # What could not be written is still to be undone; what somebody else has changed is not ours any more.
            journal.add(entry.id, "failed" if lost.failed else "undone", lines=lines)
        except OSError as error:
            lines.append(f"the journal could not be completed: {error.strerror}")
        return Applied(
            "rollback",
            plan_of(header, place),
            4 if lost.lines else 0,
            header=header,
            journal=entry.path,
            lines=tuple(lines),
        )
