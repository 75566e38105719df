"""`tcptune profile` as a process: profiles are listed, shown and checked, and their schema is printed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tcptune.cli.schema import document_schema
from tcptune.formats import json_
from tcptune.model.profile import json_schema
from tests.support.program import Result, tcptune

HEAD = "schema: tcptune/profile/1\nname: mine\nsummary: a test\n"


def test_the_shipped_profiles_are_listed() -> None:
    done = tcptune("profile", "list")
    assert done.status == 0
    assert "outbound-heavy (shipped)" in done.out
    assert done.err == ""


def test_a_profile_is_shown_with_its_parents_demands_and_reasons() -> None:
    done = tcptune("profile", "show", "nat-gateway")
    assert done.status == 0
    assert "Builds on base." in done.out
    assert "262144 to 2097152" in done.out
    assert "65536 for each GiB" in " ".join(done.out.split())
    assert "keeps its entry for two minutes" in " ".join(done.out.split())


def test_a_kernel_decides_what_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(HEAD + "settings: {net.core.somaxconn: {value: 4096, when: {kernel: '<5.4'}}}\n")
    assert "4096" in tcptune("profile", "show", path, "--kernel", "rhel8").out
    assert "4096" not in tcptune("profile", "show", path, "--kernel", "6.1").out


def test_the_shipped_profiles_pass_their_own_check() -> None:
    done = tcptune("profile", "check", "base", "outbound-heavy", "web-server", "nat-gateway")
    assert (done.status, done.out) == (0, "4 profiles checked, nothing found.\n")


def test_a_check_says_what_a_profile_would_break_and_on_which_kernels(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(HEAD + "settings:\n  net.ipv4.tcp_timestamps: 0\n  net.ipv4.tcp_migrate_req: 1\n")
    done = tcptune("profile", "check", path, "--kernel", "5.10", "--kernel", "6.1")
    assert done.status == 1
    assert "TT402" in done.out
    assert f"{path}:5:3" in done.out
    assert tcptune("profile", "check", path, "--fail-on", "never").status == 0


def test_a_profile_that_cannot_be_read_is_status_2_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(HEAD + "settings:\n  net.ipv4.tcp_tw_resue: 1\n")
    done = tcptune("profile", "check", path)
    assert done.status == 2
    assert f"{path}:5:3: there is no parameter" in done.err
    assert "did you mean 'net.ipv4.tcp_tw_reuse'" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("command", [("profile", "schema"), ("schema", "profile")])
def test_the_schema_is_that_of_the_model(command: tuple[str, ...]) -> None:
    done = tcptune(*command)
    assert done.status == 0
    assert done.out == json_.dump(json_schema())


@pytest.mark.parametrize("arguments", [(), ("chek",), ("show",), ("show", "pood"), ("show", "pod", "--kernel", "x")])
def test_wrong_usage_is_status_2_without_a_trace(arguments: tuple[str, ...]) -> None:
    done = tcptune("profile", *arguments)
    assert done.status == 2
    assert done.err.startswith("tcptune: ")
    assert "Traceback" not in done.err


def valid(done: Result, name: str) -> Any:
    """Return the document that was printed, valid by its own schema."""
    document = done.json()
    jsonschema.Draft202012Validator(document_schema(name)).validate(document)
    assert document["schema"] == f"tcptune/{name}/1"
    return document


def test_the_list_is_there_as_json() -> None:
    done = tcptune("profile", "list", "-f", "json")
    document = valid(done, "profile-list")
    assert done.status == 0
    found = {item["name"]: item for item in document["profiles"]}
    assert set(found) >= {"base", "pod", "nat-gateway"}
    assert found["pod"]["shipped"]
    assert Path(found["pod"]["path"]).read_text("utf-8").startswith("# yaml-language-server")
    assert document["problems"] == []


def test_a_profile_is_there_as_json(tmp_path: Path) -> None:
    document = valid(tcptune("profile", "show", "nat-gateway", "-f", "json", "--kernel", "rhel9"), "profile-show")
    assert (document["name"], document["parents"], document["kernel"]) == ("nat-gateway", ["base"], "rhel9")
    found = {item["key"]: item for item in document["settings"]}
    scaled = found["net.netfilter.nf_conntrack_max"]
    assert (scaled["at_least"], scaled["at_most"], scaled["per_gib"]) == (262144, 2097152, 65536)
    assert scaled["condition"] == "module nf_conntrack loaded, initial network namespace"
    assert scaled["location"]["path"].endswith("nat-gateway.yaml")
    assert found["net.ipv4.tcp_timestamps"]["values"] == [1, 2]
    path = tmp_path / "mine.yaml"
    path.write_text(
        HEAD + "settings:\n  net.ipv4.ip_local_port_range: [10240, 65535]\n  net.core.somaxconn: {value: 4096, when: "
        "{kernel: '<5.4'}}\naccept: [{rule: TT410, why: a test}]\n"
    )
    document = valid(tcptune("profile", "show", path, "-f", "json", "--kernel", "6.1"), "profile-show")
    backlog, ports = document["settings"]
    assert (backlog["unmet"], backlog["values"]) == ("only for kernels <5.4", [])
    assert ports["values"] == [[10240, 65535]]
    assert document["accept"] == [{"rule": "TT410", "why": "a test"}]


@pytest.mark.parametrize("name", ["TT402", "tt402", "timestamps-off", "TT4"])
def test_a_risk_is_accepted_by_code_slug_or_prefix_as_policies_do(tmp_path: Path, name: str) -> None:
    path = tmp_path / "mine.yaml"
    text = HEAD + "settings: {net.ipv4.tcp_timestamps: 0, net.ipv4.tcp_syncookies: 1}\n"
    path.write_text(text + f"accept: [{{rule: {name}, why: a test}}]\n")
    found = tcptune("profile", "check", path, "-f", "json").json()["findings"]
    assert {item["rule"] for item in found} == {"TT205"}
    drop_in = tmp_path / "90-mine.conf"
    drop_in.write_text("net.ipv4.tcp_timestamps = 0\n")
    assert "TT402" not in tcptune("lint", drop_in, "--profile", path, "--fail-on", "never").out


def test_a_check_is_there_as_json(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(HEAD + "settings: {net.ipv4.tcp_timestamps: 0}\n")
    done = tcptune("profile", "check", path, "base", "-f", "json", "--kernel", "6.1", "--kernel", "rhel9")
    document = valid(done, "profile-check")
    assert done.status == 1
    assert document["profiles"] == [str(path), "base"]
    assert document["kernels"] == ["6.1", "rhel9"]
    assert [item["rule"] for item in document["findings"]] == ["TT402"]
    assert document["summary"]["warning"] == 1
