"""The profile that a command line names, read and ready to be held against something."""

from __future__ import annotations

from tcptune.cli import config
from tcptune.profiles.load import load
from tcptune.profiles.policy import Policy


def policy(name: str) -> Policy:
    """Return a profile by name or path. Raises `TcptuneError` with file, line and column for whatever is wrong."""
    return Policy(load(name, config.refuse_writable, meant))


def meant(key: str) -> str | None:
    """Return the parameter that was most likely meant by an unknown one; its family may be left out."""
    from tcptune.rules.nearest import FAMILIES
    from tcptune.rules.nearest import meant as nearest

    whole = (key,) if "." in key else (key, *(f"{family}{key}" for family in FAMILIES))
    return next(filter(None, map(nearest, whole)), None)
