"""Which block of a script a command stands in: branches of `if` and `case`, bodies of functions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tcptune.model.late import late
from tcptune.sources.base import dotted
from tcptune.sources.shell_lexer import Command, Word
from tcptune.sources.templates import DISTRIBUTIONS

_KERNEL = re.compile(
    r"uname|os-release|lsb_release|redhat-release|kernel|VERSION_ID|/etc/issue|debian_version|KERNEL|OS_VER|RELEASE"
    rf"|(?i:\$\{{?(?:os(?:_?(?:id|name))?|id|dist|distr[io]\w*)\b|{DISTRIBUTIONS})"
)
_RELEASE = re.compile(r"([A-Za-z_]\w*)=\"?(?:\$\(|`)[^\n]{0,200}?(?:uname\s|lsb_release|os-release|redhat-release)")
"""What puts the kernel's release, or the distribution's, into a variable."""

_DECLARED = 3
"""Words of a command among which an assignment stands: `local -r V=$(uname -r)`."""

_VARIABLE = late(r"\$\{?(\w+)")
_KEYWORDS = 20
"""Keywords in a row that are followed: no script that means something has more."""

_ASKED = 40
"""Words of a condition that are looked at."""

DEEPEST = 100
"""Blocks within blocks that are told apart; what is nested deeper counts to the last of them."""

_LOOKED_AT = late(r"/proc/sys/+([\w./*${}-]*)")
_MODULE = late(r"/(?:proc/net|sys/module)/([ni][fp]_conntrack|br_netfilter|bridge|ip_vs)\b")
"""What is there once a module is loaded."""

_BY_MODULE = {"br_netfilter": "bridge-nf", "bridge": "bridge-nf", "ip_vs": "net.ipv4.vs."}
"""What is in the names of the parameters that come with a module."""

ASKED = "asked "
"""What the fact begins with that a test asks for a parameter, before it is known what the test guards."""

_NAME = late(r"[\w:.-]+")
_WORDS = frozenset({"if", "then", "elif", "else", "fi", "case", "in", "esac", "for", "while", "until", "select"}) | {
    "do",
    "done",
    "function",
    "{",
    "}",
}
"""The shell's own words."""

_NONE: frozenset[str] = frozenset()
_UNDO = frozenset({"undo"})
_TAKES_BACK = late(
    r"(?:^|[_.:-])(?:roll_?back|restore|reset|revert|undo|uninstall|un_?set|remove|clear|clean_?up|clean|recover)(?!_old)"
    r"(?:$|[_.:-])",
    re.IGNORECASE,
)
"""Names of functions that put things back as they were."""


