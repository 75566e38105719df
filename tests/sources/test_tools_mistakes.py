"""Careless mistakes as manifests, states, recipes, node pools and TOML hold them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.marks import check

STATE = "net.core.somaxconn:\n  sysctl.present:\n    - value: {}\n"
HASH = "class a {{\n  $sysctls = {{\n    'net.core.somaxconn' => {{ {} }},\n  }}\n}}\n"
POOL = 'resource "pool" "a" {{\n  sysctl_config {{\n      net_core_somaxconn = {}\n  }}\n}}\n'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.sls", STATE.format("«TT001»")),
        ("a.sls", STATE.format('"«TT001»"')),
        ("a.sls", STATE.format("\"«TT005»'5000'\"")),
        ("a.sls", STATE.format('"«TT003»5000 # more"')),
        ("a.sls", STATE.format('5000 # it\'s "more"')),
        ("a.sls", STATE.format('«TT007»"5000')),
        ("a.sls", STATE.format("5000").replace("    -", "«TT007»\t-")),
        ("a.sls", STATE.format('"5000').replace("net", "{{ x }}net")),
        ("a.sls", STATE.format('{{ pillar["a"] }}')),
        ("a.sls", STATE.format("5000").replace("net.core.", "«TT006»/proc/sys/net/core/")),
        ("a.pp", HASH.format("ensure => present, value => '«TT202»-1'")),
        ("a.pp", HASH.format("'ensure' => 'present', comment => 'x', 'value' => \"«TT001»\"")),
        ("a.pp", HASH.format("ensure => absent, value => -1")),
        ("a.pp", "sysctl { '«TT006»/proc/sys/net/core/somaxconn':\n  value => '5000',\n}\n"),
        ("a.pp", "# sysctl\nfile { '/proc/sys/net/core/somaxconn':\n  content => '5000',\n}\n"),
        ("a.rb", "sysctl '«TT006»/proc/sys/net/core/somaxconn' do\n  value 5000\nend\n"),
        ("a.rb", "file '/proc/sys/net/core/somaxconn' do\n  content '5000'\nend\n# sysctl\n"),
        ("a.tf", POOL.format('"«TT001»"')),
        (
            "a.tf",
            POOL.format("«TT007»").replace("      net_core_somaxconn = «TT007»", "      «TT007»net_core_somaxconn ="),
        ),
        ("a.toml", '[settings.kernel.sysctl]\n"«TT006»/proc/sys/net/core/somaxconn" = "5000"\n'),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)
