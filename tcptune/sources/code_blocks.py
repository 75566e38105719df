"""Which branch of a condition a line of Puppet, Ruby or Nix stands in: `if` and `case`, `mkIf` and `optionalAttrs`.

Braces and words are followed from line to line; nothing is evaluated, and what does not balance ends no worse than in a
branch too many.
"""

from __future__ import annotations

from tcptune.model.late import late
from tcptune.sources.templates import asks_kernel

_STRING = r"\"(?:[^\"\\]|\\.)*\"|''(?:[^']|'(?!'))*''|'(?:[^'\\]|\\.)*'"
_PUPPET = late(rf"{_STRING}|\b(?:if|unless|elsif|else|case)\b|^\s*node(?=\s)|[{{}}]")
_NIX = late(rf"{_STRING}|\{{\s*\}}|\b(?:mkIf|optionalAttrs|then|else)\b|\bif\b|[{{}};]")
_OPENS = frozenset({"if", "unless", "case", "mkIf", "optionalAttrs", "then", "node"})
_TURNS = frozenset({"elsif", "else"})
_RUBY_OPENS = late(r"(?:if|unless|case)\b(?!.*\bend\s*$)")
_RUBY_TURNS = late(r"(?:elsif|else|when)\b")
_RUBY_PLAIN = late(r"(?:def|class|module|begin|while|until|for)\b(?!.*\bend\s*$)|.*\bdo\s*(?:\|[^|]*\|)?\s*$")
_RUBY_ENDS = late(r"end\b")

DEEPEST = 200
"""Blocks within blocks that are told apart; what is nested deeper counts to the last of them."""

_LONGEST = 400
"""Characters of a condition that are looked at."""


class _Block:
    """One open block: the number of its condition (0: it has none), the branch, and whether it asks for the kernel."""

    __slots__ = ("asks", "branch", "cases", "number", "weighs")

    def __init__(self, number: int = 0, branch: int = 0, *, asks: bool = False, cases: bool = False) -> None:
        self.number = number
        self.branch = branch
        self.asks = asks
        self.cases = cases
        self.weighs = True


class CodeBlocks:
    """Follows the blocks of a language; feed it every line of code in order."""

    __slots__ = ("_count", "_language", "_last", "_pending", "_skipped", "_snapshots", "_stack")

    def __init__(self, language: str) -> None:
        self._language = language
        self._stack: list[_Block] = []
        self._count = 0
        self._last = _Block()
        self._pending: _Block | None = None
        self._skipped = 0
        self._snapshots: list[tuple[int, tuple[str, ...], frozenset[str]]] = []

    def feed(self, code: str) -> None:
        """Take in a line without its comment."""
        self._snapshots = [(0, self._group(), self._facts())]
        if self._language == "chef":
            self._ruby(code.strip())
            self._snapshots = [(0, self._group(), self._facts())]
        elif self._language in ("puppet", "nix"):
            for match in (_PUPPET if self._language == "puppet" else _NIX).finditer(code):
                self._token(match[0], code[match.start() : match.start() + _LONGEST])
                if match[0] in "{}":
                    self._snapshots.append((match.end(), self._group(), self._facts()))

    def at(self, column: int) -> tuple[tuple[str, ...], frozenset[str]]:
        """Return the group of what stands at a column of the line that was fed last, and what the conditions say."""
        found = self._snapshots[0]
        for snapshot in self._snapshots:
            if snapshot[0] <= column:
                found = snapshot
        return found[1], found[2]

    def _group(self) -> tuple[str, ...]:
        return tuple(f"if{block.number}/{block.branch}" for block in self._stack if block.number)

    def _facts(self) -> frozenset[str]:
        facts = {"conditional"} if any(block.number and block.weighs for block in self._stack) else set()
        if any(block.asks for block in self._stack):
            facts.add("kernel-condition")
        return frozenset(facts)

    def _token(self, token: str, rest: str) -> None:
        token = token.strip()
        if token == "{" and len(self._stack) >= DEEPEST:
            self._skipped += 1
        elif token == "}" and self._skipped:
            self._skipped -= 1
        elif token == "{":
            self._open()
        elif token == "}":
            if self._stack:
                closed = self._stack.pop()
                self._last = closed if closed.number else self._last
            self._pending = None
        elif token == ";":
            self._pending = None
        elif token in _TURNS:
            asks = self._last.asks or asks_kernel(rest)
            self._pending = _Block(self._last.number, self._last.branch + 1, asks=asks)
            if not self._pending.number:
                self._pending = None
        elif token in _OPENS and (token != "then" or self._pending is None):
            self._begin(rest, cases=token == "case", weighs=token not in ("mkIf", "optionalAttrs", "node"))

    def _begin(self, rest: str, *, cases: bool, weighs: bool) -> None:
        self._count += 1
        self._pending = _Block(self._count, asks=asks_kernel(rest), cases=cases)
        self._pending.weighs = weighs

    def _open(self) -> None:
        if self._pending is not None:
            self._stack.append(self._pending)
            self._pending = None
        elif self._stack and self._stack[-1].cases:
            case = self._stack[-1]
            case.branch += 1
            self._stack.append(_Block())
        else:
            self._stack.append(_Block())

    def _ruby(self, code: str) -> None:
        if _RUBY_OPENS.match(code):
            self._count += 1
            self._stack.append(_Block(self._count, asks=asks_kernel(code)))
        elif _RUBY_TURNS.match(code):
            block = next((block for block in reversed(self._stack) if block.number), None)
            if block is not None:
                block.branch += 1
                block.asks = block.asks or asks_kernel(code)
        elif _RUBY_ENDS.match(code):
            if self._stack:
                self._stack.pop()
        elif _RUBY_PLAIN.match(code):
            self._stack.append(_Block())
