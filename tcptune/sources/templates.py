"""Template lines in files of any format: which branch a line stands in, and which lines are nothing but template.

Jinja (`{% if %}`), Go templates (`{{- if }}`), mustache (`{{#section}}`), ERB (`<% if %>`) and Terraform's (`%{ if }`)
are told by their tags.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tcptune.model.late import late
from tcptune.model.setting import Setting
from tcptune.sources.base import Text

_JINJA = late(r"\{%-?\s*(\w+)(.*?)-?%\}")
_GO = late(r"\{\{-?\s*(if|else if|else|range|with|end|define|block)\b(.*?)-?\}\}")
_MUSTACHE = late(r"\{\{\s*([#^/])\s*([^}]*?)\s*\}\}")
_ERB = late(r"<%-?\s*(if|unless|else|elsif|end|case|when)?\b(.*?)-?%>")
_TERRAFORM = late(r"%\{~?\s*(if|else|endif|for|endfor)\b([^}]*)\}")
_ONLY = re.compile(
    r"(?:\s*(?:\{%(?:(?!%\}).)*%\}|\{#(?:(?!#\}).)*#\}|<%(?!=)(?:(?!%>).)*%>|\{\{[^{}]*\}\}"
    r"|%\{~?\s*(?:if|else|endif|for|endfor)\b[^}]*\}))+\s*$"
)
_TAG = r"(?:\{%[^%]*%\}|<%(?!=)[^%]*%>)"
_AROUND = late(rf"((?:\s*{_TAG})*)(.*?)((?:{_TAG}\s*)*)")
"""A line's text between the tags of Jinja or ERB before and behind it."""

_LONG = (("{#", "#}"), ("{{/*", "*/}}"), ("{{- /*", "*/"), ("<%", "%>"), ("{%", "%}"))
"""What begins and ends a comment or a tag of several lines."""

_LONGEST = 4_000
"""Characters of a line in which tags are looked for."""

_OPENS = frozenset({"if", "for", "unless", "case", "range", "with", "define", "block", "macro", "raw", "filter"})
_TURNS = frozenset({"else", "elif", "elsif", "else if", "when"})

DEEPEST = 100
"""Conditions within conditions that are told apart; what is nested deeper counts to the last of them."""


class Branches:
    """Follows the template tags from line to line; `group` names the branch that a line stands in."""

    __slots__ = ("_closing", "_count", "_skipped", "_stack", "kernel")

    def __init__(self) -> None:
        self._stack: list[tuple[int, int, frozenset[str]]] = []
        self._count = 0
        self._skipped = 0
        self._closing = ""
        self.kernel = False

    @property
    def group(self) -> tuple[str, ...]:
        """The branches around the line, from outside in."""
        return tuple(f"template{number}/{branch}" for number, branch, _ in self._stack)

    @property
    def facts(self) -> frozenset[str]:
        """What the conditions around the line ask for: the kernel or the distribution, the module or the file."""
        return frozenset().union(*(asks for _, _, asks in self._stack))

    def feed(self, line: str) -> bool:
        """Take a line in; return True when it holds nothing but template tags."""
        if self._closing:
            self._closing = "" if self._closing in line else self._closing
            return True
        if len(line) > _LONGEST or not any(sign in line for sign in ("{{", "{%", "<%", "{#", "%{")):
            return False
        bare = line.lstrip()
        for begin, end in _LONG:
            if bare.startswith(begin) and end not in bare:
                self._closing = end
                return True
        for word, rest in _tags(line):
            self._tag(word, rest)
        return _ONLY.match(line) is not None

    def _tag(self, word: str, rest: str) -> None:
        if word in _OPENS and len(self._stack) >= DEEPEST:
            self._skipped += 1
        elif self._skipped:
            self._skipped -= word.startswith("end")
        elif word in _OPENS:
            self._count += 1
            self._stack.append((self._count, 0, asked(rest)))
        elif word in _TURNS and self._stack:
            number, branch, asks = self._stack[-1]
            self._stack[-1] = (number, branch + 1, asks | asked(rest))
        elif word.startswith("end") and self._stack:
            self._stack.pop()


def in_branches(text: Text, settings: list[Setting]) -> list[Setting]:
    """Return the settings of a text with the branch of a template that each stands in, where the format knows none."""
    branches = Branches()
    groups = {}
    for number, line in enumerate(text.lines):
        branches.feed(line)
        if branches.group:
            groups[text.at(number).line] = (branches.group, branches.facts)
    found = []
    for setting in settings:
        group, asks = groups.get(setting.key_at.line if setting.key_at else 0, ((), frozenset()))
        if group and not any(part.startswith("template") for part in setting.group):
            setting = replace(setting, group=(*group, *setting.group), facts=setting.facts | asks)
        found.append(setting)
    return found


