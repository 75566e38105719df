"""A POSIX shell's words, redirections and heredocs, with the place of every character.

It reads as far as settings need it: quotes, escapes, continuation lines, comments, operators, heredocs. Expansions are
not made; a word that holds one says so. The time is linear in the text, nesting is counted and never recursed into.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import field

from tcptune.model.late import late
from tcptune.model.record import dataclass

_PLAIN = late(r"[^\s'\"\\$`;&|()<>#]+")
_ORDINARY = late(r'''"((?:[^"\\$`]++|\$(?:[A-Za-z_]\w*|[0-9@*#?$!-]|\([^()'"\\]{0,200}+\)|\{[^{}]{0,200}+\}))*+)"''')
"""Text in double quotes without escapes, in which substitutions hold no others: most of it is."""

_SIMPLE = re.compile(rf"({_PLAIN.pattern}+)?+(?:{_ORDINARY.pattern})?+(?=[\s;&|()<>]|\Z)")
"""A word of plain characters, with such text behind them: most words are."""

_UNFILLED = late(r"(?:(?!\{\{)[^\s'\"\\$`;&|()<>#])+")
_MUSTACHE = late(r"\{\{[^{}\n]{0,300}\}\}")
"""What another program fills in before a shell reads the script: a part of a word, whatever stands in it."""

_OPERATOR = late(r";;&?|;&|&&|\|\||\|&?|[;&()]")
_REDIRECT = late(r"(?:\d*)(?:<<<|<<-?|<>|<&|<|>>|>\||>&|>)|&>>?")
_REDIRECTS, _OPERATORS = frozenset("0123456789<>&"), frozenset(";&|()")
"""What each of them begins with."""

_SPACE = re.compile(r"(?:[ \t\r]|\\\r?\n)+")
_BLANKS = frozenset(" \t\r\\")
"""What blanks begin with."""

_NO_WORD = _REDIRECTS | _OPERATORS | _BLANKS | frozenset("\n#")
"""What may begin something else than a word."""

_VARIABLE = late(r"\$(?:[A-Za-z_]\w*|[0-9@*#?$!-])")


@dataclass(slots=True)
class Word:
    """A word without its quotes; `offsets[i]` is where its i-th character stands in the text.

    `expands` tells that the shell replaces a part of it (outside single quotes), `quoted` that any quote was there.
    """

    text: str = ""
    offsets: list[int] = field(default_factory=list)
    start: int = 0
    end: int = 0
    quoted: bool = False
    expands: bool = False


@dataclass(slots=True)
class Heredoc:
    """The lines of a here-document: offset of each line's first character, and the line. `expands` if unquoted."""

    delimiter: str
    expands: bool
    tabs: bool
    lines: list[tuple[int, str]] = field(default_factory=list)

    def literal(self) -> list[tuple[int, str]]:
        """Return the lines without those that a shell replaces as a whole: a `$(…)` over one or several lines."""
        if not self.expands:
            return self.lines
        replaced = {offset for rows in self.commands() for offset, _ in rows}
        return [row for row in self.lines if row[0] not in replaced]

    def commands(self) -> list[list[tuple[int, str]]]:
        """Return the lines of each `$(…)` that fills lines of its own, without the brackets."""
        text = "\n".join(line for _, line in self.lines) if self.expands else ""
        found: list[list[tuple[int, str]]] = []
        at, stop, replaced = 0, 0, False
        for offset, line in self.lines if "$(" in text else ():
            begins = at >= stop and line.lstrip().startswith("$(")
            if begins:
                end = _closed(text, at + line.index("$("))
                if end is None:
                    return []
                rest = text.find("\n", end)
                stop, replaced = end, not text[end : rest if rest >= 0 else None].strip()
                found += [[]] if replaced else []
            if replaced and at < stop:
                inside = line.replace("$(", "  ", 1) if begins else line
                found[-1].append((offset, inside[: stop - at - 1]))
            at += len(line) + 1
        return found


@dataclass(slots=True)
class Command:
    """A simple command: its words, where it writes to, and the operator that ends it (`\\n` for a line's end)."""

    words: list[Word] = field(default_factory=list)
    redirects: list[tuple[str, Word]] = field(default_factory=list)
    heredocs: list[Heredoc] = field(default_factory=list)
    operator: str = "\n"
    start: int = 0


@dataclass(slots=True)
class Script:
    """What was read: commands in order, and comments as (offset, text, alone on its line)."""

    commands: list[Command] = field(default_factory=list)
    comments: list[tuple[int, str, bool]] = field(default_factory=list)


