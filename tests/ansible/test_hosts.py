"""The hosts leave nothing behind: when the tests end, and when they are killed."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.hosts import Fleet
from tests.support.missing import needs
from tests.support.program import ROOT

pytestmark = pytest.mark.root

SCRIPT = """
import os, signal, sys
from pathlib import Path
from tests.support.hosts import fleet
with fleet(1, Path(sys.argv[1])) as booted:
    print(booted.control, *(host.pid for host in booted.hosts), flush=True)
    os.kill(os.getpid(), getattr(signal, sys.argv[2]))
"""


def processes(folder: Path) -> set[str]:
    """Return the processes that have to do with a folder, sshd among them."""
    found = set()
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder).encode() in each.read_bytes():
                found.add(each.parent.name)
        except OSError:
            continue
    return found


@needs("ssh-keygen", "ip")
@pytest.mark.parametrize("how", ["SIGINT", "SIGKILL"])
def test_an_interrupted_run_leaves_no_process_namespace_or_mount(how: str, tmp_path: Path) -> None:
    mounts = Path("/proc/self/mounts").read_text()
    command = [sys.executable, "-c", SCRIPT, str(tmp_path), how]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    pids = done.stdout.split()
    assert len(pids) == 2, done.stderr
    deadline = time.monotonic() + 20
    while (left := [pid for pid in pids if Path("/proc", pid).exists()] + sorted(processes(tmp_path))) != []:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)
    assert Path("/proc/self/mounts").read_text() == mounts


def test_a_host_has_nothing_of_the_home_of_whoever_runs_the_tests(fleet: Fleet) -> None:
    """Else each of Ansible's tasks runs that user's start-up files, and waits for what they wait for."""
    home = fleet["h11"].run("sh", "-c", "getent passwd 0 | cut -d: -f6").strip()
    assert home != str(Path.home())
    assert set(fleet["h11"].run("ls", "-A", home).split()) <= {".ansible"}
