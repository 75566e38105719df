"""Undoing: a change of the journal put back, by its own entry, unless somebody changed something since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tcptune.apply import dropin, lock, transaction, trust
from tcptune.apply.capable import obstacle
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

Later = Callable[[str], str]
"""Tells of a parameter who has written it since a change: a later one of the journal, or somebody."""

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
        made = _plan(entry, place, proc, _later(entry, journal.entries()), force=force)
        unwritable = _obstacles(made, proc, journal)
        made = replace(made, refusals=(*unwritable, *made.refusals))
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


def _plan(entry: Entry, place: Place, proc: ProcSys, later: Later, *, force: bool) -> Plan:
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
                    since = f"changed it after we wrote {blanks(step.after)!r}"
                    drifted.append(f"{step.key} is {blanks(found)!r}: {later(step.key)} {since}")
                steps.append(Step(step.key, found, step.before))
    elif entry.header.steps:
        reason = "another boot" if entry.header.place.boot != place.boot else "another namespace"
        notices.append(f"the change belongs to {reason}: only its file is restored, no live value")
    file = _file(entry, drifted, later)
    told = notices + drifted if force else notices
    made = plan_of(entry.header, place)
    refusals = () if force else tuple(drifted)
    return replace(made, steps=tuple(steps), file=file, refusals=refusals, notices=tuple(told))


def _obstacles(made: Plan, proc: ProcSys, journal: Journal) -> list[str]:
    """Return what cannot be written at all: it would fail on the way, and all of it would stay as it is."""
    if made.empty:
        return []
    values = " ".join(f"--set '{step.key}={blanks(step.after)}'" for step in made.steps)
    alone = f"; the values alone: tcptune apply --no-persist --allow TT {values}" if values else ""
    found = {step.key: obstacle(proc, step.key, step.after) for step in made.steps}
    lines = [f"{key}: it cannot be written here: {why}" for key, why in found.items() if why is not None]
    if made.file is not None:
        try:
            trust.refuse_unwritable(made.file.path, room=made.file.after is not None)
        except trust.Unsafe as error:
            lines.append(error.message + alone)
        except OSError as error:
            lines.append(f"{made.file.path}: {error.strerror}{alone}")
    if (why := journal.obstacle()) is not None:
        lines.append(why + (f"{alone} --state-dir /run/tcptune" if alone else ""))
    return lines


def _file(entry: Entry, drifted: list[str], later: Later) -> FileStep | None:
    """Return how the drop-in is put back: the lines of this change alone, where later ones have written there, too.

    A line in `drifted` tells what somebody changed since.
    """
    step = entry.header.file
    if step is None:
        return None
    found = current(step.path)
    if found == step.before:
        return None
    if found == step.after:
        return FileStep(step.path, found, step.before)
    if found is not None and not (dropin.is_ours(found) and dropin.is_untouched(found)):
        drifted.append(f"{step.path}: was changed since, and not by tcptune")
        return FileStep(step.path, found, step.before)
    after, since = dropin.undone(found, step.before, step.after)
    drifted += [f"{step.path}: {later(key)} changed the line of {key}" for key in since]
    return FileStep(step.path, found, after) if after != found else None


def _later(entry: Entry, entries: list[Entry]) -> Later:
    """Return what tells who has written a parameter since, as far as the journal knows."""

    def later(key: str) -> str:
        for each in reversed(entries):
            keys = {step.key for step in each.header.steps}
            keys |= dropin.changed(each.header.file.before, each.header.file.after) if each.header.file else set()
            if each.id > entry.id and key in keys and each.state in UNDOABLE and each.header.kind != "rollback":
                return f"the later change {each.id}, which is to be rolled back first,"
        return "somebody"

    return later
