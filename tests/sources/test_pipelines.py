"""What the steps of a pipeline's jobs run is a script."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.lint import run, told

JOBS = """\
jobs:
  load:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Kernel
        {key}: |
          uname -r
          sudo sysctl -w net.ipv4.tcp_fin_timeout=5
"""


@pytest.mark.parametrize("key", ["run", "run "])
def test_a_step_runs_a_script(tmp_path: Path, key: str) -> None:
    findings = told(run(tmp_path, {"a.yml": JOBS.format(key=key)}), tmp_path)
    assert findings == [("TT404", "a.yml", 9, 51)]


def test_a_script_elsewhere_is_no_step(tmp_path: Path) -> None:
    text = "notes:\n  run: |\n    sysctl -w net.ipv4.tcp_fin_timeout=5\n"
    assert told(run(tmp_path, {"a.yml": text}), tmp_path) == []


def test_two_jobs_are_two_machines(tmp_path: Path) -> None:
    step = "    steps:\n      - run: sysctl -w net.core.somaxconn={value}\n"
    text = "jobs:\n" + "".join(f"  j{value}:\n" + step.format(value=value) for value in (70, 80))
    assert told(run(tmp_path, {"a.yml": text}), tmp_path) == []
    both = "jobs:\n  j:\n    steps:\n" + "".join(f"      - run: sysctl -w net.core.somaxconn={n}\n" for n in (70, 80))
    assert [item[0] for item in told(run(tmp_path, {"a.yml": both}), tmp_path)] == ["TT004"]
