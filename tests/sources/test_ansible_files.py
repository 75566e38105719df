"""Ansible's tasks that write lines of a loop into a file of the loaders."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.marks import check

ROWS = "  loop:\n    - line: «TT001»net.ipv4.tcp_fin_timeout 30\n    - {line: 'net.core.somaxconn = 1024'}\n"
INTO = "- lineinfile:\n    path: /etc/sysctl.conf\n"
WORDS = "  with_items:\n    - «TT001»net.ipv4.tcp_fin_timeout 30\n    - net.core.somaxconn=1024\n"


@pytest.mark.parametrize(
    "text",
    [
        INTO + "    line: '{{ item.line }}'\n" + ROWS,
        INTO + "    line: \"{{ item['line'] }}\"\n    regexp: '^{{ item.re }}'\n" + ROWS,
        "- ansible.builtin.lineinfile:\n    dest: /etc/sysctl.d/9.conf\n    line: '{{ item }}'\n" + WORDS,
        "- blockinfile:\n    path: /etc/sysctl.d/9.conf\n    block: '{{ item.line }}'\n" + ROWS,
        INTO + "    line: '{{ row.line }}'\n  loop_control:\n    loop_var: row\n" + ROWS,
        "- lineinfile: dest=/etc/sysctl.conf line={{ item.line }}\n" + ROWS,
        '- lineinfile: dest=/etc/sysctl.conf state=present line="{{ item }}"\n' + WORDS,
        '- lineinfile: dest=/etc/sysctl.conf line="«TT001»net.ipv4.tcp_fin_timeout 30"\n',
        INTO + "    line: «TT001»net.ipv4.tcp_fin_timeout 30\n",
        (
            INTO + "    line: '{{ item }}'\n"
            "  loop:\n    - '«TT001»net.ipv4.tcp_fin_timeout: 30'\n    - «TT001»net.core.default_qdisc fq\n"
        ),
    ],
)
def test_a_line_without_a_sign_of_equality_is_told_of(tmp_path: Path, text: str) -> None:
    """It goes into a file that a loader reads as it stands."""
    check(tmp_path, "roles/a/tasks/main.yml", text)


@pytest.mark.parametrize(
    "text",
    [
        INTO + "    line: '{{ item.line }}'\n    state: absent\n" + ROWS,
        INTO + "    line: \"{{ item.line | replace(' ', '=') }}\"\n" + ROWS,
        INTO + "    line: '{{ item.line }}'\n    backrefs: true\n" + ROWS,
        "- lineinfile:\n    path: /root/sysctl.txt\n    line: '{{ item }}'\n" + WORDS,
        "- lineinfile:\n    path: '{{ sysctl_file }}'\n    line: '{{ item }}'\n" + WORDS,
        INTO + "    line: '{{ item }} = 1'\n" + WORDS,
        INTO + "    line: '{{ item }}'\n  loop: [net.ipv4.tcp_sack, '# net 1']\n",
        "- lineinfile:\n    path: /etc/modules-load.d/sysctl.conf\n    line: '{{ item }}'\n" + WORDS,
        '- lineinfile: dest=/etc/sysctl.conf state=absent line="net.ipv4.tcp_fin_timeout 30"\n',
        "- debug:\n    msg: '{{ item }}'\n" + WORDS,
    ],
)
def test_what_becomes_something_else_or_goes_elsewhere_is_not(tmp_path: Path, text: str) -> None:
    """What takes a line out, what a filter changes, other files."""
    check(tmp_path, "roles/a/tasks/main.yml", text.replace("«TT001»", ""))
