"""Which kernels a file is judged for: named on the command line, in the configuration, or there for its path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.lint import write
from tests.support.program import tcptune

RECYCLE = "net.ipv4.tcp_tw_recycle = 1\n"
FILES = {
    "roles/legacy/files/sysctl.conf": RECYCLE,
    "roles/legacy/new/sysctl.conf": RECYCLE,
    "roles/web/files/sysctl.conf": RECYCLE,
    "sysctl.conf": RECYCLE,
}
CONFIG = """kernel: rhel9
kernels:
  roles/legacy/**: rhel7
  roles/legacy/new/: [rhel7, rhel8]
  web/: "5.10"
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    write(tmp_path, {**FILES, ".tcptune.yaml": CONFIG})
    return tmp_path


def told(cwd: Path, *arguments: str) -> dict[str, list[tuple[str, list[str] | None]]]:
    document: Any = tcptune("lint", *(arguments or (".",)), "-f", "json", cwd=cwd).json()
    found: dict[str, list[tuple[str, list[str] | None]]] = {}
    for one in document["findings"]:
        found.setdefault(one["location"]["path"], []).append((one["rule"], one["kernels"]))
    return found


def test_the_last_pattern_that_fits_a_path_says_which_kernels(tree: Path) -> None:
    assert told(tree) == {
        "roles/legacy/files/sysctl.conf": [("TT401", None)],
        "roles/legacy/new/sysctl.conf": [("TT102", ["rhel8"]), ("TT401", ["rhel7"])],
        "roles/web/files/sysctl.conf": [("TT102", None)],
        "sysctl.conf": [("TT102", None)],
    }


def test_the_command_line_beats_the_configuration(tree: Path) -> None:
    found = told(tree, ".", "--kernel", "rhel7")
    assert {path: [rule for rule, _ in rules] for path, rules in found.items()} == {path: ["TT401"] for path in FILES}


def test_patterns_are_seen_from_the_configuration_wherever_one_stands(tree: Path) -> None:
    assert told(tree / "roles" / "legacy", ".")["files/sysctl.conf"] == [("TT401", None)]
    whole = str(tree / "roles/legacy/files/sysctl.conf")
    assert told(tree / "roles" / "web", whole) == {whole: [("TT401", None)]}


def test_pyproject_has_them_too(tmp_path: Path) -> None:
    table = '[tool.tcptune]\nkernel = "rhel9"\n[tool.tcptune.kernels]\n"roles/legacy/**" = "rhel7"\n'
    write(tmp_path, {**FILES, "pyproject.toml": table})
    assert told(tmp_path)["roles/legacy/files/sysctl.conf"] == [("TT401", None)]
    assert told(tmp_path)["sysctl.conf"] == [("TT102", None)]


@pytest.mark.parametrize("arguments", [["--kernel", "rhel7", "--kernel", "rhel9"], ["--kernel", "rhel7,rhel9"]])
def test_kernels_add_up_by_repetition_and_by_commas(tree: Path, arguments: list[str]) -> None:
    assert told(tree, "sysctl.conf", *arguments)["sysctl.conf"] == [("TT102", ["rhel9"]), ("TT401", ["rhel7"])]


@pytest.mark.parametrize(
    ("config", "place", "said"),
    [
        ("kernel: rehl9\n", ":1:1", "rhel9"),
        ("kernel: [rhel9, debain12]\n", ":1:17", "debian12"),
        ("kernels:\n  a/**: rhel7\n  b/**: [rhel7, ubunut24.04]\n", ":3:17", "ubuntu24.04"),
        ("kernels: rhel7\n", ":1:1", "mapping from a file pattern to kernels"),
        ("kernels:\n  a/**: 5.10\n", ":2:3", "put the release in quotes"),
        ("kernels:\n  a/**: {x: y}\n", ":2:3", "is no text"),
    ],
)
def test_an_unknown_kernel_of_the_configuration_is_named_with_its_place(
    tmp_path: Path, config: str, place: str, said: str
) -> None:
    write(tmp_path, {".tcptune.yaml": config, "sysctl.conf": RECYCLE})
    result = tcptune("lint", ".", cwd=tmp_path)
    assert result.status == 2
    assert f".tcptune.yaml{place}" in result.err
    assert said in result.err


def test_an_unknown_kernel_of_the_command_line_is_answered_with_the_meant_one(tree: Path) -> None:
    result = tcptune("lint", ".", "--kernel", "rehl9", cwd=tree)
    assert result.status == 2
    assert "rhel9" in result.err


def test_rules_are_left_out_by_path_in_the_same_way(tree: Path) -> None:
    write(
        tree,
        {".tcptune.yaml": "kernel: rhel9\nper-file-ignores:\n  roles/legacy/: TT102\n  sysctl.conf: removed-key\n"},
    )
    assert told(tree) == {}
    write(tree, {".tcptune.yaml": "kernel: rhel9\nper-file-ignores:\n  /sysctl.conf: TT1\n  legacy/: TT4\n"})
    assert set(told(tree)) == set(FILES) - {"sysctl.conf"}


def test_the_neighbours_of_a_given_file_keep_their_own_kernels(tmp_path: Path) -> None:
    files = {"a/sysctl.d/1.conf": RECYCLE, "b/sysctl.d/1.conf": RECYCLE, ".tcptune.yaml": "kernels: {a/: rhel7}\n"}
    write(tmp_path, files)
    found = told(tmp_path, "a/sysctl.d/1.conf", "b/sysctl.d/1.conf", "--select", "TT102,TT401")
    assert found == {"a/sysctl.d/1.conf": [("TT401", None)], "b/sysctl.d/1.conf": [("TT102", None)]}
