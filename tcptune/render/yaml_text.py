"""Text as YAML has it."""

from __future__ import annotations

import json


def quoted(text: str) -> str:
    """Return a text in double quotes, which is the same in YAML and JSON; beyond ASCII it is escaped."""
    return json.dumps(text)
