"""The collection as Ansible's own tools take it: built, installed, documented, linted."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sysconfig
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from tcptune import __version__
from tests.support.modules import OLDEST
from tests.support.program import ROOT

SOURCE = ROOT / "ansible_collections" / "tcptune" / "tcptune"
SCRIPTS = Path(sysconfig.get_path("scripts"))
MODULES = ("audit", "audit_info", "profile")
ROLE = SOURCE / "roles" / "tcptune"


def run(*command: str | Path, cwd: Path, home: Path) -> str:
    """Run one of Ansible's tools at a home of its own and return what it printed."""
    environment = {
        **os.environ,
        "HOME": str(home),
        "ANSIBLE_HOME": str(home / "ansible"),
        "ANSIBLE_NOCOLOR": "1",
        "PATH": f"{SCRIPTS}:{os.environ['PATH']}",
    }
    program, *words = map(str, command)
    done = subprocess.run(
        [str(SCRIPTS / program), *words],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collection's archive, built from a copy as a fresh clone has it."""
    folder = tmp_path_factory.mktemp("build")
    shutil.copytree(SOURCE, folder / "source", ignore=shutil.ignore_patterns("__pycache__", ".ansible"))
    run("ansible-galaxy", "collection", "build", "--output-path", folder, cwd=folder / "source", home=folder)
    (built,) = folder.glob("*.tar.gz")
    return built


@pytest.fixture(scope="module")
def installed(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of collections with the archive installed into it, without any network."""
    folder = tmp_path_factory.mktemp("installed")
    run("ansible-galaxy", "collection", "install", "--offline", "-p", folder, archive, cwd=folder, home=folder)
    return folder


def documentation(installed: Path, kind: str, *names: str) -> Any:
    """Return what `ansible-doc --json` says of plugins, by their short names."""
    words: tuple[str | Path, ...] = (
        "--json",
        "--playbook-dir",
        installed,
        "-t",
        kind,
        *(f"tcptune.tcptune.{name}" for name in names),
    )
    told = json.loads(run("ansible-doc", *words, cwd=installed, home=installed))
    return {name: told[f"tcptune.tcptune.{name}"] for name in names}


@pytest.fixture(scope="module")
def documented(installed: Path) -> Any:
    """The modules' documentation."""
    return documentation(installed, "module", *MODULES)


def test_the_archive_holds_what_users_need_and_nothing_of_the_workshop(archive: Path) -> None:
    with tarfile.open(archive) as tar:
        names = {name.split("/")[0] for name in tar.getnames()}
    assert names == {
        "CHANGELOG.md",
        "FILES.json",
        "LICENSE",
        "MANIFEST.json",
        "README.md",
        "changelogs",
        "meta",
        "plugins",
        "roles",
    }


def test_it_has_the_version_of_the_program() -> None:
    assert yaml.safe_load((SOURCE / "galaxy.yml").read_text())["version"] == __version__


@pytest.mark.parametrize("name", MODULES)
def test_each_module_documents_options_examples_and_answers(documented: Any, name: str) -> None:
    found = documented[name]
    assert found["doc"]["options"]["executable"]["description"]
    assert found["doc"]["attributes"]["check_mode"]["support"] == "full"
    tasks = yaml.safe_load(found["examples"])
    assert {key for task in tasks for key in task if "." in key} >= {f"tcptune.tcptune.{name}"}
    assert all(entry["description"] for entry in found["return"].values())


def test_the_profile_module_promises_a_full_diff(documented: Any) -> None:
    attributes = documented["profile"]["doc"]["attributes"]
    assert attributes["diff_mode"]["support"] == "full"


@pytest.mark.parametrize("name", ["audit", "audit_info"])
def test_what_only_reads_says_so(documented: Any, name: str) -> None:
    assert documented[name]["doc"]["attributes"]["diff_mode"]["details"] == "Nothing changes."


def test_the_role_documents_every_variable_that_it_reads(installed: Path) -> None:
    options = documentation(installed, "role", "tcptune")["tcptune"]["entry_points"]["main"]["options"]
    text = "".join(path.read_text() for path in sorted(ROLE.glob("tasks/*.yml")))
    own = {"tcptune_found", "tcptune_change", "tcptune_definition", "tcptune_source", "tcptune_installed"}
    read = set(re.findall(r"\btcptune_\w+", text)) - own
    assert read == set(options)


def test_the_role_s_defaults_are_those_of_its_documentation() -> None:
    spec = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
    documented = {name: option["default"] for name, option in spec.items() if "default" in option}
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())
    defaults["tcptune_executable"] = defaults["tcptune_venv"] + "/bin/tcptune"
    assert documented == defaults


def test_what_runs_on_the_host_is_written_for_its_oldest_python() -> None:
    files = [*SOURCE.glob("plugins/modules/*.py"), *SOURCE.glob("plugins/module_utils/*.py")]
    shared = ["audit", "change", "here", "policy", "profile", "program", "task"]
    assert sorted(path.stem for path in files) == sorted([*MODULES, *shared])
    for path in files:
        ast.parse(path.read_text(), feature_version=OLDEST)


def test_every_plugin_names_its_licence_and_the_licence_is_there() -> None:
    for path in SOURCE.rglob("plugins/**/*.py"):
        head = path.read_text().splitlines()[:4]
        assert "# SPDX-License-Identifier: GPL-3.0-or-later" in head, path
    assert "GNU GENERAL PUBLIC LICENSE" in (SOURCE / "LICENSE").read_text()


def test_ansible_lint_s_production_profile_finds_nothing(tmp_path: Path) -> None:
    copy = tmp_path / "ansible_collections" / "tcptune" / "tcptune"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__", ".ansible"))
    run("ansible-lint", "--offline", "--strict", "--profile", "production", cwd=copy, home=tmp_path)
