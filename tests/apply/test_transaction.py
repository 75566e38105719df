"""Journal, write, read back, and all of it put back: points 4, 6 and 11 of the promises, and the exit statuses."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tcptune.apply import target, transaction
from tcptune.apply.arm import Arm
from tcptune.apply.journal import STATE_DIR, journal
from tcptune.apply.procsys import ProcSys
from tcptune.model.journal import Header, Step
from tests.support.change import (
    BUCKETS,
    CONGESTION,
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
from tests.support.netns import enter_fresh, foreign, fork_and_run, write_sysctl
from tests.support.program import clean_environment, tcptune
from tools.stage import live

pytestmark = pytest.mark.root


def made(*steps: Step, proc: ProcSys | None = None, arm: Arm | None = None) -> transaction.Outcome:
    """Make a change of these steps."""
    with journal(STATE_DIR) as opened:
        return transaction.run(header(*steps), opened, proc or ProcSys(), arm)


def killed(*steps: Step, at: int, **more: Any) -> None:
    """Begin a change in a process that is killed before its write number `at`, 0 for the first."""

    class Deadly(ProcSys):
        written = 0

        def write(self, key: str, text: str) -> None:
            if self.written == at:
                os.kill(os.getpid(), signal.SIGKILL)
            super().write(key, text)
            self.written += 1

    pid = os.fork()
    if pid == 0:
        try:
            with journal(STATE_DIR) as opened:
                transaction.run(header(*steps, **more), opened, Deadly())
        finally:
            os._exit(7)
    assert os.waitpid(pid, 0)[1] == signal.SIGKILL


@alone
def test_the_entry_with_every_old_value_is_on_disk_before_the_first_write(tmp_path: Path) -> None:
    log = tmp_path / "log"
    wish = [*assigned(tcp_fin_timeout=30, tcp_max_tw_buckets=300000), *FILE]
    calls = "trace=write,fsync,rename,renameat,renameat2,openat"
    done = tcptune("apply", *wish, before=["strace", "-f", "-y", "-o", str(log), "-e", calls])
    assert done.status == 0, done
    lines = log.read_text().splitlines()
    header_written = next(n for n, row in enumerate(lines) if "write(" in row and "tcptune/journal/1" in row)
    synced = next(n for n, row in enumerate(lines) if n > header_written and "fsync(" in row)
    named = next(n for n, row in enumerate(lines) if n > synced and "rename" in row and ".jsonl" in row)
    folder = next(n for n, row in enumerate(lines) if n > named and "fsync(" in row and "/journal>" in row)
    first = next(n for n, row in enumerate(lines) if "write(" in row and "/proc/sys/" in row)
    assert header_written < synced < named < folder < first
    entry = json.loads((ENTRIES / f"{newest()}.jsonl").read_text().splitlines()[0])
    assert {step["key"]: step["before"] for step in entry["steps"]} == {FIN: "60", BUCKETS: "131072"}
    assert entry["file"]["before"] is None
    assert f"{FIN} = 30" in entry["file"]["after"]
    told = {name: entry[name] for name in ("host", "release", "user", "profile")}
    assert told == {
        "host": os.uname().nodename,
        "release": os.uname().release,
        "user": "root",
        "profile": "command-line",
    }
    assert entry["place"]["cookie"] == target.cookie()
    assert entry["place"]["boot"] == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    assert len(entry["digest"]) == 64
    kernel = max(n for n, row in enumerate(lines) if "write(" in row and "/proc/sys/" in row)
    kept = next(n for n, row in enumerate(lines) if "rename" in row and DROPIN.name in row)
    assert kernel < kept, "the drop-in comes last"


@alone
def test_a_key_that_is_not_what_the_plan_saw_undoes_all() -> None:
    def somebody(_: Header) -> str:
        write_sysctl(BUCKETS, 200000)
        return "process:0@0"

    done = made(*STEPS, arm=somebody)
    assert done.status == 3
    assert f"{BUCKETS} is '200000'" in done.lines[0]
    assert (live(FIN), live(BUCKETS)) == ("60", "200000")
    assert states() == {newest(): "undone"}


@alone
def test_a_key_that_somebody_else_has_set_to_our_value_is_not_ours_to_undo() -> None:
    def somebody(_: Header) -> str:
        write_sysctl(BUCKETS, 300000)
        return "process:0@0"

    assert made(*STEPS, arm=somebody).status == 3
    assert (live(FIN), live(BUCKETS)) == ("60", "300000")


@alone
def test_a_refused_write_puts_all_of_it_back_and_is_status_3() -> None:
    before = live(CONGESTION)
    done = apply(*assigned(tcp_fin_timeout=30, tcp_congestion_control="nonesuch"), *FILE, "-f", "json")
    found = document(done)
    assert done.status == 3
    assert found["changed"] is False
    assert "nonesuch" in found["messages"][0]
    assert (live(FIN), live(CONGESTION)) == ("60", before)
    assert not DROPIN.exists()
    assert states() == {newest(): "undone"}
    assert "everything was put back" in inside("history").out


@alone
def test_a_kernel_that_keeps_another_value_is_a_failure_that_rolls_back() -> None:
    class Stubborn(ProcSys):
        def write(self, key: str, text: str) -> None:
            super().write(key, "200000" if text == "300000" else text)

    done = made(*STEPS, proc=Stubborn())
    assert done.status == 3, done
    assert "the kernel made '200000' of it" in done.lines[0]
    assert (live(FIN), live(BUCKETS)) == ("60", "131072")


@alone
def test_a_kernel_that_takes_a_write_and_does_nothing_is_a_failure(tmp_path: Path) -> None:
    calls = ["-e", "trace=write", "-e", "inject=write:retval=7", "-P", "/proc/sys/net/ipv4/tcp_max_tw_buckets"]
    before = ["strace", "-f", "-o", str(tmp_path / "log"), *calls]
    done = tcptune("apply", *assigned(tcp_fin_timeout=30, tcp_max_tw_buckets=300000), before=before)
    assert done.status == 3, done
    assert "the kernel made" in done.out
    assert (live(FIN), live(BUCKETS)) == ("60", "131072")


@alone
def test_what_somebody_wrote_meanwhile_stays_and_is_status_4() -> None:
    class Busy(ProcSys):
        def write(self, key: str, text: str) -> None:
            if key == CONGESTION:
                write_sysctl(FIN, 44)
            super().write(key, text)

    done = made(Step(FIN, "60", "30"), Step(BUCKETS, "", "300000"), Step(CONGESTION, "", "nonesuch"), proc=Busy())
    assert done.status == 4
    assert any(FIN in line and "'44'" in line for line in done.lines)
    assert (live(FIN), live(BUCKETS)) == ("44", "131072"), "the others are put back"
    assert states() == {newest(): "failed"}
    assert "'44'" in inside("history").out


@alone
def test_whatever_fails_on_the_way_puts_all_of_it_back() -> None:
    """An upgrade may take tcptune's own modules away while it runs."""

    class Gone(ProcSys):
        def write(self, key: str, text: str) -> None:
            if text == "300000":
                raise ModuleNotFoundError("No module named 'gone'")
            super().write(key, text)

    done = made(*STEPS, proc=Gone())
    assert done.status == 3
    assert "unexpected ModuleNotFoundError" in done.lines[0]
    assert (live(FIN), live(BUCKETS), states()) == ("60", "131072", {newest(): "undone"})


