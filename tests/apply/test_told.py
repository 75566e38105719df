"""What came of a change is told, also when hardly anything works any more by then."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time

import pytest

from tcptune.apply.dropin import is_untouched
from tests.support.change import DROPIN, ENTRIES, FILE, FIN, RANGE, alone, assigned, document, newest, states
from tests.support.inside import inside
from tests.support.netns import write_sysctl
from tests.support.program import Result, clean_environment, tcptune
from tools.faults.stage import wait_for
from tools.stage import live

pytestmark = pytest.mark.root

BROKEN = """
import resource, sys
from tcptune.apply.procsys import ProcSys

write = ProcSys.write

def broken(self, key, text):
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    write(self, key, text)

ProcSys.write = broken
from tcptune.__main__ import main

sys.exit(main(sys.argv[1:]))
"""
"""The program on a host where from the first write on no file can be opened any more."""


def broken(*arguments: str) -> Result:
    """Run the program in a process of its own, which has loaded nothing yet, on such a host."""
    command = [sys.executable, "-c", BROKEN, *arguments]
    done = subprocess.run(
        command, env=clean_environment(), cwd="/", capture_output=True, text=True, timeout=60, check=False
    )
    return Result(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("form", ["text", "json"])
@alone
def test_what_could_not_be_put_back_is_named_when_no_file_can_be_opened_any_more(form: str) -> None:
    """No module can be loaded then: what the answer is made with is there before."""
    done = broken("apply", "--set", f"{RANGE}=20000 40000", *FILE, "-f", form)
    assert (done.status, done.err) == (4, "")
    assert f"{RANGE} = '32768 60999' could not be put back" in done.out
    if form == "json":
        assert done.json()["changes"][0]["key"] == RANGE
    else:
        assert str(DROPIN) not in done.out, "it was not come to"
    assert live(RANGE) == "32768 60999"


@alone
def test_every_answer_is_a_document_that_tells_what_was_made_of_it_and_what_was_not() -> None:
    """Its status, and whether anything is different now."""
    wish, unloaded = assigned(tcp_fin_timeout=30), assigned(tcp_fin_timeout=20, tcp_congestion_control="nonesuch")
    answers = [
        (("apply", *wish, *FILE, "--dry-run"), 0, True),
        (("apply", *wish, *FILE, "--confirm-within", "100"), 0, True),
        (("confirm",), 0, True),
        (("apply", *wish, *FILE), 0, False),
        (("apply", *assigned(tcp_fin_timeout=5)), 1, False),
        (("apply", *unloaded), 3, False),
        (("apply", "--remove", *FILE), 0, True),
        (("rollback",), 0, True),
        (("rollback", "--dry-run"), 0, True),
    ]
    for words, status, changed in answers:
        done = inside(*words, "-f", "json")
        assert (done.status, document(done)["changed"]) == (status, changed), words
        assert document(done)["dry_run"] is ("--dry-run" in words)
    assert live(FIN) == "30"
    write_sysctl(FIN, 44)
    refused = document(inside("rollback", "-f", "json"))
    assert (refused["changed"], len(refused["refusals"])) == (False, 1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@alone
def test_a_signal_after_the_change_does_not_keep_it_from_being_told(number: signal.Signals) -> None:
    """130 means that all was put back: who comes too late gets the status of what was made."""
    reader, writer = os.pipe()
    size = fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    os.write(writer, bytes(size))
    command = [sys.executable, "-m", "tcptune", "apply", *assigned(tcp_fin_timeout=30)]
    with subprocess.Popen(command, env=clean_environment(), cwd="/", stdout=writer) as program:
        os.close(writer)
        assert wait_for(lambda: any('"applied"' in each.read_text() for each in ENTRIES.glob("*.jsonl")), 20)
        time.sleep(0.3)
        assert program.poll() is None, "its reader does not read"
        program.send_signal(number)
        time.sleep(0.1)
        with open(reader, "rb") as told:  # noqa: PTH123
            said = told.read().lstrip(bytes(1)).decode()
    assert (program.returncode, said.partition(":")[0], live(FIN)) == (0, "Applied", "30")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
@alone
def test_a_change_is_made_and_confirmed_where_nothing_can_be_said(closed: str) -> None:
    """A descriptor that is closed becomes that of the next file that is opened: no report is written into it."""
    mute = ["sh", "-c", f'exec "$@" {closed}', "sh"]
    done = tcptune("apply", *assigned(tcp_fin_timeout=30), *FILE, "--confirm-within", "100", before=mute)
    assert (done.status, live(FIN)) == (0, "30")
    kept = tcptune("confirm", before=mute)
    assert (kept.status, set(states().values())) == (0, {"confirmed"})
    assert is_untouched(DROPIN.read_text())
    if closed == ">&-":
        assert f"{newest()} was made" in done.err and f"{newest()} is confirmed" in kept.err
    assert "Traceback" not in done.out + done.err + kept.out + kept.err


@alone
def test_a_quiet_run_names_it_too() -> None:
    done = broken("apply", *assigned(tcp_fin_timeout=30), "-q")
    assert done.status == 4
    assert f"{FIN} = '60' could not be put back" in done.out + done.err
