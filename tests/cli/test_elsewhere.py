"""lint, explain, params, profile, render and schema on systems that are not Linux."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tcptune.lint import crew, process
from tcptune.lint.discover import shown
from tests.support.elsewhere import elsewhere
from tests.support.lint import lint, options, write
from tests.support.program import tcptune

FILES = {
    "etc/sysctl.d/10-a.conf": "net.ipv4.tcp_fin_timout = 30\nnet.ipv4.tcp_timestamps = 0\n",
    "etc/sysctl.d/90-b.conf": "net.ipv4.tcp_timestamps = 1\n",
    "a.yaml": "net.core.somaxconn: 4096\n",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    write(tmp_path, FILES)
    return tmp_path


def test_what_is_blocked_cannot_be_reached(tmp_path: Path) -> None:
    told = elsewhere("probe", cwd=tmp_path)
    assert told.err == ""
    assert told.out.split("\n")[:2] == ["no fcntl", "no resource"]
    assert told.out.count("blocked") == 6
    assert "REACHED" not in told.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["lint", "."],
        ["lint", "etc/sysctl.d/10-a.conf", "-f", "sarif"],
        ["lint", "--root", ".", "-f", "json"],
        ["lint", ".", "--diff"],
        ["explain", "tcp_fin_timeout", "--kernel", "6.1"],
        ["explain", "TT402", "--kernel", "6.1"],
        ["params", "--kernel", "6.1"],
        ["profile", "list"],
        ["profile", "show", "base", "--kernel", "6.1"],
        ["profile", "check", "base"],
        ["render", "base", "--to", "sysctl.d", "--kernel", "6.1"],
        ["schema", "lint"],
        ["--version"],
    ],
)
def test_the_same_is_printed_as_on_linux(tree: Path, arguments: list[str]) -> None:
    there, here = elsewhere(*arguments, cwd=tree), tcptune(*arguments, cwd=tree)
    assert (there.status, there.out, there.err) == (here.status, here.out, here.err)
    assert here.out
    assert "Traceback" not in there.err


def test_files_are_mended_and_reports_written_there_too(tree: Path) -> None:
    result = elsewhere("lint", ".", "--fix", "-f", "json", "-o", "report.json", "--fail-on", "never", cwd=tree)
    assert (result.status, "Traceback" in result.err) == (0, False), result.err
    assert (tree / "etc/sysctl.d/10-a.conf").read_text().startswith("net.ipv4.tcp_fin_timeout = 30\n")
    assert (tree / "report.json").stat().st_size > 0


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("etc\\sysctl.d\\a.conf", "etc/sysctl.d/a.conf"),
        (".\\a.conf", "a.conf"),
        (".", "."),
        (".\\", "."),
        ("C:\\x\\a.conf", "C:/x/a.conf"),
    ],
)
def test_paths_of_windows_are_shown_with_slashes(path: str, seen: str) -> None:
    assert shown(path, "\\") == seen


def test_on_linux_a_backslash_is_a_character_of_a_name(tmp_path: Path) -> None:
    write(tmp_path, {"a\\b.conf": "net.ipv4.tcp_timestamps = 0\n"})
    (finding,) = lint([str(tmp_path)], options()).findings
    assert finding.at is not None
    assert finding.at.path == f"{tmp_path}/a\\b.conf"


def test_without_fork_or_a_free_process_one_does_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {f"{number}.conf": "net.ipv4.tcp_timestamps = 0\n" for number in range(60)})
    alone = lint([str(tmp_path)], options())
    monkeypatch.setattr(crew, "MANY", 10)
    monkeypatch.setattr(crew, "FEW", 10)
    assert process.workers() == min(process.MOST, len(os.sched_getaffinity(0)))
    assert lint([str(tmp_path)], options()) == alone

    def refused() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refused)
    assert lint([str(tmp_path)], options()) == alone
    monkeypatch.delattr(os, "fork")
    assert process.workers() == 1
    assert lint([str(tmp_path)], options()) == alone
