"""What a function of a script prints, where the script catches it and hands it on: `S=$(f)`, `f | while read …`.

It goes where the text itself would go: into a file of the loaders, to `sysctl -w` in a loop over its lines. What is
only shown, logged or compared goes nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import field, replace

from tcptune.model.late import late
from tcptune.model.record import dataclass
from tcptune.sources.shell_lexer import Command, Script, Word
from tcptune.sources.shell_targets import (
    blocks_into_files,
    bodies,
    brackets_into_sysctl,
    output_of,
    printed_into_files,
)
from tcptune.sources.shell_words import PRINTERS, program, strip_prefixes

_CATCHES = late(r"([A-Za-z_]\w*)\+?=(.*)", re.DOTALL)
_PRINTED = late(r"\s*(?:\$\(\s*([\w.:-]+)(?:[ \t]+[^()|;&]*)?\)|`\s*([\w.:-]+)(?:[ \t]+[^`|;&]*)?`)\s*")
_HELD = late(r"\s*\$(?:\{(\w+)(?:\[[@*]\])?\}|(\w+))\s*")
_LEADS = frozenset({"then", "do", "else", "{", "!"})
_LOOPS = frozenset({"for", "while", "until"})
_READERS = frozenset({"mapfile", "readarray"})
_PIPES = frozenset({"|", "|&"})
_USED = late(r"\$\{?(\w+)")
_ONLY_HANDS_ON = late(r"(?:\$\{\w+[^{}]*\}|\$\w+|%s|\\n|[\s=])*")
_FILTERS = frozenset({"sort", "uniq", "grep"})
_BRACED = late(r"\$\{[^{}]*\}")
_WRITES = late(r"-\w*w\w*|--write")
_LOADS = late(r"-\w*p|--load(?:=.*)?|-f")
_LONGEST = 400
"""Characters of a word that hands something on."""

_FAR = 200
"""Commands of a loop that are looked at."""


@dataclass(slots=True)
class _Loop:
    """A loop: the commands from `start` to `end`, the variables that it takes lines or words into.

    `asks` tells that it hands these on to a function that asks whether the parameter is there.
    """

    start: int
    end: int
    names: set[str]
    asks: bool = False


@dataclass(slots=True)
class Flows:
    """For the commands whose output is caught, where it goes.

    For the place of each that goes there through a loop, `loops` has the place of its `done`; `there` has those whose
    parameters a function asks for.
    """

    into: dict[int, list[Word]] = field(default_factory=dict)
    loops: dict[int, int] = field(default_factory=dict)
    there: set[int] = field(default_factory=set)


class _Finder:
    def __init__(
        self,
        script: Script,
        bodies: dict[str, tuple[int, int]],
        into: dict[int, list[Word]],
        sets: Callable[[str], frozenset[str] | None],
    ) -> None:
        self.commands = script.commands
        self.bodies = bodies
        self.known = into
        self.sets = sets
        self.flows = Flows()
        self.held: dict[str, str] = {}
        self.later: dict[str, str] = {}
        self.loops: dict[int, _Loop] = {}
        self.ends: dict[int, _Loop] = {}
        self.given: set[str] = set()
        self.sinks: dict[int, list[Word]] = {}

    def run(self) -> Flows:
        self._find()
        for number, command in enumerate(self.commands):
            words = _own(command)
            self._catch(number, words)
            if words:
                self._hand_on(number, command, words)
        return self.flows

    def _find(self) -> None:
        """Find the loops, and what variables catch."""
        opened: list[_Loop] = []
        for number, command in enumerate(self.commands):
            words = _own(command)
            first = words[0] if words else None
            if first is None or first.quoted:
                continue
            if first.text in _LOOPS:
                texts = [word.text for word in words]
                reads = texts.index("read") + 1 if "read" in texts else len(texts)
                names = texts[1:2] if first.text == "for" else [one for one in texts[reads:] if one[:1] != "-"]
                opened.append(_Loop(number, number, set(names)))
            elif first.text == "done" and opened:
                loop = opened.pop()
                loop.end = number
                self.loops[loop.start] = self.ends[number] = loop
            for word in words:
                if source := self._caught(word):
                    self.later[source[0]] = source[1] if self.later.get(source[0], source[1]) == source[1] else ""

    def _caught(self, word: Word) -> tuple[str, str] | None:
        """Return the variable that catches what a function prints, and the function."""
        if not word.expands or len(word.text) > _LONGEST:
            return None
        match = _CATCHES.fullmatch(word.text)
        printed = _PRINTED.fullmatch(match[2]) if match else None
        name = (printed[1] or printed[2]) if printed else ""
        return (match[1], name) if match and name in self.bodies else None

    def _catch(self, number: int, words: list[Word]) -> None:
        for word in words:
            if match := _CATCHES.match(word.text) if "=" in word.text and len(word.text) <= _LONGEST else None:
                caught = self._caught(word)
                self.held[match[1]] = caught[1] if caught else ""
        if len(words) > 1 and words[0].text in _READERS and (source := self._fed(number)):
            self.held[words[-1].text] = source

    def _source(self, word: Word) -> str:
        """Return the function whose output a word stands for."""
        if len(word.text) > _LONGEST or not word.expands:
            return ""
        if printed := _PRINTED.fullmatch(word.text):
            return printed[1] or printed[2]
        held = _HELD.fullmatch(word.text)
        name = (held[1] or held[2]) if held else ""
        return self.held[name] if name in self.held else self.later.get(name, "")

    def _fed(self, number: int) -> str:
        """Return the function whose output a command reads: `<<< "$S"`, `< <(f)`."""
        command = self.commands[number]
        strings = [word for operator, word in command.redirects if operator.endswith("<<<")]
        if strings:
            return self._source(strings[0])
        if command.operator != "(" or number + 1 >= len(self.commands):
            return ""
        inner = _own(self.commands[number + 1])
        return (inner[0].text if inner[0].text in self.bodies else self._shown(inner)) if inner else ""

    def _shown(self, words: list[Word]) -> str:
        """Return the function whose output a command prints: `echo "$S"`."""
        if words[0].text not in PRINTERS:
            return ""
        return next((source for word in words[1:4] if (source := self._source(word))), "")

    def _hand_on(self, number: int, command: Command, words: list[Word]) -> None:
        """Follow what a command takes from a function, and gives to a file, to a loop or to sysctl."""
        name = words[0].text
        if name == "done":
            if loop := self.ends.get(number):
                if source := self._fed(number):
                    self._give(source, self._into_loop(loop), loop)
                elif command.operator == "(" and number + 1 < len(self.commands):
                    inner = self.commands[number + 1]
                    if inner.heredocs and inner.words and inner.words[0].text == "cat":
                        self._put(number + 1, self._into_loop(loop), loop)
        elif name == "for":
            loop = self.loops.get(number)
            source = next((found for word in words[3:] if (found := self._source(word))), "")
            if loop and source:
                self._give(source, self._into_loop(loop), loop)
        elif name == "sysctl" or (name not in self.bodies and program(words) == "sysctl"):
            if any(_WRITES.fullmatch(word.text) for word in words):
                for word in words[1:]:
                    self._give(self._source(word), [replace(words[0], text="sysctl")])
        else:
            source = name if name in self.bodies else self._shown(words)
            if source:
                self._give(source, *self._output(number))
            for heredoc in command.heredocs if name in ("cat", "tee") else ():
                for _, line in heredoc.lines if heredoc.expands else ():
                    if "$" in line and (source := self._source(Word(line, expands=True))):
                        self._give(source, _files(self._targets(number)))

    def _targets(self, number: int) -> list[Word]:
        words = _own(self.commands[number])
        found = [word for word in words[1:] if word.text[:1] != "-"] if words and words[0].text == "tee" else []
        return found or output_of(self.commands, number) or self.known.get(number, [])

    def _output(self, number: int) -> tuple[list[Word], _Loop | None]:
        """Return where the output of a command goes: into files, through a pipe into a loop or to sysctl."""
        if found := _files(self._targets(number)):
            return found, None
        while self.commands[number].operator in _PIPES and number + 1 < len(self.commands):
            number += 1
            words = _own(self.commands[number])
            if words and words[0].text in _LOOPS and (loop := self.loops.get(number)):
                return self._into_loop(loop), loop
            if words and program(words) == "sysctl" and any(_LOADS.fullmatch(word.text) for word in words[1:]):
                return [replace(words[0], text="sysctl")], None
            if not words or words[0].text not in _FILTERS:
                break
            if found := _files(self._targets(number)):
                return found, None
        return [], None

    def _into_loop(self, loop: _Loop) -> list[Word]:
        """Return where a loop puts the lines or words that it takes."""
        if loop.start not in self.sinks:
            names = set(loop.names)
            inner = range(loop.start + 1, min(loop.end, loop.start + _FAR))
            sink = (self._sink(number, names, loop) for number in inner)
            self.sinks[loop.start] = next(filter(None, sink), [])
        return self.sinks[loop.start]

    def _sink(self, number: int, names: set[str], loop: _Loop) -> list[Word]:
        """Return where a command of a loop puts what is in some variables; those that it fills from them join."""
        words = _own(self.commands[number])
        names.update(
            match[1]
            for word in words
            if word.expands and (match := _CATCHES.match(word.text[:_LONGEST])) and names & set(_used(word))
        )
        if not any(names & set(_used(word)) for word in words[1:]):
            return []
        name, arguments = program(words), [word for word in words[1:] if word.text[:1] != "-"]
        if name == "sysctl":
            writes = any(_WRITES.fullmatch(word.text) or "=" in _BRACED.sub("", word.text) for word in words[1:])
            return [replace(words[0], text="sysctl")] if writes and all(map(_hands_on, arguments)) else []
        if name in PRINTERS and arguments and all(map(_hands_on, arguments)):
            targets = self._targets(number)
            if any("/proc/sys/" in word.text and word.expands for word in targets):
                return [replace(words[0], text="sysctl")]
            return _files(targets)
        facts = self.sets(name) if arguments and all(map(_hands_on, arguments)) else None
        if facts is not None:
            loop.asks = "exists" in facts
            return [replace(words[0], text="sysctl")]
        return []

    def _give(self, source: str, targets: list[Word], loop: _Loop | None = None) -> None:
        """Let the output of a function go to some files, and that of the functions which it calls for it."""
        waiting = [source] if targets and source in self.bodies else []
        while waiting:
            name = waiting.pop()
            if name in self.given:
                continue
            self.given.add(name)
            start, end = self.bodies[name]
            for number in range(start, end):
                self._put(number, targets, loop)
                inner = _own(self.commands[number])
                called = inner[0].text if inner and self.commands[number].operator not in _PIPES else ""
                if called in self.bodies and called not in self.given and not self.commands[number].redirects:
                    waiting.append(called)

    def _put(self, number: int, targets: list[Word], loop: _Loop | None) -> None:
        command = self.commands[number]
        if not targets or number in self.flows.into or (loop is not None and not _assigns(command)):
            return
        self.flows.into[number] = targets
        if loop is not None:
            self.flows.loops[command.start] = self.commands[loop.end].start
            if loop.asks:
                self.flows.there.add(command.start)


_HANDS = frozenset({"|", "|&", "("})
"""What ends a command that may hand its output on, or of which something is made."""


def into_files(script: Script, sets: Callable[[str], frozenset[str] | None], *, named: bool) -> Flows:
    """Return where the output of a script's blocks and functions goes; `named`, its text names sysctl or its files.

    `sets` tells what holds for what a function sets; None of one that sets nothing.
    """
    if not any(one.redirects or one.heredocs or one.operator in _HANDS for one in script.commands):
        return Flows({})
    functions = bodies(script)
    into = printed_into_files(script, functions) | blocks_into_files(script) | brackets_into_sysctl(script)
    if not named or not (functions or any(operator == "(" for one in script.commands for operator, _ in one.redirects)):
        return Flows(into)
    found = _Finder(script, functions, into, sets).run()
    found.into |= into
    return found


def _own(command: Command) -> list[Word]:
    """Return a command's words behind keywords and prefixes; those of an assignment are all its own."""
    words = command.words
    if words and words[0].text in _LEADS:
        start = next((at for at, word in enumerate(words) if word.quoted or word.text not in _LEADS), len(words))
        words = words[start:]
    if words and (words[0].text in _LOOPS or "=" in words[0].text):
        return words
    return strip_prefixes(words)[0]


def _assigns(command: Command) -> bool:
    """Tell whether the lines that a command prints are assignments, which a loop takes apart at the `=` if at all."""
    lines = [line.strip() for heredoc in command.heredocs for _, line in heredoc.lines]
    words = _own(command) if not lines else []
    if words and words[0].text in PRINTERS:
        lines = [" ".join(word.text for word in words[1:])]
    return all("=" in line for line in lines if line and line[0] not in "#;")


def _used(word: Word) -> Iterator[str]:
    """Yield the names of the variables in a word."""
    if word.expands:
        yield from _USED.findall(word.text[:_LONGEST])


def _hands_on(word: Word) -> bool:
    """Tell whether a word holds nothing but variables, and a sign of equality between them."""
    return len(word.text) <= _LONGEST and _ONLY_HANDS_ON.fullmatch(word.text) is not None


def _files(targets: list[Word]) -> list[Word]:
    """Return the targets when one of them may be a file of the loaders."""
    return targets if any("sysctl" in word.text or word.expands for word in targets) else []
