"""`apply`: from a plan to a change, under the lock of the namespace."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from tcptune.apply import arm as arming
from tcptune.apply import lock, transaction
from tcptune.apply.journal import Journal
from tcptune.apply.plan import Wish, plan
from tcptune.apply.procsys import ProcSys
from tcptune.apply.target import same, user
from tcptune.errors import TcptuneError
from tcptune.model.journal import Entry, Header, Kind, Place
from tcptune.model.plan import Applied, Plan


def apply(
    wish: Wish, place: Place, journal: Journal | None, *, confirm_within: float | None = None, dry_run: bool = False
) -> Applied:
    """Apply a profile to the namespace that this process is in, and return what came of it.

    `journal` is None for a dry run where there is no state folder yet. Raises `TcptuneError` for what is wrong before
    anything is planned, status 1 when another change is being made, is pending or was left open.
    """
    return _made("apply", lambda proc: plan(wish, place, proc), place, journal, confirm_within, dry_run=dry_run)


def remove(
    planned: Callable[[ProcSys], Plan], place: Place, journal: Journal | None, *, dry_run: bool = False
) -> Applied:
    """Take our drop-in away, with the values that it gave."""
    return _made("remove", planned, place, journal, None, dry_run=dry_run)


def _made(
    kind: Kind,
    planned: Callable[[ProcSys], Plan],
    place: Place,
    journal: Journal | None,
    confirm_within: float | None,
    *,
    dry_run: bool,
) -> Applied:
    proc = ProcSys()
    with lock.held():
        if journal is not None:
            refuse_unfinished(journal, place)
        made = planned(proc)
        if made.refused or made.empty or dry_run or journal is None:
            return Applied(kind, made, int(made.refused), dry_run=dry_run)
        header = header_of(kind, made, confirm_within)
        arm = arming.arm(journal.path, place) if confirm_within is not None else None
        done = transaction.run(header, journal, proc, arm)
        if done.status != 0 and confirm_within is not None:
            arming.disarm(journal.entry(done.header.id).undo)
        return Applied(
            kind,
            made,
            done.status,
            header=done.header,
            journal=f"{journal.path}/{done.header.id}.jsonl",
            verified=done.verified,
            lines=done.lines,
            deadline=confirm_within if done.status == 0 else None,
        )


def header_of(kind: Kind, made: Plan, confirm_within: float | None = None, of: str | None = None) -> Header:
    """Return the entry that a plan becomes."""
    return Header(
        id="",
        kind=kind,
        at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        place=made.place,
        release=made.host.release,
        user=user(),
        profile=made.profile,
        digest=made.digest,
        steps=made.steps,
        file=made.file,
        of=of,
        confirm_within=confirm_within,
        deadline=None if confirm_within is None else time.clock_gettime(time.CLOCK_BOOTTIME) + confirm_within,
    )


def unfinished(journal: Journal, place: Place) -> list[Entry]:
    """Return the entries of this namespace that a killed process left open, and the one that waits for `confirm`."""
    found = [each for each in journal.entries() if each.state in ("open", "pending")]
    return [
        each for each in found if same(each.header.place, place) or (each.state == "open" and _files_left(each, place))
    ]


def _files_left(entry: Entry, place: Place) -> bool:
    """Tell whether an entry of an earlier boot may have left a drop-in that concerns this host."""
    return entry.header.file is not None and entry.header.place.boot != place.boot and place.initial


def refuse_unfinished(journal: Journal, place: Place) -> None:
    """Refuse another change while one is pending or open."""
    for entry in unfinished(journal, place):
        if entry.state == "pending":
            raise TcptuneError(
                f"the change {entry.id} waits to be confirmed",
                hint=f"tcptune confirm, or tcptune rollback {entry.id}",
                status=1,
            )
        raise TcptuneError(
            f"the change {entry.id} was interrupted and is neither made nor undone",
            hint=f"tcptune rollback {entry.id}, or tcptune apply --resume {entry.id}",
            status=1,
        )


def resume(name: str, place: Place, journal: Journal) -> Applied:
    """Finish an interrupted change. Raises `TcptuneError` when it is not open, or belongs to another namespace."""
    proc = ProcSys()
    with lock.held():
        entry = journal.entry(name)
        if entry.state != "open":
            raise TcptuneError(f"the change {entry.id} is {entry.state}: there is nothing to resume", status=1)
        if not same(entry.header.place, place):
            hint = f"tcptune rollback {entry.id} restores its file"
            raise TcptuneError(f"the change {entry.id} belongs to another boot or namespace", hint=hint, status=1)
        done = transaction.resume(replace(entry.header, confirm_within=None, deadline=None), journal, proc)
        arming.disarm(entry.undo)
        return Applied(
            "apply",
            plan_of(entry.header, place),
            done.status,
            header=done.header,
            journal=entry.path,
            verified=done.verified,
            lines=done.lines,
        )


def plan_of(header: Header, place: Place) -> Plan:
    """Return the plan that an entry was made of, as far as the journal has it."""
    from tcptune.live.host import read_host

    file = header.file
    return Plan(
        header.profile,
        header.digest,
        place,
        replace(read_host(), netns=place.name, uptime_seconds=None),
        (),
        header.steps,
        file,
        file.path if file is not None and file.after is not None else None,
    )
