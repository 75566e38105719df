"""Where the texts and the attribute sets of a Nix expression begin and end, found in one pass over its characters."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import field

from tcptune.model.late import late
from tcptune.model.record import dataclass

_CODE = late(r"#[^\n]*|/\*|\"|''|\$?\{|\}")
_QUOTED = late(r"\\.|\"|\$\{", re.DOTALL)
_INDENTED = late(r"'''|''\$|''\\|''|\$\{")
_FAR = 200
"""Characters before a set that may give it a name."""

_ARGUMENTS = late(r"\{[^{}]*\}\s*:\s*$")
_NAME = late(r"([\w.\"'-]+)\s*=\s*[^=;{}\[(]*$")
_SAME = late(r"config|imports|(?:boot\.?)?(?:kernel\.?)?(?:sysctl)?")


@dataclass(slots=True)
class Layout:
    """What stands where in an expression.

    `texts` are begin and end (offsets) of the content between two pairs of single quotes, with what is nested in them.
    `sets` are the offsets at which another named attribute set becomes the innermost one, and where that one begins.
    """

    texts: list[tuple[int, int]] = field(default_factory=list)
    sets: list[tuple[int, int]] = field(default_factory=list)

    def in_text(self, offset: int) -> bool:
        """Tell whether a place is within the content of a text."""
        index = bisect_right(self.texts, (offset, len(self.texts) and self.texts[-1][1] + 1))
        return index > 0 and offset < self.texts[index - 1][1]

    def set_at(self, offset: int) -> int:
        """Return where the named attribute set around a place begins, -1 outside of all.

        A set that is a member of a list (of `mkMerge`), or the value of `boot.kernel.sysctl` or `config`, is one with
        what is around it; one that has a name of its own may be another machine's.
        """
        index = bisect_right(self.sets, (offset, offset))
        return self.sets[index - 1][1] if index else -1


def layout(source: str) -> Layout:
    """Find the texts and the sets; what does not close ends with the expression."""
    found = Layout()
    stack: list[tuple[str, int]] = []
    outer, at = 0, 0
    while True:
        state = stack[-1][0] if stack else "{"
        pattern = _CODE if state == "{" else _QUOTED if state == '"' else _INDENTED
        match = pattern.search(source, at)
        if match is None:
            break
        token, at = match[0], match.end()
        if state != "{":
            if token == state:
                _, begin = stack.pop()
                outer -= state == "''"
                if state == "''" and not outer:
                    found.texts.append((begin, match.start()))
            elif token == "${":
                stack.append(("{", at))
        elif token == "/*":
            end = source.find("*/", at)
            at = end + 2 if end >= 0 else len(source)
        elif token in ('"', "''"):
            outer += token == "''"
            stack.append((token, at))
        elif token == "}":
            if stack:
                stack.pop()
            found.sets.append((at, _innermost(stack)))
        elif token[0] != "#":
            named = _named(source[max(0, match.start() - _FAR) : match.start()])
            stack.append(("{", at if named else _innermost(stack)))
            found.sets.append((at, _innermost(stack)))
    begun = next((begin for state, begin in stack if state == "''"), None)
    if begun is not None:
        found.texts.append((begun, len(source)))
    return found


def _innermost(stack: list[tuple[str, int]]) -> int:
    return next((begin for state, begin in reversed(stack) if state == "{"), -1)


def _named(before: str) -> bool:
    """Tell whether what stands before a set gives it a name."""
    match = _NAME.search(_ARGUMENTS.sub("", before)) if "=" in before else None
    return match is not None and _SAME.fullmatch(match[1]) is None
