"""README.md: every command in it is run, and prints what it shows or what was recorded beside this file.

`TCPTUNE_RECORD=1 python -m pytest tests/docs` records anew; look at the difference before it is committed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from tcptune.catalog import parameters
from tcptune.rules.pages import rule_names
from tests.support import stages
from tests.support.commands import bash, with_program
from tests.support.documents import Block, Shown, blocks, commands, fits, recorded_form
from tests.support.netns import in_namespace
from tests.support.program import ROOT, Result, tcptune
from tests.support.record import compare

README = ROOT / "README.md"
BLOCKS = blocks(README)
ENOUGH = os.environ.get("CI") or os.environ.get("CI_FULL") == "1"
SLOW = 120.0
LATE = 10.0

Run = Callable[[str], Result]


def placed(name: str) -> list[Block]:
    found = [block for block in BLOCKS if block.place == name]
    assert found, name
    return found


def check(name: str, run: Run) -> None:
    """Run the blocks of a place in turn, and compare what they print with what is shown or recorded."""
    said: list[str] = []
    for shown in (each for block in placed(name) for each in commands(block)):
        done = run(shown.command)
        deadline = time.monotonic() + LATE
        while shown.command.startswith("tail ") and not fits(shown.output or "", done.out):
            # Somebody else writes that file, and gets to it in a moment.
            if time.monotonic() > deadline:
                break
            time.sleep(0.1)
            done = run(shown.command)
        assert done.status in (0, 1), f"{shown.command}: {done.status}\n{done.err}"
        assert "Traceback" not in done.err, shown.command
        if shown.output is not None:
            assert fits(shown.output, done.out), (
                f"{shown.command} printed\n{done.out}\nand is shown with\n{shown.output}"
            )
        else:
            said.append(f"$ {shown.command}\n{recorded_form(done.out)}")
    if said:
        compare(name, "\n".join(said))


def in_folder(folder: Path, env: dict[str, str]) -> Run:
    return lambda command: bash(command, folder, env, timeout=SLOW)


@contextmanager
def initial(folder: Path) -> Iterator[dict[str, str]]:
    """Give an environment whose program takes the namespace that it is in for the host's own."""
    env = with_program(folder / "bin")
    program = folder / "bin" / "tcptune"
    program.write_text(program.read_text().replace("-m tcptune", "-m tests.support.as_initial"))
    yield env


def test_every_block_is_run_or_is_no_command() -> None:
    assert {(block.place, block.language) for block in BLOCKS if block.language in ("sh", "console")} == {
        ("outage", "console"),
        ("clone", "sh"),
        ("install", "sh"),
        ("host", "sh"),
        ("repository", "console"),
        ("repository", "sh"),
        ("image", "sh"),
        ("lab", "sh"),
    }
    assert {block.note for block in BLOCKS if not block.place} == {"profile"}
    assert README.read_text("utf-8").count("```") == 2 * len(BLOCKS)


@pytest.mark.root
def test_the_outage_and_its_answer(tmp_path: Path) -> None:
    def body() -> None:
        with stages.outage(), initial(tmp_path) as env:
            check("outage", in_folder(Path("/"), env))

    in_namespace(body, mounts=True, timeout=SLOW)


@pytest.mark.root
def test_what_is_run_on_a_host(tmp_path: Path) -> None:
    def body() -> None:
        stages.host()
        with initial(tmp_path) as env:
            check("host", in_folder(tmp_path, env))

    in_namespace(body, mounts=True, timeout=SLOW)


def test_what_is_run_in_a_repository(tmp_path: Path) -> None:
    env = with_program(tmp_path / "bin")
    check("repository", in_folder(stages.files(tmp_path / "work"), env))
    check("image", in_folder(stages.files(tmp_path / "elsewhere", stages.IMAGE), env))


def rows(text: str) -> list[tuple[str, str, str, str]]:
    """Return the rows of the lab's table, the figures masked."""
    found = re.findall(r"^\| `([\w-]+)` \| (.*?) \| (\S+) \| (.*) \|$", text, re.MULTILINE)
    return [(name, claim, verdict, re.sub(r"\d[\d.]*", "#", measured)) for name, claim, verdict, measured in found]


