"""Work shared out among processes comes to what one of them comes to, whatever they cannot have."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tcptune.errors import TcptuneError
from tcptune.lint import crew, discover
from tcptune.lint.look import Look
from tcptune.model.lint import LintReport
from tests.support.lint import lint, options, write
from tests.support.processes import children

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux alone")

BAD = "net.ipv4.tcp_timestamps = 0\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a folder with settings in one of its files of each kind, deep and shallow."""
    write(tmp_path, {f"plain/{number}.txt": "nothing\n" for number in range(40)})
    write(tmp_path, {f"{'deep/' * (number % 5)}é {number}.conf": BAD for number in range(40)})
    write(tmp_path, {"sysctl.d/10-a.conf": BAD, "sysctl.d/20-b.conf": "net.ipv4.tcp_timestamps = 1\n", "b.sh": "x\n"})
    write(tmp_path, {"sysctl.conf": "net.ipv4.tcp_sack = 1\n", "ufw/sysctl.conf": "net/ipv4/tcp_sack=0\n"})
    return tmp_path


@pytest.fixture
def several(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have three processes work on few files, whatever processors there are."""
    monkeypatch.setattr(crew, "MANY", 10)
    monkeypatch.setattr(crew, "FEW", 5)
    monkeypatch.setattr(crew, "workers", lambda: 3)


def alone(paths: list[str]) -> LintReport:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crew, "workers", lambda: 1)
        return lint(paths, options())


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize("room", [4096, 200, 40])
def test_several_processes_come_to_the_same_as_one(tree: Path, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    monkeypatch.setattr(crew, "_ROOM", room)
    files = sorted(str(path) for path in tree.rglob("*.conf"))
    for paths in ([str(tree)], files, [*files, str(tree)], [str(tree), str(tree / "deep")]):
        assert lint(paths, options()) == alone(paths)
    assert {"TT501", "TT505"} <= {finding.rule for finding in lint([str(tree)], options()).findings}


@pytest.mark.usefixtures("several")
def test_without_a_pipe_of_packets_one_does_the_work(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_flags: int) -> tuple[int, int]:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(os, "pipe2", refused)
    assert lint([str(tree)], options()) == alone([str(tree)])


@pytest.mark.usefixtures("several")
def test_what_ends_the_run_leaves_neither_a_process_nor_a_descriptor(tree: Path) -> None:
    before = set(os.listdir("/proc/self/fd")), children(os.getpid())  # noqa: PTH208

    def files() -> Iterator[tuple[str, bool]]:
        yield from ((str(path), False) for path in tree.rglob("*.conf"))
        raise TcptuneError("no more")

    with pytest.raises(TcptuneError, match="no more"):
        crew.look(Look(), files(), options)
    assert (set(os.listdir("/proc/self/fd")), children(os.getpid())) == before  # noqa: PTH208


def test_a_missing_path_is_told_before_anything_is_read(tree: Path) -> None:
    look = Look()
    paths = [str(tree), str(tree / "no.conf")]
    with pytest.raises(TcptuneError, match=r"no\.conf: No such file"):
        crew.look(look, discover.find(paths, discover.Found()), options)
    assert not look.candidates


def test_a_process_that_is_killed_at_its_work_is_one_clear_error() -> None:
    first = os.getpid()

    def work(packets: Iterable[bytes]) -> int:
        if os.getpid() != first:
            os.kill(os.getpid(), signal.SIGKILL)
        return sum(map(len, packets))

    done: list[bytes] = []
    with crew._Crew(work, 1) as both:
        both.do((b"%d" % number for number in range(1000)), done.append)
        with pytest.raises(TcptuneError, match="was ended by the system"):
            list(both.answers())
    assert len(done) == 1000


def test_every_packet_is_taken_once_and_as_a_whole() -> None:
    done: list[bytes] = []
    packets = [b"%04d" % number + bytes(number % 4000) for number in range(3000)]
    with crew._Crew(list, 2) as three:
        three.do(packets, done.append)
        for other in three.answers():
            done += other
    assert sorted(done) == packets


def test_a_path_that_no_packet_holds_is_looked_at_all_the_same() -> None:
    long = ("x" * 5000, False)
    files = [("a", False), long, ("b", True), ("c", True), ("d", False)]
    blocks = list(crew._blocks(files))
    assert blocks == [[("a", False)], [long], [("b", True), ("c", True)], [("d", False)]]
    assert [list(crew._unpacked(crew._packed(block))) for block in blocks] == blocks
