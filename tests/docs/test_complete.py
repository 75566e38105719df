"""Nothing is without documentation: options, exit statuses, files, variables, configuration, rules, parameters."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from tcptune.catalog import parameters
from tcptune.cli.config import Config
from tcptune.cli.described import Command, commands
from tcptune.rules.pages import rule_names
from tests.support.program import ROOT

MAN = ROOT / "man"


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
