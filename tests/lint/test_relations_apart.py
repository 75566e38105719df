"""Relations whose other half stands elsewhere: in another branch, in another file of a role; or nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.lint import run, told

BACKLOG = "net.ipv4.tcp_max_syn_backlog"
SOMAXCONN = "net.core.somaxconn"
BUCKETS = "net.ipv4.tcp_max_tw_buckets"
KEEPALIVE = "net.ipv4.tcp_keepalive_time"
ESTABLISHED = "net.netfilter.nf_conntrack_tcp_timeout_established"
SCRIPT = "f() {{\n  sysctl -w {one}\n}}\ng() {{\n  sysctl -w {other}\n}}\n"


@pytest.mark.parametrize(
    ("rule", "one", "other", "apart"),
    [
        ("TT302", f"{BACKLOG}=8192", "net.core.somaxconn=9000", False),
        ("TT302", f"{BACKLOG}=8192", "net.core.netdev_max_backlog=9000", True),
        ("TT305", f"{BUCKETS}=24000", "net.ipv4.ip_local_port_range='40000 60999'", False),
        ("TT305", f"{BUCKETS}=24000", "net.ipv4.tcp_fin_timeout=30", True),
        ("TT306", f"{ESTABLISHED}=3600", f"{KEEPALIVE}=600", False),
        ("TT306", f"{ESTABLISHED}=3600", "net.ipv4.tcp_keepalive_intvl=60", True),
    ],
)
def test_a_default_is_not_assumed_of_what_another_function_sets(
    tmp_path: Path, rule: str, one: str, other: str, apart: bool
) -> None:
    found = told(run(tmp_path, {"a.sh": SCRIPT.format(one=one, other=other)}), tmp_path)
    assert (rule in {finding[0] for finding in found}) is apart


@pytest.mark.parametrize(("rule", "key", "asked"), [("TT302", BACKLOG, SOMAXCONN), ("TT306", ESTABLISHED, KEEPALIVE)])
@pytest.mark.parametrize(
    ("path", "other", "apart"),
    [
        ("roles/a/tasks/main.yml", "roles/a/defaults/main.yml", False),
        ("a/tasks/main.yml", "a/vars/b.yml", False),
        ("hosts/a.nix", "hosts/b.nix", False),
        ("roles/a/tasks/main.yml", "roles/b/defaults/main.yml", True),
        ("a/one.yml", "a/two.yml", True),
        ("one.conf", "two.conf", True),
    ],
)
def test_a_default_is_not_assumed_of_what_another_file_of_a_role_sets(
    tmp_path: Path, rule: str, key: str, asked: str, path: str, other: str, apart: bool
) -> None:
    value = 4200
    if path.endswith(".nix"):
        texts = [f'{{ boot.kernel.sysctl."{one}" = {value}; }}\n' for one in (key, asked)]
    elif path.endswith(".conf"):
        texts = [f"{one} = {value}\n" for one in (key, asked)]
    else:
        texts = [f"- sysctl: {{name: {key}, value: {value}}}\n", f"sysctl:\n  {asked}: {value}\n"]
    found = told(run(tmp_path, {path: texts[0], other: texts[1]}), tmp_path)
    assert any(finding[0] == rule for finding in found) is apart
    assert any(finding[0] == rule for finding in told(run(tmp_path / "alone", {path: texts[0]}), tmp_path))


def test_what_another_drop_in_of_the_folder_sets_is_no_default(tmp_path: Path) -> None:
    one, other = {"etc/sysctl.d/10-a.conf": f"{ESTABLISHED} = 3600\n"}, f"{KEEPALIVE} = 600\n"
    assert any(finding[0] == "TT306" for finding in told(run(tmp_path / "one", one), tmp_path / "one"))
    for name in ("05-b", "20-b"):
        files = {**one, f"etc/sysctl.d/{name}.conf": other}
        found = told(run(tmp_path / name, files), tmp_path / name)
        assert not any(finding[0] == "TT306" for finding in found)
