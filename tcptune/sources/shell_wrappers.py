"""Functions of a script that hand their arguments on to another one which sets them: `put() { live "$1" "$2"; }`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from tcptune.model.late import late
from tcptune.sources.shell_lexer import Command, lex
from tcptune.sources.shell_setters import Setter, setter
from tcptune.sources.shell_words import strip_prefixes, talks

_GIVEN = late(r"\$(?:[1-9@*]|\{[1-9@*](?::?-[^{}$`]*)?\})|[^$`]*")
"""What a function was given, as it stands, or a text of its own."""

_ALL = frozenset({"$@", "$*", "${@}", "${*}"})
_DEEPEST = 3
"""Functions that hand on to each other."""

_MOST = 200
"""Functions of a script that are looked at, and commands of one."""

Facts = Callable[[str], frozenset[str]]
"""What tells of a function's body what holds for what it sets."""


def follow(
    bodies: list[tuple[str, str]],
    functions: dict[str, frozenset[str]],
    setters: dict[str, Setter],
    asks: re.Pattern[str],
    facts: Facts,
) -> None:
    """Add the functions that hand on what they are given to those which set it, with what holds for them.

    Names that tell of a question (`asks`) or of a message are left out.
    """
    if len(functions) > _MOST:
        return
    others = [(name, body) for name, body in bodies[:_MOST] if "$" in body and not (asks.search(name) or talks(name))]
    for _ in range(_DEEPEST):
        found = False
        for name, body in others:
            if name in functions or not any(inner in body for inner in functions):
                continue
            calls = [(command, words) for command, words in _commands(body) if words[0] in functions]
            handed = any("$" in "".join(words[1:]) and all(map(_GIVEN.fullmatch, words[1:])) for _, words in calls)
            certain = _certain(body, calls, setters)
            if certain is not None:
                setters[name] = certain
            if handed or certain is not None:
                called = [functions[words[0]] for _, words in calls]
                kept = frozenset({"loader"}) if all("loader" in each for each in called) else frozenset[str]()
                functions[name] = (frozenset[str]().union(*called) - {"loader"}) | kept | facts(body)
                found = True
        if not found:
            return


def _commands(body: str) -> list[tuple[Command, list[str]]]:
    """Return the commands of a body, each with its own words."""
    found = []
    for command in lex(body).commands[:_MOST]:
        words, _ = strip_prefixes(command.words)
        if words:
            found.append((command, [word.text for word in words]))
    return found


def _certain(body: str, calls: list[tuple[Command, list[str]]], setters: dict[str, Setter]) -> Setter | None:
    """Return how a body sets what it is given, when every function that it hands it to is certain to set it."""
    inner: list[Setter] = []
    for command, words in reversed(calls):
        called = setters.get(words[0])
        told = _told(called, words[1:]) if called is not None else None
        if called is None or told is None:
            return None
        inner.append(called)
        body = f"{body[: command.start]}sysctl -w {told}\n{body[command.words[-1].end :]}"
    found = setter(body, None, {}) if inner else None
    if found is None:
        return None
    chosen, empties = any(one.chosen for one in inner), all(one.empties for one in inner)
    return replace(found, chosen=found.chosen or chosen, empties=found.empties and empties)


def _told(called: Setter, words: list[str]) -> str | None:
    """Return the `name=value` that a call comes to; None where it is not known, or is a file that is written."""
    if called.path or (words and any(word in _ALL for word in words[:-1])):
        return None
    if words and words[-1] in _ALL:
        words = [*words[:-1], *(f"${{{number}}}" for number in range(1, 10))]
    used = [part for part in (*called.key, *called.value) if isinstance(part, int)]
    if not all(0 < part <= len(words) for part in used):
        return None
    key, value = (
        "".join(part if isinstance(part, str) else words[part - 1] for part in parts)
        for parts in (called.key, called.value)
    )
    return f'"{key}={value}"' if key and value else None
