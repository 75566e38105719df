"""Settings that are never in force together: branches of Puppet, Ruby and Nix, entries of lists, pillars, pools."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.lint import run, told

PUPPET = """\
class a {{
  {first} {{
    sysctl {{ 'net.core.somaxconn': value => 1000 }}
  }} {second} {{
    sysctl {{ 'net.core.somaxconn': value => 2000 }}
  }}
}}
"""
RESOURCE = "\n  sysctl 'net.core.somaxconn' do\n    value {}\n  end\n"
RUBY = f"{{first}}{RESOURCE.format(1000)}{{second}}{RESOURCE.format(2000)}end\n"
ENTRIES = "x:\n" + "- {{file: {}, name: net.core.somaxconn, value: 1}}\n" * 2
FILES = "a = [{{inline = <<E\nnet.core.somaxconn = {}\nE\n}}, {{inline = <<E\nnet.core.somaxconn = {}\nE\n}}]\n"
KEYS = ("net.core.somaxconn", "vm.swappiness")
APPEND = 'keep() {\n  grep -q "$1" /etc/sysctl.conf || echo "$1" >> /etc/sysctl.conf\n}\n'
SET = '{{{{ boot.kernel.sysctl."net.core.somaxconn" = {}; }}}}'
ONE, TWO = SET.format(1000), SET.format(2000)
NIX = f"{{{{\n  config = lib.mkMerge [\n    ({{first}} {ONE})\n    ({{second}} {TWO})\n  ];\n}}}}\n"


def tasks(*groups: tuple[str | int, ...]) -> str:
    """Return tasks that set as many keys as there are values behind each group's tags."""
    text = ""
    for tags, *values in groups:
        rows = [f"  - {{name: {key}, value: {value}}}\n" for key, value in zip(KEYS, values, strict=False)]
        text += "- sysctl: {name: '{{ item.name }}', value: '{{ item.value }}'}\n  with_items:\n"
        text += "".join(rows) + f"  tags: [{tags}]\n"
    return text


