"""A command line that is plainly right, read by its own few rules: typer's and pydantic's checks would change nothing.

What is in any doubt (a word that is no option, a value that is none of the choices, a number) is left to typer, which
also says what is wrong. So an ordinary call in CI or in a loop starts without pydantic, the largest part of a start.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, get_args, get_origin, get_type_hints

from typer.models import ArgumentInfo, OptionInfo

from tcptune.cli.described import annotated, parameter, single

_USUAL = frozenset({"default", "param_decls", "metavar", "help", "show_default"})
"""What may be said of an option or argument without a change of how it is read."""


class _Doubt(Exception):
    """The command line is not plainly right."""


class _Taker:
    """One option or argument: takes its words one by one."""

    def __init__(self, hint: Any) -> None:
        kind, info = annotated(hint)
        self.kind, self.repeatable = single(kind)
        self.argument = isinstance(info, ArgumentInfo)
        self.plain = info is not None and _usual(info)

    def taken(self, before: Any, word: str) -> Any:
        """Return the value that a word makes of the one before."""
        if not self.plain or (self.kind is not str and get_origin(self.kind) is not Literal):
            raise _Doubt
        if self.kind is not str and word not in get_args(self.kind):
            raise _Doubt
        return [*(before or ()), word] if self.repeatable else word


def given(function: Callable[..., Any], words: Sequence[str]) -> dict[str, Any] | None:
    """Return what a command's function is to be called with; None where typer has to decide."""
    hints = get_type_hints(function, include_extras=True)
    takers, names, values = {}, {}, {}
    for name, each in inspect.signature(function).parameters.items():
        takers[name] = _Taker(hints[name])
        names.update(dict.fromkeys(parameter(name, hints[name], each.default).names, name))
        values[name] = each.default
    try:
        for name, word in _words(words, names, takers):
            values[name] = True if word is None else takers[name].taken(values[name], word)
    except _Doubt:
        return None
    return None if inspect.Parameter.empty in values.values() else values


def _words(words: Sequence[str], names: dict[str, str], takers: dict[str, _Taker]) -> Iterator[tuple[str, str | None]]:
    """Yield each option or argument with its word, None for a flag."""
    rest = iter(words)
    places = [name for name, taker in takers.items() if taker.argument]
    for word in rest:
        if word == "--":
            yield from ((_place(places, takers), each) for each in rest)
        elif not word.startswith("-") or word == "-":
            yield _place(places, takers), word
        else:
            option, has_value, value = word.partition("=") if word.startswith("--") else (word, "", "")
            name = names.get(option)
            if name is None:
                raise _Doubt
            if takers[name].kind is not bool:
                yield name, value if has_value else _value(rest)
            elif takers[name].plain and not has_value:
                yield name, None
            else:
                raise _Doubt


def _value(rest: Iterator[str]) -> str:
    """Return the word behind an option; one that looks like an option itself is in doubt."""
    value = next(rest, None)
    if value is None or value.startswith("-"):
        raise _Doubt
    return value


def _place(places: list[str], takers: dict[str, _Taker]) -> str:
    """Return the argument that the next word belongs to."""
    if not places:
        raise _Doubt
    return places[0] if takers[places[0]].repeatable and len(places) == 1 else _single(places, takers)


def _single(places: list[str], takers: dict[str, _Taker]) -> str:
    if any(takers[name].repeatable for name in places):
        raise _Doubt
    return places.pop(0)


def _usual(info: OptionInfo | ArgumentInfo) -> bool:
    """Tell whether nothing is said that changes how words become values, such as a second name that means no."""
    usual = vars(type(info)())
    if any("/" in str(name) for name in (info.default, *(info.param_decls or ()))):
        return False
    return all(value == usual[key] for key, value in vars(info).items() if key not in _USUAL)
