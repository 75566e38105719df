"""`tcptune lint` as a reviewer's CI runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.program import clean_environment, tcptune

BAD = "net.ipv4.tcp_tw_reuse = 1\nnet.ipv4.tcp_timestamps = 0\n"
GOOD = "# more connections may wait\nnet.core.somaxconn = 8192\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "sysctl.conf").write_text(BAD)
    return tmp_path


def test_the_wrong_line_is_named_with_the_reason(tree: Path) -> None:
    result = tcptune("lint", ".", "--kernel", "6.1", cwd=tree)
    assert result.status == 1
    assert "sysctl.conf:1:25: error TT301" in result.out
    assert "    1 | net.ipv4.tcp_tw_reuse = 1\n" in result.out
    assert result.err == ""


def test_nothing_wrong_is_status_0(tmp_path: Path) -> None:
    (tmp_path / "sysctl.conf").write_text(GOOD)
    result = tcptune("lint", ".", cwd=tmp_path)
    assert (result.status, result.err) == (0, "")
    assert "nothing found" in result.out


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--fail-on", "never"], 0),
        (["--select", "TT402"], 1),
        (["--select", "TT402", "--fail-on", "error"], 0),
        (["--select", "timestamps-off"], 1),
        (["--ignore", "TT3,TT4", "--fail-on", "error"], 0),
    ],
)
def test_what_fails_the_run_is_chosen(tree: Path, arguments: list[str], status: int) -> None:
    assert tcptune("lint", ".", *arguments, cwd=tree).status == status


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.conf"], "missing.conf: No such file"),
        ([".", "--kernel", "rehl9"], "rehl9"),
        ([".", "--select", "TT999"], "TT999"),
        ([".", "--format", "xml"], "xml"),
        ([], "missing"),
        ([".", "--baseline", "no.json"], "no.json"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(tree: Path, arguments: list[str], said: str) -> None:
    result = tcptune("lint", *arguments, cwd=tree)
    assert result.status == 2
    assert said in result.err.splitlines()[0].replace("Missing", "missing")
    assert "Traceback" not in result.err


def test_json_is_what_the_schema_says(tree: Path) -> None:
    import jsonschema

    document = tcptune("lint", ".", "-f", "json", cwd=tree).json()
    jsonschema.validate(document, tcptune("schema", "lint").json())
    assert document["schema"] == "tcptune/lint/1"
    assert document["summary"]["files"] == 1
    (reuse,) = (found for found in document["findings"] if found["rule"] == "TT301")
    assert reuse["value"] == 1
    place = {"path": "sysctl.conf", "line": 1, "column": 25, "end_line": 1, "end_column": 26}
    assert reuse["location"] == place


def test_the_same_input_gives_the_same_bytes(tree: Path) -> None:
    for name in ("json", "sarif", "gitlab", "junit", "github", "text"):
        assert tcptune("lint", ".", "-f", name, cwd=tree).out == tcptune("lint", ".", "-f", name, cwd=tree).out


def test_standard_input_is_read_under_a_name() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tcptune", "lint", "-", "--stdin-filename", "etc/sysctl.conf", "-q"],
        input=BAD,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=clean_environment(),
    )
    assert done.returncode == 1
    assert done.stdout.startswith("etc/sysctl.conf:1:25: error TT301")


def test_on_github_annotations_stand_beside_the_text(tree: Path) -> None:
    result = tcptune("lint", ".", cwd=tree, env={"GITHUB_ACTIONS": "true"})
    assert "sysctl.conf:1:25: error TT301" in result.out
    assert "\n::error title=TT301" in result.out


def test_fix_mends_and_diff_only_shows(tmp_path: Path) -> None:
    path = tmp_path / "sysctl.conf"
    path.write_text("net.ipv4.tcp_fin_timout = 30\n")
    shown = tcptune("lint", ".", "--diff", cwd=tmp_path)
    assert "+net.ipv4.tcp_fin_timeout = 30" in shown.out
    assert path.read_text() == "net.ipv4.tcp_fin_timout = 30\n"
    assert tcptune("lint", ".", "--fix", cwd=tmp_path).status == 0
    assert path.read_text() == "net.ipv4.tcp_fin_timeout = 30\n"


def test_a_baseline_lets_only_what_is_new_fail(tree: Path) -> None:
    tcptune("lint", "sysctl.conf", "-f", "json", "-o", "/dev/stdout", cwd=tree)
    saved = tree / "baseline.txt"
    saved.write_text(tcptune("lint", "sysctl.conf", "-f", "json", cwd=tree).out)
    assert tcptune("lint", "sysctl.conf", "--baseline", saved, cwd=tree).status == 0


def test_configuration_of_the_folder_holds(tree: Path) -> None:
    (tree / ".tcptune.yaml").write_text("kernel: [rhel7]\nper-file-ignores:\n  sysctl.conf: [TT3, TT402]\n")
    document = tcptune("lint", ".", "-f", "json", cwd=tree).json()
    assert [found["rule"] for found in document["findings"] if found["severity"] != "note"] == []


def test_a_file_that_does_not_parse_is_a_finding_and_the_rest_is_checked(tree: Path) -> None:
    (tree / "a.yaml").write_text("net.core.somaxconn: [\n")
    document = tcptune("lint", ".", "-f", "json", cwd=tree).json()
    assert {"TT007", "TT301"} <= {found["rule"] for found in document["findings"]}


def test_what_is_left_after_mending_is_told_as_it_then_stands(tmp_path: Path) -> None:
    """Two mistakes in one place are mended in turn; the report is that of a new run."""
    path = tmp_path / "sysctl.conf"
    path.write_text("net.ipv4.tcp_fin_timout = 30 # one\nnet.ipv4.tcp_fin_timout = 30 # two\n")
    once = tcptune("lint", "sysctl.conf", "--fix", "-q", cwd=tmp_path)
    text = path.read_text()
    assert text == "# one\nnet.ipv4.tcp_fin_timeout = 30\n# two\nnet.ipv4.tcp_fin_timeout = 30\n"
    again = tcptune("lint", "sysctl.conf", "--fix", "-q", cwd=tmp_path)
    assert "sysctl.conf:4:28: note TT004" in once.out
    assert (again.out, again.err, path.read_text()) == (once.out, "", text)


def test_standard_input_is_shown_mended_and_is_no_file_to_mend(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tcptune", "lint", "-", "--stdin-filename", "etc/sysctl.d/a.conf"]
    text = b"net.ipv4.tcp_fin_timout = 30\n"
    shown = subprocess.run([*command, "--diff"], input=text, capture_output=True, check=False, cwd=tmp_path)
    assert (shown.returncode, shown.stdout.decode().split("\n")[4]) == (1, "+net.ipv4.tcp_fin_timeout = 30")
    refused = subprocess.run([*command, "--fix"], input=text, capture_output=True, check=False, cwd=tmp_path)
    assert refused.returncode == 2
    assert b"standard input is no file that can be mended\n" in refused.stderr
