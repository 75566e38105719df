"""Comments of the written files: reasons that anybody may have written, made harmless to every reader of the file."""

from __future__ import annotations

import re
import textwrap

from tcptune import __version__
from tcptune.render.sheet import Entry, Sheet

WIDTH = 100

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff]")
_TAG = re.compile(r"(?<=\{)(?=[{%#])|(?<=[}%#])(?=\})|(?<=<)(?=%)|(?<=%)(?=>)")
_MARK = re.compile(r"tcptune:(?=\s*ignore)")


def harmless(text: str) -> str:
    """Return a text as one line that is a comment and nothing else wherever it is written.

    Line ends and runs of blanks become one blank, what cannot be seen is spelled out (`\\x1b`), and the tags of
    templates and of lint's suppressions come apart: a reason must not change how the file around it is read.
    """
    line = _UNSEEN.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), " ".join(text.split()))
    return _MARK.sub("tcptune :", _TAG.sub(" ", line))


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
    """Return the comment above a setting: its reason, what is to be known, what lint is to be silent about."""
    lines = [*comment(entry.why, indent), *comment(extra, indent)]
    return [*lines, *(f"{indent}# tcptune: ignore[{rule}] {harmless(why)}" for rule, why in entry.silenced)]


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
