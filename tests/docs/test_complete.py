"""Nothing is without documentation: options, exit statuses, files, variables, configuration, rules, parameters."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from tcptune.apply.transaction import Status
from tcptune.catalog import parameters
from tcptune.cli.app import COMMANDS
from tcptune.cli.config import Config
from tcptune.cli.described import Command, commands
from tcptune.rules.pages import rule_names
from tests.support.program import ROOT

MAN = ROOT / "man"
ALSO = {"lab": ("lab_ends",)}
"""Files with commands beside the one that a command is named with."""


def page(name: str) -> str:
    """Return a manual page as text without roff's escapes."""
    text = (MAN / name).read_text("utf-8")
    return re.sub(r"\\f[BIR]|\\[&:]", "", text).replace("\\-", "-").replace("\\(aq", "'")


def section(text: str, title: str) -> str:
    return re.split(r"^\.SH ", text.split(f".SH {title}\n")[1], flags=re.MULTILINE)[0]


@pytest.mark.parametrize("command", commands(), ids=lambda command: command.words[0])
def test_a_page_has_every_option_of_its_command_and_begins_with_examples(command: Command) -> None:
    text = page(f"tcptune-{command.words[0]}.1")
    options = section(text, "OPTIONS")
    for leaf in command.leaves():
        for name in (name for option in leaf.options for name in option.names):
            assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", options), name
    headings = re.findall(r"^\.SH (.*)", text, re.MULTILINE)
    assert headings[:3] == ["NAME", "SYNOPSIS", "EXAMPLES"]
    told = section(text, "EXIT STATUS")
    assert (
        re.findall(r"^(\d+)$", told, re.MULTILINE)[0] == "0"
        and "2\n" in told
        and re.search(r"^130( when interrupted.*)?$", told, re.M)
    )


@pytest.mark.parametrize("path", sorted(MAN.glob("*.[1-8]")), ids=lambda path: path.name)
def test_examples_come_first(path: Path) -> None:
    headings = re.findall(r"^\.SH (.*)", path.read_text("utf-8"), re.MULTILINE)
    assert [title for title in headings if title != "SYNOPSIS"][:2] == ["NAME", "EXAMPLES"]


def ended(function: ast.FunctionDef, others: dict[str, ast.FunctionDef]) -> set[int]:
    """Return the statuses that a command's function, and those of its file that it hands on, can return."""
    found: set[int] = set()
    for node in ast.walk(function):
        if not isinstance(node, ast.Return) or node.value is None:
            continue
        for each in ast.walk(node.value):
            called = ast.unparse(each.func) if isinstance(each, ast.Call) else ""
            if called == "int":
                found |= {0, 1}
            elif called == "changes.tell":
                found |= set(get_args(Status))
            elif (name := called.rpartition(".")[2]) in others:
                found |= ended(others[name], {word: other for word, other in others.items() if word != name})
        values = [each.value for each in branches(node.value) if isinstance(each, ast.Constant)]
        found |= {value for value in values if isinstance(value, int)}
    return found


def branches(value: ast.expr) -> list[ast.expr]:
    return [*branches(value.body), *branches(value.orelse)] if isinstance(value, ast.IfExp) else [value]


@pytest.mark.parametrize("command", commands(), ids=lambda command: command.words[0])
def test_a_page_has_every_exit_status_that_its_command_returns(command: Command) -> None:
    told = section(page(f"tcptune-{command.words[0]}.1"), "EXIT STATUS")
    documented = {int(number) for number in re.findall(r"^(\d+)\b", told, re.MULTILINE)}
    for name in (COMMANDS[command.words[0]].module, *ALSO.get(command.words[0], ())):
        tree = ast.parse((ROOT / "tcptune" / "cli" / f"{name}.py").read_text("utf-8"))
        functions = {each.name: each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}
        answers = [each for each in functions.values() if each.returns and ast.unparse(each.returns) == "int"]
        assert answers, name
        returned = {status for function in answers for status in ended(function, functions)}
        assert returned and returned <= documented, name
        raised = {int(number) for number in re.findall(r"TcptuneError\(.*status=(\d)\)", ast.unparse(tree))}
        assert raised <= documented, name


def test_the_first_page_has_every_command_status_variable_and_setting() -> None:
    text = page("tcptune.1")
    assert re.findall(r"^(\d+)$", section(text, "EXIT STATUS"), re.MULTILINE) == ["0", "1", "2", "3", "4", "130", "141"]
    for command in commands():
        assert f"\n{command.words[0]}\n" in section(text, "COMMANDS")
    sources = [*(ROOT / "tcptune").rglob("*.py"), ROOT / "tools" / "pyz" / "start.py"]
    read = {name for path in sources for name in re.findall(r'environ(?:\.get\(|\[)"(\w+)"', path.read_text("utf-8"))}
    assert {"NO_COLOR", "COLUMNS"} <= read
    assert read == set(re.findall(r"^\.TP\n([A-Z_]+)$", section(text, "ENVIRONMENT"), re.MULTILINE))
    known = {field.name.replace("_", "-") for field in fields(Config)} - {"path"}
    told = re.findall(r"^\.TP\n([a-z, -]+)$", section(text, "CONFIGURATION"), re.MULTILINE)
    assert known == {name for line in told for name in line.split(", ")}


def test_the_files_that_are_written_are_told() -> None:
    from tcptune.apply.dropin import DEFAULT
    from tcptune.apply.journal import STATE_DIR
    from tcptune.profiles.find import SYSTEM

    files = section(page("tcptune.1"), "FILES")
    for place in (DEFAULT, STATE_DIR, SYSTEM, "~/.cache/tcptune"):
        assert place in files


def test_every_rule_and_every_parameter_has_its_entry() -> None:
    rules = page("tcptune-rules.7")
    for name in rule_names():
        assert re.search(rf"^\.SS {name.name}\b", rules, re.MULTILINE), name
    told = page("tcptune-parameters.7")
    for key, entry in parameters().items():
        assert f".SS {key}\n" in told if entry.depth == "full" else f".TP\n{key}\n" in told, key
