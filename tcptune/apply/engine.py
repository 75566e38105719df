"""`apply`: from a plan to a change, under the lock of the namespace."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tcptune.apply import arm as arming
from tcptune.apply import lock, transaction, unfinished
from tcptune.apply.entries import header_of, left
from tcptune.apply.journal import journal, possible, read
from tcptune.apply.plan import Wish, persisted, plan
from tcptune.apply.procsys import ProcSys
from tcptune.apply.remove import plan_removal
from tcptune.model.journal import Entry, Kind, Place
from tcptune.model.plan import Applied, Plan

Planned = Callable[[list[Entry]], Plan]
"""Makes a plan, under the lock, from what the journal says."""


def apply(
    wish: Wish,
    place: Place,
    state: str,
    *,
    confirm_within: float | None = None,
    dry_run: bool = False,
    proc: ProcSys | None = None,
) -> Applied:
    """Apply a profile to the namespace that this process is in, and return what came of it.

    `state` is the folder of the journal, `proc` the parameters (None: this namespace's own). Raises `TcptuneError` for
    what is wrong before anything is planned, status 1 when another change is being made, is pending or was left open.
    """
    path = persisted(wish, place)
    known = proc or ProcSys()
    return _made(
        "apply", known, lambda _: plan(wish, place, known), path, place, state, confirm_within, dry_run=dry_run
    )


def remove(
    path: str, place: Place, state: str, *, force: bool = False, allow: tuple[str, ...] = (), dry_run: bool = False
) -> Applied:
    """Take our drop-in away, with the values that it gave."""
    proc = ProcSys()
    planned = partial(plan_removal, path, place, proc, force=force, allow=allow)
    return _made("remove", proc, planned, path, place, state, None, dry_run=dry_run)


def _made(
    kind: Kind,
    proc: ProcSys,
    planned: Planned,
    path: str | None,
    place: Place,
    state: str,
    confirm_within: float | None,
    *,
    dry_run: bool,
) -> Applied:
    with lock.held():
        entries = read(state)
        unfinished.refuse(entries, place, path)
        made = planned(entries)
        if made.refused or made.empty:
            return Applied(kind, made, int(made.refused), dry_run=dry_run)
        if dry_run:
            possible(state)
            return Applied(kind, made, 0, dry_run=True)
        with journal(state) as opened:
            header = header_of(kind, made, confirm_within)
            arm = arming.arm(state, place) if confirm_within is not None else None
            done = transaction.run(header, opened, proc, arm)
        return Applied(
            kind,
            made,
            done.status,
            header=done.header,
            journal=f"{opened.path}/{done.header.id}.jsonl",
            verified=done.verified,
            lines=done.lines,
            deadline=left(done.header) if done.status == 0 else None,
        )
