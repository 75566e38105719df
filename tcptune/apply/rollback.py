"""Undoing: a change of the journal put back, by its own entry, unless somebody changed something since."""

from __future__ import annotations

from dataclasses import replace

from tcptune.apply import lock, transaction
from tcptune.apply.confirm import now
from tcptune.apply.entries import finish, header_of, plan_of
from tcptune.apply.journal import Journal
from tcptune.apply.persist import current
from tcptune.apply.procsys import ProcSys, blanks, means
from tcptune.apply.target import same
from tcptune.apply.undo import ours
from tcptune.errors import TcptuneError
from tcptune.model.journal import Entry, FileStep, Place, Step
from tcptune.model.plan import Applied, Plan

UNDOABLE = ("applied", "confirmed", "pending", "open", "failed")


def choose(journal: Journal, place: Place, name: str | None) -> Entry:
    """Return the entry of that name, without one the newest of this namespace that can be undone.

    Who names a rollback that was interrupted wants what it was to undo undone. Raises `TcptuneError` with status 1 when
    there is none.
    """
    if name is not None:
        entry = journal.entry(name)
        if entry.header.of is not None and entry.state in ("open", "failed"):
            return journal.entry(entry.header.of)
        return entry
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
            left = finish(journal, entry, ["nothing was left to undo"])
            return Applied("rollback", made, 0, lines=("nothing was left to undo", *left))
        done = transaction.run(header_of("rollback", made, of=entry.id), journal, proc)
        if done.status == 0:
            done = replace(done, lines=(*done.lines, *finish(journal, entry, [f"undone by {done.header.id}"])))
        return Applied(
            "rollback",
            made,
            done.status,
            header=done.header,
            journal=f"{journal.path}/{done.header.id}.jsonl",
            verified=done.verified,
            lines=done.lines,
        )


def _plan(entry: Entry, place: Place, proc: ProcSys, *, force: bool) -> Plan:
    steps: list[Step] = []
    drifted: list[str] = []
    notices: list[str] = []
    if same(entry.header.place, place):
        for step in reversed(entry.header.steps):
            found = now(proc, step)
            if found is None:
                drifted.append(f"{step.key}: it cannot be read any more")
            elif not means(step.key, found, step.before):
                if not ours(step, found):
                    drifted.append(
                        f"{step.key} is {blanks(found)!r}: somebody changed it after we wrote {blanks(step.after)!r}"
                    )
                steps.append(Step(step.key, found, step.before))
    elif entry.header.steps:
        reason = "another boot" if entry.header.place.boot != place.boot else "another namespace"
        notices.append(f"the change belongs to {reason}: only its file is restored, no live value")
    file = _file(entry, drifted)
    made = plan_of(entry.header, place)
    refusals = () if force else tuple(drifted)
    return replace(made, steps=tuple(steps), file=file, refusals=refusals, notices=(*notices, *drifted))


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
