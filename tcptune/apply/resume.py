"""`apply --resume`: a change whose process was killed is finished."""

from __future__ import annotations

from tcptune.apply import arm as arming
from tcptune.apply import lock, processes, transaction
from tcptune.apply.entries import finish, left, plan_of
from tcptune.apply.journal import Journal
from tcptune.apply.procsys import ProcSys
from tcptune.apply.target import same
from tcptune.errors import TcptuneError
from tcptune.model.journal import Entry, Place
from tcptune.model.plan import Applied


def resume(name: str, place: Place, journal: Journal, state: str) -> Applied:
    """Finish an interrupted change. Raises `TcptuneError` when it is not open, or belongs to another namespace.

    One that waits to be confirmed still does then, with what is left of its time.
    """
    proc = ProcSys()
    with lock.held():
        entry = journal.entry(name)
        header = entry.header
        _refuse_resuming(entry, place)
        arm = None
        if header.confirm_within is not None:
            arm = _armed(entry.undo) if entry.undo is not None else arming.arm(state, place)
        try:
            journal.add(entry.id, "resumed", process=processes.own())
        except OSError as error:
            raise TcptuneError(f"{entry.path}: the journal cannot be written: {error.strerror}", status=1) from None
        done = transaction.resume(header, journal, proc, arm)
        lines = done.lines
        if done.status == 0 and header.of is not None:
            lines = (*lines, *finish(journal, journal.entry(header.of), [f"undone by {header.id}"]))
        return Applied(
            "apply",
            plan_of(header, place),
            done.status,
            header=done.header,
            journal=entry.path,
            verified=done.verified,
            lines=lines,
            deadline=left(header) if done.status == 0 else None,
        )


def _refuse_resuming(entry: Entry, place: Place) -> None:
    header = entry.header
    if entry.state != "open":
        raise TcptuneError(f"the change {entry.id} is {entry.state}: there is nothing to resume", status=1)
    if not same(header.place, place):
        hint = f"tcptune rollback {entry.id} restores its file"
        raise TcptuneError(f"the change {entry.id} belongs to another boot or namespace", hint=hint, status=1)
    if header.deadline is not None and (left(header) or 0.0) <= 0:
        hint = f"tcptune rollback {entry.id}"
        raise TcptuneError(f"the time to confirm {entry.id} is over: it cannot be resumed", hint=hint, status=1)


def _armed(undo: str) -> arming.Arm:
    """Return what finds an undo armed already."""
    return lambda _: undo
