"""Git repositories for tests: a clone of this one, and one of a user's."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.support.lint import write
from tests.support.program import ROOT

IDENTITY = {
    "GIT_AUTHOR_NAME": "test",
    "GIT_AUTHOR_EMAIL": "test@localhost",
    "GIT_COMMITTER_NAME": "test",
    "GIT_COMMITTER_EMAIL": "test@localhost",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "safe.directory",
    "GIT_CONFIG_VALUE_0": "*",
}
"""What git is told by the environment, so that nothing of the machine's own configuration matters."""


def environment() -> dict[str, str]:
    """Return an environment in which git works the same everywhere, and belongs to no repository yet."""
    return {**{name: value for name, value in os.environ.items() if not name.startswith("GIT_")}, **IDENTITY}


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder and return what it prints."""
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, check=True).stdout.strip()


def clone(folder: Path) -> str:
    """Clone this repository into a folder and return the commit it stands at."""
    git(ROOT, "clone", "--quiet", "--no-hardlinks", str(ROOT), str(folder))
    return git(folder, "rev-parse", "HEAD")


def repository(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Make a repository with these files in its first commit, and return the folder."""
    folder.mkdir()
    git(folder, "init", "--quiet")
    write(folder, files)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "files")
    return folder
