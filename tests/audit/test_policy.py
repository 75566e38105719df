"""`audit --profile`: the host held against a profile, and what the profile takes on purpose."""

from __future__ import annotations

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
RETRIES = "net.ipv4.tcp_retries2"
ACCEPT = "accept:\n  - {rule: TT409, why: failover is quick}\n"


def document(done: Result) -> Any:
    found = done.json()
    jsonschema.Draft202012Validator(document_schema("audit")).validate(found)
    return found


def _wrong() -> None:
    write_sysctl(FIN, 75)
    write_sysctl(RETRIES, 5)


@pytest.mark.root
def test_the_findings_are_what_diff_finds_and_accepted_rules_are_silent(tmp_path: Path) -> None:
    path = profiles.write(
        tmp_path, f"{FIN}: {{value: 30, why: it is so}}\n{RETRIES}: 5\nnet.core.somaxconn: 4096", ACCEPT
    )
    with held_namespace(_wrong) as held:
        place = ("--pid", str(held.pid))
        done = tcptune("audit", "--profile", path, *place, "-f", "json")
        diff = tcptune("diff", path, *place, "-f", "json").json()
        verbose = tcptune("audit", "--profile", path, *place, "-v")
        plain = tcptune("audit", *place, "-f", "json")
    found = by_rule(document(done))
    assert done.status == 1
    assert found["TT701"] == diff["findings"]
    assert [item["key"] for item in found["TT701"]] == [FIN]
    assert found["TT701"][0]["why"] == "it is so"
    assert "TT409" not in found and "TT409" in by_rule(plain.json())
    assert "accepted: TT409" in verbose.out
    assert "takes it on purpose: failover is quick" in " ".join(verbose.out.split())
    assert "TT701" not in by_rule(plain.json())


@pytest.mark.root
def test_each_namespace_and_each_saved_one_is_held_against_the_profile(tmp_path: Path) -> None:
    path = profiles.write(tmp_path, f"{FIN}: {{at_most: 74}}\n{RETRIES}: 5", ACCEPT)
    with held_namespace(_wrong) as held:
        done = tcptune("audit", "--profile", path, "--all-netns", "-f", "json")
        saved = tmp_path / "saved.json"
        saved.write_text(tcptune("audit", "--all-netns", "-f", "json", "--fail-on", "never").out)
    where = f"pid {held.pid} "
    mine = [item for item in by_rule(document(done))["TT701"] if item["netns"].startswith(where)]
    assert [(item["key"], item["value"]) for item in mine] == [(FIN, 75)]
    again = by_rule(document(tcptune("audit", "--profile", path, "--snapshot", saved, "-f", "json")))
    assert [item for item in again["TT701"] if item["netns"].startswith(where)] == mine
    assert not [item for item in again.get("TT409", []) if item["netns"].startswith(where)]


def test_an_image_has_lines_and_for_what_none_sets_no_place(tmp_path: Path) -> None:
    image = write(tmp_path / "image", {"etc/sysctl.d/60-a.conf": f"# x\n{FIN} = 5\n"})
    path = profiles.write(tmp_path, f"{FIN}: 30\n{RETRIES}: 8\nnet.ipv4.tcp_timestamps: 1")
    found = by_rule(document(tcptune("audit", "--root", image, "--profile", path, "-f", "json")))["TT701"]
    assert [(item["key"], item["location"] and item["location"]["line"]) for item in found] == [
        (RETRIES, None),
        (FIN, 2),
    ]
    assert found[0]["message"] == f"No file sets {RETRIES}, and the profile mine wants 8: the default is 15."
    only = tcptune("audit", "--root", image, "--profile", path, "-f", "json", "--select", "policy")
    assert set(by_rule(only.json())) == {"TT701"}
    assert tcptune("audit", "--root", image, "--profile", path, "--ignore", "TT701,TT4").status == 0


TUNED = {
    "etc/tuned/active_profile": "mine\n",
    "etc/tuned/tuned-main.conf": "reapply_sysctl = 0\n",
    "usr/lib/tuned/mine/tuned.conf": f"[sysctl]\n{FIN} = 20\n",
}


def test_a_managers_file_has_the_last_word(tmp_path: Path) -> None:
    """tuned writes after the loaders: what its active profile sets is what the image gives."""
    image = write(tmp_path / "image", {"etc/sysctl.d/60-a.conf": f"{FIN} = 5\n", **TUNED})
    wanted = ("--profile", profiles.write(tmp_path, f"{FIN}: 5"), "--select", "TT7")
    (found,) = by_rule(tcptune("audit", "--root", image, "-f", "json", *wanted).json())["TT701"]
    assert (found["value"], found["location"]["path"]) == (20, "/usr/lib/tuned/mine/tuned.conf")
    assert tcptune("diff", profiles.write(tmp_path, f"{FIN}: 20"), "--root", image).status == 0


@pytest.mark.root
def test_what_only_a_hosts_files_show_is_accepted_in_its_saved_audit_too(tmp_path: Path) -> None:
    host = write(tmp_path / "host", {"etc/60-a.conf": f"{RETRIES} = 14\n", "etc/70-b.conf": f"{RETRIES} = 15\n"})
    saved = tmp_path / "saved.json"
    saved.write_text(tcptune("audit", "-f", "json", "--fail-on", "never", before=bound(host)).out)
    assert "TT501" in by_rule(tcptune("audit", "--snapshot", saved, "-f", "json").json())
    path = profiles.write(tmp_path, f"{RETRIES}: 15", "accept: [{rule: overridden, why: on purpose}]\n")
    done = tcptune("audit", "--snapshot", saved, "--profile", path, "-v")
    assert "accepted: " in done.out and "TT501" in done.out
    assert "warning TT501" not in done.out


def test_a_module_of_a_saved_host_is_loaded_where_its_parameters_are_there(tmp_path: Path) -> None:
    key = "net.netfilter.nf_conntrack_max"
    path = profiles.write(tmp_path, f"{key}: {{value: 5, when: {{module: nf_conntrack}}}}")
    there = f"|/proc/sys/{key.replace('.', '/')}:7\n"
    for lines, action, reason in ((there, "set", ""), ("", "skip", "only where the module nf_conntrack is loaded")):
        saved = tmp_path / "host.txt"
        values = f"|/proc/sys/net/ipv4/tcp_mem:1 2 3\n{lines}"
        saved.write_text(f"@ tcptune-collected 1\n@ text uname\n|6.1.0\n@ text values\n{values}@ end\n")
        (change,) = tcptune("diff", path, "--snapshot", saved, "-f", "json").json()["changes"]
        assert (change["action"], change["reason"]) == (action, reason)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--profile", "outbound-hevy"), "did you mean 'outbound-heavy'?"),
        (("--profile", "./nowhere.yaml"), "No such file"),
        (("--profile", "base", "--select", "TT7x"), "there is no rule"),
    ],
)
def test_a_wrong_profile_is_status_2_in_one_line(arguments: tuple[str, ...], said: str) -> None:
    for command in (("audit",), ("lint", "/etc/hostname")):
        done = tcptune(*command, *arguments)
        assert done.status == 2, done.out
        assert said in done.err
        assert "Traceback" not in done.err
