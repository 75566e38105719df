"""Whatever somebody puts into a drop-in folder: one clear line for it, and the rest is still done."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

import pytest

from tcptune.loaders import procps, systemd
from tcptune.loaders.kernel import Keys
from tcptune.loaders.outcome import Load, Problem
from tcptune.loaders.tree import FILE_LIMIT, DiskTree
from tcptune.loaders.versions import PROCPS, SYSTEMD

KEYS = ("net.ipv4.tcp_fin_timeout", "net.core.somaxconn")
GOOD = "net.core.somaxconn = 5\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a root with one good drop-in, which is read last, and return its folder."""
    place = tmp_path / "etc/sysctl.d"
    place.mkdir(parents=True)
    (place / "zz.conf").write_text(GOOD)
    return place


def loads(folder: Path) -> list[Load]:
    """Load with every version of both."""
    root = folder.parents[1]
    old = [procps.load(DiskTree(root), Keys(KEYS), version) for version in PROCPS]
    return old + [systemd.load(DiskTree(root), Keys(KEYS), version) for version in SYSTEMD]


def only_problem(folder: Path, loader: str | None = None) -> Problem:
    """Return the problem that all loads (of one loader) tell, each of them once, with the good file loaded."""
    found = []
    for load in loads(folder):
        if loader in (None, load.loader):
            assert load.values["net.core.somaxconn"].raw == "5"
            (problem,) = load.problems
            found.append(problem)
    assert len({(one.kind, one.at, one.message) for one in found}) == 1
    return found[0]


def test_a_fifo_is_told_and_not_waited_for(folder: Path) -> None:
    """The real loaders would wait."""
    os.mkfifo(folder / "a.conf")
    problem = only_problem(folder)
    assert (problem.kind, problem.at.path) == ("special", "/etc/sysctl.d/a.conf")
    assert problem.message == (
        "/etc/sysctl.d/a.conf is no regular file (a FIFO, socket or device): a loader would wait for it or fail."
    )


def test_a_folder_named_like_a_drop_in_is_told(folder: Path) -> None:
    """systemd-sysctl fails at it, procps passes over it."""
    (folder / "a.conf").mkdir()
    found = {load.loader: (load.problems[0].kind, load.problems[0].fails, load.status) for load in loads(folder)}
    assert found == {"procps": ("folder", False, 0), "systemd": ("folder", True, 1)}


def test_a_dangling_link_is_told(folder: Path) -> None:
    """procps fails at it (with 255 before 4.0), systemd-sysctl passes over it."""
    (folder / "a.conf").symlink_to("nowhere")
    assert [load.status for load in loads(folder)] == [255, 1, 1, 1, 1, 0, 0, 0, 0]
    assert all(
        "a.conf is a link to /etc/sysctl.d/nowhere, which is not there" in x.problems[0].message for x in loads(folder)
    )


def test_a_loop_of_links_is_told(folder: Path) -> None:
    """Both fail at it, but for systemd by 262."""
    (folder / "a.conf").symlink_to("a.conf")
    assert [load.status for load in loads(folder)] == [255, 1, 1, 1, 1, 1, 1, 1, 0]
    assert {load.problems[0].message for load in loads(folder)} == {
        "/etc/sysctl.d/a.conf is a link that leads to itself."
    }


def test_a_link_out_of_the_root_is_told_and_followed_inside(folder: Path) -> None:
    """Never to the host's file."""
    (folder.parents[2] / "outside.conf").write_text("net.ipv4.tcp_fin_timeout = 9\n")
    (folder / "a.conf").symlink_to("../../../outside.conf")
    for load in loads(folder):
        assert list(load.values) == ["net.core.somaxconn"]
    (folder.parents[1] / "outside.conf").write_text("")
    problem = only_problem(folder)
    assert problem.kind == "outside"
    assert problem.message == (
        "/etc/sysctl.d/a.conf is a link that leads out of the root; it was followed inside, to /outside.conf."
    )


def test_a_binary_file_is_told_once(folder: Path) -> None:
    """Not once for each of its lines; what it holds by chance is left out."""
    (folder / "a.conf").write_bytes(bytes(range(256)) * 50)
    for load in loads(folder):
        assert [problem.kind for problem in load.problems if problem.kind != "syntax"] == ["binary"]
        assert load.values["net.core.somaxconn"].raw == "5"


@pytest.mark.parametrize("fill", ["x", "#", " ", "=", "-", "net.ipv4.tcp_fin_timeout = 1 ", "\0", "\r", "*"])
def test_a_line_of_50_megabytes_takes_little_time_and_memory(folder: Path, fill: str) -> None:
    """No more than the limit is read, and what is behind it is said to be unknown."""
    with (folder / "a.conf").open("w") as file:
        file.write("net.ipv4.tcp_fin_timeout = 7\n")
        for _ in range(50):
            file.write(fill * ((1 << 20) // len(fill)))
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    newest = [procps.load(DiskTree(folder.parents[1]), Keys(KEYS), PROCPS[-1])]
    newest.append(systemd.load(DiskTree(folder.parents[1]), Keys(KEYS), SYSTEMD[-1]))
    assert time.monotonic() - began < 30
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < 200 << 20
    for load in newest:
        assert "too-long" in [problem.kind for problem in load.problems]
        assert load.values["net.core.somaxconn"].raw == "5"
        assert load.values["net.ipv4.tcp_fin_timeout"].raw == "7"


def test_the_message_of_a_large_file_names_it(folder: Path) -> None:
    """And that its end was not read."""
    (folder / "a.conf").write_text("# comment\n" * (FILE_LIMIT // 10 + 1))
    problem = only_problem(folder)
    assert problem.message == (
        "/etc/sysctl.d/a.conf is larger than what is read of one file: what stands behind that is not known."
    )


@pytest.mark.root
def test_an_unreadable_file_is_told(folder: Path) -> None:
    """For an ordinary user; the status is that of what was seen."""
    (folder / "a.conf").touch(0)
    for place in (folder.parents[1], folder.parents[2], folder.parents[3]):
        place.chmod(0o755)
    child = os.fork()
    if child == 0:
        os.setresuid(65534, 65534, 65534)
        told = {(load.problems[0].kind, load.problems[0].fails, load.status) for load in loads(folder)}
        os._exit(0 if told == {("unreadable", False, 0)} else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_a_folder_of_drop_ins_that_is_none_is_told(folder: Path) -> None:
    """A file in its place, or a loop."""
    root = folder.parents[1]
    (root / "run").mkdir()
    (root / "run/sysctl.d").touch()
    assert only_problem(folder).message == "/run/sysctl.d is no folder."
    (root / "run/sysctl.d").unlink()
    (root / "run/sysctl.d").symlink_to("sysctl.d")
    assert only_problem(folder).message == "/run/sysctl.d is a link that leads to itself."