@pytest.mark.root
def test_the_lab_finds_what_is_shown(tmp_path: Path) -> None:
    (block,) = placed("lab")
    (shown,) = commands(block)
    done = bash(shown.command, tmp_path, with_program(tmp_path / "bin"), timeout=SLOW)
    assert len(rows(done.out)) == len(shown.command.partition(" run ")[2].split()) - 2
    assert rows(README.read_text("utf-8")) == rows(done.out)


def test_the_document_of_the_lab_has_every_experiment_with_its_claim() -> None:
    listed = tcptune("lab", "list", "--format", "json").json()["experiments"]
    told = rows((ROOT / "docs" / "lab.md").read_text("utf-8"))
    assert [(name, claim) for name, claim, *_ in told] == [(each["name"], each["claim"]) for each in listed]
    assert f"[all {len(listed)}](docs/lab.md)" in README.read_text("utf-8")


def test_the_numbers_of_the_comparison_are_not_too_high_nor_long_overtaken() -> None:
    full = sum(entry.depth == "full" for entry in parameters().values())
    (told,) = re.findall(r"\| over (\d+) rules \|", README.read_text("utf-8"))
    (known,) = re.findall(r"\| over (\d+) in depth, (\d+) by range \|", README.read_text("utf-8"))
    found = zip((told, *known), (len(rule_names()), full, len(parameters()) - full), strict=True)
    assert all(int(number) <= real < int(number) + 20 for number, real in found)


def test_the_two_commands_are_what_make_knows() -> None:
    """`make test` is what runs this; what it would run is shown, and `make audit` is run."""
    (block,) = placed("clone")
    audit, test = (shown.command for shown in commands(block))
    assert (audit, test) == ("make audit", "make test")
    if not (ROOT / ".venv" / "bin" / "tcptune").exists():
        pytest.skip("no environment in .venv: make test makes one")
    made = ["make", "--no-print-directory", "-o", ".venv/.runtime", "-o", ".venv/.dev"]
    done = subprocess.run([*made, "audit"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout[:9]) == (0, "TIME_WAIT"), done.stdout + done.stderr
    told = subprocess.run([*made, "-n", "test"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert "-m pytest" in told.stdout


@pytest.mark.parametrize("command", ["pipx install .", "uv tool install ."])
def test_it_installs(command: str, tmp_path: Path) -> None:
    (block,) = placed("install")
    assert command in block.text
    if not ENOUGH:
        pytest.skip("installs from the package index: set CI=1 to include it")
    homes = {name: str(tmp_path / name.lower()) for name in ("PIPX_HOME", "UV_TOOL_DIR", "UV_CACHE_DIR")}
    places = {name: str(tmp_path / "bin") for name in ("PIPX_BIN_DIR", "UV_TOOL_BIN_DIR")}
    env = {**os.environ, **homes, **places, "PIPX_MAN_DIR": str(tmp_path / "man")}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    done = subprocess.run(command.split(), cwd=ROOT, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    program = [str(tmp_path / "bin" / "tcptune"), "--version"]
    assert subprocess.run(program, capture_output=True, text=True, cwd="/").stdout.startswith("tcptune ")
    if command.startswith("pipx"):
        assert (tmp_path / "man" / "man1" / "tcptune.1").read_text("utf-8") == (ROOT / "man/tcptune.1").read_text(
            "utf-8"
        )


def test_the_profile_is_read_and_harmless(tmp_path: Path) -> None:
    (block,) = (block for block in BLOCKS if block.note == "profile")
    assert yaml.safe_load(block.text)["name"] == "mine"
    (tmp_path / "mine.yaml").write_text(block.text)
    done = tcptune("profile", "check", "./mine.yaml", cwd=tmp_path)
    assert (done.status, done.err) == (0, ""), done.out


def test_a_comparison_sees_a_difference() -> None:
    assert fits("a 1\n...\nc\n", "a   1\nb\nb\nc\n")
    assert fits("pid 12\n", "pid 9\n")
    assert not fits("a 1\n...\nc\n", "a 2\nb\nc\n")
    assert not fits("a\n", "a\nb\n")
    assert commands(Block("in: x", "console", "$ one\n1\n$ two\n")) == [Shown("one", "1\n"), Shown("two", "")]
    assert recorded_form("1,024 sockets   of 5\n") == "# sockets of #\n"
