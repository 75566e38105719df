"""The process that stands by: what it is for, and that nobody notices it, whatever happens to it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tcptune.cli import standby
from tcptune.errors import TcptuneError
from tcptune.lint import process
from tests.support.processes import children
from tests.support.program import clean_environment, tcptune

BAD = "net.ipv4.tcp_timestamps = 0\n"
LINT = [sys.executable, "-m", "tcptune", "lint"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux alone")


@pytest.fixture
def begun() -> Iterator[process.Standby]:
    """Return a process that stands by, which knows nothing."""
    other = process.Standby(tuple)
    yield other
    other.end()


def slowly(seconds: float) -> Iterator[None]:
    """Yield 600 times, after so many seconds each."""
    for _ in range(600):
        time.sleep(seconds)
        yield


def test_it_does_one_thing_after_another_elsewhere(begun: process.Standby) -> None:
    assert begun.do(os.getpid) == begun.pid
    assert begun.do(int, "7f", 16) == 127


def test_what_fails_there_fails_here(begun: process.Standby) -> None:
    with pytest.raises(TcptuneError, match="no valid path") as caught:
        begun.do(_raises, "no valid path", "a hint")
    assert caught.value.hint == "a hint"
    with pytest.raises(RuntimeError, match="ValueError: invalid literal"):
        begun.do(int, "x")
    assert begun.do(int, "3") == 3


def _raises(message: str, hint: str) -> None:
    raise TcptuneError(message, hint=hint)


def test_getting_ready_that_fails_is_told_when_something_is_asked() -> None:
    other = process.Standby(lambda: map(_raises, ["cannot get ready"], ["ever"]))
    with pytest.raises(TcptuneError, match="cannot get ready"):
        other.do(os.getpid)
    other.end()


def test_what_is_asked_for_does_not_wait_for_all_steps() -> None:
    other = process.Standby(lambda: slowly(0.1))
    began = time.monotonic()
    assert other.do(int, "7") == 7
    assert time.monotonic() - began < 20
    other.end()


def test_the_end_does_not_wait_for_what_it_is_doing() -> None:
    other = process.Standby(lambda: slowly(60))
    began = time.monotonic()
    other.end()
    assert time.monotonic() - began < 5
    assert not Path(f"/proc/{other.pid}").exists()


def test_one_that_the_system_ends_is_one_clear_error(begun: process.Standby) -> None:
    with pytest.raises(TcptuneError, match="was ended by the system"):
        begun.do(os._exit, 9)
    with pytest.raises(TcptuneError, match="was ended by the system"):
        begun.do(os.getpid)


def test_a_member_that_the_system_ends_in_the_middle_of_its_answer_is_one_clear_error() -> None:
    member = process.Member(lambda: bytes(1 << 22))  # More than a pipe holds.
    assert select.select([member.reader], [], [], 20)[0]
    os.kill(member.pid, signal.SIGKILL)
    with pytest.raises(TcptuneError, match="was ended by the system"):
        member.receive()
    member.end()


def test_where_no_process_is_to_be_had_everything_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refused)
    monkeypatch.delitem(sys.modules, "tcptune.lint.check", raising=False)
    before = set(os.listdir("/proc/self/fd"))  # noqa: PTH208
    standby.begin()
    assert standby.do(os.getpid) == os.getpid()
    standby.end()
    assert set(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


@pytest.mark.parametrize("arguments", [("--nonsense",), ("nowhere.conf",), ("-", "--kernel", "nope")])
def test_an_error_is_all_that_is_said(arguments: tuple[str, ...]) -> None:
    result = tcptune("lint", *arguments)
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith("tcptune: ")
    assert len(result.err.splitlines()) <= 2, result.err


def test_one_processor_and_two_come_to_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.conf").write_text(BAD)
    (tmp_path / "b.sh").write_text("sysctl -w net.ipv4.tcp_timestmps=1\n")
    for more in (["-f", "json"], ["-f", "sarif"], ["--diff", "--unsafe-fixes"], ["--kernel", "rhel9", "--statistics"]):
        runs = [
            subprocess.run([*before, *LINT, ".", *more], cwd=tmp_path, env=clean_environment(), capture_output=True)
            for before in ([], ["taskset", "-c", str(min(os.sched_getaffinity(0)))])
        ]
        assert runs[0].stdout == runs[1].stdout
        assert (runs[0].returncode, runs[0].stderr) == (runs[1].returncode, b"")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_no_process_behind(number: int) -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        ["env", "--default-signal=INT", *LINT, "-"], stdin=pipe, stderr=pipe, env=clean_environment()
    ) as running:
        deadline = time.monotonic() + 20
        while not (others := children(running.pid)) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert others or len(os.sched_getaffinity(0)) == 1
        running.send_signal(number)
        assert running.wait(20) != 0
        assert running.stderr is not None
        assert b"Traceback" not in running.stderr.read()
    while any(Path(f"/proc/{pid}").exists() for pid in others) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not [pid for pid in others if Path(f"/proc/{pid}").exists()]


def test_typer_and_the_rules_are_imported_by_different_processes_where_two_can_run(tmp_path: Path) -> None:
    (tmp_path / "a.conf").write_text(BAD)
    script = (
        "import sys\n"
        "from tcptune.__main__ import main\n"
        f"main(['lint', {str(tmp_path)!r}, '--fail-on', 'never'])\n"
        "print(*sys.modules, file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=clean_environment())
    modules = set(done.stderr.split())
    rules = {"tcptune.catalog", "tcptune.lint.check", "tcptune.rules.registry"}
    assert "typer" in modules
    assert modules & rules == (set() if len(os.sched_getaffinity(0)) > 1 else rules)
