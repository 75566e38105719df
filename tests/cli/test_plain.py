"""A command line read without typer: what it comes to is what typer would have made of it, or it is left to typer."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import pytest
import typer
import typer.main
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tcptune.cli import plain
from tcptune.cli.audit import audit
from tcptune.cli.lint import lint


def by_typer(function: Callable[..., Any], words: list[str]) -> dict[str, Any] | None:
    """Return what typer calls the function with, None where it refuses the words."""
    called: list[dict[str, Any]] = []

    @functools.wraps(function)
    def caught(**values: Any) -> None:
        called.append(values)

    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command()(caught)
    try:
        typer.main.get_command(app).main(words, prog_name="x", standalone_mode=False)
    except Exception as error:
        assert hasattr(error, "format_message"), error
        return None
    return called[0]


def several(
    first: Annotated[str, typer.Argument()],
    second: Annotated[str, typer.Argument()],
    *,
    keep: Annotated[bool, typer.Option("--keep/--drop")] = True,
    number: Annotated[int, typer.Option("--number", "-n")] = 3,
    loud: Annotated[bool, typer.Option()] = False,
) -> None:
    """Has what neither of the commands has."""


FLAGS = ["-q", "-v", "-qv", "--fix", "--fix=1", "--no-fix", "--fi", "--quiet", "--nope", "--all-netns", "--statistics"]
VALUED = ["--fail-on", "-f", "--format=text", "--format", "-fjson", "--select", "--select=TT1", "--kernel", "--output"]
OTHERS = [
    "--output=",
    "-o",
    "--pid",
    "--sample",
    "--keep",
    "--drop",
    "--number",
    "-n",
    "--loud",
    "--no-loud",
    "--profile",
]
VALUES = ["a", "b/c", "", "-", "--", "never", "nix", "json", "TT2,TT3", "5.14", "x=y", "7"]
WORDS = st.sampled_from([*FLAGS, *VALUED, *OTHERS, *VALUES])


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([lint, audit, several]), st.lists(WORDS, max_size=6))
@example(lint, ["--", "--fix", "--"])
@example(several, ["a", "b", "--drop"])
@example(several, ["a"])
def test_what_is_taken_is_what_typer_takes(function: Callable[..., Any], words: list[str]) -> None:
    taken = plain.given(function, words)
    if taken is not None:
        assert taken == by_typer(function, words)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lint, ["."]),
        (lint, ["--fail-on", "never", "-f", "json", "--kernel=5.14", "-q", "a", "b"]),
        (audit, []),
        (audit, ["--fail-on", "never", "--format", "json"]),
        (several, ["a", "b"]),
    ],
)
def test_an_ordinary_call_is_taken_without_typer(function: Callable[..., Any], words: list[str]) -> None:
    taken = plain.given(function, words)
    assert taken is not None
    assert taken.keys() == inspect.signature(function).parameters.keys()


@pytest.mark.parametrize("words", [["--pid", "7"], ["--fail-on", "nix"], ["--nope"], ["-qv"], ["--output"], ["word"]])
def test_what_is_in_doubt_is_left_to_typer(words: list[str]) -> None:
    assert plain.given(audit, words) is None