class Blocks:
    """Follows the shell's compound commands; feed it every command in order."""

    __slots__ = (
        *("_asking", "_base", "_count", "_function", "_kernels", "_named", "_skipped", "_stack"),
        *("_facts", "_group", "functions", "tests"),
    )

    def __init__(self, base: tuple[str, ...]) -> None:
        self._base = base
        self.tests = _NONE
        self.functions: dict[str, str] = {}
        self._stack: list[list[object]] = []
        self._count = 0
        self._skipped = 0
        self._function = False
        self._named = ""
        self._asking = False
        self._kernels: set[str] = set()
        self._facts: frozenset[str] | None = None
        self._group: tuple[str, ...] | None = None

    @property
    def group(self) -> tuple[str, ...]:
        """The group of the command that was fed last."""
        if self._group is None:
            told = (f"{kind}{number}/{branch}" for kind, number, branch, _ in self._stack if kind != "do")
            self._group = self._base + tuple(told)
        return self._group

    @property
    def depth(self) -> int:
        """How many blocks the command stands in that was fed last."""
        return len(self._stack)

    @property
    def facts(self) -> frozenset[str]:
        """What the blocks around the command say about it."""
        if not self._stack:
            return _NONE
        if self._facts is not None:
            return self._facts
        found = frozenset({"conditional"} if any(kind in ("if", "case") for kind, *_ in self._stack) else ())
        for *_, told in self._stack:
            if isinstance(told, frozenset):
                found |= told
        self._facts = found
        return found

    def feed(self, command: Command) -> list[Word]:
        """Take a command in; return its words without the shell's own keywords."""
        words = command.words
        for word in words[:_DECLARED]:
            asks = word.expands and ("uname" in word.text or "release" in word.text)
            if asks and (match := _RELEASE.match(word.text)) is not None:
                self._kernels.add(match[1])
        start = 0
        while start < min(len(words), _KEYWORDS) and self._keyword(words[start : start + _ASKED], command):
            start += 1
            self._facts = self._group = None
        words = words[start:]
        if self._asking and words and self._stack and not self._skipped:
            self._facts = None
            before = self._stack[-1][3]
            self._stack[-1][3] = self._told(words).union(before if isinstance(before, frozenset) else ())
        if command.operator in (";;", ";&", ";;&") and self._stack:
            self._facts = self._group = None
            self._turn("case", frozenset())
        return words

    def _keyword(self, words: list[Word], command: Command) -> bool:
        word = words[0]
        if word.quoted:
            return False
        text = word.text
        if text not in _WORDS and text != self._named and command.operator != "(":
            return False
        if text in ("if", "case"):
            self._open(text, self._told(words[1:]))
            self._asking = text == "if"
        elif text in ("elif", "else"):
            self._turn("if", self._told(words[1:]) if text == "elif" else frozenset())
            self._asking = text == "elif"
        elif text in ("fi", "esac"):
            self._close({"fi": "if", "esac": "case"}[text])
        elif text in ("for", "while", "until", "select"):
            self._open("do", frozenset())
        elif text == "done":
            self._close("do")
        elif text == "function":
            if command.operator != "(" and len(words) > 1:
                self._named = words[1].text
        elif text == self._named:
            self._named = ""
            self._begin(text)
        elif text == "{":
            if not self._function:
                self._open("do", frozenset())
            self._function = False
        elif text == "}":
            self._close_brace()
        elif command.operator == "(" and len(words) == 1 and not command.redirects and _NAME.fullmatch(text):
            self._begin(text)
        else:
            self._asking = self._asking and text != "then"
            return text in ("then", "do", "in")
        return True

    def _begin(self, name: str) -> None:
        """Open the body of a function, and note which group is its own."""
        self._open("function", _purpose(name))
        self._function = True
        if not self._skipped:
            self.functions[f"function{self._count}/0"] = name

    def _told(self, words: list[Word]) -> frozenset[str]:
        """Return what a condition says; a variable that holds the kernel's release asks for it, too."""
        found = told(words, self.tests)
        if not self._kernels:
            return found
        names = {match[1] for word in words[:_ASKED] for match in _VARIABLE.finditer(word.text)} & self._kernels
        return found | {"kernel-condition"} if names else found

    def _open(self, kind: str, told: frozenset[str]) -> None:
        if len(self._stack) >= DEEPEST:
            self._skipped += 1
            return
        self._count += 1
        self._stack.append([kind, self._count, 0, told])

    def _turn(self, kind: str, told: frozenset[str]) -> None:
        if self._skipped:
            return
        for entry in reversed(self._stack):
            if entry[0] == kind:
                entry[2] = int(str(entry[2])) + 1
                entry[3] = told.union(entry[3] if isinstance(entry[3], frozenset) else ())
                return

    def _close(self, kind: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        for index in range(len(self._stack) - 1, -1, -1):
            if self._stack[index][0] == kind:
                del self._stack[index:]
                return

    def _close_brace(self) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        for index in range(len(self._stack) - 1, -1, -1):
            if self._stack[index][0] in ("function", "do"):
                del self._stack[index:]
                return


def _purpose(name: str) -> frozenset[str]:
    """Return what the name of a function says about what stands in it."""
    return _UNDO if _TAKES_BACK.search(name) else _NONE


def asks_for(name: str) -> str:
    """Return the fact that a test asks for a parameter; of one whose name only a variable holds, that it is there.

    What it says of the parameters that the test guards is for `Presence.told`, which takes the fact away.
    """
    return "exists" if "$" in name or "*" in name else ASKED + name


def _named(texts: list[str], tests: frozenset[str]) -> Iterator[str]:
    """Yield the parameters, the folders of some and the modules that a condition looks for; `$` for all."""
    for text in texts:
        if "/proc/" in text or "/sys/" in text:
            yield from (dotted(match[1].rstrip("/")) for match in _LOOKED_AT.finditer(text))
            yield from (_BY_MODULE.get(match[1], "nf_conntrack") for match in _MODULE.finditer(text))
    if tests and (at := next((at for at, text in enumerate(texts[:2]) if text in tests), None)) is not None:
        yield dotted(texts[at + 1].removeprefix("/proc/sys/")) if at + 1 < len(texts) else "$"
    if texts[:1] == ["sysctl"] and not any("=" in text for text in texts):
        names = [text for text in texts[1:] if text[:1] not in ("-", "&", ">")]
        yield from map(dotted, names) if names else "$"


def told(words: list[Word], tests: frozenset[str] = _NONE) -> frozenset[str]:
    """Return what a condition says about what it guards: that it asks for the kernel, for which parameters it looks.

    `tests` are functions of the script that ask for the parameter which they are given.
    """
    found: set[str] = set()
    texts = [word.text for word in words[:_ASKED]]
    if any(_KERNEL.search(text) for text in texts):
        found.add("kernel-condition")
    found.update(map(asks_for, _named(texts, tests)))
    if any(text in ("lsmod", "modprobe", "modinfo") for text in texts):
        found.add("module-loaded")
    return frozenset(found)


def asked(words: list[Word], tests: frozenset[str] = _NONE) -> frozenset[str]:
    """Return what a test before `&&` says about the command behind it; `tests` as above."""
    name = words[0].text if words else ""
    known = name in ("[", "[[", "test", "sysctl", "lsmod", "grep") or name in tests
    return told(words, tests) if known else _NONE