def lex(text: str) -> Script:
    """Divide a script into commands. Never fails: what a shell would refuse is read as far as it goes."""
    return _Lexer(text).run()


class _Lexer:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.script = Script()
        self.command = Command()
        self.pending: list[Heredoc] = []
        self.budget = 4 * len(text) + _LONGEST
        self.filled = "{{" in text
        self.line_had_code = False

    def run(self) -> Script:
        text, size = self.text, len(self.text)
        while self.at < size:
            character = text[self.at]
            if character not in _NO_WORD:
                self.command.words.append(self.word())
                self.line_had_code = True
                continue
            if character in _BLANKS and (match := _SPACE.match(text, self.at)):
                self.at = match.end()
                continue
            if character == "\n":
                self.newline()
            elif character == "#":
                self.comment()
            elif character in _REDIRECTS and (match := _REDIRECT.match(text, self.at)):
                self.redirect(match[0])
            elif character in _OPERATORS and (match := _OPERATOR.match(text, self.at)):
                self.at = match.end()
                self.finish(match[0])
            else:
                self.command.words.append(self.word())
            if character not in "\n#":
                self.line_had_code = True
        self.finish("\n")
        return self.script

    def finish(self, operator: str) -> None:
        command = self.command
        if command.words or command.redirects or command.heredocs or operator != "\n":
            command.operator = operator
            command.start = command.words[0].start if command.words else self.at
            self.script.commands.append(command)
        self.command = Command()

    def newline(self) -> None:
        self.at += 1
        self.finish("\n")
        self.line_had_code = False
        for heredoc in self.pending:
            self.body(heredoc)
        self.pending = []

    def body(self, heredoc: Heredoc) -> None:
        text, size = self.text, len(self.text)
        while self.at < size:
            end = text.find("\n", self.at)
            end = size if end < 0 else end
            line, start = text[self.at : end], self.at
            self.at = min(end + 1, size)
            if heredoc.tabs:
                start += len(line) - len(line.lstrip("\t"))
                line = line.lstrip("\t")
            if line.rstrip("\r") == heredoc.delimiter:
                return
            heredoc.lines.append((start, line))

    def comment(self) -> None:
        end = self.text.find("\n", self.at)
        end = len(self.text) if end < 0 else end
        self.script.comments.append((self.at, self.text[self.at : end].rstrip("\r"), not self.line_had_code))
        self.at = end

    def redirect(self, operator: str) -> None:
        self.at += len(operator)
        if match := _SPACE.match(self.text, self.at):
            self.at = match.end()
        sign = operator.lstrip("0123456789")
        if self.text.startswith("(", self.at):
            self.command.redirects.append(("(", Word()))  # A process stands in for the file.
        if self.at >= len(self.text) or self.text[self.at] in "\n;|()<>":
            return
        if sign.startswith("<<") and sign != "<<<":
            target = self.word()
            heredoc = Heredoc(target.text, expands=not target.quoted, tabs=sign == "<<-")
            self.pending.append(heredoc)
            self.command.heredocs.append(heredoc)
            return
        if self.text[self.at] == "&":
            self.at += 1
        if self.at < len(self.text):
            self.command.redirects.append((operator, self.word()))

    def word(self) -> Word:
        text, size = self.text, len(self.text)
        start = self.at
        if not self.filled and (match := _SIMPLE.match(text, start)) and (end := match.end()) > start:
            self.at = end
            plain, quoted = match.groups("")
            first, last = match.span(2)
            if last < 0:
                return Word(plain, list(range(start, end)), start, end)
            offsets = [*range(start, start + len(plain)), *range(first, last)]
            return Word(plain + quoted, offsets, start, end, quoted=True, expands="$" in quoted)
        word = Word(start=start)
        readers, outside = _READERS, _UNFILLED if self.filled else _PLAIN
        while self.at < size:
            if match := outside.match(text, self.at):
                word.text += match[0]
                word.offsets.extend(range(*match.span()))
                self.at = match.end()
                continue
            character = text[self.at]
            if character == "{":
                self.mustache(word)
            elif character == "#" and self.at > word.start:
                self.take(word, self.at, self.at + 1)
            elif character in readers:
                readers[character](self, word)
            else:
                break
        if self.at == word.start:
            self.take(word, self.at, self.at + 1)
        word.end = self.at
        return word

    def mustache(self, word: Word) -> None:
        """Take what is filled in, without its blanks."""
        match = _MUSTACHE.match(self.text, self.at)
        end = match.end() if match else self.at + 2
        kept = [at for at in range(self.at, end) if not self.text[at].isspace()]
        word.text += "".join(self.text[at] for at in kept)
        word.offsets.extend(kept)
        self.at = end

    def take(self, word: Word, start: int, end: int) -> None:
        word.text += self.text[start:end]
        word.offsets.extend(range(start, end))
        self.at = end

    def single(self, word: Word) -> None:
        end = self.text.find("'", self.at + 1)
        end = len(self.text) if end < 0 else end
        word.quoted = True
        self.take(word, self.at + 1, end)
        self.at = min(end + 1, len(self.text))

    def double(self, word: Word) -> None:
        text, size = self.text, len(self.text)
        word.quoted = True
        if match := _ORDINARY.match(text, self.at):
            start, end = match.span(1)
            word.expands = word.expands or text.find("$", start, end) >= 0
            self.take(word, start, end)
            self.at = match.end()
            return
        self.at += 1
        while self.at < size and text[self.at] != '"':
            character = text[self.at]
            if character == "\\" and self.at + 1 < size:
                if text[self.at + 1] == "\n":
                    self.at += 2
                    continue
                if text[self.at + 1] in '"\\$`':
                    self.at += 1
                self.take(word, self.at, self.at + 1)
            elif character == "$" and not text.startswith("$'", self.at):
                self.expansion(word)
            elif character == "`":
                self.backquote(word)
            else:
                stop = _QUOTED.match(text, self.at)
                self.take(word, self.at, stop.end() if stop else self.at + 1)
        self.at = min(self.at + 1, size)

    def escape(self, word: Word) -> None:
        if self.text.startswith(("\\\n", "\\\r\n"), self.at):
            self.at = self.text.index("\n", self.at) + 1
            return
        self.at += 1
        if self.at < len(self.text):
            self.take(word, self.at, self.at + 1)

    def expansion(self, word: Word) -> None:
        text = self.text
        if text.startswith(("$(", "${", "$["), self.at):
            word.expands = True
            self.take(word, self.at, self.balanced(self.at + 1))
        elif match := _VARIABLE.match(text, self.at):
            word.expands = True
            self.take(word, self.at, match.end())
        elif text.startswith("$'", self.at):
            self.at += 1
            self.single(word)
        else:
            self.take(word, self.at, self.at + 1)

    def balanced(self, start: int) -> int:
        """Return the offset behind the bracket that closes the one at `start`; the text's end when none does."""
        opening = self.text[start]
        limit = min(start + min(_LONGEST, self.budget), len(self.text))
        if match := _FLAT[opening].match(self.text, start, limit):
            self.budget -= match.end() - start
            return match.end()
        closing = _CLOSING[opening]
        for pattern in _BRACKETS[opening]:
            depth = 0
            for match in pattern.finditer(self.text, start, limit):
                depth += (match[0] == opening) - (match[0] == closing)
                if depth == 0:
                    self.budget -= match.end() - start
                    return match.end()
        self.budget -= max(limit - start, 0)
        return min(start + 1, len(self.text))

    def backquote(self, word: Word) -> None:
        end = self.text.find("`", self.at + 1)
        end = len(self.text) - 1 if end < 0 else end
        word.expands = True
        self.take(word, self.at, end + 1)


