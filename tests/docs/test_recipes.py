"""CONTRIBUTING.md: each recipe is followed in a copy of the program, which then knows what was added, and undone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.program import ROOT, Result, tcptune

Program = Callable[..., Result]

PARAMETER = """
    Parameter(
        key="net.ipv4.tcp_recipe_time",
        family="keepalive",
        meaning="What the recipe added.",
        kind="int",
        unit="seconds",
        depth="full",
        scope=SCOPE,
        default=(DefaultStep(value=75),),
        accepted=JIFFIES,
        sources=(TIMER,),
    ),
"""

RULE = '''"""A value that the recipe does not like.

Bad:

    net.ipv4.tcp_keepalive_time = 4711

Good:

    net.ipv4.tcp_keepalive_time = 600

Fix:

Write another.

Sources:

- tests/docs/test_recipes.py
"""

from collections.abc import Iterator

from tcptune.model.finding import Finding
from tcptune.rules.base import Rule
from tcptune.rules.view import View


def check(view: View) -> Iterator[Finding]:
    """Find the value."""
    for setting, _ in view.known():
        if setting.value == 4711:
            yield RULE.finding(setting, "The recipe does not like 4711.", "It is an example.")


RULE = Rule("TT299", "recipe", "warning", "A value that the recipe does not like.", check)
'''

SOURCE = '''"""Lines `SET key TO value`."""

import re

from tcptune.model.setting import Setting
from tcptune.sources.base import Reading, Text

NAME = "recipe"


def claims(text: Text) -> bool:
    """Claim files by name."""
    return text.name.endswith(".recipe")


def read(text: Text) -> Reading:
    """Read the settings."""
    reading = Reading(NAME)
    for number, line in enumerate(text.lines):
        if match := re.match(r"SET (\\S+) TO (\\S+)", line):
            key, value = text.at(number, match.start(1), match.end(1)), text.at(number, match.start(2), match.end(2))
            reading.settings.append(
                Setting(key=match[1], raw=match[2], spelled=match[1], key_at=key, value_at=value, source=NAME)
            )
    return reading
'''

FORMAT = '''"""A line for each finding, with its code alone."""

from tcptune.model.lint import LintReport


def lint(report: LintReport) -> str:
    """Return the codes."""
    return "".join(f"recipe {finding.rule}\\n" for finding in report.findings)
'''


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Return a copy of the program."""
    copy = tmp_path / "copy"
    shutil.copytree(ROOT / "tcptune", copy / "tcptune", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "profiles", copy / "profiles")
    return copy


@contextmanager
def changed(house: Path, changes: dict[str, tuple[str, str]]) -> Iterator[Program]:
    """Put a text before (or in the place of) another one of each file, an empty one for a new file; then undo it."""
    before = {name: (house / name).read_text("utf-8") if old else None for name, (old, _) in changes.items()}
    for name, (old, new) in changes.items():
        text = before[name] or ""
        assert text.count(old) == 1 or not old, f"{name}: {old!r}"
        (house / name).write_text(text.replace(old, new) if old else new, "utf-8")
    yield lambda *words: tcptune(*words, cwd=house, env={"PYTHONPATH": str(house)})
    for name, kept in before.items():
        (house / name).unlink() if kept is None else (house / name).write_text(kept, "utf-8")


def unchanged(house: Path, *words: str) -> Result:
    return tcptune(*words, cwd=house, env={"PYTHONPATH": str(house)})


def write(house: Path, name: str, text: str) -> str:
    (house / name).write_text(text)
    return name


def test_a_parameter(house: Path) -> None:
    first = "PARAMETERS: tuple[Parameter, ...] = ("
    recipe = {"tcptune/catalog/keepalive.py": (first, first + PARAMETER)}
    path = write(house, "a.conf", "net.ipv4.tcp_recipe_time = soon\nnet.ipv4.tcp_recipe_tiem = 1\n")
    with changed(house, recipe) as program:
        assert "What the recipe added." in program("explain", "tcp_recipe_time").out
        assert "tcp_recipe_time" in program("params").out
        said = program("lint", path).out
        assert "TT201" in said and "net.ipv4.tcp_recipe_time is the nearest name" in said
    assert unchanged(house, "explain", "tcp_recipe_time").status == 2
    assert "net.ipv4.tcp_recipe_time is the nearest" not in unchanged(house, "lint", path).out


def test_a_rule(house: Path) -> None:
    path = write(house, "a.conf", "net.ipv4.tcp_keepalive_time = 4711\n")
    with changed(house, {"tcptune/rules/tt299_recipe.py": ("", RULE)}) as program:
        assert "a.conf:1:31: warning TT299 The recipe does not like 4711." in program("lint", path).out
        assert "A value that the recipe does not like." in program("explain", "recipe").out
        assert program("lint", "--ignore", "TT299", path).status == 0
    assert unchanged(house, "lint", path).status == 0
    assert unchanged(house, "explain", "TT299").status == 2


def test_a_source(house: Path) -> None:
    path = write(house, "a.recipe", "SET net.ipv4.tcp_timestamps TO 0\n")
    recipe = {
        "tcptune/sources/recipe.py": ("", SOURCE),
        "tcptune/sources/detect.py": ("ORDER = (", 'ORDER = ("recipe", '),
    }
    with changed(house, recipe) as program:
        assert "a.recipe:1:32: warning TT402" in program("lint", path).out
    assert unchanged(house, "lint", path).status == 0


def test_a_format(house: Path) -> None:
    path = write(house, "a.conf", "net.ipv4.tcp_timestamps = 0\n")
    recipe = {
        "tcptune/formats/recipe.py": ("", FORMAT),
        "tcptune/cli/lint.py": ('"text", "json", ', '"text", "json", "recipe", '),
        "tcptune/cli/lint_shown.py": (
            "    writers = {",
            '    from tcptune.formats import recipe\n\n    writers = {"recipe": recipe.lint, ',
        ),
    }
    with changed(house, recipe) as program:
        assert program("lint", "-f", "recipe", path).out == "recipe TT402\n"
        assert "json|recipe|" in program("lint", "--help").out
    assert unchanged(house, "lint", "-f", "recipe", path).status == 2


def test_no_recipe_has_more_than_five_steps() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    recipes = dict(re.findall(r"^## (A \w+)\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL))
    assert list(recipes) == ["A parameter", "A rule", "A source", "A format", "A command"]
    for title, part in recipes.items():
        steps = re.findall(r"^(\d)\. ", part, re.MULTILINE)
        assert steps == [str(number) for number in range(1, len(steps) + 1)] and 2 <= len(steps) <= 5, title


def test_every_place_that_a_recipe_names_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for place in re.findall(r"`((?:tcptune|tests|tools|docs|man)/[\w./-]+)`", text):
        assert (ROOT / place).exists() or "NAME" in place, place
