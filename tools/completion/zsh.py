"""Completion for zsh: `_arguments` for each command, with the help of each option."""

from __future__ import annotations

import re

from tools.commands import HELP, Command, Parameter
from tools.completion import words


def text(commands: list[Command]) -> str:
    """Return the file."""
    lines = ["#compdef tcptune", "# Completion of tcptune for zsh, written by tools/gen_completion.py.", ""]
    for command in commands:
        if command.children:
            lines += _group(command.words[0], command.children)
        for leaf in command.leaves():
            lines += _leaf(leaf)
    lines += ["_tcptune() {", *_choice(_entries(commands), 0), "    case $words[1] in"]
    lines += [f"    {command.words[0]}) _tcptune_{_name(command)} ;;" for command in commands]
    return "\n".join([*lines, "    esac", "}", "", '_tcptune "$@"']) + "\n"


def _entries(commands: list[Command] | tuple[Command, ...]) -> list[str]:
    return [_quoted(f"{command.words[-1]}:{command.summary}") for command in commands]


def _choice(entries: list[str], _depth: int) -> list[str]:
    """Return what offers the words of commands at the first place, and goes on with the rest of the line behind it."""
    return [
        "    local -a commands",
        "    commands=(",
        *(f"        {entry}" for entry in entries),
        "    )",
        "    if ((CURRENT == 2)); then",
        "        _describe command commands",
        "        return",
        "    fi",
        "    shift words",
        "    ((CURRENT--))",
    ]


def _group(name: str, children: tuple[Command, ...]) -> list[str]:
    lines = [f"_tcptune_{name}() {{", *_choice(_entries(children), 1), "    case $words[1] in"]
    lines += [f"    {child.words[-1]}) _tcptune_{_name(child)} ;;" for child in children]
    return [*lines, "    esac", "}", ""]


def _leaf(leaf: Command) -> list[str]:
    specs = [_option(option) for option in (*leaf.options, HELP)]
    offered = words.arguments(leaf)
    if leaf.arguments:
        many = any(argument.repeatable for argument in leaf.arguments)
        specs.append(_quoted(f"{'*' if many else '1'}:{leaf.arguments[0].value.lower()}:{_action(offered)}"))
    body = " \\\n        ".join(specs)
    return [f"_tcptune_{_name(leaf)}() {{", f"    _arguments -s \\\n        {body}", "}", ""]


def _option(option: Parameter) -> str:
    told = re.sub(r"([\[\]:])", r"\\\1", option.help)
    tail = f"[{told}]"
    if option.value:
        tail += f":{re.sub(r'[^A-Za-z]+', ' ', option.value).strip().lower()}:{_action(words.of(option))}"
    names = option.names
    excluded = "*" if option.repeatable else f"({' '.join(names)})"
    if len(names) == 1:
        return _quoted(f"{excluded if option.repeatable else ''}{names[0]}{tail}")
    return f"{_quoted(excluded)}{{{','.join(names)}}}{_quoted(tail)}"


def _action(offered: tuple[str, ...]) -> str:
    if offered == (words.FILES,):
        return "_files"
    return f"({' '.join(offered)})" if offered else " "


def _name(command: Command) -> str:
    return "_".join(command.words).replace("-", "_")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
