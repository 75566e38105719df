"""`tcptune profile new` as a process: from a host, an image or a file to a profile that passes its own check."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.inside import inside
from tests.support.lint import write
from tests.support.netns import held_namespace, write_sysctl
from tests.support.program import Result, clean_environment, tcptune

CONF = "# Upstreams are few.\nnet.ipv4.tcp_tw_reuse = 1\nnet.ipv4.tcp_tw_resuse = 1\n"


def checked(path: Path, done: Result) -> dict[str, object]:
    """Return the settings of a profile that was written, which passes its own check."""
    assert done.status == 0
    check = inside("profile", "check", path)
    assert check.status == 0, check.out + check.err
    found: dict[str, object] = yaml.safe_load(path.read_text("utf-8"))["settings"]
    return found


def test_a_file_becomes_a_profile_and_what_is_left_out_is_said(tmp_path: Path) -> None:
    write(tmp_path, {"sysctl.d/9.conf": CONF})
    path = tmp_path / "mine.yaml"
    done = tcptune("profile", "new", "mine", "--from", tmp_path / "sysctl.d" / "9.conf", "-o", path)
    assert checked(path, done) == {"net.ipv4.tcp_tw_reuse": {"value": 1, "why": "Upstreams are few."}}
    assert done.out == ""
    assert f"{tmp_path}/sysctl.d/9.conf:3:1: net.ipv4.tcp_tw_resuse: no parameter" in done.err
    quiet = inside("profile", "new", "mine", "--from", tmp_path / "sysctl.d" / "9.conf", "-q")
    assert (quiet.err, quiet.out) == ("", path.read_text("utf-8"))


def test_standard_input_is_told_by_its_content() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tcptune", "profile", "new", "mine", "--from", "-"],
        input=CONF.encode(),
        capture_output=True,
        env=clean_environment(),
        check=False,
        timeout=60,
    )
    assert done.returncode == 0
    assert b"tcp_tw_reuse" in done.stdout


def test_an_image_gives_what_its_loader_would_set(tmp_path: Path) -> None:
    files = {
        "etc/sysctl.d/10-a.conf": "# first\nnet.ipv4.tcp_retries2 = 8\n# idle\nnet.ipv4.tcp_keepalive_time = 600\n",
        "etc/sysctl.d/20-b.conf": "# second\nnet.ipv4.tcp_retries2 = 9\nnet.ipv4.tcp_rmem = 1 2\n",
        "etc/os-release": "ID=debian\nVERSION_ID=12\n",
    }
    write(tmp_path / "image", files)
    path = tmp_path / "mine.yaml"
    done = tcptune("profile", "new", "mine", "--root", tmp_path / "image", "-o", path)
    assert checked(path, done) == {
        "net.ipv4.tcp_keepalive_time": {"value": 600, "why": "idle"},
        "net.ipv4.tcp_retries2": {"value": 9, "why": "second"},
    }
    assert "etc/sysctl.d/20-b.conf:3:1: net.ipv4.tcp_rmem does not take '1 2'" in done.err


@pytest.mark.root
def test_a_host_gives_what_differs_from_its_kernels_defaults(tmp_path: Path) -> None:
    def prepare() -> None:
        write_sysctl("net.ipv4.tcp_retries2", 9)
        write_sysctl("net.ipv4.tcp_timestamps", 0)
        write_sysctl("net.ipv4.ip_local_port_range", "10240 65535")

    path = tmp_path / "mine.yaml"
    with held_namespace(prepare) as held:
        done = tcptune("profile", "new", "mine", "--netns", held.path, "-o", path)
        found = checked(path, done)
        assert inside("diff", path, "--netns", held.path).status == 0
    assert set(found) >= {"net.ipv4.tcp_retries2", "net.ipv4.tcp_timestamps", "net.ipv4.ip_local_port_range"}
    assert found["net.ipv4.tcp_retries2"] == {
        "value": 9,
        "when": {"netns": "other"},
        "why": "Found on a host; no file there sets it.",
    }
    assert "TT402 is accepted in the profile" in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "missing argument"),
        (("No Name",), "'No Name' is no name of a profile"),
        (("mine", "--from", "/nowhere"), "/nowhere: No such file"),
        (("mine", "--from", "/"), "/: is no regular file"),
        (("mine", "--from", "/dev/zero"), "/dev/zero: is no regular file"),
        (("mine", "--from", "/etc/passwd"), "/etc/passwd: no settings in a format"),
        (("mine", "--from", "/bin/true"), "no settings in a format"),
        (("mine", "--root", "/nowhere"), "/nowhere: there is no such folder"),
        (("mine", "--root", "/", "--from", "x"), "--from and --root exclude each other"),
        (("mine", "--kernel", "6.1"), "--kernel is for --root and --from"),
    ],
)
def test_wrong_usage_is_status_2_without_a_trace(arguments: tuple[str, ...], said: str) -> None:
    done = inside("profile", "new", *arguments)
    assert done.status == 2
    assert said in done.err
    assert done.out == ""
    assert "Traceback" not in done.err
