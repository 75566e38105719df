"""Commands that change something, asked for their documents, on a stage of `tests.support.change`.

`apply` and `rollback` see the exit status and return the document, or what was said where there is none.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.inside import inside
from tests.support.program import ROOT, Result, clean_environment
from tools.stage import foreign


def profile(settings: Mapping[str, Any], name: str = "mine", **more: Any) -> str:
    """Write a profile and return its path."""
    path = Path("/run/profiles", f"{name}.yaml")
    path.parent.mkdir(mode=0o755, exist_ok=True)
    document = {"schema": "tcptune/profile/1", "name": name, "summary": "of a test", "settings": settings, **more}
    path.write_text(json.dumps(document))
    path.chmod(0o644)
    return str(path)


def run(*arguments: str) -> Result:
    """Run tcptune in this process; on a stage that is the host's own it stays that."""
    assert foreign()
    return inside(*arguments)


def apply(*arguments: str, status: int = 0) -> Any:
    """Run `tcptune apply`, see its exit status and return its document."""
    return _document("apply", arguments, status)


def rollback(*arguments: str, status: int = 0) -> Any:
    """Run `tcptune rollback`, see its exit status and return its document."""
    return _document("rollback", arguments, status)


def _document(command: str, arguments: tuple[str, ...], status: int) -> Any:
    done = run(command, *arguments, "-f", "json")
    assert done.status == status, f"status {done.status}, not {status}: {done.out}{done.err}"
    return done.json() if done.out else done.err


def history() -> list[Any]:
    """Return the entries of the journal, the newest first."""
    entries: list[Any] = run("history", "-f", "json").json()["entries"]
    return entries


def states() -> list[tuple[str, str]]:
    """Return kind and state of each entry, the oldest first."""
    return [(entry["kind"], entry["state"]) for entry in reversed(history())]


def program(*arguments: str, initial: bool = False, before: tuple[str, ...] = (), timeout: float = 60.0) -> Result:
    """Run the program in a process of its own, started by `before`; `initial` as `on_stage` has it."""
    assert foreign()
    module = "tests.support.as_initial" if initial else "tcptune"
    done = subprocess.run(
        [*before, sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)
