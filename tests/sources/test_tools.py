"""Puppet, Chef, Salt, Terraform, Nix, tuned, Podman and TOML: what sets a parameter is read with its exact place."""

from __future__ import annotations

import pytest

from tcptune.model.setting import Setting
from tcptune.sources import detect
from tcptune.sources.base import Reading, Text

SOMAXCONN = "net.core.somaxconn"


def read(name: str, text: str) -> Reading:
    reading = detect.read(Text(name, text))
    assert reading is not None
    return reading


def one(name: str, text: str) -> Setting:
    (setting,) = read(name, text).settings
    return setting


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.pp", "sysctl { 'net.core.somaxconn': value => '9999' }\n"),
        ("a.pp", "sysctl::value { 'net.core.somaxconn':\n  ensure => present,\n  value => 9999,\n}\n"),
        ("a.pp", "$h = { 'net.core.somaxconn' => { value => 9999 } }\n"),
        ("a.rb", "sysctl 'net.core.somaxconn' do\n  value 9999\nend\n"),
        ("a.rb", "sysctl 'net.core.somaxconn' do value 9999 end\n"),
        ("a.rb", "default['sysctl']['params'] = { 'net.core.somaxconn' => 9999 }\n"),
        ("a.rb", "default['sysctl']['params']['net']['core']['somaxconn'] = 9999\n"),
        ("a.sls", "net.core.somaxconn:\n  sysctl.present:\n    - value: 9999\n"),
        ("a.sls", "x:\n  sysctl.present:\n    - name: net.core.somaxconn\n    - value: 9999\n"),
        ("a.tf", 'sysctls = {\n  "net.core.somaxconn" = "9999"\n}\n'),
        ("a.tf", "sysctl_config {\n  net_core_somaxconn = 9999\n}\n"),
        ("a.nix", '{\n  boot.kernel.sysctl."net.core.somaxconn" = 9999;\n}\n'),
        ("a.nix", '{\n  boot.kernel.sysctl = {\n    "net.core.somaxconn" = lib.mkDefault 9999;\n  };\n}\n'),
        ("tuned.conf", "[sysctl]\nnet.core.somaxconn=9999 # fast\n"),
        ("tuned.conf", "[a]\ntype=sysctl\nnet.core.somaxconn = 9999\n"),
        ("a.container", "[Container]\nSysctl=net.core.somaxconn=9999\n"),
        ("a.toml", '[settings.kernel.sysctl]\n"net.core.somaxconn" = "9999"\n'),
        ("a.json", '{"containers": [{"systemControls": [{"namespace": "net.core.somaxconn", "value": "9999"}]}]}\n'),
        ("a.yml", "spec:\n  sysctlParameters:\n  - net.core.somaxconn=9999\n"),
        ("Jenkinsfile", "sh '''\n$ssh \"sysctl -w net.core.somaxconn=\\'9999\\'\"\n'''\n"),
        ("Dockerfile", "FROM a\nCOPY <<EOF /etc/sysctl.d/9.conf\nnet.core.somaxconn = 9999\nEOF\n"),
        ("Makefile", "a:\n\t@sysctl -w net.core.somaxconn=9999\n"),
        ("a.service", "[Service]\nExecStartPre=-/sbin/sysctl -w net.core.somaxconn=9999\n"),
    ],
)
def test_each_tools_way_is_read_with_its_place(name: str, text: str) -> None:
    setting = one(name, text)
    assert (setting.key, setting.raw) == (SOMAXCONN, "9999")
    at = setting.value_at
    assert at is not None
    assert at.end_column is not None
    assert text.split("\n")[at.line - 1][at.column - 1 : at.end_column - 1] == "9999"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.pp", "sysctl { 'net.core.somaxconn': ensure => absent }\n"),
        ("a.rb", "sysctl 'net.core.somaxconn' do\n  action :remove\nend\n"),
        ("a.sls", "net.core.somaxconn:\n  sysctl.absent\n"),
        ("a.tf", 'variable "net_core_somaxconn" {\n  default = 9999\n}\n'),
        ("a.nix", '{\n  # "net.core.somaxconn" = 9999;\n}\n'),
        ("tuned.conf", "[main]\nsummary=net.core.somaxconn\n[vm]\nnet.core.somaxconn=9999\n"),
        ("a.toml", '[labels]\n"net.core.somaxconn" = "sysctl"\n'),
        ("a.container", "[Container]\nLabel=net.core.somaxconn=9999\n"),
    ],
)
def test_what_sets_nothing_is_no_setting(name: str, text: str) -> None:
    assert read(name, text).settings == []


def test_both_ends_of_a_range_are_one_setting() -> None:
    block = (
        "sysctl_config {\n  net_ipv4_ip_local_port_range_min = 20000\n  net_ipv4_ip_local_port_range_max = 60999\n}\n"
    )
    setting = one("a.tf", block)
    assert (setting.key, setting.raw) == ("net.ipv4.ip_local_port_range", "20000 60999")


@pytest.mark.parametrize("value", ["=>5000", ">=5000", "=<5000", "${five}"])
def test_a_bound_of_tuned_is_not_the_value_in_the_end(value: str) -> None:
    assert one("tuned.conf", f"[sysctl]\nnet.core.somaxconn={value}\n").templated


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.container", "Sysctl=net.core.somaxconn=1"),
        ("a.json", '{"systemControls": [{"namespace": "net.core.somaxconn", "value": "1"}]}'),
    ],
)
def test_a_containers_settings_are_known_as_such(name: str, text: str) -> None:
    assert "container" in one(name, text).facts


def test_two_resources_are_two_hosts() -> None:
    block = 'resource "a" "{}" {{\n  sysctl_config {{\n    net_core_somaxconn = {}\n  }}\n}}\n'
    first, second = read("a.tf", block.format("x", 1) + block.format("y", 2)).settings
    assert first.group != second.group
