"""Which format a file is in: asked of every format in turn, by name and by content."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from types import ModuleType

from tcptune.sources.base import Reading, Text, pure

ORDER = (
    *("salt", "tuned", "yaml_source", "nix", "keyfile", "resources", "vagrant", "commands", "justfile", "scriptlets"),
    *("hooks", "routers", "powershell", "prefixed", "sysctl_conf", "shell"),
)
"""The formats' modules, the most particular first."""


@cache
def formats() -> tuple[ModuleType, ...]:
    """Return the formats' modules in their order."""
    return tuple(import_module(f"tcptune.sources.{name}") for name in ORDER)


def source_of(text: Text) -> ModuleType | None:
    """Return the format that claims a text, None when it is nothing that sets kernel parameters."""
    return next((module for module in formats() if module.claims(text)), None)


def read(text: Text) -> Reading | None:
    """Read a text in the format that claims it; None when none does."""
    if pure(text.path).suffix == ".m4":
        from tcptune.sources import m4

        made = m4.Plain(text)
        found = _read(made.text)
        return None if found is None else made.settled(found)
    return _read(text)


def _read(text: Text) -> Reading | None:
    module = source_of(text)
    return None if module is None else module.read(text)
