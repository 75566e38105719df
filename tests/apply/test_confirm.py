"""`--confirm-within`: an undo that is armed before the first write and outlives who asked (point 8 of the promises)."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tcptune.apply import processes, target, transaction
from tcptune.apply.journal import STATE_DIR, journal
from tcptune.apply.persist import Failure, put_file
from tcptune.apply.procsys import ProcSys
from tests.support.change import (
    BUCKETS,
    DROPIN,
    ENTRIES,
    FILE,
    FIN,
    STEPS,
    alone,
    apply,
    assigned,
    document,
    header,
    newest,
    states,
)
from tests.support.inside import inside
from tests.support.netns import write_sysctl
from tests.support.program import clean_environment, tcptune
from tools.stage import live

pytestmark = pytest.mark.root


def within(seconds: float, *more: str) -> str:
    """Apply with that many seconds to confirm; return the entry."""
    done = apply(
        *assigned(tcp_fin_timeout=30, tcp_max_tw_buckets=300000), *FILE, "--confirm-within", f"{seconds}", *more
    )
    assert done.status == 0, done
    return newest()


def wait_for(key: str, value: str, seconds: float = 10) -> bool:
    """Tell whether a parameter gets a value in time."""
    deadline = time.monotonic() + seconds
    while live(key) != value and time.monotonic() < deadline:
        time.sleep(0.05)
    return live(key) == value


def undoer(entry: str) -> int:
    """Return the process that waits to undo an entry."""
    rows = [json.loads(line) for line in (ENTRIES / f"{entry}.jsonl").read_text().splitlines() if line]
    (undo,) = [row["undo"] for row in rows if row.get("event") == "armed"]
    kind, _, which = undo.partition(":")
    assert kind == "process"
    assert processes.alive(which)
    return int(which.partition("@")[0])


@alone
def test_it_is_undone_by_itself_and_the_journal_says_so() -> None:
    entry = within(1)
    assert (live(FIN), live(BUCKETS)) == ("30", "300000")
    assert not DROPIN.exists(), "the drop-in comes with confirm alone"
    assert wait_for(FIN, "60")
    assert wait_for(BUCKETS, "131072")
    time.sleep(0.2)
    assert states() == {entry: "undone"}
    assert "not confirmed in time" in inside("history").out
    assert inside("confirm").status == 1
    assert apply(*assigned(tcp_fin_timeout=31)).status == 0


@alone
def test_confirm_keeps_it_writes_the_drop_in_and_disarms() -> None:
    entry = within(60)
    pid = undoer(entry)
    done = inside("confirm", "-f", "json")
    assert done.status == 0, done
    found = document(done)
    assert (found["command"], found["persisted"], found["changed"]) == ("confirm", str(DROPIN), True)
    assert f"{FIN} = 30\n" in DROPIN.read_text()
    assert states() == {entry: "confirmed"}
    deadline = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(f"/proc/{pid}").exists()
    assert live(FIN) == "30"
    assert inside("rollback").status == 0
    assert (live(FIN), DROPIN.exists()) == ("60", False)


@alone
def test_the_undo_is_armed_and_seen_before_the_first_write() -> None:
    entry = within(5)
    events = [json.loads(line) for line in (ENTRIES / f"{entry}.jsonl").read_text().splitlines() if line]
    assert [row.get("event") for row in events[1:]] == ["armed", "pending"]
    inside("rollback", entry)

    def broken(_: object) -> str:
        raise Failure("the undo could not be armed")

    with journal(STATE_DIR) as opened:
        done = transaction.run(header(*STEPS), opened, ProcSys(), broken)
    assert done.status == 3
    assert "nothing had been written" in done.lines
    assert live(FIN) == "60"


@alone
def test_the_document_says_until_when_and_the_text_what_to_do() -> None:
    done = apply(*assigned(tcp_fin_timeout=30), "--confirm-within", "30", "-f", "json")
    found = document(done)
    assert found["pending"] is not None
    assert found["persisted"] is None
    seconds = time.mktime(time.strptime(found["pending"], "%Y-%m-%dT%H:%M:%SZ")) - time.mktime(time.gmtime())
    assert 20 < seconds <= 31
    inside("rollback")
    shown = apply(*assigned(tcp_fin_timeout=30), "--confirm-within", "30").out
    assert "tcptune confirm" in shown
    assert "tcptune rollback" in shown
    inside("rollback")


@alone
def test_while_one_is_pending_another_is_refused() -> None:
    entry = within(20)
    for more in ([], ["--dry-run"], ["--confirm-within", "5"]):
        done = apply(*assigned(tcp_retries2=9), *more)
        assert done.status == 1
        assert entry in done.err
        assert "confirm" in done.err
    assert live("net.ipv4.tcp_retries2") == "15"
    assert inside("rollback", entry).status == 0
    assert (live(FIN), live(BUCKETS)) == ("60", "131072")
    assert apply(*assigned(tcp_retries2=9)).status == 0


@alone
def test_the_undo_restores_what_is_still_ours_and_records_the_rest() -> None:
    entry = within(1)
    write_sysctl(FIN, 44)
    assert wait_for(BUCKETS, "131072")
    time.sleep(0.2)
    assert live(FIN) == "44"
    assert states() == {entry: "undone"}
    assert "'44'" in inside("history").out


@alone
def test_confirm_is_refused_when_somebody_changed_a_value_or_the_file() -> None:
    within(20)
    write_sysctl(FIN, 44)
    done = inside("confirm")
    assert done.status == 1
    assert FIN in done.err
    assert not DROPIN.exists()
    write_sysctl(FIN, 30)
    DROPIN.write_text("# somebody's\n")
    done = inside("confirm")
    assert done.status == 1
    assert DROPIN.read_text() == "# somebody's\n"
    DROPIN.unlink()
    assert inside("confirm").status == 0


@alone
def test_confirm_of_nothing_and_too_late_is_status_1() -> None:
    done = inside("confirm")
    assert done.status in (1, 2)
    assert done.err
    entry = within(1)
    os.kill(undoer(entry), signal.SIGKILL)
    time.sleep(1.2)
    late = inside("confirm")
    assert late.status == 1
    assert "over" in late.err
    assert not DROPIN.exists()
    assert inside("rollback", entry).status == 0
    assert live(FIN) == "60"


@alone
def test_the_undo_survives_the_hangup_of_the_shell_and_the_end_of_the_session() -> None:
    command = [sys.executable, "-m", "tcptune", "apply", *assigned(tcp_fin_timeout=30), "--confirm-within", "2"]
    with subprocess.Popen(
        ["env", "--default-signal=HUP", "setsid", "sh", "-c", '"$@"; kill -HUP 0; sleep 5', "sh", *command],
        env={**clean_environment(), "HOME": "/nonexistent", "PATH": "/usr/bin:/bin"},
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as shell:
        assert wait_for(FIN, "30")
        shell.wait(timeout=20)
    assert live(FIN) == "30"
    pid = undoer(newest())
    assert os.getsid(pid) not in (os.getsid(0), shell.pid)
    assert os.readlink(f"/proc/{pid}/cwd") == "/"  # noqa: PTH115
    held = {os.readlink(each) for each in Path(f"/proc/{pid}/fd").iterdir() if each.is_symlink()}  # noqa: PTH115
    assert not [each for each in held if "net:" in each or "journal" in each or each.startswith("/proc/sys")], held
    assert wait_for(FIN, "60")


@alone
def test_the_undo_takes_the_lock() -> None:
    entry = within(1)
    with Path("/proc/self/ns/net").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        time.sleep(1.6)
        assert live(FIN) == "30", "somebody is making a change"
    assert wait_for(FIN, "60")
    time.sleep(0.2)
    assert states()[entry] == "undone"


@alone
def test_at_the_deadline_either_confirm_or_the_undo_wins_never_both() -> None:
    outcomes = []
    for shift in (-0.06, -0.03, 0.0, 0.03):
        entry = within(1)
        row = json.loads((ENTRIES / f"{entry}.jsonl").read_text().splitlines()[0])
        while time.clock_gettime(time.CLOCK_BOOTTIME) < row["deadline"] + shift:
            time.sleep(0.001)
        status = inside("confirm").status
        time.sleep(0.5)
        outcomes.append(status)
        if status == 0:
            assert (live(FIN), live(BUCKETS), DROPIN.exists()) == ("30", "300000", True)
            assert states()[entry] == "confirmed"
            assert inside("rollback").status == 0
        else:
            assert (live(FIN), live(BUCKETS), DROPIN.exists()) == ("60", "131072", False)
            assert states()[entry] == "undone"
    assert 1 in outcomes


@alone
def test_a_confirm_that_was_killed_after_the_file_is_undone_with_it() -> None:
    entry = within(1)
    with journal(STATE_DIR) as opened:
        file = opened.entry(entry).header.file
    assert file is not None
    put_file(file)
    assert wait_for(FIN, "60")
    time.sleep(0.3)
    assert not DROPIN.exists()


@alone
def test_what_is_pending_in_another_boot_was_undone_by_it() -> None:
    entry = within(20)
    os.kill(undoer(entry), signal.SIGKILL)
    path = ENTRIES / f"{entry}.jsonl"
    path.write_text(path.read_text().replace(target.here().boot, "11111111-1111-1111-1111-111111111111"))
    write_sysctl(FIN, 60)
    write_sysctl(BUCKETS, 131072)
    done = inside("confirm")
    assert done.status == 1
    assert not DROPIN.exists()
    assert apply(*assigned(tcp_retries2=9)).status == 0
    assert inside("rollback", entry).status in (0, 1)
    assert live(FIN) == "60"


@alone
def test_a_named_namespace_is_found_again_by_its_undo(tmp_path: Path) -> None:
    subprocess.run(["ip", "netns", "add", "elsewhere"], check=True, timeout=20)
    done = tcptune("apply", *assigned(tcp_fin_timeout=30), "--netns", "elsewhere", "--confirm-within", "2")
    assert done.status == 0, done
    read = ["ip", "netns", "exec", "elsewhere", "cat", "/proc/sys/net/ipv4/tcp_fin_timeout"]
    assert subprocess.check_output(read, text=True).strip() == "30"
    assert live(FIN) == "60", "this namespace is another"
    assert inside("confirm").status == 1, "nothing is pending here"
    time.sleep(2.5)
    assert subprocess.check_output(read, text=True).strip() == "60"
    subprocess.run(["ip", "netns", "delete", "elsewhere"], check=True, timeout=20)
