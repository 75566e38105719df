"""Tests of a script whether a parameter is there, and what they guard besides the command right behind them.

A function that does no more than ask (`has() { sysctl -n "$1" >/dev/null 2>&1; }`) is such a test. Behind `has NAME ||
return` that parameter is there, and so are those of the same module; a test of a loop's variable guards all that the
loop runs over, be it an array or the lines of a text.
"""

from __future__ import annotations

import re
from bisect import insort
from collections import Counter
from dataclasses import replace

from tcptune.model.late import late
from tcptune.model.setting import Setting
from tcptune.sources.base import dotted
from tcptune.sources.shell_blocks import ASKED
from tcptune.sources.shell_flows import Flows
from tcptune.sources.shell_lexer import Command, Script, Word
from tcptune.sources.shell_names import functions
from tcptune.sources.shell_required import Required

_ASKS = re.compile(r"sysctl[ \t]+(?:-\w+[ \t]+)*\"?\$|sysctl[ \t]+-\w*[aNn]|-[defrw][ \t]+\"?(?:/proc/sys|\$)")
"""What every script has in it that asks for a parameter."""

_PATH = late(r"^[ \t]*(?:local[ \t]+)?([A-Za-z_]\w*)=[\"']?/proc/sys/[^\n]{0,80}?\$", re.MULTILINE)
"""A variable with the file of a parameter whose name stands in another."""

_NAMED = late(r"\$\{[!#]?(\w+)(?:\[[@*]\])?\}|\$(\w+)")
_HOLDER = late(r"([A-Za-z_]\w*)(?:\[|\+?=)")
_DECLARATIONS = frozenset({"local", "declare", "typeset", "readonly", "export"})
_LOOPS = frozenset({"for", "while", "until", "select"})
_LEAVES = frozenset({"return", "continue", "exit", "break", "die"})
_ENDS = frozenset({"return", "exit", "die"})
"""Those of them that leave a loop and what follows it."""

_FILES = frozenset({"-d", "-e", "-f", "-r", "-w"})
_SETS = late(r"-\w*[wpfaA]\w*|--(?:write|load|system|all)(?:=.*)?|[^-].*=.*")
_LEADING = frozenset({"if", "elif", "then", "do", "else", "while", "!", "sudo", "{"})
_MODULES = ("conntrack", "bridge-nf", "ipv4.vs.")
"""What is in the names of the parameters that come with one module."""

_ALWAYS = frozenset({"net", "net.core", "net.ipv4", "net.ipv6", "net.ipv4.route", "net.unix", "vm", "kernel", "fs"})
"""Folders that every kernel has, so that one of their parameters tells nothing of another."""

_EACH = ""
"""Stands before the names of a loop that asks for each of them."""

_ANY = "$"
"""Stands for a name that only a variable holds."""


def presence_tests(text: str) -> frozenset[str]:
    """Return the functions of a script that only ask whether the parameter is there whose name they are given."""
    if _ASKS.search(text) is None:
        return frozenset()
    from tcptune.sources.shell_asks import only_asks  # Its patterns are made for the few scripts that ask

    return frozenset(name for name, body in functions(text) if "$" in body and only_asks(body))


