"""Comments of the written files: reasons that anybody may have written, made harmless to every reader of the file."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

from tcptune import __version__
from tcptune.render.sheet import Entry, Sheet, Silence

WIDTH = 100

_TAG = re.compile(r"(?<=\{)(?=[{%#])|(?<=[}%#])(?=\})|(?<=<)(?=%)|(?<=%)(?=>)")
_MARK = re.compile(r"tcptune:(?=\s*ignore)")


def harmless(text: str) -> str:
    """Return a text as one line that is a comment and nothing else wherever it is written.

    Line ends and runs of blanks become one blank, what cannot be seen is spelled out (`\\x1b`), and the tags of
    templates and of lint's suppressions come apart: a reason must not change how the file around it is read.
    """
    line = "".join(
        character if character.isprintable() else _spelled(character) for character in " ".join(text.split())
    )
    return _MARK.sub("tcptune :", _TAG.sub(" ", line))


def _spelled(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def comment(text: str, indent: str = "") -> list[str]:
    """Return a text as comment lines; none for an empty one."""
    lead = f"{indent}# "
    return textwrap.wrap(
        harmless(text),
        WIDTH,
        initial_indent=lead,
        subsequent_indent=lead,
        break_long_words=False,
        break_on_hyphens=False,
    )


def reason(entry: Entry, indent: str = "", extra: str = "") -> list[str]:
    """Return the comment above a setting on one line: its reason, what is to be known, what lint is to be silent on."""
    return [*comment(entry.why, indent), *comment(extra, indent), *silences(entry.silenced, indent)]


def named(entry: Entry, value: str, indent: str, extra: str = "") -> list[str]:
    """Return a setting as an item of a list with `name` and `value`; lint's findings stand on either line."""
    on_key = [each for each in entry.silenced if each.about == "key"]
    on_value = [each for each in entry.silenced if each.about == "value"]
    return [
        *comment(entry.why, indent),
        *comment(extra, indent),
        *silences(on_key, indent),
        f"{indent}- name: {entry.key}",
        *silences(on_value, f"{indent}  "),
        f"{indent}  value: {value}",
    ]


def silences(found: Iterable[Silence], indent: str = "", mark: str = "ignore") -> list[str]:
    """Return the comments that make lint silent about the next line, or with `ignore-file` about the whole file."""
    told = dict.fromkeys((each.rule, harmless(each.why)) for each in found)
    return [f"{indent}# tcptune: {mark}[{rule}] {why}" for rule, why in told]


def header(sheet: Sheet, *use: str) -> list[str]:
    """Return the comment at the top: tool, profile, kernel, how the file is used, and what is not in it."""
    lines = [
        *comment(f"tcptune {__version__}: the profile {sheet.profile} for {sheet.circumstances}."),
        *comment(sheet.summary),
        *(line for text in use for line in comment(text)),
    ]
    if sheet.satisfied:
        lines += comment(f"The kernel's default is right for: {', '.join(sheet.satisfied)}.")
    for each in sheet.passed:
        lines += comment(f"Not for this kernel or host: {each.key} ({each.reason}).")
    for each in sheet.refused:
        lines += comment(f"Left out: {each.key}: {each.reason}.")
    return lines


def modules_note(sheet: Sheet) -> tuple[str, ...]:
    """Return what is to be said of the modules that must be loaded before the settings, nothing where none must."""
    names = " and ".join(sheet.modules)
    return (f"Name {names} in a file of /etc/modules-load.d, which is read before these settings.",) if names else ()