def only_template(line: str) -> bool:
    """Tell whether a line holds nothing but template tags."""
    return len(line) <= _LONGEST and _ONLY.match(line) is not None


def without_tags(line: str) -> tuple[str, bool]:
    """Return a line with blanks for the tags before and behind its text, and whether there were any.

    A line with a tag within its text says different things in different cases: it stays as it is.
    """
    found = _AROUND.fullmatch(line) if len(line) <= _LONGEST else None
    if found is None or not (found[1] or found[3]) or re.search(_TAG, found[2]):
        return line, False
    return " " * len(found[1]) + found[2] + " " * len(found[3]), True


DISTRIBUTIONS = (
    r"(?<![a-z])(?:centos|red[ _-]?hat|rhel|fedora|rocky|alma(?:linux)?|oracle_?linux|amazon_?linux|amzn|debian|ubuntu"
    r"|raspbian|(?:open)?suse|sles|alpine|openeuler|mariner|photon)(?![a-z]|\d*_?(?:cis|stig))"
)
"""Names of distributions; one in a condition asks for it, whatever the variable is called."""

_SWITCH = r"\|\s*bool\b|is\s+(?:not\s+)?defined\b|&&|\|\||(?:and|or|then)\b|[(){}]|$"
"""What stands behind a word that is on or off."""

_KERNEL = late(
    rf"kernel(?!\.sysctl)(?:[\w.-]*(?:version|release|packages|\d)|(?![\w.\]'\"-]*+\s*(?:{_SWITCH})))"
    r"|uname|os_family|osfamily|operatingsystem|distribution|lsb|release|codename|platform|os_version|VERSION_ID"
    rf"|(?:facts|grains)\[['\"]os['\".]|{DISTRIBUTIONS}",
    re.IGNORECASE,
)


def asks_kernel(condition: str) -> bool:
    """Tell whether a condition names the kernel or the distribution."""
    return _KERNEL.search(condition) is not None


_PRESENT = late(r"conntrack|br_netfilter|ip_?vs(?![a-z])|\bkmod|lsmod|modprobe|loaded_modules|\.stat\.exists|proc/sys/")


_VARIABLE = late(
    r"(?<![\w.'\"/@$-])(?P<before>[\w.@$]{0,80}?)conntrack_(?P<last>[a-z][a-z\d_]{1,60})(?![\w.'\"(\[])"
    r"(?!\s{0,9}(?:\||is)\s{0,9}(?:not\s{1,9})?(?:succe|fail|skip|change|exists|file))"
)
_ASKS = late(r"has|have|had|exist|check|is_|support|stat|file|path|avail|present|test|result", re.IGNORECASE)
_SIZES = frozenset({"hashsize", "size", "limit"})


def _valued(match: re.Match[str]) -> str:
    """Return nothing for a variable that has a parameter's name, and so its value: it asks for no module."""
    from tcptune.catalog.names import known  # For the few conditions that have such a word

    named = match["last"] in _SIZES or known(f"net.netfilter.nf_conntrack_{match['last']}") is not None
    return "" if named and not _ASKS.search(match["before"]) else match[0]


def asked(condition: str) -> frozenset[str]:
    """Return the facts of what stands under a condition: it asks for the kernel, or for the module or the file."""
    facts = {"kernel-condition"} if asks_kernel(condition) else set()
    if "conntrack_" in condition:
        condition = _VARIABLE.sub(_valued, condition)
    return frozenset(facts | ({"exists"} if _PRESENT.search(condition) else set()))


def _tags(line: str) -> list[tuple[str, str]]:
    found = [(match.start(), match[1], match[2]) for match in _JINJA.finditer(line)]
    found += [(match.start(), match[1], match[2]) for match in _GO.finditer(line)]
    found += [(match.start(), match[1] or "", match[2]) for match in _ERB.finditer(line)]
    found += [(match.start(), match[1], match[2]) for match in _TERRAFORM.finditer(line)]
    for match in _MUSTACHE.finditer(line):
        found.append((match.start(), "end" if match[1] == "/" else "if", match[2]))
    return [(word, rest) for _, word, rest in sorted(found)]
