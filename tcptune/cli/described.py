"""The commands as the program knows them: names, options, arguments and their help, read from their functions.

For `--help`, for what is said of a mistyped option, for the manual pages and for completion.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import typer
from typer.models import ArgumentInfo, OptionInfo

from tcptune.cli.app import COMMANDS


@dataclass(frozen=True)
class Parameter:
    """An option or an argument.

    `names` are an option's spellings, the long one first, and empty for an argument; `value` is what stands for its
    value in a usage line (empty: a flag), `choices` the words it takes, where there are only some.
    """

    names: tuple[str, ...]
    value: str
    help: str
    choices: tuple[str, ...] = ()
    required: bool = False
    repeatable: bool = False


@dataclass(frozen=True)
class Command:
    """A command: its words (`profile list` has two), the line of the list of commands, and its docstring's text."""

    words: tuple[str, ...]
    summary: str
    text: str
    parameters: tuple[Parameter, ...]
    children: tuple[Command, ...] = ()

    @property
    def options(self) -> tuple[Parameter, ...]:
        """The parameters that are options."""
        return tuple(each for each in self.parameters if each.names)

    @property
    def arguments(self) -> tuple[Parameter, ...]:
        """The parameters that stand by their place."""
        return tuple(each for each in self.parameters if not each.names)

    def leaves(self) -> Iterator[Command]:
        """Yield the commands that do something: this one, or those below it."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


HELP = Parameter(("--help", "-h"), "", "Show the options.")


def commands() -> list[Command]:
    """Return every command of the program, in the order of its help."""
    return [described(name) for name in COMMANDS]


def described(name: str) -> Command:
    """Return one command of the program; its module is imported for it."""
    entry = COMMANDS[name]
    target = getattr(import_module(f"tcptune.cli.{entry.module}"), entry.function)
    if isinstance(target, typer.Typer):
        return _group(name, entry.summary, target)
    return _command((name,), entry.summary, target)


def _group(name: str, summary: str, app: typer.Typer) -> Command:
    children = []
    for entry in app.registered_commands:
        if entry.callback is not None and not entry.hidden:
            word = entry.name or entry.callback.__name__.replace("_", "-")
            children.append(_command((name, word), _first(inspect.getdoc(entry.callback) or ""), entry.callback))
    return Command((name,), summary, str(app.info.help or summary), (), tuple(children))


def _command(words: tuple[str, ...], summary: str, function: Callable[..., Any]) -> Command:
    text = inspect.getdoc(function) or summary
    hints = get_type_hints(function, include_extras=True)
    signature = inspect.signature(function)
    found = [_parameter(name, hints[name], each.default) for name, each in signature.parameters.items()]
    return Command(words, summary, text, tuple(found))


def _parameter(name: str, hint: Any, default: Any) -> Parameter:
    kind, info = _annotated(hint)
    bare, repeatable = _bare(kind)
    choices = tuple(str(word) for word in get_args(bare)) if get_origin(bare) is Literal else ()
    if isinstance(info, ArgumentInfo):
        value = info.metavar or name.upper()
        return Parameter((), value, info.help or "", choices, default is inspect.Parameter.empty, repeatable)
    spelled = [info.default, *(info.param_decls or ())] if isinstance(info, OptionInfo) else []
    names = [each for each in spelled if isinstance(each, str) and each.startswith("-")]
    names = names or [f"--{name.replace('_', '-')}"]
    if bare is bool:
        names = [part for each in names for part in each.split("/")]
        value = ""
    else:
        value = (info.metavar if info else None) or "|".join(choices) or name.upper()
    names.sort(key=lambda each: not each.startswith("--"))
    told = (info.help if info else None) or ""
    return Parameter(tuple(names), value, told, choices, default is inspect.Parameter.empty, repeatable)


def _annotated(hint: Any) -> tuple[Any, Any]:
    """Return the bare type and typer's description of it."""
    if not hasattr(hint, "__metadata__"):
        return hint, None
    return hint.__origin__, next(
        (each for each in hint.__metadata__ if isinstance(each, OptionInfo | ArgumentInfo)), None
    )


def _bare(kind: Any) -> tuple[Any, bool]:
    """Return a type without `None` and without `list`, and whether it was a list."""
    if get_origin(kind) in (Union, types.UnionType):
        kind = next(each for each in get_args(kind) if each is not type(None))
    if hasattr(kind, "__metadata__"):
        kind = kind.__origin__
    if get_origin(kind) is list:
        return _bare(get_args(kind)[0])[0], True
    return kind, False


def _first(text: str) -> str:
    return " ".join(text.split("\n\n")[0].split())