def duplicates(folder: Path, name: str, text: str) -> list[tuple[str, str, int, int]]:
    return [item for item in told(run(folder, {name: text}), folder) if item[0] == "TT004"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.pp", PUPPET.format(first="if $a", second="else")),
        ("a.pp", PUPPET.format(first="if $a == '{'", second="elsif $b")),
        ("a.pp", PUPPET.format(first="case $a {\n 'x':", second="\n default:").replace("}\n}\n", "} }\n}\n")),
        ("a.rb", RUBY.format(first="if node['a'] == 1", second="else")),
        ("a.rb", RUBY.format(first="case node['a']\nwhen 1", second="when 2")),
        ("a.nix", NIX.format(first="lib.mkIf a", second="lib.mkIf b")),
        ("a.nix", NIX.format(first="if a then", second="if b then")),
        ("a.nix", "{\n on = ''\n  sysctl -w vm.swappiness=1\n '';\n off = ''\n  sysctl -w vm.swappiness=2\n '';\n}\n"),
        ("a.nix", NIX.format(first="lib.mkIf (a != { })", second="lib.mkIf (b != {})")),
        ("a.conf", "[sysctl]\n{% if a %}\nvm.swappiness=1\n{% else %}\nvm.swappiness=2\n{% endif %}\n"),
        ("a.nix", '{\n "net.core.somaxconn" = lib.mkDefault 1;\n "net.core.somaxconn" = lib.mkForce 2;\n}\n'),
        ("a.yml", ENTRIES.format("a.conf", "b.conf")),
        ("a.yml", "".join(f"- sysctl: {{name: vm.swappiness, value: 1, sysctl_file: /etc/{n}}}\n" for n in "ab")),
        ("a.yml", "".join(f"- copy: {{dest: /etc/sysctl.d/{n}, content: vm.swappiness=1}}\n" for n in "ab")),
        ("a.sh", f"echo '{KEYS[0]}=1' > /etc/sysctl.conf\necho '{KEYS[0]}=2' > /etc/sysctl.conf\n"),
        ("a.tf", FILES.format(1, 2)),
        ("a.sh", f"echo {KEYS[0]}=1 | sudo tee /etc/sysctl.conf\ncat <<E >/etc/sysctl.conf\n{KEYS[0]}=2\nE\n"),
        ("a.sh", f"{APPEND}sysctl -w {KEYS[0]}=1\nkeep '{KEYS[0]} = 1'\n"),
        ("a.sh", f"sysctl -w {KEYS[0]}=1\nadd_line /etc/sysctl.conf '{KEYS[0]}=1'\n"),
        ("a.sh", "".join(f"cat > {n}.sh <<E\n#!/bin/sh\nsysctl -w {KEYS[0]}={n}\nE\n" for n in "12")),
        ("a.yml", tasks(("8G", 1, 2), ("16G", 3, 4))),
        ("a.yml", tasks(("8G", 1, 2), ("16G", 3, 4), ("32G", 5, 6))),
        ("a.yml", tasks(("a", 1), ("never, b", 2))),
        ("a.yml", tasks(("never, a", 1), ("never, b", 2))),
        ("a.yml", "x:\n- name: a\n  sysctls: {net.core.somaxconn: 1}\n- name: b\n  sysctls: {net.core.somaxconn: 2}\n"),
        ("a.yml", "x:\n- o: [{name: net.core.somaxconn, value: 1}]\n- o: [{name: net.core.somaxconn, value: 2}]\n"),
        ("a.sls", "sysctl:\n  /a.conf:\n    net.core.somaxconn: 1\n  /b.conf:\n    net.core.somaxconn: 2\n"),
    ],
)
def test_what_is_never_in_force_together_is_no_duplicate(tmp_path: Path, name: str, text: str) -> None:
    assert duplicates(tmp_path, name, text) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.pp", PUPPET.format(first="file", second="file")),
        ("a.pp", "sysctl::value {\n  'net.core.somaxconn': value => 1;\n  'net.core.somaxconn': value => 2;\n}\n"),
        ("a.rb", RUBY.format(first="begin", second="").replace("begin\n", "begin\n")),
        ("a.yml", ENTRIES.format("a.conf", "a.conf")),
        (
            "a.yml",
            "- sysctl: {name: vm.swappiness, value: 1, sysctl_file: /etc/sysctl.conf}\n"
            "- sysctl: {name: vm.swappiness, value: 2}\n"
            "- copy: {dest: /etc/sysctl.conf, content: vm.swappiness=2}\n".replace("=2", "={{ x }}"),
        ),
        ("a.sh", f"echo '{KEYS[0]}=1' > /etc/sysctl.conf\necho '{KEYS[0]}=2' >> /etc/sysctl.conf\n"),
        ("a.tf", FILES.format(1, 2).replace("E\n}, {inline = <<E\n", "")),
        ("a.sh", f"echo {KEYS[0]}=1 | tee -a /etc/sysctl.conf\necho {KEYS[0]}=2 | tee -a /etc/sysctl.conf\n"),
        ("a.sh", f"{APPEND}keep '{KEYS[0]} = 1'\nkeep '{KEYS[0]} = 2'\n"),
        ("a.sh", f"cat > 1.sh <<E\n#!/bin/sh\nsysctl -w {KEYS[0]}=1\nsysctl -w {KEYS[0]}=2\nE\n"),
        ("a.yml", tasks(("a", 1), ("b", 2))),
        ("a.yml", tasks(("a, never", 1), ("a, never", 2))),
        ("a.yml", tasks(("a, never", 1), ("always", 2))),
        ("a.nix", NIX.format(first="", second="")),
        ("a.nix", "{\n on = ''\n  sysctl -w vm.swappiness=1\n  sysctl -w vm.swappiness=2\n '';\n}\n"),
        ("a.conf", "[sysctl]\nvm.swappiness=1\n{% if a %}\n{% endif %}\nvm.swappiness=2\n"),
        ("a.nix", '{ boot.kernel.sysctl = { "net.core.somaxconn" = 1; "net.core.somaxconn" = 2; }; }\n'),
        ("a.yml", "x:\n- o: [{name: net.core.somaxconn, value: 1}, {name: net.core.somaxconn, value: 2}]\n"),
    ],
)
def test_what_stands_together_is_one(tmp_path: Path, name: str, text: str) -> None:
    assert len(duplicates(tmp_path, name, text)) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.pp", "if $facts['kernelmajversion'] == '3.10' {\n  sysctl { 'net.ipv4.tcp_tw_recycle': value => 1 }\n}\n"),
        (
            "a.rb",
            "if node['platform_version'].to_i < 7\n  sysctl 'net.ipv4.tcp_tw_recycle' do\n    value 1\n  end\nend\n",
        ),
        ("a.pp", "if debian::codename::eq('stretch') {\n  sysctl { 'net.ipv4.tcp_tw_recycle': value => 1 }\n}\n"),
        ("a.pp", "if $facts['os']['name'] == 'CentOS' {\n  sysctl { 'net.ipv4.tcp_tw_recycle': value => 1 }\n}\n"),
        (
            "a.pp",
            "case $::operatingsystem {\n  'CentOS': {\n    sysctl { 'net.ipv4.tcp_tw_recycle': value => 1 }\n  }\n}\n",
        ),
        (
            "a.sls",
            "{% if grains['os'] == 'SLES' %}\nnet.ipv4.tcp_tw_recycle:\n  sysctl.present:\n  - value: 1\n{% endif %}\n",
        ),
    ],
)
def test_a_condition_on_the_kernel_covers_its_branch(tmp_path: Path, name: str, text: str) -> None:
    assert "TT102" not in {item[0] for item in told(run(tmp_path, {name: text}), tmp_path)}


