"""What was printed, held against what was recorded in tests/docs/recorded; `TCPTUNE_RECORD=1` records anew."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "docs" / "recorded"
ANEW = os.environ.get("TCPTUNE_RECORD") == "1"


def compare(name: str, printed: str) -> None:
    """Hold a text against the record of that name, or record it."""
    path = FOLDER / f"{name}.txt"
    if ANEW:
        FOLDER.mkdir(exist_ok=True)
        path.write_text(printed, "utf-8")
    assert printed == path.read_text("utf-8"), f"TCPTUNE_RECORD=1 records {path.name} anew"
