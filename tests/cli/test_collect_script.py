"""`tcptune collect-script`: a short POSIX script that reads only, under every shell that is here."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from shutil import which

import pytest

from tests.support.program import clean_environment, tcptune

SHELLS = [("dash",), ("busybox", "ash"), ("bash", "--posix")]


def shell_or_skip(shell: tuple[str, ...]) -> tuple[str, ...]:
    if which(shell[0]) is None:
        pytest.skip(f"{shell[0]} is not installed")
    return shell


def test_it_is_a_script_of_at_most_a_hundred_lines() -> None:
    done = tcptune("collect-script")
    assert done.status == 0
    lines = done.out.splitlines()
    assert lines[0] == "#!/bin/sh"
    assert len(lines) <= 100
    assert max(map(len, lines)) <= 120


def test_it_is_written_to_a_file_on_request(tmp_path: Path) -> None:
    target = tmp_path / "collect.sh"
    assert tcptune("collect-script", "-o", target).status == 0
    assert target.read_text() == tcptune("collect-script").out


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell[-1])
def test_its_output_is_complete_and_it_says_nothing_else(shell: tuple[str, ...]) -> None:
    done = subprocess.run(
        [*shell_or_skip(shell), "-s"],
        input=tcptune("collect-script").out,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env=clean_environment(),
    )
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0] == "@ tcptune-collected 1"
    assert lines[-1] == "@ end"
    assert {line[:1] for line in lines} <= {"@", "|", ""}


def test_no_key_or_secret_is_collected(tmp_path: Path) -> None:
    done = subprocess.run(["sh"], input=tcptune("collect-script").out, capture_output=True, text=True, check=True)
    values = done.stdout.partition("@ text values")[2].partition("@ text keys")[0]
    assert "/proc/sys/net/ipv4/tcp_fin_timeout:" in values
    assert "_key:" not in values
    assert "secret" not in values


@pytest.mark.root
@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell[-1])
def test_it_writes_nothing(shell: tuple[str, ...], tmp_path: Path) -> None:
    """Everything is mounted read-only but for /dev/null's file system and the one it prints to."""
    (tmp_path / "collect.sh").write_text(tcptune("collect-script").out)
    before = "mount --make-rprivate / && mount -o remount,ro,bind / && mount -o ro,bind /tmp /tmp && "
    guard = 'if touch /tmp/x 2>/dev/null || touch /x 2>/dev/null; then exit 99; fi; exec "$@"'
    command = ["unshare", "-m", "sh", "-c", before + guard, "sh", *shell_or_skip(shell), str(tmp_path / "collect.sh")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("@ end\n")


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell[-1])
def test_only_common_tools_are_called(shell: tuple[str, ...], tmp_path: Path) -> None:
    """A folder with busybox's tools alone is enough: no Python, no GNU options."""
    busybox = which("busybox")
    if busybox is None:
        pytest.skip("busybox is not installed")
    for name in ("sh", "sed", "dd", "ls", "grep", "readlink", "find", "uname", "id", "date", "cat"):
        (tmp_path / name).symlink_to(busybox)
    (tmp_path / "collect.sh").write_text(tcptune("collect-script").out)
    program = which(shell_or_skip(shell)[0]) or ""
    environment = {"PATH": str(tmp_path), "HOME": "/nonexistent"}
    command = [program, *shell[1:], str(tmp_path / "collect.sh")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, env=environment)
    saved = tmp_path / "host.txt"
    saved.write_text(done.stdout)
    judged = tcptune("audit", "--snapshot", saved, "-f", "json", "--fail-on", "never")
    assert judged.json()["host"]["release"] == os.uname().release
