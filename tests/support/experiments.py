"""Experiments in a network namespace of their own: the parent starts a child under `unshare -n` and reads its answer.

`python -m tests.support.experiments MODULE FUNCTION INODE` runs `MODULE.FUNCTION()` and prints its result as JSON.
INODE is the parent's network namespace: a child that is still in it stops before it does anything.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def namespace() -> int:
    """Return the inode of this process's network namespace."""
    return Path("/proc/self/ns/net").stat().st_ino


@cache
def run(experiment: Callable[[], object], *, seconds: float = 20) -> Any:
    """Run a module's function in a network namespace of its own, once, and return what it returned."""
    command = ["unshare", "-n", "--", sys.executable, "-m", __name__, experiment.__module__, experiment.__name__]
    done = subprocess.run(
        [*command, str(namespace())], cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _child(module: str, function: str, parent: str) -> None:
    if namespace() == int(parent):
        sys.exit("still in the parent's network namespace: nothing was done")
    # Only now, since the experiments' helpers write to the namespace they find themselves in.
    from tests.support.loopback import raise_loopback

    raise_loopback()
    sys.stdout.write(json.dumps(getattr(import_module(module), function)()))


if __name__ == "__main__":
    _child(*sys.argv[1:])
