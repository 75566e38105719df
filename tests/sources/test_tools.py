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
        ("a.tf", "x {\n  sysctl_config {\n    net_core_somaxconn = 9999 # more\n  }\n}\n"),
        ("a.bicep", "x: {\n  sysctls: {\n    netCoreSomaxconn: 9999 // more\n  }\n}\n"),
        ("a.json", '{"linuxOSConfig": {"sysctls": {"netCoreSomaxconn": 9999}}}\n'),
        ("a.sls", "sysctl:\n  /etc/sysctl.d/a.conf:\n    net.core.somaxconn: 9999 # more\n"),
        ("a.rb", "node.default[:sysctl][:attributes][:net][:core][:somaxconn] = 9999 ## more\n"),
        ("a.pp", "sysctl::value {\n  'net.core.somaxconn': value => 9999;\n}\n"),
        ("a.nix", '{ boot.kernel.sysctl = { "net.core.somaxconn" = 9999; }; } # "net.core.somaxconn" = 1;\n'),
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


@pytest.mark.parametrize(
    ("name", "text", "raw"),
    [
        (
            "a.pp",
            "sysctl::parameters { 'x': values => { 'net.ipv4.tcp_rmem' => [ 4096, 5000, 6000 ] } }\n",
            "4096 5000 6000",
        ),
        ("a.pp", "sysctl { 'net.ipv4.tcp_rmem': value => \"4096\\t5000\\t6000\" }\n", "4096\t5000\t6000"),
        ("a.rb", "sysctl 'fs.file-max' do\n  value 110_000\nend\n", "110000"),
        ("a.rb", "default['sysctl']['net']['ipv4']['tcp_rmem'] = [4096, 5000, 6000]\n", "4096 5000 6000"),
    ],
)
def test_a_value_is_read_as_its_language_means_it(name: str, text: str, raw: str) -> None:
    setting = one(name, text)
    assert (setting.raw, setting.templated) == (raw, False)


@pytest.mark.parametrize("value", ["maxConn", "cfg.most", "1024 * 4", "if a then 1 else 2"])
def test_an_expression_is_no_value(value: str) -> None:
    assert one("a.nix", f'{{ "net.core.somaxconn" = {value}; }}\n').templated


def test_a_providers_word_that_no_kernel_has_is_divided_into_a_name() -> None:
    assert one("a.tf", "sysctl_config {\n  net_ipv4_tcp_fin_timeot = 5\n}\n").key == "net.ipv4.tcp_fin_timeot"
    assert one("a.json", '{"sysctls": {"netIpv4TcpFinTimeot": 5}}').key == "net.ipv4.tcp_fin_timeot"


@pytest.mark.parametrize("which", ["all", "default"])
def test_a_providers_word_for_every_interface_is_its_parameter(which: str) -> None:
    text = f"sysctl_config {{\n  net_ipv4_conf_{which}_accept_redirects = 0\n}}\n"
    assert one("a.tf", text).key == f"net.ipv4.conf.{which}.accept_redirects"


def test_comments_beside_a_state_are_its_comments() -> None:
    text = "# above\nnet.core.somaxconn:\n  sysctl.present:\n    # between\n    - value: 1 # behind\n"
    assert one("a.sls", text).comment == "# above\n# between\n# behind"


def test_both_ends_of_a_range_are_one_setting() -> None:
    block = (
        "sysctl_config {\n  net_ipv4_ip_local_port_range_min = 20000\n  net_ipv4_ip_local_port_range_max = 60999\n}\n"
    )
    setting = one("a.tf", block)
    assert (setting.key, setting.raw) == ("net.ipv4.ip_local_port_range", "20000 60999")


@pytest.mark.parametrize("value", [">5000", ">=5000", "<5000", "${five}"])
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


def test_a_note_of_saptune_leaves_a_parameter_without_a_value_as_it_is() -> None:
    lines = "[version]\nVERSION=1\n[sysctl]\nnet.core.somaxconn = 9999\nnet.core.rmem_max =\n"
    assert one("1234567", lines).key == SOMAXCONN
    assert len(read("tuned.conf", lines.removeprefix("[version]\nVERSION=1\n")).settings) == 2


