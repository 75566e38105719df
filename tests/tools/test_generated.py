"""What is written from the program and committed: manual pages and completion, and whether they are right."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from tools import gen_completion, gen_man
from tools.commands import Parameter, commands
from tools.manual import source

TOP = Path(__file__).parents[2]
PAGES = sorted((TOP / "man").glob("*.[1-8]"))


def needs(program: str) -> None:
    """Skip without a program that does the checking."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_tag_that_is_longer_than_a_line_stays_a_tag(path: Path) -> None:
    """Else its second half begins what it means."""
    needs("mandoc")
    shown = subprocess.run(["mandoc", "-Tascii", "-Owidth=300", str(path)], capture_output=True, text=True, timeout=60)
    lines = re.sub(".\b", "", shown.stdout).splitlines()
    tags = [tag for leaf in LEAVES if path.name == f"tcptune-{leaf.words[0]}.1" for tag in map(_tag, leaf.options)]
    assert [tag for tag in tags if not any(line.strip().startswith(tag) for line in lines)] == []


def _tag(option: Parameter) -> str:
    return " ".join(filter(None, (", ".join(option.names), option.value)))


LEAVES = [leaf for command in commands() for leaf in command.leaves()]


@pytest.mark.parametrize("name", sorted(gen_man.written()))
def test_a_manual_page_is_what_the_program_writes(name: str) -> None:
    path = TOP / "man" / name
    assert path.is_file() and path.read_text("utf-8") == gen_man.written()[name], "python -m tools.gen_man"


def test_no_manual_page_is_left_over() -> None:
    assert {path.name for path in PAGES} == set(gen_man.written())


def test_what_is_generated_is_installed_where_man_and_the_shells_look() -> None:
    wheel = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    pages = {f"man/{path.name}": f"share/man/man{path.suffix[1:]}/{path.name}" for path in PAGES}
    completions = {f"completions/{name}" for name in gen_completion.written()}
    assert wheel["shared-data"].keys() == pages.keys() | completions
    assert wheel["shared-data"].items() >= pages.items()


@pytest.mark.parametrize("name", sorted(gen_completion.written()))
def test_a_completion_file_is_what_the_program_writes(name: str) -> None:
    path = TOP / "completions" / name
    assert path.is_file() and path.read_text("utf-8") == gen_completion.written()[name], (
        "python -m tools.gen_completion"
    )


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_mandoc_and_man_have_nothing_to_say_about_a_page(path: Path) -> None:
    needs("mandoc")
    needs("man")
    linted = subprocess.run(["mandoc", "-Tlint", str(path)], capture_output=True, text=True, timeout=60)
    assert linted.stdout + linted.stderr == ""
    command = ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", str(path)]
    formatted = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert formatted.stderr == ""


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_is_read_in_80_columns(path: Path) -> None:
    needs("mandoc")
    shown = subprocess.run(["mandoc", "-Tascii", "-Owidth=80", str(path)], capture_output=True, text=True, timeout=60)
    lines = re.sub(".\b", "", shown.stdout).splitlines()
    assert [row for row in lines if len(row) > 80] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_nothing_in_a_page_is_without_words(path: Path) -> None:
    """No entry of a list and no section ends before it has said something."""
    text = path.read_text("utf-8").replace(" \\c\n", " ")
    assert re.findall(r"^\.TP.*\n.*\n(?=\.(?:TP|S[HS]|PP|RE|PD$)|\Z)", text, re.MULTILINE) == []
    # A section may begin with a part of it, or with the entries of a list.
    assert re.findall(r"^\.SS .*\n(?=\.S[HS] |\Z)|^\.SH .*\n(?=\.SH |\Z)", text, re.MULTILINE) == []


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: " ".join(leaf.words))
def test_every_option_has_its_help_and_every_command_an_example(leaf: object) -> None:
    from tools.commands import Command

    assert isinstance(leaf, Command)
    assert [each for each in leaf.parameters if not each.help] == []
    assert source.examples(f"tcptune-{leaf.words[0]}")
    assert all(each.startswith("tcptune ") for each in source.examples(f"tcptune-{leaf.words[0]}"))


def test_every_reference_between_pages_leads_to_a_page() -> None:
    ours = {path.name for path in PAGES}
    for path in PAGES:
        for name, section in re.findall(r"\\fB(tcptune[\w\\-]*)\\fR\((\d)\)", path.read_text("utf-8")):
            assert f"{name.replace(chr(92), '')}.{section}" in ours, path.name