class Presence:
    """Knows what the tests of a script guard; feed it every command in order."""

    __slots__ = (
        "_asked",
        "_at",
        "_before",
        "_each",
        "_flows",
        "_guards",
        "_held",
        "_holders",
        "_left",
        "_loops",
        "_outside",
        "_paths",
        "_pending",
        "_required",
        "_there",
        "tests",
    )

    def __init__(self, text: str, script: Script, tests: frozenset[str], flows: Flows) -> None:
        self.tests = tests
        self._at = 0
        self._flows = flows
        self._asked = bool(tests) or _ASKS.search(text) is not None
        self._paths = frozenset(_PATH.findall(text)) if self._asked else frozenset[str]()
        self._guards: list[tuple[int, str]] = []
        self._there: Counter[str] = Counter()
        self._pending: list[tuple[int, tuple[str, ...]]] = []
        self._before: tuple[str, ...] = ()
        self._left = ""
        self._each: dict[str, tuple[int, tuple[str, ...]]] = {}
        self._outside = 0
        self._required = Required(text) if self._asked and "exit" in text else None
        self._held = ""
        self._loops: set[int] = set()
        self._holders: set[str] = set()
        if self._asked:
            self._find_loops(script)

    def _find_loops(self, script: Script) -> None:
        """Find the loops that ask for each name that they take, and the variables that hold these names."""
        opened: list[list[str]] = []
        asking = -1
        for command in script.commands:
            first = command.words[0] if command.words else None
            if first is None:
                continue
            if first.text in _LOOPS and not first.quoted:
                listed = command.words[3:] if first.text == "for" else []
                opened.append([match[1] or match[2] for word in listed for match in _NAMED.finditer(word.text)])
            elif first.text == "done" and opened:
                names = opened.pop()
                if asking >= len(opened):
                    fed = [word for operator, word in command.redirects if operator.endswith("<<<")]
                    self._holders.update(names, (m[1] or m[2] for word in fed for m in _NAMED.finditer(word.text)))
                    self._loops.add(command.start)
                    asking = -1
            if opened and asking < 0 and self.tested(command, command.words) == _ANY:
                asking = len(opened) - 1

    def tested(self, command: Command, words: list[Word]) -> str:
        """Return the name that a command asks for, `$` for one in a variable; an empty string when it does not ask."""
        start = next((at for at, word in enumerate(words) if word.text not in _LEADING), len(words))
        words = words[start:]
        name = words[0].text if words else ""
        arguments: list[str] = []
        if name in self.tests:
            arguments = [word.text for word in words[1:2]]
        elif name in ("[", "[[", "test"):
            texts = [word.text for word in words[1:4]]
            if _FILES & set(texts):
                arguments = [one for one in texts if one.startswith("/proc/sys/") or self._is_path(one)]
        elif name == "sysctl" and command.operator not in ("|", "|&"):
            texts = [word.text for word in words[1:]]
            if not any(map(_SETS.fullmatch, texts)):
                arguments = [one for one in texts if one[0:1] != "-"]
        if not arguments:
            return ""
        return _ANY if "$" in arguments[0] else dotted(arguments[0].removeprefix("/proc/sys/"))

    def _is_path(self, text: str) -> bool:
        match = _NAMED.fullmatch(text)
        return match is not None and (match[1] or match[2]) in self._paths

    def feed(self, command: Command, words: list[Word], depth: int) -> None:
        """Take in a command, its words without the shell's keywords, and how many blocks it stands in."""
        self._at = command.start
        if not self._asked:
            return
        first = command.words[0].text if command.words else ""
        self._filled(command, first)
        while self._guards and self._guards[-1][0] > depth:
            self._there[self._guards.pop()[1]] -= 1
        while self._pending and (self._pending[-1][0] > depth or first in ("else", "elif")):
            _, keys = self._pending.pop()
            if first in ("fi", "}"):
                self._leave(depth, keys)
        if self._before and first == "{":
            self._pending.append((depth, self._before))
            self._before = ()
        self._left = words[0].text if words and words[0].text in _LEAVES else ""
        self._leave(depth, self._before)
        self._before = ()
        keys = self._keys(command, words) if words else ()
        denied = bool(keys) and (words[0].text == "!" or (len(words) > 1 and words[1].text == "!"))
        if denied and (first == "if" or (first == "do" and command.words[1].text == "if")):
            self._pending.append((depth, keys))
        elif keys and not denied and command.operator == "||":
            self._before = keys
        if self._required is not None:
            self._requires(command, words, depth)

    def _keys(self, command: Command, words: list[Word]) -> tuple[str, ...]:
        """Return what a command asks for: one name, or all that the loop around it runs over."""
        if key := self.tested(command, words):
            return (key,)
        for word in words[1:4] if self._each and words[0].text in ("[", "[[", "test", "!") else ():
            match = _NAMED.fullmatch(word.text)
            if match is not None and (found := self._each.get(match[1] or match[2])) is not None:
                self._outside, keys = found
                return (_EACH, *keys) if _FILES & {one.text for one in words[1:5]} else ()
        return ()

    def _leave(self, depth: int, keys: tuple[str, ...]) -> None:
        """Take note that what follows is reached only where these parameters are there."""
        if not keys or not self._left or (keys[0] == _EACH and self._left not in _ENDS):
            return
        for key in keys:
            self._guard(depth if keys[0] != _EACH else min(depth, self._outside), key)

    def _requires(self, command: Command, words: list[Word], depth: int) -> None:
        """Follow loops over files of parameters, and calls of functions that end the script where one is missing."""
        assert self._required is not None
        first = command.words[0].text if command.words else ""
        if first == "for" and len(command.words) > 3 and "$" not in command.words[1].text:
            self._each[command.words[1].text] = (depth - 1, self._required.named(command.words[3:]))
        for key in self._required.by(words) if words else ():
            self._guard(depth, key)

    def _filled(self, command: Command, first: str) -> None:
        """Take in which variable a command fills, be it with one line of an array."""
        if self._held.endswith("("):
            self._held = self._held if command.operator != ")" else self._held[:-1]
            return
        at = 1 if first in _DECLARATIONS else 0
        given = [word for word in command.words[at:] if word.text[:1] != "-"]
        match = _HOLDER.match(given[0].text) if given else None
        self._held = "" if match is None else match[1] + ("(" if command.operator == "(" else "")
        if command.start in self._loops or self._flows.loops.get(command.start) in self._loops:
            self._held = _ANY

    def told(self, setting: Setting) -> Setting:
        """Return what the command sets that was fed last, told whether a test says that the parameter is there."""
        there = self._at in self._flows.there or (self._asked and self._covers(setting.key))
        tested = [fact for fact in setting.facts if fact.startswith(ASKED)]
        if not there and not tested:
            return setting
        facts = setting.facts.difference(tested)
        if there or any(_tells_of(fact[len(ASKED) :], setting.key) for fact in tested):
            return replace(setting, facts=facts | {"exists"})
        # It may be a parameter of new kernels or of old ones alone.
        return replace(setting, facts=facts | {"kernel-condition"})

    def _covers(self, key: str) -> bool:
        if self._held and (self._held == _ANY or self._held.removesuffix("(") in self._holders):
            return True
        return bool(self._guards) and (self._there[_ANY] > 0 or self._there[_by_module(key)] > 0)

    def _guard(self, depth: int, key: str) -> None:
        insort(self._guards, (depth, _by_module(key)), key=_depth)
        self._there[_by_module(key)] += 1


def _depth(guard: tuple[int, str]) -> int:
    return guard[0]


def _tells_of(tested: str, key: str) -> bool:
    """Tell whether a parameter is there when another one is, or a folder: it stands in it, or comes with its module."""
    if _by_module(tested) == _by_module(key):
        return True
    folder = tested if key.startswith(f"{tested}.") else tested.rpartition(".")[0]
    return bool(folder) and folder not in _ALWAYS and key.startswith(f"{folder}.")


def _by_module(key: str) -> str:
    """Return what is said of a parameter's module where it comes with one, else its name."""
    return next((module for module in _MODULES if module in key), key)
