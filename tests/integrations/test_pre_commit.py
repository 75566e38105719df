"""The hook for pre-commit, run by the real pre-commit from a clone of this repository."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.lint import write
from tests.support.program import ROOT
from tests.support.repository import clone, environment, git, repository

LIMIT = 300
"""Seconds for pre-commit to make its environment, which pip fills, and to run."""

GOOD = {
    "etc/sysctl.d/10-a.conf": "net.core.somaxconn = 8192\n",
    "README.md": "net.ipv4.tcp_tw_recycle = 1\n",
}
BAD = "# more\nnet.ipv4.tcp_timestamps = 0\n"


def pre_commit(folder: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    variables = {"PRE_COMMIT_HOME": str(home), "NO_COLOR": "1", "PRE_COMMIT_COLOR": "never"}
    kept = {name: value for name, value in environment().items() if name not in ("PYTHONPATH", "GITHUB_ACTIONS")}
    command = [sys.executable, "-m", "pre_commit", *arguments]
    return subprocess.run(
        command, cwd=folder, env={**kept, **variables}, capture_output=True, text=True, timeout=LIMIT, check=False
    )


def test_the_manifest_is_a_valid_one(tmp_path: Path) -> None:
    done = pre_commit(tmp_path, tmp_path, "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml"))
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.skipif(
    "CI" not in os.environ and "CI_FULL" not in os.environ, reason="pip fills an environment: set CI=1 to include it"
)
def test_a_bad_file_fails_with_its_line_and_a_good_one_passes(tmp_path: Path) -> None:
    commit = clone(tmp_path / "tool")
    hook = "[{id: tcptune-lint, args: [--kernel, '6.1']}]"
    config = f"repos:\n- repo: {tmp_path / 'tool'}\n  rev: {commit}\n  hooks: {hook}\n"
    user = repository(tmp_path / "user", {**GOOD, ".pre-commit-config.yaml": config})
    home = tmp_path / "home"

    passed = pre_commit(user, home, "run", "--all-files")
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert "Passed" in passed.stdout

    write(user, {"etc/sysctl.d/20-b.conf": BAD, "etc/sysctl.d/30-c.conf": "net.core.somaxconn = 9000\n"})
    git(user, "add", "etc/sysctl.d/20-b.conf")
    failed = pre_commit(user, home, "run")
    assert failed.returncode == 1
    assert "etc/sysctl.d/20-b.conf:2:27: warning TT402" in failed.stdout
    assert "10-a.conf" not in failed.stdout

    git(user, "add", "--all")
    write(user, {"etc/sysctl.d/20-b.conf": BAD.replace("= 0", "= 1")})
    git(user, "add", "--all")
    git(user, "commit", "--quiet", "--message", "good")
    replaced = pre_commit(user, home, "run", "--files", "etc/sysctl.d/10-a.conf")
    assert replaced.returncode == 1
    assert "etc/sysctl.d/10-a.conf:1:22: warning TT501" in replaced.stdout
