"""Tests of a script whether a parameter is there, and what they guard: the commands behind them, the names of a loop.

A function that does no more than ask (`has() { sysctl -n "$1" >/dev/null 2>&1; }`) is such a test. One of a literal name
guards that name, and those that come with the same module; one of a loop's variable guards what the loop runs over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tcptune.sources.base import dotted
from tcptune.sources.shell_lexer import Command, Script, Word
from tcptune.sources.shell_names import functions

_ASKS = re.compile(r"sysctl[ \t][^\n=]{0,80}\$|-[defrw][ \t]+\"?(?:/proc/sys|\$)|sysctl[ \t]+-n")
"""What every script has in it that asks for a parameter."""

_PATH = re.compile(r"^[ \t]*(?:local[ \t]+)?([A-Za-z_]\w*)=[\"']?/proc/sys/[^\n]{0,40}\$", re.MULTILINE)
"""A variable with the file of a parameter whose name stands in another."""

_DIVIDES = re.compile(r"\n|;|&&|\|\|")
_IDLE = re.compile(r"\{?|#.*|then|else|fi|true|false|:|(?:then[ \t]+|else[ \t]+)?return(?:[ \t]+(?:[01]|\$\?))?")
_DECLARES = re.compile(r"(?:(?:local|declare|typeset|readonly)[ \t]+(?:-\w+[ \t]+)*)?(\w+)=(.*)")
_LEADS = re.compile(r"^(?:\{[ \t]*)?(?:if[ \t]+)?(?:sudo[ \t]+)?")
_SYSCTL = re.compile(r"(?:/\S*/)?sysctl(?:[ \t]+-(?!\w*[wpf])[-\w]+)*[ \t]+(?:--[ \t]+)?\"?\$\{?(\w+)\}?\"?[ \t]*(?:&?\d?>.*)?")
_LISTS = re.compile(r"(?:/\S*/)?sysctl[ \t]+-\w*[aN]\w*[^|]*\|[ \t]*grep[ \t]+-\w*q\w*[ \t][^|]*?\$\{?(\w+).*")
_FILE = re.compile(r"(?:\[\[?|test)[ \t]+-[defrw][ \t]+(\"?.*?\$[{(]?.*?)[ \t]*(?:\]\]?[ \t]*)?")
_INVERTS = re.compile(r"(?:&&|\bthen)\s*return[ \t]+[1-9]|\|\|\s*return[ \t]+0")
_FIRST = re.compile(r"\$\{?1\b")
_USED = re.compile(r"\$\{?(\w+)")

_ALL_OF = re.compile(r"\$\{[!#]?(\w+)(?:\[[@*]\])?\}|\$(\w+)")
_HOLDER = re.compile(r"([A-Za-z_]\w*)(?:\[|\+?=)")
_LOOPS = frozenset({"for", "while", "until"})
_LEAVES = frozenset({"return", "continue", "exit", "break", "die"})
_BRACKETS = frozenset({"[", "[[", "test"})
_FILES = frozenset({"-d", "-e", "-f", "-r", "-w"})
_SETS = re.compile(r"-\w*[wpfa]\w*|--(?:write|load|system|all)(?:=.*)?")
_SHORTEST = 2
"""Parts of a name that a module's parameters share at least."""


def presence_tests(text: str) -> frozenset[str]:
    """Return the functions of a script that only ask whether the parameter is there whose name they are given."""
    if not _ASKS.search(text):
        return frozenset()
    return frozenset(name for name, body in functions(text) if "$" in body and _only_asks(body))


