"""A killed process leaves a journal: who looks is told, another change is refused, and it is finished or undone."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.asked import apply, profile, program, rollback, run, states
from tests.support.change import DROPIN, ENTRIES, FIN, REUSE, alone, as_host
from tests.support.netns import write_sysctl
from tools.stage import live

pytestmark = pytest.mark.root


def killed(*written: str) -> str:
    """Leave what a process leaves that was killed after it had written some parameters; return the entry's id."""
    document = apply(profile({FIN: 30, REUSE: 1}))
    journal = Path(document["journal"]["path"])
    header = json.loads(journal.read_text().splitlines()[0])
    header["process"] = "4000000@1"
    journal.write_text(json.dumps(header) + "\n")
    for key, before in ((FIN, 60), (REUSE, 2)):
        if key not in written:
            write_sysctl(key, before)
    DROPIN.unlink(missing_ok=True)
    return str(document["journal"]["id"])


@as_host
def test_another_change_is_refused_until_it_is_undone_or_finished() -> None:
    name = killed(FIN)
    refused = apply(profile({FIN: 25}), status=1)
    assert name in refused and f"tcptune rollback {name}, or tcptune apply --resume {name}" in refused
    assert live(FIN) == "30"
    apply(profile({FIN: 25}), "--dry-run", status=1)
    rollback(name)
    apply(profile({FIN: 25}))


@pytest.mark.parametrize("written", [(), (FIN,), (FIN, REUSE)])
@as_host
def test_it_is_finished_with_resume(written: tuple[str, ...]) -> None:
    name = killed(*written)
    apply("--resume", name)
    assert (live(FIN), live(REUSE)) == ("30", "1") and f"{FIN} = 30" in DROPIN.read_text()
    assert states() == [("apply", "applied")]
    assert "nothing to resume" in apply("--resume", name, status=1)


@pytest.mark.parametrize(("foreign", "value", "other", "before"), [(FIN, 77, REUSE, "2"), (REUSE, 0, FIN, "60")])
@as_host
def test_a_resume_that_fails_undoes_what_the_killed_process_wrote(
    foreign: str, value: int, other: str, before: str
) -> None:
    name = killed(FIN, REUSE)
    write_sysctl(foreign, value)
    apply("--resume", name, status=3)
    assert (live(foreign), live(other)) == (str(value), before)
    assert states() == [("apply", "undone")]


@pytest.mark.parametrize("written", [(), (FIN,), (FIN, REUSE)])
@as_host
def test_it_is_undone_with_rollback(written: tuple[str, ...]) -> None:
    rollback(killed(*written))
    assert (live(FIN), live(REUSE)) == ("60", "2") and not DROPIN.exists()
    assert states()[0] == ("apply", "rolled-back")


@pytest.mark.parametrize("command", ["audit", "diff", "apply", "rollback", "history"])
@as_host
def test_who_looks_as_root_is_told(command: str) -> None:
    before = apply(profile({"net.ipv4.tcp_retries2": 9}))["journal"]["id"]
    name = killed(FIN)
    mine = profile({FIN: 30})
    arguments = {"diff": [mine], "apply": [mine], "rollback": ["--dry-run", before]}
    done = run(command, *arguments.get(command, []))
    assert name in done.err and "was interrupted" in done.err


@alone
def test_another_namespaces_interrupted_change_is_told_and_is_not_in_the_way() -> None:
    name = killed(FIN)
    journal = next(ENTRIES.iterdir())
    header = json.loads(journal.read_text().splitlines()[0])
    header["place"] |= {"cookie": 1, "initial": False}
    header["file"] = None
    journal.write_text(json.dumps(header) + "\n")
    apply(profile({FIN: 25}))
    assert name in run("history").err


@alone
def test_a_change_that_is_being_made_is_not_called_interrupted() -> None:
    killed(FIN)
    journal = next(ENTRIES.iterdir())
    from tcptune.apply import processes

    journal.write_text(journal.read_text().replace("4000000@1", processes.own()))
    assert run("history").err == ""


def _resumed(name: str) -> Any:
    return apply("--resume", name)


@pytest.mark.parametrize("end", [rollback, _resumed])
@as_host
def test_a_rollback_that_was_killed_can_be_ended_both_ways(end: Callable[[str], Any]) -> None:
    apply(profile({FIN: 30, REUSE: 1}))
    name = rollback()["journal"]["id"]
    for path in ENTRIES.iterdir():
        header = json.loads(path.read_text().splitlines()[0])
        if header["kind"] == "rollback":
            header["process"] = "4000000@1"
            path.write_text(json.dumps(header) + "\n")
        else:
            path.write_text(json.dumps(header) + '\n\n{"event": "applied"}\n')
    write_sysctl(FIN, 30)
    assert "the rollback" in apply(profile({FIN: 25}), status=1)
    end(name)
    assert (live(FIN), live(REUSE)) == ("60", "2") and not DROPIN.exists()
    assert states()[0] == ("apply", "rolled-back")
    assert states()[1][1] in ("applied", "undone")
    apply(profile({FIN: 25}))


@as_host
def test_half_a_line_in_the_journal_is_no_line() -> None:
    name = killed(FIN, REUSE)
    with Path(ENTRIES, f"{name}.jsonl").open("a") as stream:
        stream.write('\n{"event": "appl')
    assert name in apply(profile({FIN: 25}), status=1)
    apply("--resume", name)
    assert states() == [("apply", "applied")]


@as_host
def test_a_temporary_file_that_was_left_goes_with_the_next_write() -> None:
    left = Path("/etc/sysctl.d/.80-tcptune.conf.tcptune-tmp")
    left.write_text("half")
    name = killed(FIN)
    stale = Path(ENTRIES, ".x.jsonl.tcptune-tmp")
    stale.write_text("half")
    os.utime(stale, (0, 0))
    rollback(name)
    assert not left.exists() and not stale.exists()


@as_host
def test_a_real_kill_between_two_writes_is_found_by_the_next_call() -> None:
    """The process is killed at the second time that it opens a parameter for writing."""
    mine = profile({FIN: 30, REUSE: 1})
    before = (
        "strace",
        "-f",
        "-qq",
        "-e",
        "trace=renameat",
        "-e",
        "inject=renameat:signal=KILL:when=2",
        "-o",
        "/dev/null",
    )
    done = program("apply", mine, initial=True, before=before)
    assert done.status in (-9, 137), done
    assert states()[-1] == ("apply", "open")
    refused = program("apply", mine, initial=True)
    assert refused.status == 1 and "was interrupted" in refused.err
    name = refused.err.split("the change ")[1].split()[0]
    assert program("rollback", name, initial=True).status == 0
    assert (live(FIN), live(REUSE)) == ("60", "2") and not DROPIN.exists()
