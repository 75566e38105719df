"""Between plans and entries of the journal: one made of the other, and an entry closed."""

from __future__ import annotations

import os
import time
from dataclasses import replace

from tcptune.apply import arm
from tcptune.apply.journal import Journal
from tcptune.apply.target import user
from tcptune.model.journal import Entry, Header, Kind, Place
from tcptune.model.plan import Plan


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
        host=os.uname().nodename,
        deadline=None if confirm_within is None else time.clock_gettime(time.CLOCK_BOOTTIME) + confirm_within,
    )


def left(header: Header) -> float | None:
    """Return the seconds that are left to confirm a change; None for one that needs no confirming."""
    return None if header.deadline is None else header.deadline - time.clock_gettime(time.CLOCK_BOOTTIME)


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


def finish(journal: Journal, entry: Entry, lines: list[str]) -> list[str]:
    """Close an entry that was undone, with the rollbacks of it that were interrupted, and disarm its undo.

    Return a line when that could not be written down: everything is undone all the same, and a rollback finds so.
    """
    try:
        journal.add(entry.id, "rolled-back", lines=lines)
        for other in journal.entries():
            if other.state == "open" and other.header.of == entry.id:
                journal.add(other.id, "undone", lines=["a later rollback finished its work"])
    except OSError as error:
        return [f"the journal could not be completed: {error.strerror}"]
    arm.disarm(entry.undo)
    return []
