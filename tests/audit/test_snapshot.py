"""`audit --snapshot`: a saved audit and the collector's output are judged as the host itself was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tcptune.audit.collected import script
from tcptune.cli.schema import document_schema
from tests.support.dropins import audit, bound, by_rule, parameter, write
from tests.support.netns import held_namespace, write_sysctl
from tests.support.program import tcptune

FIN = "net.ipv4.tcp_fin_timeout"
FILES = {
    "etc/60-a.conf": f"{FIN} = 30\nnet.core.somaxconn = 100\n",
    "etc/70-b.conf": "net.core.somaxconn = 4096\nnet.ipv4.tcp_syncookies = 1\n",
    "etc/80.bak": "net.ipv4.tcp_syncookies = 0\n",
    "main": "net.ipv4.tcp_syncookies = 2\n",
}


def again(path: Path, *arguments: str) -> Any:
    document = tcptune("audit", "--snapshot", path, "-f", "json", "--fail-on", "never", *arguments).json()
    jsonschema.Draft202012Validator(document_schema("audit")).validate(document)
    return document


@pytest.mark.root
def test_a_saved_audit_gives_the_same_document(tmp_path: Path) -> None:
    first = audit(write(tmp_path / "host", FILES))
    assert {"TT501", "TT502", "TT503", "TT506"} <= set(by_rule(first.json()))
    saved = tmp_path / "saved.json"
    saved.write_text(first.out)
    assert again(saved) == first.json()


@pytest.mark.root
def test_a_saved_audit_of_several_namespaces_gives_the_same_document(tmp_path: Path) -> None:
    saved = tmp_path / "saved.json"
    with held_namespace(lambda: write_sysctl(FIN, 5)):
        first = tcptune("audit", "--all-netns", "-f", "json", "--fail-on", "never")
    saved.write_text(first.out)
    assert again(saved) == first.json()


@pytest.mark.root
def test_rules_can_be_chosen_anew(tmp_path: Path) -> None:
    saved = tmp_path / "saved.json"
    saved.write_text(audit(write(tmp_path / "host", FILES)).out)
    assert set(by_rule(again(saved, "--select", "TT502"))) == {"TT502"}
    assert "TT502" not in by_rule(again(saved, "--ignore", "TT5"))


@pytest.mark.root
@pytest.mark.parametrize("shell", [("dash",), ("busybox", "ash")])
def test_the_collectors_output_gives_the_answers_of_the_host(tmp_path: Path, shell: tuple[str, ...]) -> None:
    """Findings of files, drift, values, defaults and what the loaders give are those that an audit there finds."""
    from shutil import which
    from subprocess import run

    if which(shell[0]) is None:
        pytest.skip(f"{shell[0]} is not installed")
    collector = tmp_path / "collect.sh"
    collector.write_text(script())
    host = write(tmp_path / "host", FILES)
    (host / "etc/90-link.conf").symlink_to("70-b.conf")
    (host / "etc/91-gone.conf").symlink_to("nowhere")
    (host / "etc/60-a.conf").chmod(0o666)
    done = run([*bound(host), *shell, str(collector)], capture_output=True, check=True, timeout=60)
    assert done.stderr == b""
    saved = tmp_path / "host.txt"
    saved.write_bytes(done.stdout)
    mine, theirs = again(saved), audit(host).json()
    of_files = {"TT105", "TT501", "TT502", "TT503", "TT504", "TT505", "TT506"}
    wanted = [one for one in theirs["findings"] if one["rule"] in of_files]
    assert {one["rule"] for one in wanted} >= {"TT501", "TT502", "TT503", "TT504", "TT506"}
    assert [one for one in mine["findings"] if one["rule"] in of_files] == wanted
    assert mine["host"]["kernel"] == theirs["host"]["kernel"]
    assert mine["host"]["distro"] == theirs["host"]["distro"]
    assert mine["pressure"]["counters"].keys() == theirs["pressure"]["counters"].keys()
    secret = {"net.ipv4.tcp_fastopen_key", "net.core.netdev_rss_key"}
    for row in theirs["parameters"]:
        if row["key"] not in secret:
            assert parameter(mine, row["key"]) == row


def collected() -> str:
    values = "|/proc/sys/net/ipv4/tcp_fin_timeout:5\n|/proc/sys/net/ipv4/tcp_mem:1 2 3\n"
    return f"@ tcptune-collected 1\n@ text uname\n|6.1.0-18-amd64\n@ text values\n{values}@ end\n"


def test_a_little_of_a_host_is_enough(tmp_path: Path) -> None:
    saved = tmp_path / "host.txt"
    saved.write_text(collected())
    document = again(saved)
    assert parameter(document, FIN)["value"] == 5
    assert "TT404" in by_rule(document)


BAD: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"hello", ":1:1: no JSON"),
    "empty": (b"", ":1:1: no JSON"),
    "another schema": (b'{"schema": "tcptune/lint/1"}', "no saved audit"),
    "a later schema": (b'{"schema": "tcptune/audit/10"}', "no saved audit"),
    "a list": (b"[]", "an object is expected"),
    "nothing in it": (b'{"schema": "tcptune/audit/1"}', "not what its schema says"),
    "binary": (bytes(range(256)), "no JSON"),
    "deep": (b"[" * 100_000, "no JSON"),
    "cut collector": (collected().removesuffix("@ end\n").encode(), "cut short"),
    "no kernel": (b"@ tcptune-collected 1\n@ end\n", "names no kernel"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_snapshot_is_one_line_and_status_2(tmp_path: Path, case: str) -> None:
    data, said = BAD[case]
    saved = tmp_path / "snapshot"
    saved.write_bytes(data)
    done = tcptune("audit", "--snapshot", saved)
    assert done.status == 2
    assert said in done.err
    assert len(done.err.splitlines()) <= 2
    assert "Traceback" not in done.err


def test_a_saved_audit_with_wrong_types_or_cut_off_is_one_line(tmp_path: Path) -> None:
    document = tcptune("audit", "-f", "json", "--fail-on", "never").json()
    saved = tmp_path / "snapshot"
    for field in ("host", "parameters", "findings", "pressure"):
        for wrong in (None, 7, "text", [7], {"x": 1}):
            if field == "findings" and wrong == {"x": 1}:
                continue
            saved.write_text(json.dumps({**document, field: wrong}))
            done = tcptune("audit", "--snapshot", saved)
            assert (done.status, "schema says" in done.err) == (2, True), (field, wrong, done.err)
    saved.write_text(json.dumps(document)[:-100])
    done = tcptune("audit", "--snapshot", saved)
    assert done.status == 2
    assert "no JSON" in done.err