@alone
def test_what_is_put_back_is_put_back_in_the_reverse_order() -> None:
    class Noting(ProcSys):
        def write(self, key: str, text: str) -> None:
            written.append((key, text))
            super().write(key, text)

    written: list[tuple[str, str]] = []
    refused = Step("net.ipv4.tcp_tw_reuse", "", "x")
    done = made(*STEPS, Step("net.ipv4.tcp_retries2", "", "9"), refused, proc=Noting())
    assert done.status == 3
    assert [key for key, _ in written[:3]] == [FIN, BUCKETS, "net.ipv4.tcp_retries2"]
    assert written[4:] == [("net.ipv4.tcp_retries2", "15"), (BUCKETS, "131072"), (FIN, "60")]


@alone
def test_a_later_write_that_changes_an_earlier_one_is_seen() -> None:
    class Meddling(ProcSys):
        def write(self, key: str, text: str) -> None:
            super().write(key, text)
            if key == BUCKETS and text == "300000":
                write_sysctl(FIN, 31)

    done = made(*STEPS, proc=Meddling())
    assert done.status == 4, "31 is not ours to overwrite"
    assert live(BUCKETS) == "131072"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@alone
def test_interrupted_is_130_after_putting_back(number: signal.Signals) -> None:
    class Interrupting(ProcSys):
        def write(self, key: str, text: str) -> None:
            super().write(key, text)
            if text == "30":
                os.kill(os.getpid(), number)

    done = made(*STEPS, proc=Interrupting())
    assert done.status == 130
    assert (live(FIN), live(BUCKETS)) == ("60", "131072")
    assert states() == {newest(): "undone"}


@alone
def test_the_program_answers_130_to_ctrl_c_in_the_middle(tmp_path: Path) -> None:
    calls = ["-e", "trace=write", "-e", "inject=write:delay_exit=400000", "-P", "/proc/sys/net/ipv4/tcp_fin_timeout"]
    command = ["strace", "-f", "-o", str(tmp_path / "log"), *calls, sys.executable, "-m", "tcptune", "apply"]
    wish = assigned(tcp_fin_timeout=30, tcp_max_tw_buckets=300000)
    with subprocess.Popen([*command, *wish], env=clean_environment(), cwd="/", stdout=-1, stderr=-1) as running:
        deadline = time.monotonic() + 20
        while live(FIN) != "30" and time.monotonic() < deadline:
            time.sleep(0.01)
        children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGINT)
        out, err = running.communicate(timeout=30)
    assert running.returncode == 130, (out, err)
    assert (live(FIN), live(BUCKETS)) == ("60", "131072")