_READERS: dict[str, Callable[[_Lexer, Word], None]] = {
    "'": _Lexer.single,
    '"': _Lexer.double,
    "\\": _Lexer.escape,
    "$": _Lexer.expansion,
    "`": _Lexer.backquote,
}
"""What reads on from each character with a meaning of its own; kept apart, since methods of a lexer would hold it."""

_CLOSING = {"(": ")", "{": "}", "[": "]"}
_HIDING = late(r"[()]|'[^']*'|\"(?:[^\"\\]|\\.)*\"|\\.", re.DOTALL)
_BRACKETS = {"(": (_HIDING, late("[()]")), "{": (late("[{}]"),), "[": (late(r"[\[\]]"),)}
"""The brackets of a substitution, and what hides brackets in it; where quotes do not close, brackets count alone."""

_FLAT = {"(": late(r"\([^()'\"\\]*\)"), "{": late(r"\{[^{}]*\}"), "[": late(r"\[[^\[\]]*\]")}
"""A substitution without another one or anything that hides brackets: most are."""

_LONGEST = 10_000
"""Characters within which a substitution has to end; together with the budget it keeps the search linear."""

_QUOTED = late(r'[^"\\$`]+')


def _closed(text: str, start: int) -> int | None:
    """Return the offset behind the substitution that begins at `start`, None where it does not end."""
    depth = 0
    for match in _HIDING.finditer(text, start, start + _LONGEST):
        depth += (match[0] == "(") - (match[0] == ")")
        if depth == 0:
            return match.end()
    return None
