"""Invisible characters in and beside the names of parameters are told in every format (TT002)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.lint import run, told
from tests.support.marks import check

ZERO, BLANK, WIDE = "\u200b", "\u00a0", "\u3000"
TASK = "- sysctl:\n    name: net.ipv4.tcp_sack{}\n    value: 0\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tasks/a.yml", TASK.replace("{}", f"«TT002»{ZERO}")),
        ("tasks/a.yml", "- sysctl: {name: net.ipv4.tcp«TT002»\u200b_sack, value: 0}\n"),
        ("group_vars/all.yml", f"sysctls:\n  net.ipv4.tcp_sack«TT002»{BLANK}: 0\n"),
        ("group_vars/all.yml", f"sysctls:\n  net.ipv4.tcp_sack:«TT002»{BLANK}0\n"),
        ("group_vars/all.yml", f"sysctls:\n  «TT002»{WIDE}net.ipv4.tcp_sack: 0\n  net.ipv4.tcp_dsack: 0\n"),
        ("init.pp", f"sysctl {{ 'net.ipv4.tcp_sack«TT002»{ZERO}': value => '0' }}\n"),
        ("a.rb", f"sysctl_param 'net.ipv4.tcp_sack«TT002»{ZERO}' do\n  value 0\nend\n"),
        ("main.tf", f'sysctls = {{\n  "net.ipv4.tcp_sack«TT002»{ZERO}" = "0"\n}}\n'),
        ("a.sh", f"sysctl -w net.ipv4.tcp_sack«TT002»{ZERO}=0\n"),
        ("a.sh", f"cat > /etc/sysctl.d/9-a.conf <<E\nnet.ipv4.tcp_sack«TT002»{ZERO} = 0\nE\n"),
        ("a.nix", f'{{ boot.kernel.sysctl."net.ipv4.tcp_sack«TT002»{ZERO}" = 0; }}\n'),
    ],
)
def test_a_name_that_nobody_recognizes_because_of_one(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tasks/a.yml", TASK.format("") + f"    # net.ipv4.tcp_dsack{ZERO}: 1\n"),
        ("group_vars/all.yml", f"sysctls:\n  net.ipv4.tcp_sack: 0  # net.ipv4{WIDE}\n"),
        ("a.yml", f"text: see net.ipv4.tcp_sack{BLANK}= 0 of the manual\n"),
        ("a.sh", f"echo 'net.ipv4.tcp_sack{ZERO} = 0'\n"),
    ],
)
def test_in_comments_and_texts_they_are_left_alone(tmp_path: Path, name: str, text: str) -> None:
    assert told(run(tmp_path, {name: text}), tmp_path) == []


def test_in_a_value_it_is_told_once_with_its_place(tmp_path: Path) -> None:
    report = run(tmp_path, {"a.yml": f"sysctls:\n  net.ipv4.tcp_sack: '0{ZERO}'\n"})
    assert told(report, tmp_path) == [("TT002", "a.yml", 2, 24)]
    assert "U+200B" in report.findings[0].message
