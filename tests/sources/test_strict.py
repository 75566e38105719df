"""JSON and TOML by the letter: what the readers here would pass over and the tools do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.marks import check

JSON = '{{"sysctls": {{\n  {}\n}}}}\n'
TOML = "[settings.kernel.sysctl]\n{}\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", JSON.format('"net.core.somaxconn": "5000"').replace('0"\n', '0",\n«TT007»')),
        ("a.json", JSON.format('«TT007»net.core.somaxconn: "5000"')),
        ("a.json", JSON.format("«TT007»'net.core.somaxconn': \"5000\"")),
        ("a.json", JSON.format('"net.core.somaxconn": "5000"\n  «TT007»"vm.swappiness": "1"')),
        ("a.conflist", JSON.format('"net.core.somaxconn": "5000",\n  «TT007»# more')),
        ("a.json", '{"sysctls": {"net.core.somaxconn": "5000"}}\n«TT007»}\n'),
        ("a.toml", TOML.format('"net.core.somaxconn" = "5000«TT007»')),
        ("a.toml", TOML.format('"net.core.somaxconn" = «TT007»')),
        ("a.toml", TOML.format("").replace("]", "«TT007»")),
        ("a.toml", TOML.format('«TT101»net.core.somaxcon = "5000"')),
        ("a.container", "[Container]\nSysctl=net.core.somaxconn=«TT001»\n"),
    ],
)
def test_what_does_not_parse_is_said_where_it_stands(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", JSON.format('// more\n  "net.core.somaxconn": "5000",')),
        ("a.json.tpl", JSON.format('"net.core.somaxconn": "5000",')),
        ("a.json", JSON.format('"net.core.somaxconn": "5000",\n  {{ more }}')),
        ("a.json", "\ufeff" + JSON.format('"a": "b\tc\n", "net.core.somaxconn": "5000"')),
        ("a.json", '{"a": 1,}\n'),
        ("a.toml", TOML.format('"net.core.somaxconn" = {{ .max }}')),
        ("a.toml", TOML.format('"net.core.somaxconn" = ${max}')),
        ("a.toml", TOML.format('"net.core.somaxconn" = "5000"').replace("\n", "\r\n")),
        ("a.toml", '[labels]\nnet.core.somaxcon = "sysctl"\n'),
    ],
)
def test_what_parses_and_what_is_a_template_is_left_alone(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)
