"""The time to confirm is over: what the undo meets then, and what is left for the next call when it fails or dies."""

from __future__ import annotations

import errno
import os
import signal
import time
from unittest import mock

import pytest

from tcptune.apply import confirm, target, unfinished
from tcptune.apply.journal import STATE_DIR, journal
from tcptune.apply.procsys import ProcSys
from tests.support.change import BUCKETS, DROPIN, FILE, FIN, alone, apply, assigned, newest, states
from tests.support.inside import inside
from tools.stage import live

pytestmark = pytest.mark.root

WISH = assigned(tcp_fin_timeout=30, tcp_max_tw_buckets=300000)


def waiting() -> str:
    """Make a change that waits, without anything that undoes it; return its entry."""
    assert apply(*WISH, *FILE, "--confirm-within", "500").status == 0
    name = newest()
    with journal(STATE_DIR) as opened:
        undo = opened.entry(name).undo
    assert undo is not None
    os.kill(int(undo.removeprefix("process:").partition("@")[0]), signal.SIGKILL)
    return name


def expire(name: str) -> int:
    """Undo a change as its timer does."""
    return inside("rollback", name, "--expired").status


def expire_with(name: str, proc: ProcSys) -> int:
    """Undo a change as its timer does, with parameters of which something is to be said."""
    with journal(STATE_DIR) as opened:
        done = confirm.expire(name, target.here(), opened, proc)
    assert done is not None
    return done.status


class Broken(ProcSys):
    """Parameters of which one cannot be written, `times` times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def write(self, key: str, text: str) -> None:
        if key == BUCKETS and self.times:
            self.times -= 1
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        super().write(key, text)


class Deadly(ProcSys):
    """Parameters whose first write is the last thing that the process does."""

    def write(self, key: str, text: str) -> None:
        super().write(key, text)
        os.kill(os.getpid(), signal.SIGKILL)


@alone
def test_a_write_that_fails_once_is_tried_again() -> None:
    name = waiting()
    assert expire_with(name, Broken(1)) == 0
    assert (live(FIN), live(BUCKETS), states()[name]) == ("60", "131072", "undone")


@alone
def test_what_could_not_be_written_is_said_and_still_to_be_undone() -> None:
    name = waiting()
    assert expire_with(name, Broken(99)) == 4
    assert (live(FIN), live(BUCKETS), states()[name]) == ("60", "300000", "failed")
    assert BUCKETS in inside("history").out
    assert expire(name) == 0, "a timer that comes once more finishes it"
    assert (live(BUCKETS), states()[name]) == ("131072", "undone")


@alone
def test_a_rollback_by_hand_finishes_what_the_undo_could_not() -> None:
    name = waiting()
    assert expire_with(name, Broken(99)) == 4
    assert inside("rollback", name).status == 0
    assert (live(FIN), live(BUCKETS)) == ("60", "131072")


@alone
def test_an_undo_that_was_killed_is_told_of_and_ended_by_a_rollback() -> None:
    name = waiting()
    pid = os.fork()
    if pid == 0:
        expire_with(name, Deadly())
        os._exit(1)
    assert os.waitpid(pid, 0)[1] == signal.SIGKILL
    assert states()[name] == "open"
    told = inside("audit", "--fail-on", "never").err
    assert name in told
    assert "was interrupted" in told
    refused = apply(*assigned(tcp_retries2=9))
    assert (refused.status, name in refused.err) == (1, True)
    assert inside("rollback", name).status == 0
    assert (live(FIN), live(BUCKETS), DROPIN.exists()) == ("60", "131072", False)
    assert apply(*assigned(tcp_retries2=9)).status == 0


@alone
def test_a_change_that_nobody_undid_after_its_time_is_told_of() -> None:
    assert apply(*WISH, "--confirm-within", "1").status == 0
    name = newest()
    with journal(STATE_DIR) as opened:
        undo = opened.entry(name).undo
    assert undo is not None
    os.kill(int(undo.removeprefix("process:").partition("@")[0]), signal.SIGKILL)
    time.sleep(1.1)
    with mock.patch.object(unfinished, "_GRACE", 0.0):
        assert f"tcptune rollback {name}" in inside("history").err
    assert inside("rollback", name).status == 0
    assert inside("history").err == ""


@alone
def test_what_was_confirmed_or_undone_meanwhile_is_left() -> None:
    name = waiting()
    assert inside("confirm").status == 0
    assert expire(name) == 0
    assert (live(FIN), states()[name]) == ("30", "confirmed")
    assert inside("rollback").status == 0
    assert expire(name) == 0
    assert states()[name] == "rolled-back"


@alone
def test_what_was_made_in_another_namespace_is_not_undone_in_this_one() -> None:
    name = waiting()
    with journal(STATE_DIR) as opened:
        place = target.here()
        done = confirm.expire(name, place.__class__(place.boot, 7, place.inode, False, None, None), opened)
    assert done is not None
    assert "its namespace is gone" in " ".join(done.lines)
    assert live(FIN) == "30"
