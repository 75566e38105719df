"""Completion for fish: a line for each command and option, offered where its command stands."""

from __future__ import annotations

from tools.commands import HELP, Command, Parameter
from tools.completion import words


def text(commands: list[Command]) -> str:
    """Return the file."""
    lines = ["# Completion of tcptune for fish, written by tools/gen_completion.py.", "complete -c tcptune -f"]
    for command in commands:
        lines.append(_line("__fish_use_subcommand", f"-a {command.words[0]}", command.summary))
        for child in command.children:
            others = " ".join(each.words[1] for each in command.children)
            where = f"__fish_seen_subcommand_from {command.words[0]}; and not __fish_seen_subcommand_from {others}"
            lines.append(_line(where, f"-a {child.words[1]}", child.summary))
        for leaf in command.leaves():
            lines += _leaf(leaf)
    return "\n".join(lines) + "\n"


def _leaf(leaf: Command) -> list[str]:
    where = "; and ".join(f"__fish_seen_subcommand_from {word}" for word in leaf.words)
    lines = [_line(where, _option(option), option.help) for option in (*leaf.options, HELP)]
    offered = words.arguments(leaf)
    if offered == (words.FILES,):
        lines.append(_line(where, "-F", ""))
    elif offered:
        lines.append(_line(where, f"-a {_quoted(' '.join(offered))}", ""))
    return lines


def _option(option: Parameter) -> str:
    parts = [f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names]
    offered = words.of(option)
    if option.value:
        # A value is asked for; files are offered where it is one, and nowhere else.
        parts.append("-r -F" if offered == (words.FILES,) else "-x")
        if offered and offered != (words.FILES,):
            parts.append(f"-a {_quoted(' '.join(offered))}")
    return " ".join(parts)


def _line(where: str, what: str, told: str) -> str:
    described = f" -d {_quoted(told)}" if told else ""
    return f"complete -c tcptune -n {_quoted(where)} {what}{described}"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
