"""Interrupted at any moment the lab leaves nothing behind: a few moments always, more with TCPTUNE_LAB_INTERRUPTS."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.program import ROOT, clean_environment

pytestmark = pytest.mark.root

MOMENTS = int(os.environ.get("TCPTUNE_LAB_INTERRUPTS", "3"))
WINDOW = 8.0 if MOMENTS > 10 else 1.6
"""Within how many seconds the interruptions fall; a whole run takes some 6 and starts within half of one."""

MARK = "TCPTUNE_TEST_MARK"
MOVING = (
    "fs.dentry-state",
    "fs.file-nr",
    "fs.inode-nr",
    "fs.inode-state",
    "kernel.ns_last_pid",
    "kernel.pty.nr",
    "kernel.random.",
    "net.netfilter.nf_conntrack_count",
)
"""What changes by itself, or with whatever else runs here."""

random_ = random.Random(os.environ.get("TCPTUNE_LAB_SEED", uuid.uuid4().hex))
SIGNALS = [
    *(random_.choice((signal.SIGINT, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)) for _ in range(MOMENTS - 1)),
    signal.SIGKILL,
]
RUNS = [(sent, random_.uniform(0.0, WINDOW)) for sent in SIGNALS]


def sysctls() -> dict[str, str]:
    """Return what `sysctl -a` shows on the host."""
    done = subprocess.run(["sysctl", "-a"], capture_output=True, text=True, check=False, timeout=30)
    pairs = (line.partition(" = ") for line in done.stdout.splitlines())
    found = {key: value for key, _, value in pairs if not key.startswith(MOVING)}
    assert len(found) > 300
    return found


def lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8", errors="replace").splitlines()


def host() -> Mapping[str, Any]:
    """Return all that the lab could leave behind on the host, but for processes and files."""
    named = Path("/run/netns")
    return {
        "sysctl -a": sysctls(),
        "interfaces": sorted(line.partition(":")[0].strip() for line in lines("/proc/net/dev")),
        "named namespaces": sorted(each.name for each in named.iterdir()) if named.is_dir() else [],
        "namespaces held by mounts": [line for line in lines("/proc/self/mountinfo") if " nsfs " in line],
        "modules": sorted(each.name for each in Path("/sys/module").iterdir()),
        "own namespace": Path("/proc/self/ns/net").stat().st_ino,
    }


def marked(mark: str) -> list[int]:
    """Return the processes that run with a mark in their environment: whoever holds a namespace of the run."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark.encode() in entry.read_bytes():
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


def start(folder: Path, mark: str) -> subprocess.Popen[str]:
    """Start a whole run whose every file would be in one folder."""
    command = [sys.executable, "-m", "tcptune", "lab", "run", "all", "--pcap", "capture.pcapng", "-o", "found.json"]
    places = {"TMPDIR": str(folder), "HOME": str(folder), MARK: mark, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [*command, "--format", "json"],
        cwd=folder,
        env=clean_environment(places),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def before() -> Mapping[str, Any]:
    return host()


@pytest.mark.parametrize("number", range(MOMENTS))
def test_nothing_is_left_after_an_interruption(number: int, before: Mapping[str, Any], tmp_path: Path) -> None:
    sent, moment = RUNS[number]
    mark = uuid.uuid4().hex
    with start(tmp_path, mark) as run:
        time.sleep(moment)
        early = run.poll() is None
        run.send_signal(sent)
        out, err = run.communicate(timeout=30)
    deadline = time.monotonic() + 10
    while marked(mark) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert marked(mark) == []
    assert "Traceback" not in out + err
    left = sorted(each.name for each in tmp_path.iterdir())
    assert left == [] if early and run.returncode else left == ["capture.pcapng", "found.json"], (sent, moment, err)
    assert host() == before


def test_the_comparison_sees_a_process_that_stays(tmp_path: Path) -> None:
    mark = uuid.uuid4().hex
    with subprocess.Popen(["sleep", "30"], env={**os.environ, MARK: mark}) as stays:
        deadline = time.monotonic() + 5
        while not marked(mark) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert marked(mark) == [stays.pid]
        stays.kill()
    assert marked(mark) == []
