"""Undoing: a change of the journal put back, by its own entry, unless somebody changed something since."""

from __future__ import annotations

import time
from dataclasses import replace

from tcptune.apply import arm as arming
from tcptune.apply import lock, transaction, trust
from tcptune.apply.engine import header_of, plan_of
from tcptune.apply.journal import Journal
from tcptune.apply.procsys import ProcSys, means
from tcptune.apply.target import same
from tcptune.errors import TcptuneError
from tcptune.model.journal import Entry, FileStep, Place, Step
from tcptune.model.plan import Applied, Plan

UNDOABLE = ("applied", "confirmed", "pending", "open", "failed")


def choose(journal: Journal, place: Place, name: str | None) -> Entry:
    """Return the entry of that name, without one the newest of this namespace that can be undone.

    Raises `TcptuneError` with status 1 when there is none.
    """
    if name is not None:
        return journal.entry(name)
    for entry in reversed(journal.entries()):
        if entry.state in UNDOABLE and entry.header.kind != "rollback" and same(entry.header.place, place):
            return entry
    raise TcptuneError("there is no change of this namespace to undo", hint="`tcptune history` lists them", status=1)


def rollback(
    entry: Entry, place: Place, journal: Journal, *, dry_run: bool = False, force: bool = False, wait: float = 0.0
) -> Applied:
    """Undo a change and return what came of it.

    In another boot, or when its namespace is gone, its file alone is restored, and the result says so.
    """
    proc = ProcSys()
    with lock.held(wait):
        entry = journal.entry(entry.id)
        if entry.state not in UNDOABLE:
            raise TcptuneError(f"the change {entry.id} is {entry.state}: there is nothing to undo", status=1)
        made = _plan(entry, place, proc, force=force)
        if made.refused or dry_run:
            return Applied("rollback", made, int(made.refused), dry_run=dry_run)
        if made.empty:
            _finish(journal, entry, ["nothing was left to undo"])
            return Applied("rollback", made, 0, lines=("nothing was left to undo",))
        done = transaction.run(header_of("rollback", made, of=entry.id), journal, proc)
        if done.status == 0:
            _finish(journal, entry, [f"undone by {done.header.id}"])
        return Applied(
            "rollback",
            made,
            done.status,
            header=done.header,
            journal=f"{journal.path}/{done.header.id}.jsonl",
            verified=done.verified,
            lines=done.lines,
        )


def _finish(journal: Journal, entry: Entry, lines: list[str]) -> None:
    """Close an entry that was undone, with the rollbacks of it that were interrupted, and disarm its undo."""
    journal.add(entry.id, "rolled-back", lines=lines)
    for other in journal.entries():
        if other.state == "open" and other.header.of == entry.id:
            journal.add(other.id, "undone", lines=["a later rollback finished its work"])
    arming.disarm(entry.undo)


def _plan(entry: Entry, place: Place, proc: ProcSys, *, force: bool) -> Plan:
    steps: list[Step] = []
    drifted: list[str] = []
    notices: list[str] = []
    if same(entry.header.place, place):
        for step in reversed(entry.header.steps):
            found = _now(proc, step)
            if found is None:
                drifted.append(f"{step.key}: it cannot be read any more")
            elif not means(step.key, found, step.before):
                if not means(step.key, found, step.after):
                    drifted.append(f"{step.key} is {found!r}: somebody changed it after we wrote {step.after!r}")
                steps.append(Step(step.key, found, step.before))
    elif entry.header.steps:
        reason = "another boot" if entry.header.place.boot != place.boot else "another namespace"
        notices.append(f"the change belongs to {reason}: only its file is restored, no live value")
    file = _file(entry, drifted)
    made = plan_of(entry.header, place)
    refusals = () if force else tuple(drifted)
    return replace(made, steps=tuple(steps), file=file, refusals=refusals, notices=(*notices, *drifted))


def _now(proc: ProcSys, step: Step) -> str | None:
    try:
        return proc.read(step.key)
    except OSError:
        return None


def _file(entry: Entry, drifted: list[str]) -> FileStep | None:
    """Return how the drop-in is put back; a line in `drifted` when somebody changed it since."""
    step = entry.header.file
    if step is None:
        return None
    found = current(step.path)
    if found == step.before:
        return None
    if found != step.after:
        drifted.append(f"{step.path}: was changed since")
    return FileStep(step.path, found, step.before)


def current(path: str) -> str | None:
    """Return the text of a drop-in as it is now. Raises `TcptuneError` for what is no file of root's own."""
    head, _, name = path.rpartition("/")
    try:
        with trust.folder(head or "/") as folder:
            data = trust.read(folder, name, path)
    except OSError:
        return None
    return None if data is None else data.decode("utf-8", "surrogateescape")


def confirm(place: Place, journal: Journal) -> Applied:
    """Keep the pending change: its drop-in is written and its undo disarmed.

    Raises `TcptuneError` with status 1 when nothing is pending, the deadline is over, or a value was changed since.
    """
    proc = ProcSys()
    with lock.held(2.0):
        pending = [each for each in journal.entries() if each.state == "pending" and same(each.header.place, place)]
        if not pending:
            raise TcptuneError(
                "no change waits to be confirmed", hint="`tcptune history` shows what became of it", status=1
            )
        entry = pending[-1]
        header = entry.header
        if header.deadline is not None and time.clock_gettime(time.CLOCK_BOOTTIME) >= header.deadline:
            raise TcptuneError(f"the time to confirm {entry.id} is over: it is being undone", status=1)
        for step in header.steps:
            found = _now(proc, step)
            if found is None or not means(step.key, found, step.after):
                raise TcptuneError(
                    f"{step.key} is {found!r} and not {step.after!r}: somebody changed it since",
                    hint=f"tcptune rollback {entry.id}",
                    status=1,
                )
        made = plan_of(header, place)
        if header.file is not None:
            try:
                transaction.put_file(header.file)
            except transaction.Failure as error:
                raise TcptuneError(str(error), hint=f"tcptune rollback {entry.id}", status=1) from None
            except OSError as error:
                raise TcptuneError(f"{header.file.path}: {error.strerror}", status=1) from None
        journal.add(entry.id, "confirmed")
        arming.disarm(entry.undo)
        return Applied(
            "confirm", made, 0, header=header, journal=entry.path, verified=tuple(s.key for s in header.steps)
        )


def expire(name: str, place: Place, journal: Journal) -> Applied | None:
    """Undo a change whose time to confirm is over; None when it was confirmed or undone meanwhile.

    Each parameter that still holds our value is put back, what somebody else changed is left and written down.
    """
    proc = ProcSys()
    with lock.held(60.0):
        entry = journal.entry(name)
        if entry.state not in ("pending", "open"):
            return None
        made = plan_of(entry.header, place)
        lost = transaction.put_back(proc, entry.header.steps, None) if same(entry.header.place, place) else []
        lines = ["it was not confirmed in time", *lost]
        journal.add(entry.id, "undone", lines=lines)
        return Applied("rollback", made, 4 if lost else 0, header=entry.header, journal=entry.path, lines=tuple(lines))
