"""Whether code of Terraform, Nix or Puppet parses, as far as brackets, quotes and what divides entries can tell.

One pass over the characters makes a copy of the text in which texts are crossed out and comments blank; brackets,
semicolons and commas of the copy are those of the code. Only what no parser of the language takes is told; a text that
another tool fills in before is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tcptune.model.record import dataclass
from tcptune.sources.base import Problem, Text, pure

_PAIRS = {"}": "{", "]": "[", ")": "("}
_FILLS = re.compile(r"\{\{|\{%|<%|@[A-Za-z_]\w*@|^<{7} |^={7}$|^>{7} ", re.MULTILINE)
"""What a template has in its code, or what a merge has left in it."""

_REFUSED = "Nothing is set: {} refuses the file as a whole."


@dataclass(frozen=True, slots=True)
class _Language:
    """How the code of a language is cut: what is looked for in code, and in each kind of text up to its end."""

    name: str
    code: re.Pattern[str]
    texts: dict[str, re.Pattern[str]]
    one_line: bool = False


_HCL = _Language(
    "Terraform",
    re.compile(r"#[^\n]*|//[^\n]*|/\*|\"|'|<<-?[ \t]*\"?(?P<mark>[A-Za-z_][\w-]*)\"?[ \t\r]*\n|[{}]"),
    {'"': re.compile(r"\\.|\$\$\{|%%\{|[$%]\{|\"|\n")},
    one_line=True,
)
_NIX = _Language(
    "Nix",
    re.compile(r"#[^\n]*|/\*|\"|[A-Za-z_][\w'-]*|''|[{}]"),
    {'"': re.compile(r"\\.|\$\$|\$\{|\"", re.DOTALL), "''": re.compile(r"'''|''\$|''\\.|''|\$\$|\$\{", re.DOTALL)},
)
_PUPPET = _Language(
    "Puppet",
    re.compile(
        r"#[^\n]*|/\*|(?:(?<=[~,({}\[:|\n])|(?<=\bnode))[ \t]*/(?![*/ ])(?:[^/\\\n]|\\.)+/|\"|'"
        r"|@\([ \t]*\"?(?P<mark>[A-Za-z][^\"\n:/)]*)\"?[^)\n]*\)[^\n]*\n|[{}]"
    ),
    {'"': re.compile(r"\\.|\$\{|\"", re.DOTALL), "'": re.compile(r"\\.|'", re.DOTALL)},
)


def of_file(text: Text) -> Problem | None:
    """Return what keeps the tool that a file is for from reading it; None for files of other tools, and templates."""
    path = pure(text.path)
    judge = {".tf": terraform, ".tfvars": terraform, ".hcl": terraform, ".pp": puppet}.get(path.suffix)
    return None if judge is None or path.stem.endswith("tpl") else judge(text)


def terraform(text: Text) -> Problem | None:
    """Return what keeps Terraform from reading a text, None where nothing does for certain."""
    return _problem(text, _HCL, _of_terraform)


def nix(text: Text) -> Problem | None:
    """Return what keeps Nix from reading a text, None where nothing does for certain."""
    return _problem(text, _NIX, _of_nix)


def puppet(text: Text) -> Problem | None:
    """Return what keeps Puppet from reading a text, None where nothing does for certain."""
    return _problem(text, _PUPPET, _of_puppet)


Fault = tuple[int, str]
"""Where in the text something is wrong, and what."""


def _problem(text: Text, language: _Language, more: Callable[[str], Fault | None]) -> Problem | None:
    plain, fault = _plain(text.text, language)
    if _FILLS.search(plain):
        return None
    fault = fault or _brackets(plain) or more(plain)
    if fault is None:
        return None
    at, said = fault
    name = language.name
    return Problem("TT007", "error", text.span(at, at + 1), f"{name} cannot read this: {said}.", _REFUSED.format(name))


def _plain(source: str, language: _Language) -> tuple[str, Fault | None]:
    """Return the text with its texts crossed out and its comments blank, and what is wrong with a quote.

    A text becomes a word in quotes of the same length, whatever lines it has. Where a quote is wrong, there is no copy.
    """
    parts: list[str] = []
    stack: list[tuple[str, int]] = []
    at = done = 0
    while True:
        state = stack[-1][0] if stack else "{"
        match = (language.code if state == "{" else language.texts[state]).search(source, at)
        if match is None:
            break
        token, at = match[0], match.end()
        if state != "{":
            if token == "\n" and language.one_line:
                return source, (stack[-1][1], "the quote that begins here is not closed on its line")
            if token == state:
                begun = stack.pop()[1]
                if not stack:
                    parts += [source[done:begun], '"', "x" * (at - begun - 2), '"']
                    done = at
            elif token in ("${", "%{"):
                stack.append(("{", match.start()))
        elif token in language.texts:
            stack.append((token, match.start()))
        elif token in "{}":
            if stack and token == "}":
                del stack[-1]
            if stack and token == "{":
                stack.append(("{", match.start()))
        elif token == "'":
            return source, (match.start(), "it knows no single quotes")
        else:
            at = _passed(source, match)
            if at < 0:
                return source, (match.start(), "the end of the text that begins here is missing")
            if not stack:
                parts += [source[done : match.start()], _crossed(token, source[match.start() : at])]
                done = at
    fault = next(
        ((begin, "the quote that begins here is never closed") for state, begin in stack if state != "{"), None
    )
    return "".join([*parts, source[done:]]), fault


def _passed(source: str, match: re.Match[str]) -> int:
    """Return where a comment, a here-document or another word of the code ends; -1 when its end is missing."""
    if match[0] == "/*":
        end = source.find("*/", match.end())
        return end + 2 if end >= 0 else -1
    named = match.groupdict().get("mark")
    if named is None:
        return match.end()
    mark = re.escape(named.strip())
    last = re.compile(rf"^[ \t]*(?:\|[ \t]*)?(?:-[ \t]*)?{mark}[ \t]*\r?$", re.MULTILINE).search(source, match.end())
    return last.end() if last is not None else -1


def _crossed(token: str, told: str) -> str:
    """Return what stands in the copy for a comment, a here-document, a pattern or a word."""
    if token[0] == "#" or token[:2] in ("//", "/*"):
        return re.sub(r"[^\n]", " ", told)
    if token[0] in "<@" or token.lstrip()[:1] == "/":
        return '"' + "x" * (len(told) - 2) + '"'
    return told


def _brackets(plain: str) -> Fault | None:
    """Return the first bracket that does not fit; of one that is never closed the most inner that it may be."""
    stack: list[tuple[str, int]] = []
    doubtful: Fault | None = None
    for match in re.finditer(r"[{}()\[\]]", plain):
        sign, at = match[0], match.start()
        if sign in "{[(":
            stack.append((sign, at))
            continue
        if not stack:
            return at, f"this {sign} closes nothing"
        opened, begun = stack.pop()
        if opened != _PAIRS[sign]:
            return (
                at,
                f"this {sign} stands where the {opened} of line {plain.count(chr(10), 0, begun) + 1} has to be closed",
            )
        if doubtful is None and _lone(plain, at) and _indent(plain, at) < _indent(plain, begun):
            doubtful = (begun, f"this {opened} is not closed")
    if not stack:
        return None
    return doubtful or (stack[-1][1], f"this {stack[-1][0]} is never closed")


def _lone(plain: str, at: int) -> bool:
    """Tell whether a bracket is the first sign of its line."""
    return not plain[plain.rfind("\n", 0, at) + 1 : at].strip()


def _indent(plain: str, at: int) -> int:
    """Return by how many characters the line of a place is indented."""
    begin = plain.rfind("\n", 0, at) + 1
    return len(plain[begin : at + 1]) - len(plain[begin : at + 1].lstrip())


_EMPTY = re.compile(r"^[ \t]*(\"x*\"|[\w.]+)[ \t]*=[ \t]*\r?\n\s*(?:\}|(?:\"x*\"|[\w.]+)[ \t]*=[^=])", re.MULTILINE)
_TWO = re.compile(r"^[ \t]*\"x*\"[ \t]+(?:\"x*\"|-?\d+),?[ \t]*\r?$", re.MULTILINE)


def _of_terraform(plain: str) -> Fault | None:
    """Return an entry without a value, or without a sign before it."""
    if match := _EMPTY.search(plain):
        return match.start(1), "the value is missing"
    match = _TWO.search(plain)
    return None if match is None else (match.start() + len(match[0]) - len(match[0].lstrip()), "a = is missing here")


_NAMELESS = re.compile(r"^[ \t]*(?:value|ensure)[ \t]*=[ \t]*[\"'\d$]", re.MULTILINE)
_ARROW = re.compile(r"=>|[{}()\[\],;:?]")
_UNTITLED = re.compile(r"\bsysctl[\w:]*\s*\{\s*(\"x*\")\s+\w+\s*=>")


def _of_puppet(plain: str) -> Fault | None:
    """Return an attribute without its arrow, and one without a comma before it."""
    if match := _NAMELESS.search(plain):
        return plain.index("=", match.start()), "attributes are set by =>"
    if match := _UNTITLED.search(plain):
        return match.start(1), "a colon is missing behind this title"
    arrows = [-1]
    for match in _ARROW.finditer(plain):
        sign = match[0]
        if sign in "{[(":
            arrows.append(-1)
        elif sign in "}])":
            arrows.pop()
        elif sign != "=>":
            arrows[-1] = -1
        elif arrows[-1] >= 0:
            return _before(plain, plain.rfind("\n", 0, match.start())), "a comma is missing here"
        else:
            arrows[-1] = match.start()
    return None


def _before(plain: str, at: int) -> int:
    """Return the place of the last sign before a place."""
    return max(len(plain[: max(at, 1)].rstrip()) - 1, 0)


_NOTHING = re.compile(r"(?<![=!<>])=\s*;")
_SEVERAL = re.compile(r"(?<![=!<>])=[ \t]*(-?\d+)(?:[ \t]+-?\d+)+[ \t]*;")
_SIGNS = re.compile(r"(?<![=!<>])=(?!=)|[{}()\[\];,]|\blet\b|\"x*\"[ \t]*:(?!:)")


def _of_nix(plain: str) -> Fault | None:
    """Return a binding without a value or of several, one that ends in no semicolon, and a colon for its sign."""
    if match := _NOTHING.search(plain):
        return match.start(), "the value is missing"
    if match := _SEVERAL.search(plain):
        return match.start(1), "several numbers have to stand in quotes"
    sets: list[list[int]] = [[-1, 0, 0]]
    for match in _SIGNS.finditer(plain):
        sign, at, top = match[0], match.start(), sets[-1]
        if sign in "{[(":
            sets.append([-1, 0, 0])
        elif sign in "}])":
            if sign == "}" and top[0] >= 0 and not top[2]:
                return _before(plain, at), "a semicolon is missing here"
            sets.pop()
        elif sign == ";":
            top[0] = -1
        elif sign == "let":
            top[2] = 1
        elif sign == "=":
            if top[0] >= 0 and not top[2]:
                return _before(plain, plain.rfind("\n", 0, at)), "a semicolon is missing here"
            top[0], top[1] = at, 1
        elif sign == "," and top[1] and not top[2]:
            return at, "a semicolon belongs here"
        elif sign[0] == '"':
            return match.end() - 1, "a = belongs here"
    return None
