"""Many at once: they end in the state of one of them, and the journal's order explains it."""

from __future__ import annotations

import pytest

from tests.support.change import ENTRIES, FIN, alone, apply, assigned, live
from tests.support.inside import inside
from tools.faults.campaign import warm
from tools.faults.many import crowd

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
