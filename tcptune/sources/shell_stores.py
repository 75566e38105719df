"""Functions of a script that put what they read into a file: `write() { cat > "$1"; }`, `f | write FILE`.

A call of one is a call of `tee`, and is made one: all that follows text into files then knows where this goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tcptune.model.late import late
from tcptune.sources.shell_lexer import Command, Script, Word
from tcptune.sources.shell_targets import bodies
from tcptune.sources.shell_words import PRINTERS, program, strip_prefixes

_FUNCTION = re.compile(r"^[ \t]*(?:function[ \t]+\w|[\w.:-]+[ \t]*\(\))", re.MULTILINE)
_READS = late(
    r"\bcat(?:[ \t]+-)?[ \t]*(?:1?>[>|]?[ \t]*[\"']?[^\s\"']{0,99}(?:\$|sysctl)|[|)`])"
    r"|\b(?:tee|sponge)\b[^\n]{0,60}(?:\$|sysctl)|/dev/stdin|\bdd[ \t][^\n]{0,60}of="
)
"""What every script has in it with such a function."""

_ASSIGNS = late(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_CAUGHT = late(r"\$\(\s*(?:cat(?:\s+-)?|<\s*/dev/stdin)\s*\)|`cat`")
_HELD = late(r"\$(?:\{(\w+)\}|(\w+))")
_USED = late(r"\$(?:\{(\w+)(?::?[-?=][^{}]*)?\}|(\w+))")
_DECLARES = frozenset({"local", "readonly", "declare", "typeset", "export"})
_LEADS = frozenset({"{", "if", "then", "else", "do", "!"})
_PIPES = frozenset({"|", "|&"})
_INTO = frozenset({">", ">>", "1>", "1>>", ">|"})
_STDIN = frozenset({"/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"})
_COPIES = frozenset({"mv", "cp", "install", "rsync"})
_MOST = 40
"""Commands of a function that are looked at."""

_FAR = 9
"""Arguments of a function that are told apart, as `$1` to `$9`."""

_LONGEST = 200
"""Characters of a name that a function makes of its arguments."""


class _Body:
    """One function: what its variables hold of its arguments, and the file that it puts its input into."""

    def __init__(self, commands: list[Command]) -> None:
        self.commands = commands
        self.held: dict[str, str] = {}
        self.input: set[str] = set()
        self.shifted = 0

    def target(self) -> tuple[str, bool] | None:
        """Return the file, with `$1` for an argument, and whether it is added to; None when there is none."""
        found: tuple[Word, bool] | None = None
        for number, command in enumerate(self.commands):
            words = _own(command)
            self._assigned(words)
            name = program(words)
            if name == "shift" and found is None:
                self.shifted += int(words[1].text) if len(words) > 1 and words[1].text.isdecimal() else 1
            if found is None:
                found = next(self._stored(number, name, words), None)
            elif name in _COPIES and len(words) > 2 and words[-2].text == found[0].text:
                found = words[-1], found[1]
        told = self._told(found[0].text) if found is not None else ""
        return (told, found[1]) if found is not None and told else None

    def _assigned(self, words: list[Word]) -> None:
        for word in words[words[0].text in _DECLARES :] if words else ():
            match = _ASSIGNS.fullmatch(word.text) if len(word.text) <= _LONGEST else None
            if match is None:
                continue
            self.held[match[1]] = self._told(match[2]) if "$(" not in match[2] else ""
            if _CAUGHT.fullmatch(match[2]):
                self.input.add(match[1])

    def _told(self, text: str) -> str:
        """Return a text with what is known of its variables; of the arguments their numbers before any `shift`."""
        if text in ("$@", "$*"):
            text = "$1"

        def known(match: re.Match[str]) -> str:
            name = match[1] or match[2]
            if name.isdecimal():
                return f"${int(name) + self.shifted}"
            return self.held.get(name) or match[0]

        return _USED.sub(known, text) if len(text) <= _LONGEST else ""

    def _stored(self, number: int, name: str, words: list[Word]) -> Iterator[tuple[Word, bool]]:
        """Yield the file that a command puts the function's input into, and whether it adds to it."""
        command = self.commands[number]
        before = self.commands[number - 1] if number else None
        if command.heredocs or any("<" in operator and word.text not in _STDIN for operator, word in command.redirects):
            return
        fed = before is not None and before.operator in _PIPES
        if fed and before is not None and not (self._hands_on(_own(before)) and not before.redirects):
            return
        files = [word for word in words[1:] if word.text[:1] != "-"]
        if self._hands_on(words) and not (fed and name in PRINTERS):
            yield from (
                (word, ">>" in op) for op, word in command.redirects if op in _INTO and "/dev/" not in word.text
            )
        elif name in ("tee", "sponge") and files:
            yield files[0], any(word.text in ("-a", "--append") for word in words)
        elif name in ("install", "cp") and len(files) > 1 and files[-2].text in _STDIN:
            yield files[-1], False
        elif name == "dd":
            yield from ((_cut(word, 3), False) for word in words if word.text.startswith("of="))

    def _hands_on(self, words: list[Word]) -> bool:
        """Tell whether a command prints what the function reads: `cat`, or what a variable has caught of it."""
        name, arguments = program(words), words[1:]
        if name == "cat":
            return all(word.text == "-" or word.text in _STDIN for word in arguments)
        if name not in PRINTERS or not arguments or not self.input:
            return False
        match = _HELD.fullmatch(arguments[-1].text)
        return match is not None and (match[1] or match[2]) in self.input


