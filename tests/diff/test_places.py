"""`tcptune diff` against what is no running host: files, saved audits, the collector's output, another profile."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tcptune.cli.schema import document_schema
from tests.support import profiles
from tests.support.dropins import bound, by_rule, write
from tests.support.netns import held_namespace, write_sysctl
from tests.support.program import Result, tcptune

FIN = "net.ipv4.tcp_fin_timeout"
STAMPS = "net.ipv4.tcp_timestamps"
RETRIES = "net.ipv4.tcp_retries2"
BACKLOG = "net.core.somaxconn"
TRACKED = "net.netfilter.nf_conntrack_max"
DEBIAN = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'
SETTINGS = f"{FIN}: {{value: 30, why: a reason}}\n{STAMPS}: 1\n{BACKLOG}: {{at_least: 4096}}\n{RETRIES}: 8"


def document(done: Result) -> Any:
    """Return the document of a comparison, once it is what its schema promises."""
    found = done.json()
    jsonschema.Draft202012Validator(document_schema("diff")).validate(found)
    return found


def by_key(found: Any) -> dict[str, Any]:
    return {change["key"]: change for change in found["changes"]}


@pytest.fixture
def image(tmp_path: Path) -> Path:
    files = {
        "etc/os-release": DEBIAN,
        "etc/sysctl.d/60-a.conf": f"# because\n{FIN} = 5\n{BACKLOG} = 100\n",
        "etc/sysctl.d/70-b.conf": f"{BACKLOG} = 8192\n",
    }
    return write(tmp_path / "image", files)


def test_an_image_has_what_its_files_give_and_else_the_kernels_defaults(image: Path, tmp_path: Path) -> None:
    done = tcptune("diff", profiles.write(tmp_path, SETTINGS), "--root", image, "-f", "json")
    found = by_key(document(done))
    assert done.status == 1
    assert (found[FIN]["current"], found[FIN]["wanted"], found[FIN]["action"]) == (5, 30, "set")
    assert found[FIN]["origin"] == {"path": "/etc/sysctl.d/60-a.conf", "line": 2, "loader": "systemd"}
    assert (found[BACKLOG]["current"], found[BACKLOG]["action"]) == (8192, "keep")
    assert (found[STAMPS]["current"], found[STAMPS]["origin"], found[STAMPS]["action"]) == (1, None, "keep")
    assert (found[RETRIES]["current"], found[RETRIES]["action"]) == (15, "set")
    assert "70-b.conf:1" in tcptune("diff", tmp_path / "mine.yaml", "--root", image, "--all").out


def test_an_images_kernel_decides_and_can_be_named(image: Path, tmp_path: Path) -> None:
    path = profiles.write(
        tmp_path, f"{BACKLOG}: {{value: 4096, when: {{kernel: '<5.4'}}}}\nnet.ipv4.tcp_migrate_req: 1"
    )
    late = tcptune("diff", path, "--root", image, "--all", "-f", "json")
    assert by_key(document(late))[BACKLOG]["action"] == "skip"
    early = document(tcptune("diff", path, "--root", image, "--kernel", "rhel8", "-f", "json"))
    assert by_key(early)[BACKLOG]["action"] == "set"
    assert "it came with 5.14" in by_key(early)["net.ipv4.tcp_migrate_req"]["reason"]


def test_a_profile_that_concerns_nothing_here_says_so_with_the_reason(image: Path, tmp_path: Path) -> None:
    path = profiles.write(tmp_path, f"{BACKLOG}: {{value: 4096, when: {{kernel: '<5.4'}}}}")
    done = tcptune("diff", path, "--root", image)
    assert done.status == 0
    assert "concerns nothing here (only for kernels <5.4)" in " ".join(done.out.split())


def test_an_image_and_its_saved_audit_give_the_same_changes(image: Path, tmp_path: Path) -> None:
    path = profiles.write(tmp_path, SETTINGS)
    saved = tmp_path / "saved.json"
    saved.write_text(tcptune("audit", "--root", image, "-f", "json", "--fail-on", "never").out)
    first = document(tcptune("diff", path, "--root", image, "-f", "json"))
    again = document(tcptune("diff", path, "--snapshot", saved, "-f", "json"))
    assert again["changes"] == first["changes"]


@pytest.mark.root
def test_a_host_its_saved_audit_and_the_collectors_output_give_the_same_changes(tmp_path: Path) -> None:
    """Who set a value is known too: the drop-ins of a host that the program sees bound over /etc."""
    host = write(tmp_path / "host", {"etc/60-a.conf": "net.ipv4.tcp_timestamps = 1\nnet.core.somaxconn = 77\n"})
    path = profiles.write(tmp_path, f"{STAMPS}: 2\n{BACKLOG}: {{at_least: 99999}}\n{TRACKED}: 7")
    before = bound(host)
    live = document(tcptune("diff", path, "-f", "json", before=before))
    assert by_key(live)[STAMPS]["origin"] == {"path": "/etc/sysctl.d/60-a.conf", "line": 1, "loader": "systemd"}
    assert by_key(live)[BACKLOG]["origin"] is None
    saved = tmp_path / "saved.json"
    saved.write_text(tcptune("audit", "-f", "json", "--fail-on", "never", before=before).out)
    script = tmp_path / "collect.sh"
    script.write_text(tcptune("collect-script").out)
    collected = tmp_path / "host.txt"
    collected.write_bytes(subprocess.run([*before, "sh", script], capture_output=True, check=True, timeout=60).stdout)
    for each in (saved, collected):
        done = tcptune("diff", path, "--snapshot", each, "-f", "json")
        assert done.status == 1
        assert document(done)["changes"] == live["changes"], each.name


@pytest.mark.root
def test_every_namespace_has_a_part_and_a_column(tmp_path: Path) -> None:
    path = profiles.write(tmp_path, f"{FIN}: {{at_most: 60}}\nnet.ipv4.tcp_max_orphans: {{at_least: 1}}")
    with held_namespace(lambda: write_sysctl(FIN, 77)) as one, held_namespace(lambda: write_sysctl(FIN, 88)) as two:
        done = tcptune("diff", path, "--all-netns", "-f", "json")
        text = tcptune("diff", path, "--all-netns", "-q")
        markdown = tcptune("diff", path, "--all-netns", "-q", "-f", "markdown")
        saved = tmp_path / "saved.json"
        saved.write_text(tcptune("audit", "--all-netns", "-f", "json", "--fail-on", "never").out)
    found = document(done)
    assert done.status == text.status == 1
    places = {part["host"]["netns"]: by_key(part) for part in found["namespaces"]}
    mine = {
        name: changes for name, changes in places.items() if name.startswith((f"pid {one.pid} ", f"pid {two.pid} "))
    }
    assert sorted(changes[FIN]["current"] for changes in mine.values()) == [77, 88]
    assert {changes["net.ipv4.tcp_max_orphans"]["action"] for changes in mine.values()} == {"blocked"}
    assert found["namespaces"][0] == {"host": found["host"], "changes": found["changes"]}
    assert {item["netns"] for item in found["findings"]} >= set(mine)
    assert "77 → 60" in text.out and "88 → 60" in text.out
    assert max(map(len, text.out.splitlines())) <= 80
    assert len({line.count("|") for line in markdown.out.splitlines() if line.startswith("|")}) == 1
    again = document(tcptune("diff", path, "--snapshot", saved, "-f", "json"))
    assert {part["host"]["netns"] for part in again["namespaces"]} >= set(mine)


def test_two_profiles_are_compared_without_a_host(tmp_path: Path) -> None:
    other = profiles.write(
        tmp_path, f"{FIN}: 5\n{BACKLOG}: {{at_least: 100}}\n{STAMPS}: {{one_of: [2, 1]}}", name="other"
    )
    mine = profiles.write(tmp_path, f"{FIN}: {{at_least: 15}}\n{STAMPS}: 1\n{RETRIES}: 15")
    done = tcptune("diff", mine, "--against", other, "--kernel", "6.1", "-f", "json")
    found = document(done)
    assert (done.status, found["against"]) == (1, "other")
    changes = by_key(found)
    assert (changes[FIN]["current"], changes[FIN]["wanted"], changes[FIN]["action"]) == (5, 15, "set")
    assert changes[FIN]["origin"] == {"path": str(other), "line": 5, "loader": "profile"}
    assert changes[STAMPS]["action"] == changes[RETRIES]["action"] == "keep"
    assert changes[BACKLOG]["action"] == "skip"
    assert "mine says nothing of it" in changes[BACKLOG]["reason"]
    assert tcptune("diff", mine, "--against", mine).status == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--root", "/nowhere"), "/nowhere: there is no such folder"),
        (("--root", "FILE"), "there is no such folder"),
        (("--snapshot", "/nowhere"), "/nowhere: No such file"),
        (("--snapshot", "FILE"), ":1:1: no JSON"),
        (("--snapshot", "CUT"), "no JSON"),
        (("--snapshot", "LATER"), "tcptune/audit/1 is expected"),
        (("--snapshot", "EMPTY"), "not what its schema says"),
        (("--against", "outbound-hevy"), "did you mean 'outbound-heavy'?"),
        (("--root", "/", "--snapshot", "x"), "--root and --snapshot exclude each other"),
        (("--root", "/", "--all-netns"), "--all-netns and --root exclude each other"),
        (("--against", "pod", "--pid", "1"), "--pid and --against exclude each other"),
        (("--kernel", "6.1"), "--kernel goes with --root or --against"),
        (("--root", "/", "--kernel", "nonsense"), "nonsense"),
        (("--all-netns", "--sysctl"), "exclude each other"),
    ],
)
def test_bad_input_is_one_line_and_status_2(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    whole = json.dumps({"schema": "tcptune/audit/1", "host": {"kernel": "6.1"}})
    texts = {"FILE": "hello", "CUT": whole[:-5], "LATER": whole.replace("audit/1", "audit/2"), "EMPTY": whole}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    done = tcptune("diff", "base", *(str(tmp_path / each) if each in texts else each for each in arguments))
    assert done.status == 2
    assert said in done.err
    assert "Traceback" not in done.err and "defect" not in done.err
    assert len(done.err.splitlines()) <= 2


def test_what_cannot_be_read_is_said_of_the_profile_too(tmp_path: Path) -> None:
    broken = tmp_path / "mine.yaml"
    broken.write_bytes(b"schema: [\n")
    for path, said in (
        (tmp_path / "none.yaml", "No such file"),
        (tmp_path, "s a directory"),
        (broken, "mine.yaml:2:1"),
    ):
        done = tcptune("diff", path)
        assert (done.status, said in done.err) == (2, True), done.err


@pytest.mark.parametrize("option", ["--sysctl", "--all"])
def test_the_same_input_gives_the_same_bytes(image: Path, tmp_path: Path, option: str) -> None:
    path = profiles.write(tmp_path, SETTINGS)
    for arguments in (
        ("--root", image, option),
        ("--root", image, "-f", "json"),
        ("-f", "json"),
        ("--against", "base"),
    ):
        assert tcptune("diff", path, *arguments).out == tcptune("diff", path, *arguments).out


def test_findings_are_those_of_an_audit_with_the_profile(image: Path, tmp_path: Path) -> None:
    path = profiles.write(tmp_path, SETTINGS)
    mine = document(tcptune("diff", path, "--root", image, "-f", "json"))
    theirs = tcptune("audit", "--profile", path, "--root", image, "-f", "json").json()
    assert mine["findings"] == by_rule(theirs)["TT701"]
    assert mine["summary"] == {"error": 0, "warning": 2, "note": 0, "files": 0}
