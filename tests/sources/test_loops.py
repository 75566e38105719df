"""Loops, maps in expressions and resources with a name of their own: whose entry sets what, and where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.marks import check

TASK = "- sysctl:\n    name: '{{ item.param }}'\n    value: '{{ item[\"wanted\"] }}'\n  loop"
DIVIDE = "- sysctl:\n    name: '{{ item.split(\"=\")[0] }}'\n    value: '{{ item.split(\"=\")[1] }}'"
TWO = r"net.ipv4.tcp_fin_timeout=«TT404»5\nnet.ipv4.tcp_retries2=«TT409»3\n"
LINE = "- lineinfile: dest=/etc/sysctl.conf"
FILE = "- lineinfile:\n    path: /etc/sysctl.conf\n    line: '{{ item.row }}'\n  loop:\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tasks/a.yml", f"{TASK}:\n  - {{note: a, param: net.ipv4.tcp_fin_timeout, wanted: «TT404»5, more: b}}\n"),
        ("tasks/a.yml", f"{TASK}: \"{{{{ {{'net.ipv4.tcp_fin_timeout': «TT404»5}} | dict2items }}}}\"\n"),
        ("tasks/a.yml", f"{TASK}: \"{{{{ [{{'name': 'net.ipv4.tcp_retries2', 'value': '«TT409»3'}}] }}}}\"\n"),
        ("tasks/a.yml", f"{TASK}: >-\n    {{{{ {{'net.ipv4.tcp_fin_timeout': «TT404»5}} | dict2items }}}}\n"),
        ("tasks/a.yml", f"{FILE}  - {{re: ^net, row: 'net.ipv4.tcp_fin_timeout = «TT404»5'}}\n"),
        ("tasks/a.yml", "- command:\n    argv: [sysctl, -w, net.ipv4.tcp_fin_timeout=«TT404»5]\n  name: x\n"),
        ("tasks/a.yml", "- sysctl: name={{ item.n }} value={{ item.v }}\n  loop:\n  - {n: vm.swapiness, v: 1}\n"),
        ("tasks/a.yml", "- sysctl: name={{ item }} value=«TT404»5\n  loop:\n  - net.ipv4.tcp_fin_timeout\n"),
        (
            "tasks/a.yml",
            f"{DIVIDE}\n  loop:\n  - net.ipv4.tcp_fin_timeout=«TT404»5\n  - 'net.ipv4.tcp_retries2: «TT409»3'\n",
        ),
        ("tasks/a.yml", f"{LINE} line={{{{ item }}}}\n  with_items:\n  - net.ipv4.tcp_fin_timeout = «TT404»5\n"),
        (
            "tasks/a.yml",
            f"{LINE} line='{{{{ item.l }}}}'\n  with_items:\n  - {{l: net.ipv4.tcp_retries2=«TT409»3, r: a}}\n",
        ),
        ("tasks/a.yml", f"{LINE} regexp=x line={{{{ item }}}}\n  loop:\n  - and nothing else\n"),
        ("tasks/a.yml", f'- copy: content="{TWO}" dest=/etc/sysctl.d/9.conf\n'),
        ("vars/a.yml", "rows:\n  - {regexp: net.ipv4.tcp_fin_timeout, line: net.ipv4.tcp_fin_timeout = 30}\n"),
        ("tasks/a.yml", "- sysctl: name={{ item }} value=1\n  loop:\n  - «TT102»net.ipv4.tcp_tw_recycle\n"),
        ("tasks/a.yml", "- sysctl: name={{ item }} value={{ x }}\n  loop:\n  - net.ipv4.tcp_fin_timeout\n"),
        (
            "a.sls",
            (
                "{%- set more = {'net.ipv4.tcp_fin_timeout': «TT404»5,\n"
                '  "net.ipv4.tcp_retries2": "«TT409»3"} %}\nx:\n  sysctl.present:\n    - value: 1\n'
            ),
        ),
        (
            "a.sls",
            "x:\n  sysctl.present:\n    - names:\n      - net.ipv4.tcp_fin_timeout:\n        - value: «TT404»5\n",
        ),
        ("a.sls", "x:\n  file.replace:\n    - name: /etc/sysctl.conf\n    - repl: net.ipv4.tcp_fin_timeout=«TT404»5\n"),
        (
            "a.rb",
            "sysctl_param 'net.ipv4.tcp_fin_timeout' do\n  value «TT404»5\nend.tap { |x| x.run_action(:apply) }\n",
        ),
        ("a.rb", "sysctl 'wait less' do\n  key 'net.ipv4.tcp_fin_timeout'\n  value «TT404»5\nend\nkey 'vm.x'\n"),
        ("a.rb", "default['sysctl']['params'].tap do |p|\n  p['net']['ipv4']['tcp_retries2'] = «TT409»3\nend\n"),
        ("a.pp", "x::conf { 'a': content => \"net.ipv4.tcp_fin_timeout = «TT404»5\\n\" }\n"),
        ("a.pp", "x::conf { 'a': content => \"# a\\n«TT105»net.netfilter.nf_conntrack_max = 9999\\n\" }\n"),
    ],
)
def test_each_entry_is_found_at_its_place(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text.replace("n: vm.swapiness", "n: «TT101»vm.swapiness"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tasks/a.yml", f"{TASK}:\n  - {{param: net.ipv4.tcp_fin_timeout, wanted: 5, state: absent}}\n"),
        ("tasks/a.yml", f"{TASK}: \"{{{{ ['net.ipv4.tcp_fin_timeout'] }}}}\"\n"),
        ("tasks/a.yml", "- command:\n    argv: [sysctl, -n, net.ipv4.tcp_tw_recycle]\n  name: x\n"),
        (
            "tasks/a.yml",
            "- sysctl: {name: net.ipv4.route.flush, value: 1}\n- sysctl: {name: net.ipv4.route.flush, value: 1}\n",
        ),
        (
            "a.sls",
            (
                "net.core.somaxconn:\n  sysctl.present:\n    - value: 9\nnet.{{ x }}.y:\n"
                "  sysctl.present:\n    - value: 8\n"
            ),
        ),
        (
            "a.sls",
            (
                "a:\n  cmd.run:\n    - name: sysctl -w vm.swappiness=7\n"
                "b:\n  file.append:\n    - name: /etc/sysctl.conf\n    - text: vm.swappiness=7\n"
            ),
        ),
        ("a.sls", "{#- what { is here -#}\n/etc/x:\n  file:\n    - absent\n"),
        ("a.rb", "template 'wait less' do\n  key 'net.ipv4.tcp_fin_timeout'\n  value 5\nend\n"),
        ("a.rb", "default['x'].tap do |p|\n  p['net']['ipv4']['tcp_retries2'] = 3\nend\n"),
    ],
)
def test_what_sets_nothing_or_the_same_elsewhere_is_silent(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)
