"""Output: a file is replaced in one step, colour follows the terminal and NO_COLOR."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path

import pytest

from tcptune.cli.console import wants_colour, write_file
from tcptune.errors import TcptuneError


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_new_file_gets_the_mode_that_the_umask_leaves(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write_file(str(tmp_path / "out"), "x\n")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o640


def test_an_existing_file_keeps_its_mode_and_becomes_a_new_inode(tmp_path: Path) -> None:
    file = tmp_path / "out"
    file.write_text("old")
    file.chmod(0o604)
    before = file.stat().st_ino
    write_file(str(file), "new\n")
    assert file.read_text() == "new\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o604
    assert file.stat().st_ino != before
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    write_file(str(tmp_path / "link"), "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


@pytest.mark.parametrize("name", ["missing/out", "."])
def test_what_cannot_be_written_is_said_with_its_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(TcptuneError, match="cannot be written"):
        write_file(str(tmp_path / name), "x")


@pytest.mark.parametrize(
    ("choice", "terminal", "environment", "expected"),
    [
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", True, {"TERM": "dumb"}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {}, False),
    ],
)
def test_colour_follows_the_option_then_the_surroundings(
    choice: str, terminal: bool, environment: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    stream = _Terminal() if terminal else io.StringIO()
    assert wants_colour(choice, stream) is expected


def test_a_file_is_never_coloured_by_itself() -> None:
    assert not wants_colour("auto", _Terminal(), output="report.txt")