@pytest.mark.parametrize("asked", ["$oscillate", "$facts['oslo']['on']", "$encode", "$rhel9cis_rule"])
def test_a_condition_on_something_else_covers_nothing(tmp_path: Path, asked: str) -> None:
    text = f"if {asked} == 'x' {{\n  sysctl {{ 'net.ipv4.tcp_tw_recycle': value => 1 }}\n}}\n"
    assert "TT102" in {item[0] for item in told(run(tmp_path, {"a.pp": text}), tmp_path)}


def test_a_switch_beside_a_name_is_no_value(tmp_path: Path) -> None:
    text = "- name: net.ipv4.conf.all.rp_filter\n  softfail: True\n- name: net.core.somaxcon\n  softfail: True\n"
    assert told(run(tmp_path, {"a.yml": text}), tmp_path) == []


def test_a_value_that_a_function_fills_in_leaves_the_name_to_be_judged(tmp_path: Path) -> None:
    text = "x:\n  net.ipv4.ip_forwad:\n    value: {get_param: Forward}\n"
    assert told(run(tmp_path, {"a.yml": text}), tmp_path) == [("TT101", "a.yml", 2, 3)]


def test_json_in_yaml_is_read_with_its_places(tmp_path: Path) -> None:
    folded = (
        'spec:\n  config: \'{\n    "plugins": [{"type": "tuning",\n      "sysctl": {"net.core.somaxcon": "1"}}]}\'\n'
    )
    escaped = 'spec:\n  config: "{\\"sysctl\\": {\\"net.core.somaxcon\\": \\"1\\"}}"\n'
    assert told(run(tmp_path, {"a.yml": folded}), tmp_path) == [("TT101", "a.yml", 4, 19)]
    (tmp_path / "a.yml").unlink()
    assert told(run(tmp_path, {"b.yml": escaped}), tmp_path) == [("TT101", "b.yml", 2, 28)]
    assert escaped.split("\n")[1][27:44] == "net.core.somaxcon"


def test_a_manifest_in_a_config_map_is_read(tmp_path: Path) -> None:
    inner = "    securityContext:\n      sysctls:\n      - name: net.ipv4.tcp_tw_recycle # old\n        value: '1'\n"
    text = f"apiVersion: v1\nkind: ConfigMap\ndata:\n  pod.yaml: |\n{inner}"
    assert told(run(tmp_path, {"a.yml": text}), tmp_path) == [("TT102", "a.yml", 7, 15)]
