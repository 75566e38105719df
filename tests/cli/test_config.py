"""The configuration file: found in the nearest parent, exact about its mistakes, refused when others can write it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tcptune.cli.config import Config, load
from tcptune.errors import TcptuneError
from tests.support.netns import as_nobody, fork_and_run


def test_the_nearest_parent_wins(tmp_path: Path) -> None:
    (tmp_path / ".tcptune.yaml").write_text("fail-on: error\n")
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert load(None, str(inner)).fail_on == "error"
    (tmp_path / "a" / ".tcptune.yaml").write_text("fail-on: note\n")
    assert load(None, str(inner)).fail_on == "note"


@pytest.mark.root
def test_a_folder_that_may_not_be_looked_into_has_no_configuration(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert fork_and_run(lambda: as_nobody(lambda: load(None, str(closed)) == Config()))


def test_a_pyproject_counts_only_with_our_table(tmp_path: Path) -> None:
    (tmp_path / ".tcptune.yaml").write_text("select: TT3\n")
    inner = tmp_path / "project"
    inner.mkdir()
    (inner / "pyproject.toml").write_text('[project]\nname = "x"  # tcptune\n')
    assert load(None, str(inner)).select == ("TT3",)
    (inner / "pyproject.toml").write_text('[tool.tcptune]\nselect = ["TT4", "TT5, TT6"]\n')
    assert load(None, str(inner)).select == ("TT4", "TT5", "TT6")


def test_without_a_file_nothing_is_configured(tmp_path: Path) -> None:
    assert load(None, str(tmp_path)) == Config()


def test_thresholds_may_name_the_rule_alone(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("thresholds:\n  TT404: 10\n  TT410.value: 5000\n")
    assert load(str(file)).thresholds == {"TT404.value": 10, "TT410.value": 5000}


@pytest.mark.parametrize(
    ("name", "text", "place", "said"),
    [
        (".tcptune.yaml", "select: TT3\nfail_on: error\n", ":2:1", "did you mean `fail-on`"),
        (".tcptune.yaml", "\nfail-on: sometimes\n", ":2:1", "'sometimes' is none of"),
        (".tcptune.yaml", "select:\n  - TT3\n  - 4\n", ":3:5", "4 is no text"),
        (".tcptune.yaml", "thresholds:\n  TT404: many\n", ":2:3", "'many' is no whole number"),
        (".tcptune.yaml", "select: [TT3\n", ":2:1", "expected"),
        (".tcptune.yaml", "select: TT3\nselect: TT4\n", ":2:1", "twice"),
        (".tcptune.yaml", "- select\n", ":1:1", "mapping"),
        (".tcptune.yaml", "a: &x [*x]\n", "", ""),
        ("pyproject.toml", "[tool.tcptune]\nselect = ['TT3']\ncolour = 1\n", ":3:1", "did you mean `color`"),
        ("pyproject.toml", "[tool.tcptune]\nselect = [\n", ":", ""),
        ("pyproject.toml", "[tool.tcptune.thresholds]\nTT404 = 'x'\n", ":2:1", "'x' is no whole number"),
    ],
)
def test_a_mistake_names_file_line_and_column(tmp_path: Path, name: str, text: str, place: str, said: str) -> None:
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(TcptuneError) as raised:
        load(None, str(tmp_path))
    whole = f"{raised.value.message} {raised.value.hint}"
    assert whole.startswith(f"{file}{place}")
    assert said in whole


def test_a_named_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TcptuneError, match="No such file"):
        load(str(tmp_path / "none.yaml"))


def test_text_that_is_not_utf_8_is_said_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_bytes(b"select: TT3\nignore: \xff\n")
    with pytest.raises(TcptuneError, match=r"c\.yaml:2: not UTF-8"):
        load(str(file))


@pytest.mark.root
def test_as_root_a_file_that_others_can_write_is_refused(tmp_path: Path) -> None:
    file = tmp_path / ".tcptune.yaml"
    file.write_text("fail-on: error\n")
    assert load(None, str(tmp_path)).fail_on == "error"
    file.chmod(0o666)
    with pytest.raises(TcptuneError, match="refused"):
        load(None, str(tmp_path))
    file.chmod(0o644)
    os.chown(file, 65534, 0)
    with pytest.raises(TcptuneError, match="refused"):
        load(None, str(tmp_path))
    os.chown(file, 0, 0)
    tmp_path.chmod(0o777)
    with pytest.raises(TcptuneError, match="refused"):
        load(None, str(tmp_path))
    tmp_path.chmod(0o1777)
    assert load(None, str(tmp_path)).fail_on == "error"
