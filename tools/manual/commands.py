"""tcptune(1) and one page for each command."""

from __future__ import annotations

import re

from tcptune.cli.app import COMMANDS
from tools.commands import Command, Parameter
from tools.manual import roff, source

LAST = ("FILES", "ENVIRONMENT", "NOTES", "BUGS")
"""Sections of a text that stand behind the options, in this order; its others stand before them."""

VOLUME = "User Commands"
_ENVIRONMENT = "`NO_COLOR`, `TERM` and `COLUMNS` are heeded as tcptune(1) tells."
_OTHERS = "\n\n130 when interrupted, 141 when the reader of a pipe has gone."
_PIPE = "\n\n141 when the reader of a pipe has gone."


def top(commands: list[Command]) -> list[str]:
    """Return tcptune(1)."""
    texts = source.sections("tcptune")
    lines = [roff.title("tcptune", 1, VOLUME), roff.heading("Name"), roff.escape(f"tcptune - {texts.pop('NAME')}")]
    lines += [roff.heading("Synopsis"), *_usage(("tcptune",), "COMMAND [OPTIONS]"), *_texts(texts, before=True)]
    lines += [roff.heading("Commands")]
    for command in commands:
        told = COMMANDS[command.words[0]].summary.removesuffix(", ...")
        summary = roff.paragraph(f"{told[:1].upper()}{told[1:]}. See `{_page(command)}(1)`.")
        lines += roff.tagged(f"\\fB{roff.escape(' '.join(command.words))}\\fR", summary)
    lines += _texts(texts, before=False)
    others = [f"{_page(command)}(1)" for command in commands]
    return [*lines, *_see([*others, "tcptune-profile(5)", "tcptune-parameters(7)", "tcptune-rules(7)", "tcp(7)"])]


def page(command: Command) -> list[str]:
    """Return the page of one command, with its subcommands."""
    name = _page(command)
    texts = source.sections(name)
    if "EXAMPLES" not in texts:
        raise SystemExit(f"man/text/{name}.txt: a section EXAMPLES is missing")
    lines = [
        roff.title(name, 1, VOLUME),
        roff.heading("Name"),
        roff.escape(f"{name} - {command.summary}"),
        roff.heading("Synopsis"),
    ]
    for leaf in command.leaves():
        lines += [*_usage(("tcptune", *leaf.words), _arguments(leaf)), ".br"]
    del lines[-1]
    lines += [roff.heading("Examples"), *roff.blocks(texts.pop("EXAMPLES"))]
    lines += [roff.heading("Description")]
    for leaf in command.leaves():
        said, _ = _split(leaf.text)
        if leaf is not command:
            lines.append(roff.subheading("tcptune " + " ".join(leaf.words)))
        lines += roff.blocks(said)
    lines += _texts(texts, before=True) + _options(command)
    lines += [roff.heading("Exit status"), *roff.blocks(_status(command))]
    if any("--color" in option.names for leaf in command.leaves() for option in leaf.options):
        texts["ENVIRONMENT"] = "\n\n".join(filter(None, (texts.get("ENVIRONMENT"), _ENVIRONMENT)))
    lines += _texts(texts, before=False)
    also = texts.get("SEE ALSO", "").split()
    return [*lines, *_see(["tcptune(1)", *also, "tcptune-parameters(7)", "tcptune-rules(7)"])]


def _page(command: Command) -> str:
    return f"tcptune-{command.words[0]}"


def _usage(words: tuple[str, ...], rest: str) -> list[str]:
    tail = re.sub(r"[A-Z][A-Z_]*", lambda match: f"\\fI{match[0]}\\fR", roff.escape(rest))
    return [f"\\fB{roff.escape(' '.join(words))}\\fR {_breakable(tail)}".rstrip()]


def _arguments(leaf: Command) -> str:
    required = [f"{each.names[0]} {each.value}" for each in leaf.options if each.required]
    given = [each.value if each.required else f"[{each.value}]" for each in leaf.arguments]
    return " ".join(["[OPTIONS]", *required, *given])


def _texts(texts: dict[str, str], *, before: bool) -> list[str]:
    titles = [title for title in texts if title not in LAST] if before else [title for title in LAST if title in texts]
    lines: list[str] = []
    for title in titles:
        if title != "SEE ALSO":
            lines += [roff.heading(title), *roff.blocks(texts[title])]
    return lines


def _options(command: Command) -> list[str]:
    lines = [roff.heading("Options")]
    leaves = list(command.leaves())
    for leaf in leaves:
        if len(leaves) > 1:
            lines.append(roff.subheading("tcptune " + " ".join(leaf.words)))
        for each in leaf.arguments:
            lines += roff.tagged(f"\\fI{roff.escape(each.value)}\\fR", roff.paragraph(each.help))
        for each in leaf.options:
            lines += roff.tagged(_tag(each), roff.paragraph(each.help))
    if len(leaves) > 1:
        lines.append(roff.subheading(f"tcptune {command.words[0]} COMMAND"))
    return [*lines, *roff.tagged("\\fB\\-\\-help\\fR, \\fB\\-h\\fR", ["Show the options."])]


def _tag(option: Parameter) -> str:
    names = ", ".join(f"\\fB{roff.escape(name)}\\fR" for name in option.names)
    return f"{names} \\fI{_breakable(roff.escape(option.value))}\\fR" if option.value else names


def _breakable(text: str) -> str:
    """Let a line end behind a bar, where many words are to choose from."""
    return text.replace("|", "|\\:")


def _status(command: Command) -> str:
    """Return the statuses of a command: what its docstring says behind `Exit status:`, a number to each.

    What the subcommands end with differs: each meaning is told with those that have it.
    """
    entries: dict[str, dict[str, list[str]]] = {}
    leaves = list(command.leaves())
    for leaf in leaves:
        for number, meaning in re.findall(r"(\d+) (.+?)(?=,? (?:and )?\d+ |\.?$)", _split(leaf.text)[1]):
            entries.setdefault(number, {}).setdefault(meaning.strip(" ,;."), []).append(leaf.words[-1])
    if "0" not in entries:
        raise SystemExit(f"{_page(command)}: a docstring without `Exit status:`")
    lines = []
    for number in sorted(entries, key=int):
        known = entries[number]
        told = [
            text if len(words) == len(leaves) else f"{', '.join(f'`{word}`' for word in words)}: {text}"
            for text, words in known.items()
        ]
        lines.append(f"`{number}`\n  " + " ".join(f"{text[:1].upper()}{text[1:]}." for text in told))
    return "\n".join(lines) + (_PIPE if "130" in entries else _OTHERS)


def _split(text: str) -> tuple[str, str]:
    """Cut a docstring into what it says and what stands behind `Exit status:`."""
    said, _, status = text.partition("Exit status:")
    return said.strip(), " ".join(status.split())


def _see(pages: list[str]) -> list[str]:
    unique = list(dict.fromkeys(pages))
    shown = [f"\\fB{roff.escape(each[:-3])}\\fR({each[-2]})" for each in unique]
    return [roff.heading("See also"), ",\n".join(shown)]
