"""Every document beside README.md: no block that nobody runs, no command that is not known, no link that is dead."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tcptune.cli.described import Command, commands
from tests.support import stages
from tests.support.commands import bash, with_program
from tests.support.documents import Block, blocks
from tests.support.documents import commands as lines_of
from tests.support.netns import in_namespace
from tests.support.program import ROOT
from tools.manual import source

COLLECTION = ROOT / "ansible_collections" / "tcptune" / "tcptune"
DOCUMENTS = sorted(
    path for folder in (".", "docs", "profiles") for path in (ROOT / folder).glob("*.md") if path.is_file()
) + sorted(COLLECTION.rglob("*.md"))
RUN_BY = {
    "README.md": "tests/docs/test_readme.py",
    "CONTRIBUTING.md": "tests/docs/test_documents.py",
    "docs/ci.md": "tests/integrations/test_ci_docs.py",
    "docs/monitoring.md": "tests/docs/test_documents.py",
    "docs/architecture.md": "",
    "ansible_collections/tcptune/tcptune/README.md": "tests/docs/test_documents.py",
    "ansible_collections/tcptune/tcptune/roles/tcptune/README.md": "tests/ansible/test_canary.py",
}
"""Who runs a document's blocks; nobody where they are drawings."""

PLACES = (
    "bench",
    "completions",
    "contrib",
    "docs",
    "man",
    "profiles",
    "tests",
    "tools",
    "tcptune",
    "ansible_collections",
)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def block(document: str, language: str) -> Block:
    (found,) = (each for each in blocks(ROOT / document) if each.language == language)
    return found


def test_every_block_of_every_document_is_run_by_a_test() -> None:
    holding = {name(path) for path in DOCUMENTS if re.search(r"^(```|    \S)", path.read_text("utf-8"), re.MULTILINE)}
    assert holding == set(RUN_BY)
    for test in filter(None, RUN_BY.values()):
        assert (ROOT / test).is_file()


def headings(path: Path) -> set[str]:
    """Return the anchors of a document, as a forge makes them of its headings."""
    found = re.findall(r"^#+ (.*)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).strip().replace(" ", "-") for each in found}


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_no_link_is_dead(path: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#]*)(?:#([^)]*))?\)", path.read_text("utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        other = path.parent / target if target else path
        assert other.exists(), target
        assert not anchor or anchor in headings(other), f"{target}#{anchor}"


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if "CHANGELOG" not in path.name], ids=name)
def test_every_place_that_a_document_names_is_there(path: Path) -> None:
    for place in re.findall(rf"`((?:{'|'.join(PLACES)})/[\w./-]*)`", path.read_text("utf-8")):
        near = path.parent / place
        assert (ROOT / place).exists() or near.exists() or "NAME" in place, place


def mentioned() -> Iterator[tuple[str, str]]:
    """Yield the commands that stand in the text of documents and manual pages, each with where it does."""
    texts = {name(path): path.read_text("utf-8") for path in DOCUMENTS}
    texts |= {name(path): path.read_text("utf-8") for path in sorted(source.FOLDER.glob("*.txt"))}
    for place, text in texts.items():
        for found in re.findall(r"`(tcptune [^`]+)`", text):
            yield place, " ".join(found.split())


def unknown(command: str, known: dict[str, Command]) -> list[str]:
    """Return what a command line has that the program does not."""
    words = shlex.split(command)[1:]
    if words[0].startswith("-"):
        return [word for word in words if word not in ("--help", "--version")]
    if words[0] not in known:
        return words[:1]
    leaves = list(known[words[0]].leaves())
    if len(words) > 1 and known[words[0]].children and not words[1].startswith("-"):
        leaves = [leaf for leaf in leaves if leaf.words[1] == words[1]]
    options = {option for leaf in leaves for each in leaf.options for option in each.names}
    given = {word.partition("=")[0] for word in words[1:] if re.match(r"--?[a-z]", word)}
    return sorted(given - options - {"--help", "-h"}) if leaves else words[1:2]


def test_every_command_in_a_text_is_one_that_the_program_has() -> None:
    known = {command.words[0]: command for command in commands()}
    assert unknown("tcptune audit --fromat json", known) == ["--fromat"]
    assert unknown("tcptune profile shwo x", known) == ["shwo"]
    found = list(mentioned())
    assert len(found) > 30
    assert [(place, command) for place, command in found if unknown(command, known)] == []


def test_what_contributors_are_told_to_make_can_be_made() -> None:
    (told,) = (each for each in blocks(ROOT / "CONTRIBUTING.md") if each.language == "")
    for line in told.text.splitlines():
        command = shlex.split(line, comments=True)
        if command[0] == "make":
            command[1:1] = ["-n", "-o", ".venv/.runtime", "-o", ".venv/.dev"]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
            assert done.returncode == 0 and ".venv/bin/" in done.stdout, line
        else:
            assert os.access(ROOT / command[0], os.X_OK), line


@pytest.mark.root
def test_what_is_told_of_monitoring_runs(tmp_path: Path) -> None:
    """The audit by hand; the units into a root of their own, where systemctl enables them without running anything."""
    first, second = (each for each in blocks(ROOT / "docs" / "monitoring.md") if each.language == "sh")

    def body() -> None:
        stages.host()
        (line,) = lines_of(first)
        done = bash(line.command, tmp_path, with_program(tmp_path / "bin"))
        assert (done.status, done.out) == (0, ""), done.err
        assert "tcptune_info{" in (tmp_path / "tcptune.prom").read_text()

    in_namespace(body, mounts=True)
    root = tmp_path / "root"
    (root / "etc/systemd/system").mkdir(parents=True)
    install, enable = (line.command for line in lines_of(second))
    done = bash(install.replace(" /etc/", f" {root}/etc/"), ROOT, dict(os.environ))
    assert done.status == 0, done.err
    if shutil.which("systemctl") is None:
        pytest.skip("needs systemctl")
    done = bash(enable.replace("enable --now", f"--root={root} enable"), ROOT, dict(os.environ))
    assert done.status == 0, done.err
    assert (root / "etc/systemd/system/timers.target.wants/tcptune-audit.timer").is_symlink()


def test_the_files_of_monitoring_are_what_they_are_for() -> None:
    override = block("docs/monitoring.md", "ini").text
    program = re.findall(r"^ExecStart=/opt/tcptune/bin/(tcptune .*)$", override, re.MULTILINE)
    unit = (ROOT / "contrib/systemd/tcptune-audit.service").read_text("utf-8")
    assert program == re.findall(r"^ExecStart=/usr/local/bin/(tcptune .*)$", unit, re.MULTILINE)
    rules = yaml.safe_load(block("docs/monitoring.md", "yaml").text)["rule_files"]
    assert all((ROOT / "contrib/prometheus" / each).is_file() for each in rules)


def test_the_collection_is_built_and_installed_as_told(tmp_path: Path) -> None:
    text = (COLLECTION / "README.md").read_text("utf-8")
    build, install = re.findall(r"^    (ansible-galaxy .*)$", text, re.MULTILINE)
    env = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(tmp_path / "there"), "HOME": str(tmp_path)}
    # This tree itself is on the path of the Python here, and would count as installed.
    env["ANSIBLE_COLLECTIONS_SCAN_SYS_PATH"] = "0"
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    for line in (build.replace(" ansible_collections/", f" {ROOT}/ansible_collections/"), install):
        done = bash(line, tmp_path, env)
        assert done.status == 0, done.out + done.err
    assert (tmp_path / "there/ansible_collections/tcptune/tcptune/plugins/modules/profile.py").is_file()
