"""Shell commands of documents and actions, run as they stand with this program on the path."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.support.program import Result, clean_environment


def with_program(folder: Path) -> dict[str, str]:
    """Return an environment whose path begins with a `tcptune` that is this tree's; it is written into `folder`."""
    folder.mkdir(exist_ok=True)
    program = folder / "tcptune"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m tcptune "$@"\n')
    program.chmod(0o755)
    environment = clean_environment()
    return {**environment, "PATH": f"{folder}{os.pathsep}{environment['PATH']}"}


def bash(script: str, cwd: Path, env: Mapping[str, str], timeout: float = 60) -> Result:
    """Run a step as GitHub and GitLab run it: bash without start-up files, ending at the first command that fails."""
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    done = subprocess.run(command, cwd=cwd, env=dict(env), capture_output=True, timeout=timeout, check=False)
    return Result(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))
