"""Other ways in which Ansible and Salt write a line of a file of the loaders."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.marks import check

KEY = "net.ipv4.tcp_tw_recycle"
INTO = "path: /etc/sysctl.conf\n    regexp: '^#?\\s*(«TT102»net\\.ipv4\\.tcp_tw_recycle){}.*'\n"


@pytest.mark.parametrize(
    "text",
    [
        f"- ini_file: dest=/etc/sysctl.conf section='' option=«TT102»{KEY} value=1\n",
        f"- community.general.ini_file: path=/etc/sysctl.d/9.conf option=«TT102»{KEY} value='1'\n",
        f"- replace: path=/etc/sysctl.conf regexp='^x.*' replace='«TT102»{KEY} = 1'\n",
        "- replace:\n    " + INTO.format("") + "    replace: '\\1 = 1'\n",
        "- replace:\n    " + INTO.format("").replace("){}", "\\s*=\\s*)") + "    replace: '\\g<1> = 1'\n",
        "- lineinfile:\n    " + INTO.format("") + "    backrefs: yes\n    line: '\\1 = 1'\n",
    ],
)
def test_a_task_writes_a_line(tmp_path: Path, text: str) -> None:
    check(tmp_path, "roles/a/tasks/main.yml", text)


@pytest.mark.parametrize(
    "text",
    [
        f"- ini_file: dest=/etc/sysctl.conf option={KEY} value=1 state=absent\n",
        f"- ini_file: dest=/etc/other.ini option={KEY} value=1\n",
        "- replace:\n    " + INTO.format("").replace("«TT102»", "") + "    replace: '#\\1'\n",
        "- lineinfile:\n    " + INTO.format("").replace("«TT102»", "") + "    line: '\\1 = 1'\n",
    ],
)
def test_a_task_that_writes_none(tmp_path: Path, text: str) -> None:
    check(tmp_path, "roles/a/tasks/main.yml", text)


@pytest.mark.parametrize(
    "text",
    [
        f"a:\n  cmd.run:\n    - names:\n      - sysctl -w «TT102»{KEY}=1\n      - echo a\n",
        f"a:\n  module.run:\n    - name: sysctl.persist\n    - m_name: «TT102»{KEY}\n    - value: 1\n",
        f"a:\n  module.run:\n    - sysctl.assign:\n      - name: «TT102»{KEY}\n      - value: 1\n",
    ],
)
def test_a_state_of_salt_sets(tmp_path: Path, text: str) -> None:
    check(tmp_path, "a.sls", text)
