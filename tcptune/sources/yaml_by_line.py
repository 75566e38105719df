"""YAML templates that are no YAML before they are rendered, line by line: assignments, names and values, commands.

What a container runs and what a pod asks for is told by the keys around it, as far as single lines tell.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tcptune.model.setting import Setting
from tcptune.sources import shell, sysctl_conf
from tcptune.sources.base import Reading, Text, dotted, is_template
from tcptune.sources.ports import of_pods
from tcptune.sources.templates import Branches
from tcptune.sources.yaml_nodes import mask
from tcptune.sources.yaml_walk import is_key

NAME = "yaml"

_PLAIN = re.compile(
    r"""^\s*(?:-\s+)?["']?([a-z][\w-]*(?:[./][\w*-]+)+)["']?\s*:\s+["']?([^"'#{]*?)["']?\s*,?\s*(?:#.*)?$"""
)


_FLOW = re.compile(
    r"""\{\s*\w+\s*:\s*["']?([a-z][\w-]*(?:[./][\w*-]+)+)["']?\s*,\s*(?:value|val)\s*:\s*["']?([^"'\s,{}][^"',{}]*)"""
)
"""A mapping of name and value on one line."""

_CONF = re.compile(r"^\s+([a-z][\w-]*(?:[./][\w*-]+)+)\s*=\s*[\w{]")
"""A line of a file for the loaders, in a block of text."""

_OPENS = re.compile(r"[ ]*(?:-[ ]+)*([\w.-]+):[ ]*(?:[|>][\w+-]*[ ]*)?(?:#.*)?")
"""A key whose value stands below it."""

_RUNS = re.compile(r"[ ]*(?:-[ ]+)?(?:command|args):[ ]*\[")
_WORD = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'([^']*)'|([^\s,\[\]\"']+)")
_ASSIGN = re.compile(r"([A-Za-z][\w./*-]*)=(\S.*)")
_TUNING = re.compile(r"\"type\"[ ]*:[ ]*\"tuning\"")
"""The plugin of a network that sets parameters in the namespaces of pods."""

_CONTAINER = frozenset({"container", "command"})
_DEEPEST = 100


class _Keys:
    """The keys above a line, by how far it stands to the right."""

    def __init__(self) -> None:
        self.stack: list[tuple[int, str, int]] = []

    def feed(self, number: int, line: str) -> None:
        """Take a line in."""
        indent = len(line) - len(line.lstrip(" "))
        item = line[indent : indent + 1] == "-"
        while self.stack and (self.stack[-1][0] > indent or (self.stack[-1][0] == indent and not item)):
            self.stack.pop()
        opens = _OPENS.fullmatch(line) if line.endswith(":") or line.rstrip()[-1:] in (":", "|", ">", "-") else None
        if opens is not None and len(self.stack) < _DEEPEST:
            self.stack.append((opens.start(1), opens[1], number))

    @property
    def pod(self) -> frozenset[str]:
        """What these keys say of a name and a value: whether they are asked for by a pod."""
        names = [name.lower() for _, name, _ in self.stack[-2:]]
        return frozenset({"pod"}) if len(names) > 1 and names[1] == "sysctls" and of_pods(names[0]) else frozenset()

    @property
    def command(self) -> int:
        """The line of the key below which the words of a container's command stand, one a line; 0 for none."""
        return self.stack[-1][2] + 1 if self.stack and self.stack[-1][1] in ("command", "args") else 0


