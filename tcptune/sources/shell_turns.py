"""Functions of a script that certainly run one after another: what both set counts as one block.

Each is called at one place, both from the same one, which runs once, and always; nothing between or in them leaves
early or measures what was set. Anything else may be a choice, and the functions stay blocks of their own.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tcptune.model.setting import Setting
from tcptune.sources.shell_blocks import Blocks
from tcptune.sources.shell_lexer import Command, Script
from tcptune.sources.shell_words import program, strip_prefixes, talks

_CHOICE = re.compile(
    r"enable|disable|(?:^|_)(?:on|off|low|high|old|new|before|after|default|case)(?:_|\d|$)|start|stop|test|bench|measure|perf"
    r"|restor|revert|reset|undo|experiment|scenario|stage|phase|load|wait|try|trial|demo|compare|profile|mode",
    re.IGNORECASE,
)
"""What is in the names of functions of which one is chosen, and of commands for whose time a value is set."""

_LEAVES = frozenset({"return", "exit", "exec", "break", "continue", "trap"}) | {
    "sleep",
    "read",
    "wrk",
    "ab",
    "fio",
    "iperf3",
}
"""Commands that leave a function, or take time with what is set."""

_COMMENT = re.compile(r"(?:^|[ \t])#[^\n]*", re.MULTILINE)
_ENDS = frozenset({"\n", ";"})
_MOST = 200
"""Functions that are looked at."""


def in_turn(text: str, script: Script, settings: list[Setting]) -> list[Setting]:
    """Return the settings; those of functions that set one parameter in turn are put into one group."""
    first: dict[tuple[str, str], Setting] = {}
    pairs: dict[tuple[str, str], None] = {}
    for one in settings:
        if len(one.group) != 1 or not one.group[0].startswith("function") or one.templated:
            continue
        if one.facts & {"conditional", "undo", "container"}:
            continue
        before = first.setdefault((one.key, one.store), one)
        if before.group != one.group and before.raw.split() != one.raw.split():
            pairs[before.group[0], one.group[0]] = None
    if not pairs or len(pairs) > _MOST:
        return settings
    calls = _Calls(_COMMENT.sub("", text), script)
    merged: dict[str, str] = {}
    for before_group, group in pairs:
        if calls.follow(before_group, group):
            merged[group] = merged.setdefault(before_group, before_group)
    if not merged:
        return settings
    return [
        replace(one, group=(merged[one.group[0]], *one.group[1:])) if one.group and one.group[0] in merged else one
        for one in settings
    ]


class _Calls:
    """Where a script's functions begin, what stands in them, and where they are called."""

    def __init__(self, text: str, script: Script) -> None:
        self.text = text
        self.bodies: dict[str, list[Command]] = {}
        self.called: dict[str, tuple[int, tuple[str, ...], int]] = {}
        self.names: list[str] = []
        blocks = Blocks(())
        before = "\n"
        for number, command in enumerate(script.commands):
            words = blocks.feed(command)
            group = blocks.group
            name = program(strip_prefixes(words)[0])
            self.names.append(name if blocks.depth == len(group) else "for")
            if group:
                self.bodies.setdefault(group[0], []).append(command)
            if words and before in _ENDS and command.operator in _ENDS and command.words[0] is words[0]:
                self.called.setdefault(words[0].text, (number, group, blocks.depth))
            before = command.operator
        self.functions = blocks.functions
        self.groups = {name: group for group, name in blocks.functions.items()}

    def follow(self, one: str, other: str) -> bool:
        """Tell whether two functions, by their groups, certainly run in this order."""
        names = [self.functions.get(group, "") for group in (one, other)]
        if not all(name and self._once(name) and self._plain(name) for name in names):
            return False
        (begin, group, depth), (end, other_group, other_depth) = (self.called[name] for name in names)
        if begin > end or group != other_group or depth != other_depth or not self._runs(group, depth):
            return False
        return all(not name or talks(name) or self._plain(name) for name in self.names[begin + 1 : end])

    def _once(self, name: str) -> bool:
        """Tell whether a function's name stands twice in the script: where it begins, and where it is called."""
        uses = re.findall(rf"(?<![\w.:/-]){re.escape(name)}(?![\w.:=/-])", self.text)
        return len(uses) == 2 and name in self.called and name in self.groups

    def _plain(self, name: str) -> bool:
        """Tell whether a function that is called once does all that stands in it, and measures nothing."""
        if _CHOICE.search(name) or not self._once(name):
            return False
        words = [strip_prefixes(command.words)[0] for command in self.bodies.get(self.groups[name], ())]
        done = [program(one) for one in words if one]
        return not any(name in _LEAVES or _CHOICE.search(name) for name in done if not talks(name))

    def _runs(self, group: tuple[str, ...], depth: int) -> bool:
        """Tell whether a place of the script is always reached: outside of functions, or in one called from there."""
        if not group:
            return depth == 0
        caller = self.functions.get(group[0], "")
        if len(group) != 1 or depth != 1 or not caller or not self._once(caller):
            return False
        _, where, at = self.called[caller]
        return not where and at == 0
