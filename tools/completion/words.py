"""What can stand where: the words that completion offers besides options."""

from __future__ import annotations

from tcptune.catalog import parameters
from tcptune.profiles import find
from tcptune.rules.pages import rule_names
from tools.commands import Command, Parameter

FILES = "FILES"
"""Stands for the shell's own completion of paths."""


def of(parameter: Parameter) -> tuple[str, ...]:
    """Return the words that a value can be; `FILES` alone for a path, nothing where no list can be given."""
    if parameter.choices:
        return parameter.choices
    value = parameter.value.rstrip(".,").removesuffix(",...").split("[")[0].split("|")[0].split(".")[0]
    if value in ("FILE", "DIR", "PATH", "SNAPSHOT"):
        return (FILES,)
    if value == "PROFILE":
        return tuple(sorted(path.stem for path in find.shipped_folder().glob("*.yaml")))
    if value.startswith("RULE"):
        return tuple(name.name for name in rule_names())
    return ()


def arguments(command: Command) -> tuple[str, ...]:
    """Return the words of a command's arguments: names of `explain`, paths of `lint`, profiles."""
    if command.words == ("explain",):
        full = [entry.key.rpartition(".")[2] for entry in parameters().values() if entry.depth == "full"]
        return (*sorted(set(full)), *(name.name for name in rule_names()))
    if command.words == ("schema",):
        from tcptune.cli.schema import NAMES

        return NAMES
    if command.words == ("lab", "run"):
        from tcptune.lab.registry import chosen

        return ("all", *chosen(["all"]))
    found: list[str] = []
    for argument in command.arguments:
        found += of(argument)
    return tuple(dict.fromkeys(found))