COMMANDS: dict[str, list[str]] = {
    "audit": ["audit", "--fail-on", "never"],
    "diff": ["diff", "outbound-heavy"],
    "history": ["history"],
    "apply": ["apply", *assigned(tcp_retries2=9)],
    "rollback of another": ["rollback", "--dry-run"],
}


@alone
def test_a_killed_process_leaves_a_journal_that_every_command_speaks_of() -> None:
    apply(*assigned(tcp_retries2=12))
    other = newest()
    killed(*STEPS, at=1)
    entry = newest()
    assert (live(FIN), live(BUCKETS)) == ("30", "131072")
    for name, command in COMMANDS.items():
        words = [*command, other] if name.startswith("rollback") else command
        done = inside(*words)
        assert entry in done.err, name
        assert f"tcptune rollback {entry}" in done.err, name
        assert f"tcptune apply --resume {entry}" in done.err, name
    refused = apply(*assigned(tcp_retries2=9))
    assert refused.status == 1
    assert live("net.ipv4.tcp_retries2") == "12"
    assert apply(*assigned(tcp_retries2=9), "--dry-run").status == 1


@pytest.mark.parametrize("at", [0, 1])
@alone
def test_rollback_ends_a_killed_change_as_it_was_before(at: int) -> None:
    killed(*STEPS, at=at)
    entry = newest()
    assert inside("rollback", entry).status == 0
    assert (live(FIN), live(BUCKETS)) == ("60", "131072")
    assert apply(*assigned(tcp_fin_timeout=31)).status == 0
    assert not inside("history").err


@pytest.mark.parametrize("at", [0, 1])
@alone
def test_resume_ends_a_killed_change_as_it_should_have_been(at: int) -> None:
    killed(*STEPS, at=at)
    entry = newest()
    done = apply("--resume", entry, "-f", "json")
    assert done.status == 0, done
    assert document(done)["changed"] is True
    assert (live(FIN), live(BUCKETS)) == ("30", "300000")
    assert states() == {entry: "applied"}
    assert apply("--resume", entry).status == 1, "there is nothing to resume any more"
    assert inside("rollback", entry).status == 0
    assert (live(FIN), live(BUCKETS)) == ("60", "131072")


@alone
def test_resume_of_what_somebody_changed_meanwhile_undoes_all() -> None:
    killed(*STEPS, at=1)
    write_sysctl(BUCKETS, 222222)
    done = apply("--resume", newest())
    assert done.status == 3
    assert (live(FIN), live(BUCKETS)) == ("60", "222222")


@alone
def test_a_rollback_that_was_killed_is_finished_by_the_next_one() -> None:
    apply(*assigned(tcp_fin_timeout=30, tcp_max_tw_buckets=300000))
    first = newest()
    before = live(FIN), live(BUCKETS)
    killed(Step(BUCKETS, "300000", "131072"), Step(FIN, "30", "60"), at=1, of=first)
    assert before != (live(FIN), live(BUCKETS)) != ("60", "131072")
    assert apply(*assigned(tcp_retries2=9)).status == 1
    assert inside("rollback", first).status == 0
    assert (live(FIN), live(BUCKETS)) == ("60", "131072")
    assert apply(*assigned(tcp_retries2=9)).status == 0


def _hold(ready: Callable[[], None]) -> int:
    """Hold this namespace's lock in another process; return its id."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        ready()
        handle = os.open("/proc/self/ns/net", os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
        os.write(writer, b"1")
        time.sleep(60)
    assert os.read(reader, 1) == b"1"
    return pid


@alone
def test_a_lock_that_is_held_refuses_and_names_its_holder() -> None:
    apply(*assigned(tcp_retries2=9))
    pid = _hold(lambda: None)
    try:
        for command in (["apply", *assigned(tcp_fin_timeout=30)], ["rollback"]):
            done = inside(*command)
            assert done.status == 1
            assert f"process {pid}" in done.err
        assert apply(*assigned(tcp_fin_timeout=30), "--state-dir", "/run/other").status == 1, "it is the namespace's"
        assert (live(FIN), live("net.ipv4.tcp_retries2")) == ("60", "9")
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    assert apply(*assigned(tcp_fin_timeout=30)).status == 0


@alone
def test_the_lock_of_one_namespace_is_not_that_of_another() -> None:
    pid = _hold(enter_fresh)
    try:
        assert apply(*assigned(tcp_fin_timeout=30)).status == 0
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_the_helper_runs_in_a_namespace_of_its_own() -> None:
    def entered() -> bool:
        enter_fresh(mounts=True)
        return foreign()

    assert fork_and_run(entered)
