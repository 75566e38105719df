"""Functions of a script that do no more than ask whether a parameter is there."""

from __future__ import annotations

import re

_DIVIDES = re.compile(r"\n|;|&&|\|\|")
_IDLE = re.compile(
    r"\{?|#.*|shift|local|(?:(?:then|else)[ \t]+)?(?:true|false|:|return(?:[ \t]+(?:[01]|\$\?))?)|then|else|fi"
)
_DECLARES = re.compile(r"(?:(?:local|declare|typeset|readonly)[ \t]+(?:-\w+[ \t]+)*)?(\w+)=(.*)")
_LEADS = re.compile(r"^(?:\{[ \t]*)?(?:if[ \t]+)?(?:sudo[ \t]+)?(?:command[ \t]+)?")
_SYSCTL = re.compile(
    r"(?:/\S*/)?sysctl(?:[ \t]+-(?!\w*[wpf])[-\w]+)*[ \t]+\"?\$\{?(?P<name>\w+)\}?\"?[ \t]*(?:&?\d?>[^|]*)?"
    r"|(?:/\S*/)?sysctl[ \t]+-\w*[aN]\w*[^|]*\|[ \t]*grep[ \t]+-\w*q\w*[ \t][^|]*?\$\{?(?P<listed>\w+)[^|]*"
)
_FILE = re.compile(r"(?:\[\[?|test)[ \t]+!?[ \t]*-[defrw][ \t]+(?P<path>[^\n]*\$[^\n]*)")
_INVERTS = re.compile(r"(?:&&|\bthen)\s*return[ \t]+[1-9]|\|\|\s*return[ \t]+0")
_DENIES = re.compile(r"(?:\[\[?|test)[ \t]+!")
_USED = re.compile(r"\$[({!#]*(?:echo[ \t]+\"?\$\{?)?(\w+)")


def only_asks(body: str) -> bool:
    """Tell whether a function's commands are a test of its first argument, and nothing that has an effect."""
    names, paths, asks = {"1"}, set[str](), False
    if (_DENIES.search(body) is not None) != (_INVERTS.search(body) is not None):
        return False
    for piece in _DIVIDES.split(body):
        statement = _LEADS.sub("", piece.strip(), count=1)
        if _IDLE.fullmatch(statement):
            continue
        if declared := _DECLARES.fullmatch(statement):
            if names & set(_USED.findall(declared[2])):
                names.add(declared[1])
                paths |= {declared[1]} if "/proc/sys/" in declared[2] else set()
        elif match := _SYSCTL.fullmatch(statement):
            if (match["name"] or match["listed"]) not in names:
                return False
            asks = True
        elif match := _FILE.fullmatch(statement):
            used = set(_USED.findall(match["path"]))
            if not (names & used if "/proc/sys/" in match["path"] else paths & used):
                return False
            asks = True
        else:
            return False
    return asks
