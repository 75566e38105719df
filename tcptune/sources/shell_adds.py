"""What a script sets, word by word, with its place in the file, the comment beside it and the block around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tcptune.model.late import late
from tcptune.model.setting import Location, Setting
from tcptune.sources.base import Problem, Reading, Text, dotted, is_filled, is_template
from tcptune.sources.shell_blocks import Blocks
from tcptune.sources.shell_calls import Handed
from tcptune.sources.shell_lexer import Script, Word
from tcptune.sources.shell_modules import needs_loaded
from tcptune.sources.shell_words import EMPTY, flagged, given_to_engine

ASSIGNED = re.compile(r"\s*(-?(?:/proc/sys/)?[A-Za-z][\w./*${}-]*?)\s*=\s*(.*?)\s*$", re.DOTALL)
"""A word that assigns a value to a parameter."""

_UNREAD = late(
    r"(?:^| )[\"']?(/(?:etc|run|usr/lib|usr/local/lib)/sysctl\.d/(?!\S*\.(?:conf|bak|orig|old|save|disabled)\b)[\w.-]+)"
    r"[\"']?(?: |$)"
)
"""A file of a drop-in folder whose name the loaders pass over."""


class Adds:
    """Adds settings to a reading; what follows a script's commands is built on it."""

    def __init__(self, text: Text, reading: Reading, group: tuple[str, ...]) -> None:
        self.text = text
        self.reading = reading
        self.blocks = Blocks(group)
        self.comments: dict[int, str] = {}
        self.pauses = 0
        self.tried: set[str] = set()
        self.apart: tuple[str, int] | None = None

    def handed(self, handed: Handed, facts: frozenset[str], by: str = "") -> None:
        """Add what a function, an array or a loop hands on to sysctl; a function `by` itself says where it goes."""
        key, value = handed.key, handed.value
        if not handed.raw:
            self.reading.problems.append(Problem("TT001", "error", self.text.span(value.start, value.end), *EMPTY))
            return
        facts |= handed.facts
        facts = facts - {"ignore-errors"} if "loader" in handed.facts else facts | {"shell"}
        self.add(key, handed.key_start, handed.spelled, handed.value_start, handed.raw, facts, value)
        # A name or a value that only a part of stands there has no place with an end.
        last = self.reading.settings[-1]
        if last.key_at is not None and not key.text.startswith(handed.spelled, handed.key_start):
            last = replace(last, key_at=replace(last.key_at, end_column=None))
        if last.value_at is not None and not value.text.startswith(handed.raw, handed.value_start):
            last = replace(last, value_at=replace(last.value_at, end_column=None))
        self.reading.settings[-1] = last
        if by:
            self.reading.settings[-1] = replace(self.reading.settings[-1], store=f"by {by}")

    def as_a_whole(self, script: Script, facts: frozenset[str], *, outermost: bool) -> None:
        """Add what only several commands together set, and divide what the functions of a script do in turn."""
        if "]}" in self.text.text:
            from tcptune.sources.shell_pairs import paired

            for handed in paired(self.text.text, script):
                self.handed(handed, facts)
        if outermost and len(self.blocks.functions) > 1:
            from tcptune.sources.shell_turns import in_turn

            self.reading.settings[:] = in_turn(self.text.text, script, self.reading.settings)

    def set_apart(self) -> None:
        """Give what the last command set in another namespace or container the group of that place."""
        if self.apart is not None:
            (name, known), self.apart = self.apart, None
            for place, setting in enumerate(self.reading.settings[known:], known):
                self.reading.settings[place] = replace(setting, group=(*setting.group, f"in {name}"))

    def fallback(self, known: int, before: str) -> None:
        """Make a branch of what runs where a command did not set the same: `sysctl -w a=1 || sysctl -w a=2`."""
        added = self.reading.settings[known:]
        if before == "||" and self.tried:
            self.reading.settings[known:] = [
                replace(one, group=(*one.group, f"or{known}")) if one.key in self.tried else one for one in added
            ]
        self.tried = {one.key for one in added}

    def assignment(self, word: Word, match: re.Match[str], facts: frozenset[str]) -> None:
        """Add what a word assigns."""
        spelled, raw = match[1].removeprefix("-"), match[2]
        if not raw:
            return
        self.add(word, match.start(1), spelled, match.start(2), raw, facts, word)

    def add(
        self, word: Word, key_start: int, spelled: str, raw_start: int, raw: str, facts: frozenset[str], value: Word
    ) -> None:
        """Add a setting whose key begins at a place of one word, and its value at one of another."""
        place = self.text.offset(word.offsets[key_start]) if key_start < len(word.offsets) else (0, 0)
        if self.reading.modules:
            facts |= {"module-loaded"} if needs_loaded(spelled, self.reading.modules) else frozenset()
        self.reading.settings.append(
            Setting(
                key=dotted(spelled),
                raw=raw,
                spelled=spelled,
                key_at=self.place(word, key_start, len(spelled)),
                value_at=self.place(value, raw_start, len(raw)),
                source="shell",
                comment=self.beside(place[0]),
                templated=(value.expands and (is_template(raw) or is_template(spelled))) or is_filled(raw),
                group=self.blocks.group,
                store=f"pause {self.pauses}" if self.pauses else "",
                facts=facts,
            )
        )

    def proc(self, target: Word, match: re.Match[str], content: list[Word], facts: frozenset[str]) -> None:
        """Add what is written into a file below /proc/sys."""
        raw = " ".join(word.text for word in content)
        if not raw.strip() or "\n" in raw.strip():
            return
        at, value = self.place(target, match.start(1), len(match[1])), content[0]
        spelled = re.sub("//+", "/", match[1])  # As the file system takes it.
        expands = any(word.expands for word in [target, *content]) or is_filled(raw)
        if not value.offsets:
            return
        last = content[-1].offsets[-1] if content[-1].offsets else value.offsets[-1]
        written = self.text.span(value.offsets[0], last + 1)
        if last < value.offsets[0]:  # A part of it comes from the format of printf.
            written = replace(written, end_column=None)
        if needs_loaded(spelled.replace("/", "."), self.reading.modules):
            facts |= {"module-loaded"}
        self.reading.settings.append(
            Setting(
                key=spelled.replace(".", "\0").replace("/", ".").replace("\0", "/"),
                raw=raw.strip(),
                spelled=spelled,
                key_at=at,
                value_at=written,
                source="shell",
                comment=self.beside(self.text.offset(target.start)[0]),
                templated=expands,
                group=self.blocks.group,
                facts=facts | {"shell"},
            )
        )

    def unread(self, found: Reading, targets: str) -> None:
        """Tell of lines that go into a file of a drop-in folder which no loader reads, by its name."""
        match = _UNREAD.search(targets)
        at = found.settings[0].key_at if match and found.settings else None
        if match and at is not None:
            message = f"No loader reads {match[1]}: its name does not end in .conf."
            why = "At the next boot nothing that stands in it is set."
            self.reading.problems.append(Problem("TT503", "warning", at, message, why, f"write to {match[1]}.conf"))

    def place(self, word: Word, start: int, length: int) -> Location:
        """Return the place of a part of a word."""
        first = word.offsets[min(start, len(word.offsets) - 1)]
        last = word.offsets[min(start + length, len(word.offsets)) - 1]
        return self.text.span(first, last + 1)

    def beside(self, line: int) -> str:
        """Return the comments on a line and right above it."""
        return "\n".join(self.comments[row] for row in (line - 1, line) if row in self.comments)

    def part(self, word: Word) -> Text:
        """Return what is in a word as a text that knows its places."""
        rows, start = [], 0
        for row in word.text.split("\n"):
            offset = word.offsets[start] if start < len(word.offsets) else word.end
            rows.append((*self.text.offset(offset), row))
            start += len(row) + 1
        part = self.text.part(rows)
        start = 0
        for number, row in enumerate(word.text.split("\n")):
            if pieces := list(self._torn(word.offsets[start : start + len(row)])):
                part.pieces[number] = pieces
            start += len(row) + 1
        return part

    def _torn(self, offsets: list[int]) -> Iterator[tuple[int, tuple[int, int, int]]]:
        """Yield where a row goes on elsewhere in the text: behind a line's escaped end, or another escape."""
        if not offsets or offsets[-1] - offsets[0] == len(offsets) - 1:
            return
        for column in range(1, len(offsets)):
            if offsets[column] != offsets[column - 1] + 1:
                line, at = self.text.offset(offsets[column])
                origin = self.text.part([(line, at, "")]).origin or ()
                for number, shift, last in origin:
                    yield column, (number, shift - column, last)

    def given(self, words: list[Word], facts: frozenset[str]) -> frozenset[str]:
        """Add what stands behind an engine's `--sysctl`, be it on its line or in a variable that is made for it.

        What the line says of the container's network is returned.
        """
        pairs, network = given_to_engine(words)
        before = len(self.reading.settings)
        facts |= network | {"shell", "container"}
        for word, begin in pairs:
            if match := ASSIGNED.match(word.text, begin):
                self.assignment(word, match, facts)
        for word, match in flagged(words):
            self.add(word, match.start("key"), match["key"], match.start("value"), match["value"], facts, word)
        for place, setting in enumerate(self.reading.settings[before:], before):
            inner = (*setting.group, f"container {self.place(words[0], 0, 1)}")
            self.reading.settings[place] = replace(setting, group=inner)
        return network
