"""Kernel modules of the running kernel: which there are on disk."""

from __future__ import annotations

import os
from pathlib import Path


def on_disk(root: Path = Path("/")) -> frozenset[str] | None:
    """Return the names of the running kernel's loadable modules, with _ for -; None where they cannot be seen.

    Source: modules.dep, as depmod writes it; a container seldom has it. `root` is for tests.
    """
    try:
        text = (root / "lib/modules" / os.uname().release / "modules.dep").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    paths = (line.partition(":")[0] for line in text.splitlines())
    return frozenset(path.rpartition("/")[2].partition(".")[0].replace("-", "_") for path in paths)