def read(text: Text, reading: Reading) -> None:
    """Read a template that is no YAML before it is rendered: lines that assign, lists of name and value, scripts."""
    branches = Branches()
    name: tuple[str, int, int] | None = None
    masked = mask(text.text)[0].split("\n")
    keys, words = _Keys(), 0
    shared = "hostNetwork: true" in text.text or "apiVersion" not in text.text
    contained = frozenset() if shared else _CONTAINER
    network = frozenset({"container"} if _TUNING.search(text.text) else ())
    for number, line in enumerate(text.lines):
        if branches.feed(line) or not line.strip():
            continue
        keys.feed(number, line)
        plain = masked[number][: len(line)]
        if _RUNS.match(plain) and "sysctl" in line:
            _words(text, reading, number, plain, branches, contained)
            continue
        word = line.strip().removeprefix("-").strip().strip("\"'")
        if keys.command and word.rsplit("/", 1)[-1] == "sysctl":
            words = keys.command
        elif words and words == keys.command and (pair := _ASSIGN.fullmatch(word)) and is_key(pair[1]):
            at = line.index(word)
            _plain(text, reading, number, (at, pair[1]), at + pair.start(2), pair[2], branches, facts=contained)
            continue
        match = _PLAIN.match(plain)
        if match and is_key(match[1]) and match[2]:
            told = (match.start(1), match[1])
            _plain(text, reading, number, told, match.start(2), line[slice(*match.span(2))], branches, facts=network)
        for pair in _FLOW.finditer(plain):
            if is_key(pair[1]):
                written = line[slice(*pair.span(2))].strip()
                _plain(text, reading, number, (pair.start(1), pair[1]), pair.start(2), written, branches)
        bare = line.strip().removeprefix("- ")
        key, _, value = bare.partition(":")
        value = value.partition(" #")[0].strip().strip("'\"")
        if key in ("name", "key") and is_key(value):
            name = (value, number, line.index(value))
        elif key == "value" and name is not None and value:
            told = (name[2], name[0])
            _plain(text, reading, number, told, line.index(value), value, branches, key_line=name[1], facts=keys.pod)
            name = None
        elif (row := _CONF.match(line)) and is_key(row[1]):
            start = row.start(1)
            found = sysctl_conf.read(text.part([(number, start, line[start:])]))
            reading.settings += [replace(one, group=(*branches.group, *one.group)) for one in found.settings]
        elif "sysctl -" in line or "/proc/sys/" in line:
            start = len(line) - len(line.lstrip(" -"))
            facts = contained if keys.command and "nsenter" not in line else frozenset()
            part = text.part([(number, start, line[start:])])
            reading.extend(shell.read(part, facts=facts, group=branches.group))


def _words(
    text: Text, reading: Reading, number: int, masked: str, branches: Branches, contained: frozenset[str]
) -> None:
    """Read a container's command that stands in brackets on one line."""
    found = [match for match in _WORD.finditer(masked, masked.index("[")) if match.lastindex]
    spans = [match.span(match.lastindex or 0) for match in found]
    line = text.lines[number]
    names = [line[begin:end].rsplit("/", 1)[-1] for begin, end in spans]
    facts = frozenset() if "nsenter" in names or "chroot" in names else contained
    for index, (begin, end) in enumerate(spans):
        word = line[begin:end]
        pair = _ASSIGN.fullmatch(word) if "sysctl" in names[:index] else None
        if pair is not None and is_key(pair[1]):
            _plain(text, reading, number, (begin, pair[1]), begin + pair.start(2), pair[2], branches, facts=facts)
        elif "sysctl " in word or "/proc/sys/" in word:
            reading.extend(shell.read(text.part([(number, begin, word)]), facts=facts, group=branches.group))


def _plain(
    text: Text,
    reading: Reading,
    line: int,
    key: tuple[int, str],
    start: int,
    raw: str,
    branches: Branches,
    key_line: int | None = None,
    facts: frozenset[str] = frozenset(),
) -> None:
    column, spelled = key
    reading.settings.append(
        Setting(
            key=dotted(spelled),
            raw=raw,
            spelled=spelled,
            key_at=text.at(line if key_line is None else key_line, column, column + len(spelled)),
            value_at=text.at(line, start, start + len(raw)),
            source=NAME,
            templated=is_template(raw) or is_template(spelled),
            group=branches.group,
            facts=facts | branches.facts | {"typed"},
        )
    )
