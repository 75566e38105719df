"""A variable that a playbook's loops only ask about sets nothing; one that any other task uses may be set by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.marks import check

ASKS = """
- command:
    cmd: "sysctl -n {{ item.key }}"
  register: told
  loop: "{{ wanted }}"
"""
LOOKS = """
- ansible.builtin.assert:
    that: item.key in known
  loop: "{{ wanted }}"
"""
SETS = """
- include_role: {name: tune}
  loop: "{{ wanted }}"
"""
TAKES = """
- template: {src: a.j2, dest: /etc/sysctl.d/a.conf}
  vars: {rows: "{{ wanted }}"}
"""


@pytest.mark.parametrize(
    ("mark", "others"),
    [
        ("", ASKS),
        ("", LOOKS),
        ("", ASKS + LOOKS),
        ("", ASKS + "# what is wanted\n"),
        ("«TT404»", ""),
        ("«TT404»", SETS),
        ("«TT404»", ASKS + SETS),
        ("«TT404»", ASKS + TAKES),
        ("«TT404»", ASKS + "\n- include_role: {name: tune}\n"),
        ("«TT404»", ASKS + "\n- ansible.builtin.import_tasks: tune.yml\n"),
        ("«TT404»", ASKS.replace("wanted", "unwanted")),
        ("«TT404»", ASKS.replace("-n", "-w")),
    ],
)
def test_a_variable_that_is_only_asked_about_sets_nothing(tmp_path: Path, mark: str, others: str) -> None:
    entry = f"      - key: net.ipv4.tcp_fin_timeout\n        value: {mark}5\n"
    check(tmp_path, "tasks/a.yml", f"- set_fact:\n    wanted:\n{entry}{others}")
