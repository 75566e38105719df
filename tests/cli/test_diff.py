"""`tcptune diff` as a process, against live values of a namespace made for it."""

from __future__ import annotations

import ctypes
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tcptune.cli.schema import document_schema
from tests.support.netns import Held, fork_and_run, held_namespace, write_sysctl
from tests.support.program import Result, tcptune

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="compares the running Linux"),
]
needs_root = pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs root")

HEAD = "schema: tcptune/profile/1\nname: mine\nsummary: a test\n"
WRONG = {
    "net.ipv4.tcp_timestamps": "0",
    "net.ipv4.tcp_fin_timeout": "5",
    "net.ipv4.ip_local_port_range": "20000 40001",
    "net.ipv4.tcp_retries2": "12",
}


def _set_wrong() -> None:
    for key, value in WRONG.items():
        write_sysctl(key, value)


@pytest.fixture
def wrong() -> Iterator[Held]:
    with held_namespace(_set_wrong) as held:
        yield held


def profile(folder: Path, settings: str, more: str = "") -> Path:
    path = folder / "mine.yaml"
    path.write_text(HEAD + "settings:\n" + "".join(f"  {line}\n" for line in settings.splitlines()) + more, "utf-8")
    return path


def changes(done: Result) -> dict[str, dict[str, Any]]:
    """Return the changes of a document by key, once it is what the schema promises."""
    document = done.json()
    jsonschema.Draft202012Validator(document_schema("diff")).validate(document)
    return {change["key"]: change for change in document["changes"]}


@pytest.mark.root
@needs_root
def test_what_differs_is_named_with_what_to_set(wrong: Held, tmp_path: Path) -> None:
    done = tcptune("diff", "outbound-heavy", "--pid", str(wrong.pid), "-f", "json")
    found = changes(done)
    assert done.status == 1
    timestamps = found["net.ipv4.tcp_timestamps"]
    assert (timestamps["current"], timestamps["wanted"], timestamps["default"]) == (0, 1, 1)
    assert timestamps["action"] == "set"
    assert "PAWS" in timestamps["reason"]
    assert found["net.ipv4.tcp_fin_timeout"]["wanted"] == 15
    ports = found["net.ipv4.ip_local_port_range"]
    assert (ports["current"], ports["wanted"]) == ([20000, 40001], [10240, 65535])
    assert found["net.ipv4.tcp_retries2"]["action"] == "keep"


@pytest.mark.root
@needs_root
def test_kernel_default_finds_exactly_what_was_changed(wrong: Held) -> None:
    found = changes(tcptune("diff", "kernel-default", "--pid", str(wrong.pid), "-f", "json"))
    assert {key for key, change in found.items() if change["action"] == "set"} == set(WRONG)


@pytest.mark.root
@needs_root
def test_the_drop_in_brings_the_namespace_to_the_profile(wrong: Held, tmp_path: Path) -> None:
    before = tcptune("diff", "outbound-heavy", "--pid", str(wrong.pid), "--sysctl")
    assert before.status == 1
    lines = [line.split(" = ") for line in before.out.splitlines() if line and not line.startswith("#")]
    assert {key for key, _ in lines} >= {"net.ipv4.tcp_timestamps", "net.ipv4.ip_local_port_range"}

    def write() -> None:
        handle = os.open(wrong.path, os.O_RDONLY)
        assert ctypes.CDLL(None, use_errno=True).setns(handle, 0x40000000) == 0
        for key, value in lines:
            write_sysctl(key, value)

    fork_and_run(write)
    after = tcptune("diff", "outbound-heavy", "--pid", str(wrong.pid))
    assert after.status == 0
    assert after.out.startswith("Nothing differs from the profile outbound-heavy")
    assert "Nothing is to be set" in tcptune("diff", "outbound-heavy", "--pid", str(wrong.pid), "--sysctl").out


