"""A module for NixOS: `boot.kernel.sysctl`, and the kernel modules that have to be there before."""

from __future__ import annotations

from tcptune.render.comments import header, reason
from tcptune.render.sheet import Entry, Sheet, Writer

LARGEST = (1 << 63) - 1
"""The largest number that Nix can write down; a sign is an operation on it."""


def write(sheet: Sheet) -> str:
    """Return the module's text."""
    lines = [*header(sheet, "Name this file in `imports` of the system's configuration."), "{ ... }:", "", "{"]
    if sheet.modules:
        lines += [f"  boot.kernelModules = [ {' '.join(map(_quoted, sheet.modules))} ];", ""]
    lines += ["  boot.kernel.sysctl = {"]
    for number, entry in enumerate(sheet.entries):
        lines += [*([""] if number else []), *reason(entry, "    "), f"    {_quoted(entry.key)} = {_value(entry)};"]
    return "\n".join([*lines, "  };", "}"]) + "\n"


def _value(entry: Entry) -> str:
    return entry.text if isinstance(entry.value, int) and abs(entry.value) <= LARGEST else _quoted(entry.text)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "\\${") + '"'


WRITER = Writer("nixos", write, frozenset({"typed"}))
