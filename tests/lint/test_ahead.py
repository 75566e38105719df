"""The look at files before lint is asked for them: it changes nothing of what lint finds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from tcptune.lint import ahead, engine
from tests.support.lint import lint, options, told

BAD = "net.ipv4.tcp_timestamps = 0\nnet.ipv4.tcp_tw_reuse = 1\n"
MANY = 230


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    """Leave nothing that was begun to the next test."""
    yield
    ahead.take([])


def _tree(folder: Path) -> str:
    for number in range(MANY):
        (folder / f"{number:03}.conf").write_text(BAD if number % 10 == 0 else "a.b = 1\n", "utf-8")
    return str(folder)


@pytest.mark.parametrize("so_far", [0, 1, 3, 1000])
def test_the_look_goes_on_from_where_it_was(tmp_path: Path, so_far: int) -> None:
    """However far it has come, the report is that of a run without it."""
    top = _tree(tmp_path)
    alone = engine.lint([top], options)
    for _ in islice(ahead.steps([top]), so_far):
        pass
    report = engine.lint([top], options)
    assert report.seen == alone.seen == MANY
    assert told(report, tmp_path) == told(alone, tmp_path) != []


def test_what_was_looked_at_is_not_read_again_and_used_once(tmp_path: Path) -> None:
    """A second run, as after mending, sees the files as they are then."""
    top = _tree(tmp_path)
    for _ in ahead.steps([top]):
        pass
    for each in tmp_path.iterdir():
        each.write_text("", "utf-8")
    assert engine.lint([top], options).findings
    assert not engine.lint([top], options).findings


@pytest.mark.parametrize("asked", [["b"], ["a", "b"], ["b", "a"], []])
def test_for_other_files_nothing_of_it_is_used(
    tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Options may take an argument that is a folder, too: `--root a b`."""
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        Path(name).mkdir()
        Path(name, "sysctl.conf").write_text(BAD, "utf-8")
    alone = told(engine.lint(asked, options), Path())
    for _ in ahead.steps(["--format", "json", "a"]):
        pass
    assert told(engine.lint(asked, options), Path()) == alone


@pytest.mark.skipif(os.name != "posix", reason="a pipe with a name")
def test_what_cannot_be_read_is_told_by_the_run_that_asks_for_it(tmp_path: Path) -> None:
    """A pipe with a name is no regular file; the look at it ends without a word."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert not [*ahead.steps([str(pipe)])]
    with pytest.raises(Exception, match="is no regular file"):
        lint([str(pipe)], options())
