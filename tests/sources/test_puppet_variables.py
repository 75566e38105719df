"""What a resource of Puppet takes from a variable with a plain value is judged where that value stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.marks import check

TAKES = "  sysctl { 'net.ipv4.tcp_fin_timeout': value => $fin_timeout }\n}\n"


@pytest.mark.parametrize(
    "text",
    [
        "class a (\n  Integer $fin_timeout = «TT404»10, # seconds\n) {\n" + TAKES,
        "class a ($fin_timeout = '«TT404»10') {\n" + TAKES,
        "class a {\n  $fin_timeout = «TT404»10\n" + TAKES.replace("$fin_timeout", '"${fin_timeout}"'),
        "class a (\n  Integer[1, 60] $low = 15,\n  Variant[Integer, Undef] $fin_timeout = «TT404»5\n) {\n" + TAKES,
        "class a ($range = '«TT410»1024 65535') {\n  sysctl { 'net.ipv4.ip_local_port_range': value => $range }\n}\n",
        "class a ($stamps = «TT402»0, $reuse = 1) {\n  sysctl { 'net.ipv4.tcp_timestamps': value => $stamps }\n}\n",
    ],
)
def test_the_value_of_a_variable_is_judged_where_it_stands(tmp_path: Path, text: str) -> None:
    check(tmp_path, "init.pp", text)


@pytest.mark.parametrize(
    "text",
    [
        "class a ($fin_timeout = 60) {\n" + TAKES,
        "class a ($fin_timeout = undef) {\n" + TAKES,
        "class a ($fin_timeout = 10) {\n  if $fin_timeout > 10 {\n" + TAKES + "}\n",
        "class a ($fin_timeout = 10 * $b) {\n" + TAKES,
        "class a {\n  case $b {\n    'c': { $fin_timeout = 10 }\n  }\n" + TAKES,
        "class a {\n  $fin_timeout = 10\n}\nclass b {\n  $fin_timeout = $c\n" + TAKES,
        "class a ($fin_timeout = $b::c) {\n  $other = 10\n" + TAKES,
    ],
)
def test_what_is_not_certain_or_fine_is_passed_over(tmp_path: Path, text: str) -> None:
    check(tmp_path, "init.pp", text)
