"""The suite's own promise: nothing is skipped in silence where CI_FULL=1 says that everything runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import lacks_root

SUITE = """
import pytest

@pytest.mark.skip(reason="no second kernel")
def test_marked(): ...

def test_called():
    pytest.skip("no tracefs here")

@pytest.mark.xfail(reason="known")
def test_known():
    assert False

def test_good(): ...
"""


def run(folder: Path, **environment: str) -> str:
    (folder / "conftest.py").write_bytes(Path(__file__).with_name("conftest.py").read_bytes())
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n  root: needs root\n")
    command = [sys.executable, "-m", "pytest", "-rfE", "-p", "no:cacheprovider", str(folder)]
    kept = {name: value for name, value in os.environ.items() if name != "CI_FULL"}
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=kept | environment).stdout


def test_a_skip_is_a_skip_by_default(tmp_path: Path) -> None:
    (tmp_path / "test_x.py").write_text(SUITE)
    assert "1 passed, 2 skipped, 1 xfailed" in run(tmp_path)


def test_a_skip_is_a_failure_with_its_reason_in_full_ci(tmp_path: Path) -> None:
    (tmp_path / "test_x.py").write_text(SUITE)
    said = run(tmp_path, CI_FULL="1")
    assert "1 failed, 1 passed, 1 xfailed, 1 error" in said
    assert "no second kernel" in said and "no tracefs here" in said


def test_a_module_that_skips_itself_is_an_error_in_full_ci(tmp_path: Path) -> None:
    (tmp_path / "test_x.py").write_text("import pytest\npytest.importorskip('there_is_no_such_module')\n")
    assert "skipped" in run(tmp_path)
    said = run(tmp_path, CI_FULL="1")
    assert "1 error" in said and "there_is_no_such_module" in said


def test_what_needs_root_is_skipped_with_the_reason_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert lacks_root() == "needs root: run the tests as root to include it"


def test_an_interrupt_ends_a_child_though_whoever_runs_the_tests_ignores_it() -> None:
    """As `make test &` of a script does."""
    script = "import conftest, subprocess as s; conftest.pytest_configure(); print(s.run(['sh', '-c', 'kill -2 $$']))"
    command = ["env", "--ignore-signal=INT", sys.executable, "-c", script]
    place = {"PYTHONPATH": os.pathsep.join(map(str, (Path(__file__).parent, Path(__file__).parents[1])))}
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ) | place, timeout=60)
    assert "returncode=-2" in done.stdout, done.stdout + done.stderr
