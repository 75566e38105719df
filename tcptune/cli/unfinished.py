"""Changes that a killed process has left, told by whichever command looks at this host as root."""

from __future__ import annotations

import os

STATE = "/var/lib/tcptune"


def warn() -> None:
    """Say on standard error what is neither made nor undone; where no change was ever made nothing is imported."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and os.path.isdir(f"{STATE}/journal"):  # noqa: PTH112
        from tcptune.cli.changes import warn_of_unfinished

        warn_of_unfinished(STATE)