@pytest.mark.root
@needs_root
def test_what_belongs_to_the_host_is_blocked_in_another_namespace(wrong: Held, tmp_path: Path) -> None:
    path = profile(
        tmp_path, "net.ipv4.tcp_max_orphans: 77777\nnet.core.netdev_max_backlog: {value: 9, when: {netns: initial}}"
    )
    done = tcptune("diff", path, "--pid", str(wrong.pid), "-f", "json")
    found = changes(done)
    assert done.status == 1
    assert found["net.ipv4.tcp_max_orphans"]["action"] == "blocked"
    assert "belongs to the host" in found["net.ipv4.tcp_max_orphans"]["reason"]
    assert found["net.core.netdev_max_backlog"]["action"] == "skip"
    assert "initial network namespace" in found["net.core.netdev_max_backlog"]["reason"]


@pytest.mark.root
@needs_root
def test_a_value_that_the_kernel_refuses_is_blocked(wrong: Held, tmp_path: Path) -> None:
    found = changes(
        tcptune("diff", profile(tmp_path, "net.ipv4.tcp_tw_reuse: 7"), "--pid", str(wrong.pid), "-f", "json")
    )
    assert found["net.ipv4.tcp_tw_reuse"]["action"] == "blocked"
    assert "takes 0 to 2" in found["net.ipv4.tcp_tw_reuse"]["reason"]


@pytest.mark.root
@needs_root
def test_the_risk_of_a_value_is_said_with_the_reason_for_taking_it(wrong: Held, tmp_path: Path) -> None:
    settings = "net.ipv4.tcp_retries2: 5"
    found = changes(tcptune("diff", profile(tmp_path, settings), "--pid", str(wrong.pid), "-f", "json"))
    assert found["net.ipv4.tcp_retries2"]["risk"].startswith("TT409: ")
    taken = profile(tmp_path, settings, "accept: [{rule: TT409, why: failover must be quick}]\n")
    found = changes(tcptune("diff", taken, "--pid", str(wrong.pid), "-f", "json"))
    assert found["net.ipv4.tcp_retries2"]["risk"].endswith("Taken on purpose: failover must be quick")


@pytest.mark.root
@needs_root
def test_text_and_markdown_name_what_differs_and_all_shows_the_rest(wrong: Held) -> None:
    text = tcptune("diff", "base", "--pid", str(wrong.pid))
    assert text.status == 1
    assert text.out.startswith("2 parameters differ from the profile base")
    assert "tcp_retries2" not in text.out
    assert max(map(len, text.out.splitlines())) <= 80
    assert "tcp_retries2" in tcptune("diff", "base", "--pid", str(wrong.pid), "--all").out
    markdown = tcptune("diff", "base", "--pid", str(wrong.pid), "-f", "markdown").out
    assert "| `net.ipv4.tcp_timestamps` | 0 | 1 | 1 | run time | set |  |" in markdown
    assert {line.count("|") for line in markdown.splitlines() if line.startswith("|")} == {9}


def test_this_host_is_compared_and_quiet_says_nothing_beside(tmp_path: Path) -> None:
    done = tcptune("diff", "kernel-default", "-f", "json")
    assert done.status in (0, 1)
    assert changes(done)
    current = json.loads(Path("/proc/sys/net/ipv4/tcp_retries2").read_text())
    same = tcptune("diff", profile(tmp_path, f"net.ipv4.tcp_retries2: {current}"), "-q")
    assert (same.status, same.err) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("diff",), "missing argument"),
        (("diff", "outbound-hevy"), "did you mean 'outbound-heavy'?"),
        (("diff", "base.yaml"), "a path has a slash: ./base.yaml"),
        (("diff", "./nowhere.yaml"), "./nowhere.yaml: No such file"),
        (("diff", "base", "--netns", "none-of-that-name"), "none-of-that-name"),
        (("diff", "base", "--netns", "a", "--pid", "1"), "exclude each other"),
        (("diff", "base", "--sysctl", "-f", "json"), "exclude each other"),
    ],
)
def test_wrong_usage_is_status_2_without_a_trace(arguments: tuple[str, ...], said: str) -> None:
    done = tcptune(*arguments)
    assert done.status == 2
    assert said in done.err
    assert "Traceback" not in done.err
