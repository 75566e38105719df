"""The real program in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Result:
    """What a run printed, and its exit status."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        """Return standard output read as JSON."""
        return json.loads(self.out)


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment without anything that would change what tcptune prints."""
    dropped = {"NO_COLOR", "COLUMNS", "TCPTUNE_DEBUG", "FORCE_COLOR", "GITHUB_ACTIONS"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, "PYTHONPATH": str(ROOT), **(extra or {})}


def tcptune(
    *arguments: str | Path,
    cwd: Path | str = "/",
    env: Mapping[str, str] | None = None,
    before: Sequence[str] = (),
    timeout: float = 60,
) -> Result:
    """Run `tcptune ARGUMENTS`; `before` is what it is started by (`unshare -n`, …)."""
    command = [*before, sys.executable, "-m", "tcptune", *map(str, arguments)]
    done = subprocess.run(
        command, cwd=cwd, env=clean_environment(env), capture_output=True, timeout=timeout, check=False
    )
    return Result(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))
