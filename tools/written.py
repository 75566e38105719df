"""Files that the program itself writes and that are committed: put there anew, or held against what it would write."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path


def keep(folder: Path, files: Mapping[str, str], arguments: list[str], tool: str) -> int:
    """Write the files into a folder, or with `--check` among the arguments compare: 1 when one differs.

    `tool` is the module that writes them; the message names it.
    """
    status = 0
    for name, text in files.items():
        path = folder / name
        if path.is_file() and path.read_text("utf-8") == text:
            continue
        if "--check" in arguments:
            sys.stderr.write(f"{folder.name}/{name} is not what the program writes: python -m {tool}\n")
            status = 1
        else:
            path.write_text(text, "utf-8")
    return status
