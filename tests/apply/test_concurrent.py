"""Many at once: they end in the state of one of them, and the journal's order explains it."""

from __future__ import annotations

import os
import random
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tcptune.apply.journal import journal
from tests.support.change import BUCKETS, DROPIN, ENTRIES, FILE, FIN, alone, apply, assigned, leftovers, live
from tests.support.inside import inside

pytestmark = pytest.mark.root

SECONDS = 25


def _child(number: int, state: str, seconds: float) -> None:
    """Be one of many: apply, and sometimes roll back, until one attempt got through or the time is over."""
    chance = random.Random(number)
    wish = [*assigned(tcp_fin_timeout=100 + number, tcp_max_tw_buckets=300000 + number), *FILE, "--allow", "TT"]
    done = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until and done < 2:
        words = ["rollback"] if done and chance.random() < 0.5 else ["apply", *wish]
        status = inside(*words, "--state-dir", state).status
        done += status == 0
        if status not in (0, 1):
            os._exit(status or 99)
        time.sleep(chance.random() * 0.05)
    os._exit(0)


@pytest.mark.parametrize("folders", [1, 2])
@alone
def test_fifty_at_once_end_in_the_state_of_one_of_them(folders: int) -> None:
    with suppress(FileExistsError):
        for number in range(folders):
            Path(f"/run/state{number}").mkdir(mode=0o700)
    pids = []
    for number in range(50):
        pid = os.fork()
        if pid == 0:
            try:
                _child(number, f"/run/state{number % folders}", SECONDS)
            finally:
                os._exit(98)
        pids.append(pid)
    ends = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
    assert set(ends) <= {0}, ends
    entries = []
    for number in range(folders):
        with journal(f"/run/state{number}", make=False) as opened:
            entries += opened.entries()
    entries.sort(key=lambda entry: entry.id)
    assert len(entries) >= 20
    assert {entry.state for entry in entries} <= {"applied", "rolled-back", "undone"}
    values, text = {FIN: "60", BUCKETS: "131072"}, None
    for entry in (each for each in entries if each.state != "undone"):
        for step in entry.header.steps:
            assert step.before == values[step.key], f"{entry.id} began where the one before it ended"
            values[step.key] = step.after
        if entry.header.file is not None:
            assert entry.header.file.before == text
            text = entry.header.file.after
    assert values == {key: live(key) for key in values}
    assert int(values[BUCKETS]) - 300000 == int(values[FIN]) - 100 or values[FIN] == "60"
    assert text == (DROPIN.read_text() if DROPIN.exists() else None)
    assert not leftovers(DROPIN.parent, *(Path(f"/run/state{number}/journal") for number in range(folders)))


@alone
def test_two_state_folders_do_not_make_two_locks() -> None:
    assert apply(*assigned(tcp_fin_timeout=30)).status == 0
    assert apply(*assigned(tcp_fin_timeout=31), "--state-dir", "/run/other").status == 0
    assert live(FIN) == "31"
    assert inside("rollback").status == 1, "a later change is in the way, wherever it was journalled"
    assert inside("rollback", "--state-dir", "/run/other").status == 0
    assert inside("rollback").status == 0
    assert live(FIN) == "60"
    assert list(ENTRIES.glob("*.jsonl"))
