"""Many at once: they end in the state of one of them, and the journal's order explains it."""

from __future__ import annotations

import os

import pytest

from tcptune.apply.dropin import is_untouched
from tests.support.change import DROPIN, ENTRIES, FILE, FIN, alone, apply, assigned
from tests.support.inside import inside
from tests.support.netns import enter_fresh
from tools.faults.campaign import warm
from tools.faults.many import crowd
from tools.stage import live

pytestmark = pytest.mark.root


def test_many_at_once_end_in_the_state_of_one_of_them() -> None:
    """Two state folders, one lock; `make faults` does the same with fifty processes."""
    warm()
    done = crowd(10, folders=2, successes=1)
    assert done.wrong == []
    assert sum(done.states.values()) >= 10
    assert set(done.states) <= {"applied", "rolled-back", "undone"}


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


@alone
def test_two_namespaces_do_not_lose_each_others_lines_of_one_drop_in() -> None:
    """Each begins from what the other has left, or is refused; nobody writes over a file that he has not seen."""
    for _ in range(3):
        pids = []
        for number, name in enumerate(("tcp_fin_timeout", "tcp_retries2", "tcp_syn_retries", "tcp_keepalive_probes")):
            pid = os.fork()
            if pid == 0:
                enter_fresh()
                os._exit(apply(*assigned(**{name: 5 + number}), *FILE, "--allow", "TT").status)
            pids.append(pid)
        ends = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
        assert set(ends) <= {0, 1, 3}, ends
        kept = DROPIN.read_text()
        assert sum(line.startswith("net.") for line in kept.splitlines()) >= ends.count(0), (ends, kept)
        assert is_untouched(kept)