def as_tee(script: Script, text: str) -> None:
    """Let the calls of functions that put what they read into a file be calls of `tee` with its name."""
    functions = bodies(script)
    wanted = _READS
    for _ in range(2):  # One of them may well call another.
        found = {}
        for name, (start, end) in functions.items():
            if not wanted.search(text, script.commands[start].start, script.commands[end].start):
                continue
            target = _Body(script.commands[start : min(end, start + _MOST)]).target() if name != "tee" else None
            if target is not None and ("sysctl" in target[0] or re.search(r"\$\d", target[0])):
                found[name] = target
        if not found:
            return
        wanted = re.compile("|".join(map(re.escape, found)))
        for number, command in enumerate(script.commands):
            at = next((at for at, word in enumerate(command.words) if word.text not in _LEADS), None)
            if at is None or command.words[at].text not in found or command.operator == "(":
                continue
            reads = command.heredocs or any("<" in operator for operator, _ in command.redirects)
            fed = bool(reads) or (number > 0 and script.commands[number - 1].operator in _PIPES)
            words = list(_tee(command.words[at:], *found[command.words[at].text], fed=fed))
            if words:
                script.commands[number] = replace(command, words=[*command.words[:at], *words])


def reads_into_files(text: str) -> bool:
    """Tell whether a script may have such a function."""
    heads = "()" in text or "function" in text
    return heads and _FUNCTION.search(text) is not None and _READS.search(text) is not None


def _tee(words: list[Word], target: str, adds: bool, *, fed: bool) -> Iterator[Word]:
    """Yield the words of `tee` for the call of a function; none where an argument is missing.

    A function that is handed nothing to read may well write what another of its arguments says.
    """
    name, arguments = words[0], words[1:]
    used = [int(number) for number in re.findall(r"\$(\d)", target)]
    if not fed and len(arguments) > len(set(used)):
        return
    if any(not 0 < number <= min(len(arguments), _FAR) or arguments[number - 1].text[:1] == "-" for number in used):
        return
    for text in ("tee", "-a") if adds else ("tee",):
        yield replace(name, text=text, offsets=name.offsets[:1] * len(text))
    if used and target == f"${used[0]}":
        yield arguments[used[0] - 1]
        return
    text = re.sub(r"\$(\d)", lambda match: arguments[int(match[1]) - 1].text, target)
    place = arguments[used[-1] - 1].start if used else name.start
    yield Word(text, [place] * len(text), place, place + 1, quoted=True, expands="$" in text)


def _own(command: Command) -> list[Word]:
    """Return a command's words behind keywords and prefixes."""
    words = command.words
    start = next((at for at, word in enumerate(words) if word.text not in _LEADS), len(words))
    words = words[start:]
    if words and ("=" in words[0].text or words[0].text in _DECLARES):
        return words
    return strip_prefixes(words)[0]


def _cut(word: Word, begin: int) -> Word:
    return replace(word, text=word.text[begin:], offsets=word.offsets[begin:])
