"""`tcptune diff` as a process, against live values of a namespace made for it."""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tcptune.cli.schema import document_schema
from tests.support.netns import Held, as_nobody, enter_fresh, fork_and_run, held_namespace, write_sysctl
from tests.support.program import Result, clean_environment, tcptune

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
    assert "not there" not in done.err
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


@pytest.mark.root
@needs_root
def test_a_read_only_proc_sys_blocks_with_the_next_step(tmp_path: Path) -> None:
    """As in a container: /proc/sys is bound read-only over itself, in a mount namespace of the test's own."""
    script = "mount --make-rprivate / && mount -o bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys"
    path = profile(tmp_path, "net.ipv4.tcp_fin_timeout: 33\nnet.ipv4.tcp_retries2: {at_least: 1}")
    done = tcptune("diff", path, before=["unshare", "-m", "-n", "sh", "-c", f'{script} && exec "$@"', "sh"])
    assert done.status == 1
    assert "blocked: /proc/sys is mounted read-only here" in done.out
    assert "next step: set it from the host" in done.out
    assert "tcp_retries2" not in done.out
    found = changes(
        tcptune("diff", path, "-f", "json", before=["unshare", "-m", "-n", "sh", "-c", f'{script} && exec "$@"', "sh"])
    )
    assert found["net.ipv4.tcp_fin_timeout"]["action"] == "blocked"
    assert found["net.ipv4.tcp_retries2"]["action"] == "keep"


@pytest.mark.root
@needs_root
def test_the_drop_in_is_taken_by_both_loaders(wrong: Held, tmp_path: Path) -> None:
    """systemd-sysctl and `sysctl -p` read what --sysctl prints, in the namespace, and nothing differs afterwards."""
    text = tcptune("diff", "outbound-heavy", "--pid", str(wrong.pid), "--sysctl").out
    drop_in = tmp_path / "80-tcptune.conf"
    drop_in.write_text(text)

    def load(command: list[str]) -> tuple[int, str]:
        handle = os.open(wrong.path, os.O_RDONLY)
        assert ctypes.CDLL(None, use_errno=True).setns(handle, 0x40000000) == 0
        _set_wrong()
        done = subprocess.run([*command, str(drop_in)], capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    for command in (["/usr/lib/systemd/systemd-sysctl"], ["sysctl", "-q", "-p"]):
        assert fork_and_run(partial(load, command)) == (0, "")
        assert tcptune("diff", "outbound-heavy", "--pid", str(wrong.pid)).status == 0, command


def test_a_reader_that_goes_away_is_no_defect() -> None:
    command = f"{sys.executable} -m tcptune diff kernel-default --all -q | head -n 1"
    done = subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True, env=clean_environment(), cwd="/", check=True, timeout=60
    )
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.root
@needs_root
def test_an_ordinary_user_is_shown_what_would_be_set() -> None:
    """That a value needs root to be written is no obstacle of the host."""

    def inside() -> tuple[int, str]:
        from tcptune.__main__ import main

        enter_fresh()
        write_sysctl("net.ipv4.tcp_timestamps", 0)
        out = io.StringIO()

        def compare() -> tuple[int, str]:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
                return main(["diff", "base", "-f", "json"]), out.getvalue()

        compare()
        out.truncate(0)
        out.seek(0)
        return as_nobody(compare)

    status, text = fork_and_run(inside)
    assert status == 1
    found = {change["key"]: change["action"] for change in json.loads(text)["changes"]}
    assert found["net.ipv4.tcp_timestamps"] == "set"
