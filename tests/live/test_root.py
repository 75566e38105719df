"""Whether the files that are seen are those that the host boots with: by process 1's root, else by what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptune.live.host import in_initial_namespace
from tcptune.live.root import FIRST, foreign_files

pytestmark = pytest.mark.skipif(in_initial_namespace() is not True, reason="not on the host's own network")


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A /proc of a host: its own PID and cgroup namespaces, and process 1 with this root."""
    (tmp_path / "self/ns").mkdir(parents=True)
    (tmp_path / "1").mkdir()
    for kind, text in FIRST.items():
        (tmp_path / "self/ns" / kind).symlink_to(text)
    (tmp_path / "1/root").symlink_to("/")
    (tmp_path / "self/mountinfo").write_text("27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n")
    return tmp_path


def put(proc: Path, name: str, target: str) -> str:
    (proc / name).unlink()
    (proc / name).symlink_to(target)
    return foreign_files(str(proc))


def test_the_hosts_own_files_are_no_foreign_ones(proc: Path) -> None:
    assert foreign_files(str(proc)) == ""


def test_process_1_with_another_root_says_so_and_where_the_hosts_files_are(proc: Path) -> None:
    said = put(proc, "1/root", str(proc))
    assert "another root than the host" in said
    assert "--root /proc/1/root" in said


def test_a_namespace_of_processes_of_its_own_is_a_container(proc: Path) -> None:
    assert "in a container" in put(proc, "self/ns/pid", "pid:[4026532999]")


def test_where_process_1_may_not_be_looked_at_a_namespace_of_control_groups_tells(proc: Path) -> None:
    assert put(proc, "1/root", "nowhere") == ""
    assert "container on the host's network" in put(proc, "self/ns/cgroup", "cgroup:[4026532999]")


def test_a_host_without_proc_is_not_called_a_container(tmp_path: Path) -> None:
    assert foreign_files(str(tmp_path)) == ""
