"""A few of the faults of `make faults`, and that the judge of them sees what is wrong."""

from __future__ import annotations

import random
import signal

import pytest

from tests.support.missing import needs
from tools.faults import trial as judge
from tools.faults.campaign import Campaign, warm
from tools.faults.scenarios import SCENARIOS, Look, look
from tools.faults.stage import Run, on_stage
from tools.faults.traced import Fault, faults, fired

BY_NAME = {each.name: each for each in SCENARIOS}

LOG = """openat(AT_FDCWD, "/etc/passwd", O_RDONLY) = 3
openat(3</etc>, "x", O_WRONLY|O_CREAT) = 4
write(4</etc/x>, "abc", 3) = 3
+++ exited with 0 +++
"""


def test_the_faults_of_a_run_are_its_writes_and_what_it_opens_for_writing() -> None:
    found = faults(LOG)
    assert {(fault.call, fault.number) for fault in found} == {("openat", 2), ("write", 1)}
    assert Fault("write", 1, "KILL").injection == "inject=write:signal=KILL:when=1"
    assert Fault("openat", 2, "ENOSPC+").injection == "inject=openat:error=ENOSPC:when=2+"


def test_a_fault_that_did_not_come_is_not_counted() -> None:
    assert fired(Fault("write", 1, "KILL"), Run(-signal.SIGKILL, "", ""), "")
    assert not fired(Fault("write", 1, "KILL"), Run(0, "", ""), "")
    assert not fired(Fault("write", 1, "EIO"), Run(0, "", ""), LOG)


@needs("strace")
@pytest.mark.root
@pytest.mark.parametrize("name", ["apply", "the undo's time"])
def test_nothing_is_lost_by_some_faults_of_every_kind(name: str) -> None:
    warm()
    said: list[str] = []
    campaign = Campaign([BY_NAME[name]])
    assert campaign.possible > 50
    assert campaign.run(4, random.Random(1), said.append) == 0, said
    assert campaign.tried


@pytest.mark.root
def test_what_is_lost_is_seen() -> None:
    """A command whose drop-in is torn, whose status is not what happened, and which nobody can undo."""

    def work() -> list[str]:
        here = look()
        other = Look(("1", *here.values[1:]), "half")
        known = judge.Course(other, other, other._replace(text="new"), "")
        torn = judge._whole(known)
        silent = judge._told(Fault("write", 1, "EIO"), Run(0, "", ""), known)
        refused = judge._told(Fault("write", 1, "EIO"), Run(3, "", ""), known)
        return [*torn, "|", *silent, "|", *refused]

    found = on_stage(work)
    torn, silent, refused = (part.strip() for part in "\n".join(found).split("|"))
    assert "net.ipv4.tcp_fin_timeout is '60'" in torn
    assert "the drop-in is neither old nor new" in torn
    assert silent.startswith("status 0, and it is")
    assert refused.startswith("status 3, and it is")
