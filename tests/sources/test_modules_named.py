"""A module that the same file loads, a condition that asks for it, and nodes that have it: nothing is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.marks import check

KEY = "net.netfilter.nf_conntrack_max"
SALT = f"{{mark}}{KEY}:\n  sysctl.present:\n    - value: 400000\n"
PUPPET = f"sysctl {{{{ '{{mark}}{KEY}': value => '400000' }}}}\n"
NIX = f'{{{{\n boot = {{{{\n  {{more}}\n  kernel.sysctl."{{mark}}{KEY}" = 400000;\n }}}};\n}}}}\n'
BLOCK = f"{{tag}}\n{{mark}}{KEY} = 400000\n<% end %>\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.sls", "nf_conntrack:\n  kmod.present:\n    - persist: True\n" + SALT.format(mark="")),
        ("a.sls", "nf_conntrack:\n  pkg.installed\n" + SALT.format(mark="«TT105»")),
        ("a.sls", "{% if 'nf_conntrack' in grains['kmods'] %}\n" + SALT.format(mark="") + "{% endif %}\n"),
        ("a.pp", "kmod::module { 'nf_conntrack': ensure => present }\n" + PUPPET.format(mark="")),
        ("a.pp", "exec { '/sbin/modprobe nf_conntrack': }\n" + PUPPET.format(mark="")),
        ("a.pp", "file { '/etc/modprobe.d/nf_conntrack.conf': }\n" + PUPPET.format(mark="«TT105»")),
        ("sysctl.conf.erb", BLOCK.format(tag='<% if kernel_mod_nf_conntrack > "0" %>', mark="")),
        ("sysctl.conf.erb", BLOCK.format(tag="<% if @firewall %>", mark="«TT105»")),
        ("a.nix", NIX.format(more='initrd.kernelModules = [\n    # early\n    "nf_conntrack"\n  ];', mark="")),
        ("a.nix", NIX.format(more='kernelModules = [ "tcp_bbr" ];', mark="«TT105»")),
        ("sysctl.conf.erb", BLOCK.format(tag="<% if @net_nf_conntrack_max > 0 %>", mark="«TT105»")),
        ("sysctl.conf.erb", BLOCK.format(tag="<% if @has_nf_conntrack_max %>", mark="")),
        ("tasks/a.yml", f"- sysctl: {{name: {KEY}, value: 400000}}\n  when: found.stat.exists\n"),
        ("tasks/a.yml", f"- sysctl: {{name: «TT105»{KEY}, value: 400000}}\n  when: nf_conntrack_max is defined\n"),
        ("tasks/a.yml", f"- sysctl: {{name: {KEY}, value: 400000}}\n  when: nf_conntrack_max.rc == 0\n"),
        ("tasks/a.yml", f"- sysctl: {{name: {KEY}, value: 400000}}\n  when: nf_conntrack_max is not failed\n"),
        ("tasks/a.yml", f"- sysctl: {{name: {KEY}, value: 400000}}\n  when: \"'{KEY}' in known\"\n"),
        ("tasks/a.yml", f"- sysctl: {{name: «TT105»{KEY}, value: 400000}}\n  when: firewall\n"),
        ("a.yaml", f"machine:\n  sysctls:\n    {KEY}: '400000'\n    net.bridge.bridge-nf-call-iptables: '1'\n"),
        ("a.yaml", f"patches:\n- |-\n  machine:\n    sysctls:\n      {KEY}: '400000'\n"),
        ("a.yaml", f"sysctls:\n  «TT105»{KEY}: '400000'\n"),
        ("a.yaml", "linuxOSConfig:\n  sysctls:\n    netNetfilterNfConntrackMax: 400000\n"),
        ("a.yaml", f"linuxConfig:\n  sysctl:\n    {KEY}: '400000'\n"),
        ("a.tf", f'locals {{\n  sysctls = {{\n    "«TT105»{KEY}" = "400000"\n  }}\n}}\n'),
        ("a.tf", f'x = [yamlencode({{ machine = {{ sysctls = {{ "{KEY}" = "400000" }} }} }})]\n'),
        (
            "a.tf",
            f'x = yamlencode({{\n machine = {{ # "}}\n  sysctls = {{\n   "{KEY}" = "400000"\n  }}\n }}\n}})\n',
        ),
        ("a.tf", 'x = jsonencode({"machine": {"sysctls": {\n  "net.bridge.bridge-nf-call-iptables": "1"\n}}})\n'),
        ("a.tf", f'module "talos" {{\n  sysctls = {{\n    "{KEY}" = "400000"\n  }}\n}}\n'),
        ("a.tf", f'x "machine" "y" {{\n  sysctls = {{\n    "«TT105»{KEY}" = "400000"\n  }}\n}}\n'),
        ("a.tf", f'x {{\n  linux_node_config {{\n    sysctls = {{ "{KEY}" = 400000 }}\n  }}\n}}\n'),
        ("a.tf", "sysctl_config {\n  net_netfilter_nf_conntrack_max = 400000\n}\n"),
    ],
)
def test_what_is_there_when_it_is_set(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)


BALANCER = "net.ipv4.vs.conntrack"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.conf", f"«TT105»{BALANCER} = 1\n«TT101»net.ipv4.vs.nonsense = 1\n"),
        ("a.sh", f"sysctl -w «TT105»{BALANCER}=1\n"),
        ("a.sh", f"modprobe nf_conntrack\nsysctl -w «TT105»{BALANCER}=1\n"),
        ("a.sh", f"modprobe -- ip_vs_rr\nsysctl -w {BALANCER}=1\n"),
        ("a.sh", f"for m in ip_vs ip_vs_rr; do modprobe $m; done\nsysctl -w {BALANCER}=1\n"),
        ("a.sh", "ipvsadm -C\necho 1 > /proc/sys/net/ipv4/vs/conntrack\n"),
        ("a.sh", f"if [ -d /proc/sys/net/ipv4/vs ]; then\n  sysctl -w {BALANCER}=1\nfi\n"),
        ("a.sh", f"[ -d /sys/module/ip_vs ] && sysctl -w {BALANCER}=1\n"),
        ("a.sh", f"if lsmod | grep -q ip_vs; then\n  sysctl -w {BALANCER}=1\nfi\n"),
        ("tasks/a.yml", f"- sysctl: {{name: «TT105»{BALANCER}, value: 1}}\n"),
        ("tasks/a.yml", f"- modprobe: {{name: ip_vs}}\n- sysctl: {{name: {BALANCER}, value: 1}}\n"),
        ("docker-compose.yml", f"services:\n  a:\n    image: x\n    sysctls:\n      {BALANCER}: 1\n"),
    ],
)
def test_the_balancer_of_the_kernel_is_a_module(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)


FILE = f"cat > /etc/sysctl.d/a.conf <<E\n{{mark}}{KEY} = 400000\nE\n"


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("{file}modprobe nf_conntrack\nsysctl --system\n", ""),
        ("{file}sudo modprobe nf_conntrack\nsudo systemctl restart systemd-sysctl.service\n", ""),
        ("{file}modprobe nf_conntrack\n", ""),
        ("{file}sysctl -n vm.swappiness\nmodprobe nf_conntrack\nsysctl -p /etc/sysctl.d/a.conf\n", ""),
        ("{file}modprobe br_netfilter\nsysctl --system\n", "«TT105»"),
        ("{file}sysctl -qp /etc/sysctl.d/a.conf\nmodprobe nf_conntrack\n", "«TT105»"),
        ("{file}systemctl restart systemd-sysctl\nmodprobe nf_conntrack\n", "«TT105»"),
        ("{file}service procps start\nmodprobe nf_conntrack\n", "«TT105»"),
        ("{file}systemctl restart docker\nmodprobe nf_conntrack\nsysctl --load=/etc/sysctl.d/a.conf\n", ""),
    ],
)
def test_lines_of_a_file_are_in_time_until_something_reads_it(tmp_path: Path, text: str, mark: str) -> None:
    check(tmp_path, "a.sh", text.format(file=FILE.format(mark=mark)))


def test_a_command_is_too_early_for_a_module_that_comes_after_it(tmp_path: Path) -> None:
    check(tmp_path, "a.sh", f"sysctl -w «TT105»{KEY}=400000\nmodprobe nf_conntrack\nsysctl --system\n")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.sls", "#!py\ndef run():\n    if True:\n        return {'net.core.somaxcon': 1}\n"),
        ("a.sls", "#!pyobjects\nif x:\n  Sysctl.present('net.core.somaxcon', value='1')\n"),
        ("spec/default_facts.yml", "sysctl_settings:\n  net.core.somaxcon: true\n"),
        ("spec/a_spec.rb", "x = { 'net.core.somaxcon' => { 'value' => 1 } }\n"),
        (
            "a.pp",
            "".join(f"node '{n}' {{\n  sysctl {{ 'vm.swappiness': value => {n} }}\n}}\n" for n in (1, 2)),
        ),
    ],
)
def test_what_is_another_language_a_pretence_or_another_node(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.pp", "site::sysctl { 'less':\n  key   => 'net.ipv4.tcp_fin_timeout',\n  value => «TT404»5,\n}\n"),
        ("a.sls", "#!jinja|yaml\nnet.ipv4.tcp_fin_timeout:\n  sysctl.present:\n    - value: «TT404»5\n"),
        (
            "a.yaml",
            "{{- if .x }}\n- a: {{ .b }}\n c: [\n  inline: |\n    net.ipv4.tcp_fin_timeout = «TT404»5\n{{- end }}\n",
        ),
    ],
)
def test_what_is_read_all_the_same(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)
