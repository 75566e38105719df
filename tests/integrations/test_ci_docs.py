"""docs/ci.md: what it tells to write is valid, and what it tells to run runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tcptune.cli.config import load
from tests.support.commands import bash, with_program
from tests.support.lint import write
from tests.support.program import ROOT, tcptune

DOCUMENT = (ROOT / "docs" / "ci.md").read_text("utf-8")
TREE = {
    "roles/legacy/files/sysctl.conf": "net.ipv4.tcp_tw_reuse = 1\n",
    "roles/web/tasks/main.yml": "- sysctl: {name: net.ipv4.tcp_fin_timout, value: '30'}\n",
    "group_vars/all.yml": "sysctls: {net.ipv4.tcp_timestamps: 0}\n",
    "image/etc/sysctl.d/90-lab.conf": "net.ipv4.tcp_timestamps = 0\n",
}


class Block(NamedTuple):
    """A fenced block: its language, the file that its first line names, its text."""

    language: str
    name: str
    text: str


BLOCKS = [
    Block(match[1], (re.match(r"# ([\w./-]+\.\w+)$", match[2].split("\n")[0]) or ["", ""])[1], match[2])
    for match in re.finditer(r"^```(\w+)\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
]
COMMANDS = [line for block in BLOCKS if block.language == "sh" for line in block.text.splitlines()]


def named(name: str) -> list[Block]:
    found = [block for block in BLOCKS if block.name == name]
    assert found, name
    return found


def document(name: str) -> Any:
    return yaml.safe_load(named(name)[0].text)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    write(tmp_path / "work", TREE)
    return tmp_path / "work"


def test_every_block_is_of_a_kind_that_is_checked_here() -> None:
    kinds = {(block.language, block.name) for block in BLOCKS}
    assert kinds == {
        ("sh", ""),
        ("yaml", ".github/workflows/tcptune.yml"),
        ("yaml", ".gitlab-ci.yml"),
        ("yaml", ".pre-commit-config.yaml"),
        ("yaml", ".tcptune.yaml"),
        ("ini", "etc/sysctl.d/90-lab.conf"),
    }
    assert DOCUMENT.count("```") == 2 * len(BLOCKS)


def test_commands_run_one_after_the_other(tree: Path, tmp_path: Path) -> None:
    env = with_program(tmp_path / "bin")
    assert len(COMMANDS) >= 8
    for line in COMMANDS:
        result = bash(line, tree, env)
        assert result.status in (0, 1), (line, result.err)
        assert result.err == "", line
        assert result.out or "--output" in line, line
    assert bash("tcptune lint --baseline baseline.json .", tree, env).status == 0


@pytest.mark.parametrize(
    ("name", "schema"), [(".github/workflows/tcptune.yml", "github-workflows"), (".gitlab-ci.yml", "gitlab-ci")]
)
def test_pipelines_are_what_their_schemas_say(tmp_path: Path, name: str, schema: str) -> None:
    path = tmp_path / "file.yml"
    path.write_text(named(name)[0].text)
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_workflow_uses_inputs_that_the_action_has() -> None:
    inputs = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["inputs"]
    (step,) = (
        step for step in document(".github/workflows/tcptune.yml")["jobs"]["lint"]["steps"] if "tcptune" in step["uses"]
    )
    assert step["with"].keys() <= inputs.keys()
    told = re.findall(r"^\| `([\w-]+)` \|", DOCUMENT, re.MULTILINE)
    assert sorted(told) == sorted(inputs)


def test_the_lines_of_the_gitlab_job_run_and_leave_its_reports(tree: Path, tmp_path: Path) -> None:
    job = document(".gitlab-ci.yml")["tcptune"]
    install, *lines = job["script"]
    assert install.startswith("pip install ")
    env = with_program(tmp_path / "bin")
    assert [bash(line, tree, env).status for line in lines] == [0, 0, 1]
    for report in job["artifacts"]["reports"].values():
        assert (tree / report).stat().st_size > 100


def test_the_pre_commit_configuration_is_valid_and_names_the_hook(tmp_path: Path) -> None:
    path = tmp_path / ".pre-commit-config.yaml"
    path.write_text(named(path.name)[0].text)
    command = [sys.executable, "-m", "pre_commit", "validate-config", str(path)]
    assert subprocess.run(command, capture_output=True, check=False, cwd=tmp_path).returncode == 0
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert [one["id"] for one in document(path.name)["repos"][0]["hooks"]] == [hook["id"]]


def test_the_configurations_are_read(tree: Path) -> None:
    for block in named(".tcptune.yaml"):
        (tree / ".tcptune.yaml").write_text(block.text)
        assert load(None, str(tree)).path == str(tree / ".tcptune.yaml")
        assert tcptune("lint", ".", cwd=tree).status in (0, 1)


def test_the_suppression_silences_its_line(tmp_path: Path) -> None:
    (block,) = named("etc/sysctl.d/90-lab.conf")
    write(tmp_path, {block.name: block.text})
    assert tcptune("lint", ".", cwd=tmp_path).status == 0
    write(tmp_path, {block.name: block.text.replace("ignore[", "ignored[")})
    assert "TT402" in tcptune("lint", ".", cwd=tmp_path).out
