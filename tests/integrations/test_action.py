"""The GitHub action: valid by GitHub's schema, its steps run as a runner runs them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.commands import bash, with_program
from tests.support.lint import write
from tests.support.program import ROOT, Result

ACTION = ROOT / "action.yml"
FILES = {"roles/a/sysctl.conf": "net.ipv4.tcp_tw_recycle = 1\n", "good/sysctl.conf": "net.core.somaxconn = 8192\n"}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    write(tmp_path / "work", FILES)
    return tmp_path / "work"


def action() -> Any:
    return yaml.safe_load(ACTION.read_text("utf-8"))


def run(name: str, cwd: Path, env: dict[str, str], **inputs: str) -> Result:
    """Run one step with these inputs, the others being what the action says."""
    document = action()
    (step,) = (each for each in document["runs"]["steps"] if each["name"] == name)
    given = {key: entry["default"] for key, entry in document["inputs"].items()} | inputs
    known = {f"inputs.{key}": value for key, value in given.items()} | {"github.action_path": str(ROOT)}
    variables = {
        key: re.sub(r"\$\{\{\s*([\w.-]+)\s*\}\}", lambda match: known[match[1]], value)
        for key, value in step.get("env", {}).items()
    }
    assert step["shell"] == "bash"
    assert "${{" not in step["run"], "an expression in a script is an injection"
    runner = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(cwd), "CI": "true"}
    return bash(step["run"], cwd, {**env, **runner, **variables}, timeout=300)


def test_it_is_what_githubs_schema_says() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions", str(ACTION)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_findings_fail_the_step_and_annotate_the_lines(tree: Path, tmp_path: Path) -> None:
    result = run("lint", tree, with_program(tmp_path / "bin"))
    assert result.status == 1
    assert "roles/a/sysctl.conf:1:1: error TT102" in result.out
    assert "\n::error title=TT102 removed-key,file=roles/a/sysctl.conf,line=1,col=1" in result.out
    assert result.err == ""


@pytest.mark.parametrize(
    ("inputs", "status"),
    [
        ({"paths": "good"}, 0),
        ({"paths": "good roles"}, 1),
        ({"fail-on": "never"}, 0),
        ({"kernel": "rhel7", "fail-on": "error"}, 1),
        ({"kernel": "nothing"}, 2),
        ({"paths": "missing"}, 2),
        ({"paths": "$(touch pwned) `touch pwned`; touch pwned"}, 2),
        ({"kernel": "6.1; touch pwned"}, 2),
    ],
)
def test_inputs_become_options_and_never_commands(
    tree: Path, tmp_path: Path, inputs: dict[str, str], status: int
) -> None:
    assert run("lint", tree, with_program(tmp_path / "bin"), **inputs).status == status
    assert not (tree / "pwned").exists()


def test_sarif_and_a_baseline_are_files(tree: Path, tmp_path: Path) -> None:
    env = with_program(tmp_path / "bin")
    assert run("lint", tree, env, sarif="out.sarif").status == 1
    (result,) = json.loads((tree / "out.sarif").read_text())["runs"][0]["results"]
    assert result["ruleId"] == "TT102"
    assert bash("tcptune lint -f json -o known.json --fail-on never .", tree, env).status == 0
    assert run("lint", tree, env, baseline="known.json").status == 0


@pytest.mark.skipif(
    "CI" not in os.environ and "CI_FULL" not in os.environ, reason="pip fills an environment: set CI=1 to include it"
)
def test_the_installed_program_is_the_one_of_the_action(tree: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    plain = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    env = {**plain, "PATH": f"{tmp_path / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    installed = run("install", tree, env)
    assert installed.status == 0, installed.err
    assert bash("command -v tcptune", tree, env).out.strip() == str(tmp_path / "venv" / "bin" / "tcptune")
    assert run("lint", tree, env, paths="good").status == 0
