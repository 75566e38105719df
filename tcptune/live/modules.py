"""Kernel modules of the running kernel: which there are on disk."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def on_disk(root: Path = Path("/")) -> frozenset[str] | None:
    """Return the names of the running kernel's modules, with _ for -; None where its folder cannot be seen.

    Source: modules.dep and modules.builtin, as depmod writes them; a container seldom has them. `root` is for tests.
    """
    folder = root / "lib/modules" / os.uname().release
    found: set[str] = set()
    try:
        texts = [(folder / "modules.dep").read_text(encoding="utf-8", errors="replace")]
    except OSError:
        return None
    with suppress(OSError):
        texts.append((folder / "modules.builtin").read_text(encoding="utf-8", errors="replace"))
    for text in texts:
        for line in text.splitlines():
            found.add(line.partition(":")[0].rpartition("/")[2].partition(".")[0].replace("-", "_"))
    return frozenset(found)
