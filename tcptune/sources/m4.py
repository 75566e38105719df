"""Files that m4 makes others of: what is left of them without its macros, at the same places.

Lines that define, include and turn streams are blanked, and so are the words and quotes of `ifdef` and `ifelse` around
text that stays. What a macro stands for is not looked up: such a value is filled in later.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tcptune.model.setting import Location
from tcptune.sources.base import Reading, Text

_WORD = (
    r"(?:m4_)?(?:define|undefine|pushdef|popdef|s?include|divert|undivert|change(?:quote|com)|syscmd|esyscmd|errprint)"
)
_WHOLE = re.compile(rf"[ \t]*{_WORD}\b(?:\([^\n]{{0,400}}\))?[ \t]*")
"""A line that says nothing of its own."""

_DEFINES = re.compile(r"(?:define|pushdef)\([`\[]?([A-Za-z_]\w*)")
_WORDS = re.compile(r"\w+")
_NOTE = re.compile(r"(?<!\w)dnl\b.*")
_OPENS = re.compile(
    rf"[ \t]*(?:(?:m4_)?(?:ifdef|ifelse\([^,\n]{{0,99}},|if)|{_WORD})\(?[^,\n]{{0,99}},[ \t]*(?:[`\[]|$)"
)
"""What begins a text that goes on behind it: the words of a condition up to its last quote."""

_TURNS = re.compile(r"[ \t]*(?:['\]][ \t]*,[ \t]*[`\[]?|[`\[](?![^'\n]*'[ \t]*$))")
_END = re.compile(r"(?:^[ \t]*['\]]?|['\]])[ \t]*\)+$")
_QUOTED = re.compile(r"`([^`'\n]*)'")
_NAME = re.compile(r"\b_{0,2}[A-Z][A-Z0-9_]+\b|\b[A-Za-z_]\w*\(")
"""How macros are mostly called, also those that another file or the command line defines."""


class Plain:
    """The text without the language around it; of each line the branch it stands in, and what was taken off before."""

    def __init__(self, text: Text) -> None:
        self.source = text
        self.branches: list[int] = []
        self._shifts: list[int] = []
        self._depth = self._branch = self._count = 0
        rows = list(map(self._row, text.lines))
        self.text = Text(text.path, "\n".join(rows), text.origin)

    def _row(self, line: str) -> str:
        """Return what stays of a line."""
        row = _NOTE.sub("", line).rstrip()
        whole = _WHOLE.fullmatch(row) is not None
        begin = None if whole else _OPENS.match(row)
        turn = begin or (_TURNS.match(row) if self._depth else None)
        before = turn.end() if turn is not None else 0
        row = "" if whole else row[before:]
        self._depth += begin is not None
        self._count += turn is not None
        outer, self._branch = self._branch, self._count if turn is not None else self._branch
        self.branches.append(self._branch)
        self._shifts.append(before)
        end = None if whole or not self._depth else _END.search(row)
        if end is not None:
            row = row[: end.start()]
            self._depth -= 1
            self._branch = outer if begin and self._depth else 0
        return _QUOTED.sub(r" \1 ", row)

    def settled(self, reading: Reading) -> Reading:
        """Return what was read, with the macros' values told to be filled in later, each in its branch.

        Whatever is no line of the format may be a macro that becomes one.
        """
        defined = set(_DEFINES.findall(self.source.text))
        found = []
        for one in reading.settings:
            told = f"{one.spelled} {one.raw}"
            if _NAME.search(told) or not defined.isdisjoint(_WORDS.findall(told)):
                one = replace(one, templated=True)
            branch = self.branches[one.key_at.line - 1] if one.key_at is not None else 0
            if branch:
                one = replace(one, group=(*one.group, f"m4 {branch}"), facts=one.facts | {"conditional"})
            found.append(replace(one, key_at=self._there(one.key_at), value_at=self._there(one.value_at)))
        reading.settings = found
        reading.problems = [problem for problem in reading.problems if problem.rule not in ("TT001", "TT007")]
        return reading

    def _there(self, at: Location | None) -> Location | None:
        """Return where a place of the text is in the file."""
        shift = self._shifts[at.line - 1] if at is not None else 0
        if at is None or not shift:
            return at
        return replace(at, column=at.column + shift, end_column=at.end_column + shift if at.end_column else None)
