"""Comments that belong to a setting, and suppressions, in formats where they do not stand right above it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptune.sources import detect
from tcptune.sources.base import Text
from tests.support.marks import check

FIN = "net.ipv4.tcp_fin_timeout"
ABOVE = [
    ("Dockerfile", "# {}\nRUN sysctl -w " + FIN + "=«TT404»5\n"),
    ("Makefile", "a:\n\t# {}\n\tsysctl -w " + FIN + "=«TT404»5\n"),
    ("a.service", "[Service]\n# {}\nExecStart=/sbin/sysctl -w " + FIN + "=«TT404»5\n"),
    ("a.cfg", "# {}\nd-i preseed/late_command string sysctl -w " + FIN + "=«TT404»5\n"),
]


@pytest.mark.parametrize(("name", "text"), ABOVE)
def test_a_comment_above_a_command_is_read(name: str, text: str) -> None:
    reading = detect.read(Text(name, text.format("shortens it").replace("«TT404»", "")))
    assert reading is not None
    assert [setting.comment.strip() for setting in reading.settings] == ["# shortens it"]


@pytest.mark.parametrize(("name", "text"), ABOVE)
def test_a_comment_above_a_command_suppresses(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text.format("a comment"))
    check(tmp_path, name, text.format("tcptune: ignore[TT404] on purpose").replace("«TT404»", ""))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tasks/a.yml", f"# shortens it\n- name: a\n  sysctl:\n    name: {FIN}\n    value: 5\n"),
        ("a.yml", f"sysctls:\n- name: {FIN}\n  value: 5 # shortens it\n"),
        ("a.rb", f"# shortens it\nsysctl '{FIN}' do\n  value 5\nend\n"),
        ("a.pp", f"# shortens it\nsysctl {{ '{FIN}':\n  value => '5',\n}}\n"),
    ],
)
def test_the_comment_above_a_task_or_a_resource_is_beside_what_it_sets(name: str, text: str) -> None:
    reading = detect.read(Text(name, text))
    assert reading is not None
    assert [setting.comment for setting in reading.settings] == ["# shortens it"]


def test_the_comment_above_one_resource_is_not_that_of_the_next() -> None:
    text = f"# first\nsysctl '{FIN}' do\n  value 5\nend\nsysctl 'net.ipv4.tcp_retries2' do\n  value 5\nend\n"
    reading = detect.read(Text("a.rb", text))
    assert reading is not None
    assert [setting.comment for setting in reading.settings] == ["# first", ""]


@pytest.mark.parametrize(
    "script",
    [
        'if sysctl net.a.b; then\n  {said}  echo "net.ipv4.tcp_fin_timeout=«TT901»30" >> /etc/sysctl.conf\nfi\n',
        '{said}echo start\necho "net.ipv4.tcp_fin_timeout=30" >> /etc/sysctl.conf\n',
    ],
)
def test_a_comment_above_a_command_that_prints_a_line_for_a_loader_speaks_of_that_line(
    tmp_path: Path, script: str
) -> None:
    check(tmp_path, "a.sh", "#!/bin/sh\n" + script.format(said="# fin_timeout shortens TIME_WAIT\n"))
