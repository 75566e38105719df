"""What `tcptune COMMAND --help` prints: a line for each option where that is possible, in groups, on one screen."""

from __future__ import annotations

import textwrap

from tcptune.cli.described import Command, Parameter

COLUMN = 28
"""The options' texts begin here."""

SCREEN = 24
"""So many lines are tried for: what the manual page says too gives way first."""

WIDEST = 100
PLACES = {"--netns", "--pid", "--all-netns", "--root", "--snapshot"}
EVERYWHERE = {"--format", "--output", "--fail-on", "--color", "--config", "--quiet", "--verbose", "--help"}
"""The options that mean the same in every command, shown in a line or two; the manual page explains them."""

HELP = Parameter(("--help", "-h"), "", "")


def text(command: Command, width: int) -> str:
    """Return the help of a command, or the list of its subcommands, in so many columns."""
    width = min(width, WIDEST)
    said, _, status = command.text.partition("Exit status:")
    paragraphs = said.strip().split("\n\n")
    told = " ".join(status.split())
    rest = _children(command, width) if command.children else _parameters(command, width)
    lines: list[str] = []
    for part, ends in ((paragraphs, told), (paragraphs[:1], told), (paragraphs[:1], _BRIEFLY)):
        lines = [*_head(command, part, ends if told else "", width), *rest]
        if len(lines) <= SCREEN:
            break
    return "\n".join(lines) + "\n"


_BRIEFLY = "0 done, 1 refused, 2 wrong usage; the others are in the manual"


def _head(command: Command, paragraphs: list[str], status: str, width: int) -> list[str]:
    lines = [*_usage(command, width), ""]
    for paragraph in paragraphs:
        lines += textwrap.wrap(" ".join(paragraph.split()), width, break_on_hyphens=False)
    if status:
        lines += textwrap.wrap(f"Exit status: {status}", width, subsequent_indent="  ", break_on_hyphens=False)
    return lines


def _parameters(command: Command, width: int) -> list[str]:
    own = [each for each in command.options if each.names[0] not in {*PLACES, *EVERYWHERE}]
    places = [each for each in command.options if each.names[0] in PLACES]
    lines = _group("", command.arguments, width) + _group("options:", own, width)
    return [*lines, *_group("where to look:", places, width), *_everywhere(command, width)]


def _usage(command: Command, width: int) -> list[str]:
    required = [f"{each.names[0]} {_value(each)}" for each in command.options if each.required]
    given = [each.value if each.required else f"[{each.value}]" for each in command.arguments]
    rest = ["COMMAND"] if command.children else given
    line = " ".join(["usage: tcptune", *command.words, *required, "[OPTIONS]", *rest])
    return textwrap.wrap(line, width, subsequent_indent=" " * 15, break_on_hyphens=False)


def _children(command: Command, width: int) -> list[str]:
    lines = ["", "commands:"]
    for child in command.children:
        said = " ".join(child.text.split("\n\n")[0].split())
        lines += _row(child.words[-1], said, width, column=12)
    return [*lines, "", f"`tcptune {command.words[0]} COMMAND --help` explains one."]


def _group(title: str, parameters: tuple[Parameter, ...] | list[Parameter], width: int) -> list[str]:
    rows: list[str] = []
    for each in parameters:
        label, choices = _label(each), "|".join(each.choices)
        rows += _row(label, each.help, width, choices="" if choices in label else choices)
    return [title, *rows] if rows and title else rows


def _label(each: Parameter) -> str:
    """Return how it is written: the short name first, as getopt's users expect it."""
    if not each.names:
        return each.value
    flags = [name for name in each.names if name.replace("--no-", "--") not in each.names or "--no-" not in name]
    if len(flags) < len(each.names):
        flags[0] = flags[0].replace("--", "--[no-]")
    return " ".join(filter(None, [", ".join(sorted(flags, key=len)), _value(each)]))


def _value(each: Parameter) -> str:
    return each.names[0].removeprefix("--").upper() if len(each.value) > 20 else each.value


def _row(label: str, said: str, width: int, column: int = COLUMN, choices: str = "") -> list[str]:
    room = width - column
    said = _short(said, room)
    said = f"{said}: {choices}" if choices else said
    lines = textwrap.wrap(said, room, break_on_hyphens=False, break_long_words=False) or [""]
    lines = [part for line in lines for part in _at_bars(line, room)]
    head = f"  {label}"
    if len(head) + 2 > column:
        return [head, *(" " * column + line for line in lines)]
    return [f"{head:<{column}}{lines[0]}", *(" " * column + line for line in lines[1:])]


def _at_bars(line: str, room: int) -> list[str]:
    """Cut a list of words with bars between them that is wider than the room."""
    parts = []
    while len(line) > room and "|" in line[:room]:
        cut = line.rindex("|", 0, room) + 1
        parts.append(line[:cut])
        line = line[cut:]
    return [*parts, line]


def _short(said: str, room: int) -> str:
    """Return as much of a text as fits, if it can be cut where a thought ends; the manual page has all of it."""
    said = said.rstrip(".")
    if len(said) <= room:
        return said
    for mark in ("; ", " (", ": "):
        head = said.split(mark)[0]
        if 16 <= len(head) <= room:
            return head
    return said


def _everywhere(command: Command, width: int) -> list[str]:
    found = []
    for each in (*command.options, HELP):
        if each.names[0] in EVERYWHERE:
            found.append("/".join(sorted(each.names, key=len)) + (f" {each.value}" if each.value else ""))
    # An option and its value stay on one line.
    unbroken = ", ".join(name.replace(" ", "\xa0") for name in found)
    line = f"as everywhere: {unbroken}; see tcptune-{command.words[0]}(1)"
    wrapped = textwrap.wrap(line, width, subsequent_indent="  ", break_on_hyphens=False)
    return [part.replace("\xa0", " ") for part in wrapped]