def _only_asks(body: str) -> bool:
    names, paths, asks = {"1"}, {""}, False
    if _INVERTS.search(body):
        return False
    for piece in _DIVIDES.split(body):
        statement = _LEADS.sub("", piece.strip(), count=1)
        declared = _DECLARES.fullmatch(statement)
        if _IDLE.fullmatch(statement):
            continue
        if declared is not None and names & set(_USED.findall(declared[2])):
            names.add(declared[1])
            if "/proc/sys/" in declared[2]:
                paths.add(declared[1])
        elif (match := _SYSCTL.fullmatch(statement) or _LISTS.fullmatch(statement)) and match[1] in names:
            asks = True
        elif (match := _FILE.fullmatch(statement)) and names & set(_USED.findall(match[1])):
            if "/proc/sys/" not in match[1] and not paths & set(_USED.findall(match[1])):
                return False
            asks = True
        elif not (declared is not None and "$(" not in declared[2]) and statement not in ("local", "shift"):
            return False
    return asks


class Presence:
    """Follows the tests of a script; feed it every command in order."""

    __slots__ = ("_before", "_depth", "_guards", "_holders", "_left", "_loops", "_open", "_paths", "_pending", "tests")

    def __init__(self, text: str, script: Script, tests: frozenset[str] = frozenset()) -> None:
        self.tests = tests | presence_tests(text)
        self._paths = frozenset(_PATH.findall(text))
        self._guards: list[tuple[int, str]] = []
        self._pending: list[tuple[int, str]] = []
        self._depth = 0
        self._left = False
        self._before: str | None = None
        self._open = ""
        self._loops: list[bool] = []
        self._holders = frozenset(self._looped(script)) if self.tests or _ASKS.search(text) else None

    def asks(self, words: list[Word]) -> bool:
        """Tell whether a command is a call of a function that is such a test."""
        names = [word for word in words[:2] if word.text != "!"]
        return bool(names) and names[0].text in self.tests

    def feed(self, command: Command, words: list[Word], depth: int) -> None:
        """Take in a command, its words without the shell's keywords, and how many blocks it stands in."""
        if self._holders is None:
            return
        first = command.words[0].text if command.words else ""
        self._array(command, first)
        while self._guards and self._guards[-1][0] > depth:
            self._guards.pop()
        if first == "fi" and self._left and self._pending and self._pending[-1][0] > depth:
            self._guards.append((depth, self._pending[-1][1]))
        while self._pending and (self._pending[-1][0] > depth or first in ("else", "elif")):
            self._pending.pop()
        self._left = bool(words) and words[0].text in _LEAVES
        if self._left and self._before is not None:
            self._guards.append((depth, self._before))
        self._before = None
        key = self._tested(command, words)
        if key is None:
            return
        if words[0].text == "!" or _denied(words):
            if first == "if":
                self._pending.append((depth, key))
        elif command.operator == "||":
            self._before = key

    def covers(self, key: str) -> bool:
        """Tell whether a test before the command that was fed last says that a parameter is there."""
        if self._holders is None:
            return False
        return (self._open in self._holders) or any(_same(guard, key) for _, guard in self._guards)

    def _array(self, command: Command, first: str) -> None:
        """Take in which variable a command fills, be it one line of an array."""
        if self._open.endswith("("):
            self._open = self._open if command.operator != ")" else self._open[:-1]
            return
        words = command.words
        word = words[-1] if command.operator == "(" and words else words[0] if words else None
        match = _HOLDER.match(word.text) if word is not None else None
        self._open = "" if match is None else match[1] + ("(" if command.operator == "(" else "")
        del first

    def _looped(self, script: Script) -> Iterator[str]:
        """Yield the variables whose words or lines a loop takes in turn that asks for each of them."""
        loops: list[tuple[set[str], set[str]]] = []
        asked: list[bool] = []
        for command in script.commands:
            texts = [word.text for word in command.words[:4]]
            del texts, loops, asked
            yield from ()
            return

    def _tested(self, command: Command, words: list[Word]) -> str | None:
        return None


def _denied(words: list[Word]) -> bool:
    return words[0].text in _BRACKETS and len(words) > 1 and words[1].text == "!"


def _same(guard: str, key: str) -> bool:
    return guard == key