@pytest.mark.parametrize("hook", ["post-up", "up", "  pre-up", "\tdown"])
def test_the_hooks_of_an_interface_are_commands(hook: str) -> None:
    head = "auto eth0\niface eth0 inet static\n    address 192.0.2.1\n"
    for command in ("sysctl -w net.core.somaxconn=9999", "echo 9999 > /proc/sys/net/core/somaxconn || true"):
        setting = one("interfaces", f"{head}{hook} {command}\n")
        assert (setting.key, setting.raw) == (SOMAXCONN, "9999")
        assert setting.key_at is not None
        assert setting.key_at.line == 4
    assert read("interfaces", f"{head}#{hook} sysctl -w net.core.somaxconn=1\n").settings == []
    assert one("templates/interfaces.bridge.j2", f"{head}{hook} {command}\n").raw == setting.raw


@pytest.mark.parametrize("name", ["web__Dockerfile", "web.dockerfile", "Dockerfile.web", "web__Containerfile"])
def test_a_file_that_builds_an_image_is_known_by_any_part_of_its_name(name: str) -> None:
    text = "FROM debian\nRUN echo 'net.core.somaxconn = 9999' >> /etc/sysctl.conf\n"
    assert one(name, text).key == SOMAXCONN


def test_a_comment_between_the_lines_of_a_command_is_left_out_of_an_image() -> None:
    text = "RUN set -x; \\\n  # why \n  echo 'net.core.somaxconn = 9999' \\\n  >> /etc/sysctl.conf\n"
    setting = one("Dockerfile", text)
    assert setting.key_at is not None
    assert (setting.key_at.line, setting.key_at.column) == (3, 9)


def test_a_makefile_is_known_behind_its_folders_name() -> None:
    assert one("web__Makefile", "tune:\n\tsysctl -w net.core.somaxconn=9999\n").key == SOMAXCONN


def test_the_scripts_of_a_kickstart_file_are_read_and_nothing_else_of_it() -> None:
    head = (
        "lang en_US\nrootpw it's\n%packages\n@core\n%end\n%pre --interpreter=/usr/bin/python3\nsysctl -w a.b=1\n%end\n"
    )
    post = "%post --log=/root/ks.log\ncat >> /etc/sysctl.conf <<EOF\nnet.core.somaxconn = 9999\nEOF\n%end\n"
    for name in ("ks.cfg", "web.ks"):
        setting = one(name, head + post)
        assert setting.key == SOMAXCONN
        assert setting.key_at is not None
        assert (setting.key_at.line, setting.key_at.column) == (11, 1)


def test_the_commands_of_a_preseed_file_are_read() -> None:
    late = "d-i preseed/late_command string \\\n  echo 'net.core.somaxconn = 9999' >> /target/etc/sysctl.conf\n"
    assert one("preseed.cfg", f"d-i debian-installer/locale string en_US\n{late}").key == SOMAXCONN


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Makefile", "on:\n\tsysctl -w net.core.somaxconn=1\noff: on\n\tsysctl -w net.core.somaxconn=2\n"),
        (
            "Makefile",
            "a:\n\tdocker run --sysctl net.core.somaxconn=1 a\n\tdocker run --sysctl net.core.somaxconn=2 b\n",
        ),
        (
            "a.service",
            "ExecStart=/sbin/sysctl -w net.core.somaxconn=1\nExecStopPost=/sbin/sysctl -w net.core.somaxconn=2\n",
        ),
        (
            "interfaces",
            "iface a inet dhcp\n  up sysctl -w net.core.somaxconn=1\n  down sysctl -w net.core.somaxconn=2\n",
        ),
        ("interfaces", "iface {{ a }} inet dhcp\n  up sysctl -w vm.x=1\niface b inet dhcp\n  up sysctl -w vm.x=2\n"),
    ],
)
def test_targets_interfaces_containers_and_what_is_run_in_the_end_are_no_duplicates(name: str, lines: str) -> None:
    first, second = read(name, lines).settings
    assert first.group != second.group


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Makefile", "a:\n\tmodprobe nf_conntrack\n\tsysctl -w net.netfilter.nf_conntrack_max=9\n"),
        ("a.service", "ExecStartPre=modprobe nf_conntrack\nExecStart=sysctl -w net.netfilter.nf_conntrack_max=9\n"),
    ],
)
def test_a_module_that_a_command_before_loads_is_loaded(name: str, lines: str) -> None:
    assert "module-loaded" in one(name, lines).facts
