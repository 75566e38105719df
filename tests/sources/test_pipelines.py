"""What the steps of a pipeline's jobs run is a script."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.lint import run, told
from tests.support.marks import check

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


@pytest.mark.parametrize(
    "text",
    [
        (
            "a:\n  before_script: sysctl -w net.ipv4.tcp_retries2=«TT409»3\n  script:\n"
            "    - echo a\n    - |\n      sysctl -w net.ipv4.tcp_fin_timeout=«TT404»5\n"
        ),
        "steps:\n- script: sysctl -w net.ipv4.tcp_fin_timeout=«TT404»5\n",
        "steps:\n- bash: |\n    sysctl -w net.ipv4.tcp_fin_timeout=«TT404»5\n",
        "jobs:\n  a:\n    steps:\n    - run:\n        command: sysctl -w net.ipv4.tcp_fin_timeout=«TT404»5\n",
        "runs:\n  steps:\n  - name: a\n    run: sysctl -w net.ipv4.tcp_fin_timeout=«TT404»5\n    shell: bash\n",
        "steps:\n- name: a\n  commands:\n  - sysctl -w net.ipv4.tcp_fin_timeout=«TT404»5\n",
        "jobs:\n  a:\n    container:\n      options: --x --sysctl net.ipv4.tcp_fin_timeout=«TT404»5 --privileged\n",
        "runArgs: [--sysctl, net.ipv4.tcp_fin_timeout=«TT404»5, '--sysctl=net.ipv4.tcp_retries2=«TT409»3']\n",
        "object:\n- name: a\n  info: {get: sysctl -n vm.x, set: 'sysctl -w «TT102»net.ipv4.tcp_tw_recycle=$value'}\n",
        "a:\n  script: >-\n    sysctl -w\n    net.ipv4.tcp_fin_timeout=«TT404»5\n    net.ipv4.tcp_retries2=«TT409»3\n",
        'a:\n  script: "sysctl -w\n    net.ipv4.tcp_fin_timeout=«TT404»5"\n',
        "a:\n  script:\n  - sysctl -w net.core.somaxconn=70\nb:\n  script:\n  - sysctl -w net.core.somaxconn=80\n",
    ],
)
def test_scripts_and_flags_of_other_services(tmp_path: Path, text: str) -> None:
    check(tmp_path, "a.yml", text)


@pytest.mark.parametrize(
    "text",
    [
        "options: [net.core.somaxcon=1]\n",
        "options: --sysctl-file net.core.somaxcon=1\n",
        "a:\n  script: ./tune.sh\n  variables: {x: 'sysctl -w net.ipv4.tcp_fin_timeout=5'}\n",
        (
            "kind: A\nspec:\n  command: |\n    {{- if .x }}\n    sysctl -w net.core.somaxconn=70\n    {{- else }}\n"
            "    sysctl -w net.core.somaxconn=80\n    {{- end }}\n"
        ),
    ],
)
def test_what_runs_nothing_or_one_of_two_is_silent(tmp_path: Path, text: str) -> None:
    check(tmp_path, "a.yml", text)
