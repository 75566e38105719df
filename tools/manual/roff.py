"""Text as roff with the man macros: escapes, paragraphs, tagged lists, examples."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

from tcptune import __version__

DATE = "2026-11-21"
"""When the texts were last looked over."""

SHORT = 40
"""Code up to this length is not broken."""

_CODE = re.compile(r"`([^`]+)`")
_TYPOGRAPHY = str.maketrans(
    {"…": "...", "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "→": "->", "×": "x", "≤": "<=", "≥": ">="}
)


def escape(text: str) -> str:
    """Return text that roff prints as it stands, on every device and in ASCII too."""
    text = text.translate(_TYPOGRAPHY).replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"[^\x00-\x7f]", lambda match: f"\\[u{ord(match[0]):04X}]", text).replace("'", "\\(aq")


def inline(text: str) -> str:
    """Return a run of text, with what stands in backquotes in bold."""
    parts = []
    done = 0
    for match in _CODE.finditer(text):
        parts += [escape(text[done : match.start()]), f"\\fB{_together(escape(match[1]))}\\fR"]
        done = match.end()
    return "".join([*parts, escape(text[done:])])


def _together(code: str) -> str:
    """Let no line end inside of a few words that are typed as they stand."""
    return code.replace(" ", "\\~") if len(code) <= SHORT else code


def line(text: str) -> str:
    """Return a line that is no request, whatever it begins with."""
    return f"\\&{text}" if text.startswith((".", "'")) else text


def paragraph(text: str) -> list[str]:
    """Return the lines of a paragraph, one sentence to a line, as roff wants them."""
    sentences = re.split(r"(?<=[.!?;:]) (?=[A-Z`])|(?<=[a-z)][.!?]) (?=\w)", " ".join(text.split()))
    return [line(inline(each)) for each in sentences if each]


def title(name: str, section: int, volume: str) -> str:
    """Return the head of a page; a name with a hyphen is not cut at it, nor any other word."""
    return f'.nr HY 0\n.TH {escape(name.upper())} {section} "{DATE}" "tcptune {__version__}" "{volume}"\n.nh\n.ad l'


def heading(title: str) -> str:
    """Return the head of a section."""
    return f".SH {escape(title.upper())}"


def subheading(title: str) -> str:
    """Return the head of a part of a section."""
    return f".SS {escape(title)}"


def tagged(tag: str, text: Iterable[str], indent: int | None = None) -> list[str]:
    """Return an entry of a list: a tag in roff, and the lines of what it means, indented by so many characters."""
    return [".TP" if indent is None else f".TP {indent}", line(tag), *text]


def example(code: str) -> list[str]:
    """Return lines that are printed as they stand, indented."""
    return [".PP", ".in +4n", ".EX", *(line(escape(each)) for each in code.split("\n")), ".EE", ".in"]


def tidy(lines: Iterable[str]) -> list[str]:
    """Return the lines of a page, no longer than 80 characters outside examples, without needless paragraph macros."""
    found: list[str] = []
    as_it_stands = False
    for each in lines:
        for row in each.split("\n"):
            if row == ".PP" and found and found[-1].startswith((".SH", ".SS", ".RS", ".PP")):
                continue
            as_it_stands = row == ".EX" or (as_it_stands and row != ".EE")
            if as_it_stands or row.startswith("."):
                found.append(row)
            else:
                wrapped = textwrap.wrap(row, 78, break_long_words=False, break_on_hyphens=False)
                tag = bool(found) and found[-1].startswith(".TP")
                # A tag is one line of input to .TP; where it is broken, `\c` says that the next line belongs to it.
                found += [line(part) + (" \\c" if tag else "") for part in wrapped[:-1]] + [*map(line, wrapped[-1:])]
    return found


def blocks(text: str) -> list[str]:
    """Return a text of paragraphs, lists (`- ` or `term: `-less) and indented examples, separated by empty lines."""
    lines: list[str] = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        rows = block.split("\n")
        if all(row.startswith("    ") for row in rows):
            lines += example("\n".join(row[4:] for row in rows))
        elif rows[0].startswith("- "):
            for item in re.split(r"\n(?=- )", block):
                lines += [".IP \\(bu 2", *paragraph(item[2:])]
        elif rows[0].startswith("`") and re.match(r"`[^`]+`(, `[^`]+`)*\n  ", block):
            for item in re.split(r"\n(?=`)", block):
                tag, _, told = item.partition("\n")
                lines += tagged(inline(tag), paragraph(told))
        else:
            lines += [".PP", *paragraph(block)]
    return lines
