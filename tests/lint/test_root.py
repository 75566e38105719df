"""`lint --root`: a folder as a host's file system, judged as its loaders read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.lint import write
from tests.support.program import tcptune

HOST = {
    "etc/sysctl.conf": "net.ipv4.tcp_keepalive_time = 100\n",
    "etc/sysctl.d/10-a.conf": "net.ipv4.tcp_tw_reuse = 1\nnet.ipv4.tcp_fin_timeout = 40\n",
    "etc/sysctl.d/90-b.conf": "net.ipv4.tcp_timestamps = 0\nnet.ipv4.tcp_fin_timeout = 30\n",
    "usr/lib/sysctl.d/50-preset.conf": "net.ipv4.tcp_fin_timeout = 20\nnet.ipv4.tcp_keepalive_time = 200\n",
    "usr/lib/sysctl.d/90-b.conf": "net.ipv4.tcp_syncookies = 0\n",
    "srv/unrelated/sysctl.conf": "net.ipv4.tcp_syncookies = 0\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "image", HOST)
    return tmp_path


def found(cwd: Path, *arguments: str) -> list[tuple[str, str, int]]:
    document: Any = tcptune("lint", "--root", "image", "-f", "json", "--kernel", "6.1", *arguments, cwd=cwd).json()
    places = [(one["rule"], one["location"]) for one in document["findings"]]
    return [(rule, at["path"], at["line"]) for rule, at in places if rule != "TT504"]


def test_the_files_of_the_host_are_judged_together(root: Path) -> None:
    told = found(root)
    assert ("TT301", "image/etc/sysctl.d/10-a.conf", 1) in told
    assert ("TT402", "image/etc/sysctl.d/90-b.conf", 1) in told
    assert ("TT501", "image/etc/sysctl.d/10-a.conf", 2) in told
    assert ("TT503", "image/etc/sysctl.conf", 1) in told
    assert not {path for _, path, _ in told if "unrelated" in path or path == "image/usr/lib/sysctl.d/90-b.conf"}


def test_the_relation_stands_on_the_value_as_in_a_single_file(root: Path) -> None:
    document = tcptune("lint", "--root", "image", "-f", "json", "--select", "TT301", cwd=root).json()
    assert [one["location"]["column"] for one in document["findings"]] == [25]


def test_the_loaders_differ_where_only_one_reads_sysctl_conf(root: Path) -> None:
    (root / "image/usr/lib/systemd").mkdir(parents=True)
    assert ("TT506", "image/usr/lib/sysctl.d/50-preset.conf", 2) in found(root)
    (root / "image/etc/sysctl.d/99-sysctl.conf").symlink_to("/etc/sysctl.conf")
    assert not {"TT506", "TT503"} & {rule for rule, *_ in found(root)}


def test_paths_are_relative_to_the_root_and_only_they_are_told_of(root: Path) -> None:
    told = found(root, "etc/sysctl.d/10-a.conf")
    assert {path for _, path, _ in told} == {"image/etc/sysctl.d/10-a.conf"}
    assert {"TT301", "TT501"} <= {rule for rule, *_ in told}
    assert found(root, "/etc/sysctl.d/10-a.conf") == told
    assert found(root, "srv") == [("TT407", "image/srv/unrelated/sysctl.conf", 1)]


def test_the_active_profile_of_tuned_is_a_manager(root: Path) -> None:
    profile = {
        "etc/tuned/active_profile": "web\n",
        "etc/tuned/tuned-main.conf": "reapply_sysctl = 0\n",
        "usr/lib/tuned/web/tuned.conf": "[sysctl]\nnet.ipv4.tcp_fin_timeout = 10\n",
        "usr/lib/tuned/other/tuned.conf": "[sysctl]\nnet.ipv4.tcp_syncookies = 0\n",
    }
    write(root / "image", profile)
    told = found(root)
    assert ("TT505", "image/etc/sysctl.d/90-b.conf", 2) in told
    assert ("TT404", "image/usr/lib/tuned/web/tuned.conf", 2) in told
    assert not {path for _, path, _ in told if "other" in path}


def test_modules_load_d_of_the_root_silences_what_needs_a_module(root: Path) -> None:
    write(root / "image", {"etc/sysctl.d/30-c.conf": "net.netfilter.nf_conntrack_max = 262145\n"})
    assert ("TT105", "image/etc/sysctl.d/30-c.conf", 1) in found(root)
    write(root / "image", {"usr/lib/modules-load.d/c.conf": "nf_conntrack\n"})
    assert "TT105" not in {rule for rule, *_ in found(root)}


def test_links_never_lead_out_of_the_root(root: Path) -> None:
    write(root, {"outside/secret.conf": "net.ipv4.tcp_syncookies = 0\n"})
    (root / "image/etc/sysctl.d/60-x.conf").symlink_to("../../../outside/secret.conf")
    (root / "image/etc/sysctl.d/61-x.conf").symlink_to(root / "outside" / "secret.conf")
    assert not [one for one in found(root) if "secret" in one[1] or one[0] == "TT407"]
    assert tcptune("lint", "--root", "image", "../outside/secret.conf", cwd=root).status == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--root", "missing"], "missing: there is no such folder"),
        (["--root", "image", "etc/missing.conf"], "etc/missing.conf: there is no such file below image"),
        (["--root", "image", "-"], "standard input"),
        ([], "PATH is missing"),
    ],
)
def test_wrong_usage_is_said(root: Path, arguments: list[str], said: str) -> None:
    result = tcptune("lint", *arguments, cwd=root)
    assert result.status == 2
    assert said in result.err
    assert "Traceback" not in result.err


def test_a_root_without_any_settings_is_quiet(tmp_path: Path) -> None:
    (tmp_path / "image").mkdir()
    result = tcptune("lint", "--root", "image", cwd=tmp_path)
    assert (result.status, result.err) == (0, "")


def test_what_is_mended_below_a_root_is_its_file(root: Path) -> None:
    write(root / "image", {"etc/sysctl.d/40-d.conf": "net.ipv4.tcp_fin_timout = 30\n"})
    tcptune("lint", "--root", "image", "--fix", "--fail-on", "never", cwd=root)
    assert (root / "image/etc/sysctl.d/40-d.conf").read_text() == "net.ipv4.tcp_fin_timeout = 30\n"
