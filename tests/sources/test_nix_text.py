"""What is code of a Nix expression, what is text, and which attribute sets are one with each other."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptune.sources import detect
from tcptune.sources.base import Text
from tcptune.sources.nix_text import layout
from tests.support.marks import check


def sysctl(value: int) -> str:
    return f'boot.kernel.sysctl = {{ "net.core.somaxconn" = {value}; }};'


OWN = 'config = { boot.kernel.sysctl."net.core.somaxconn" = «TT004»3000; };'


@pytest.mark.parametrize(
    "text",
    [
        "{\n  environment.etc.\"sysctl.d/60-a.conf\".text = ''\n    net.ipv4.tcp_fin_timeout = «TT404»5\n  '';\n}\n",
        (
            "{ x = ''\n  a ''${y} '''b\n  ${if c then ''\n  d\n  '' else \"''\"}\n'';\n"
            '  boot.kernel.sysctl."net.ipv4.tcp_fin_timeout" = «TT404»5;\n}\n'
        ),
        (
            "{\n  # it isn''t\n  /* nor ''here */\n  boot.kernel.sysctl = {\n"
            '    "net.ipv4.tcp_retries2" = «TT409»3;\n  };\n}\n'
        ),
        f"{{\n  {sysctl(1000)}\n  x = {{\n    {sysctl(2000)}\n  }};\n  {OWN}\n}}\n",
    ],
)
def test_code_is_read_at_its_place(tmp_path: Path, text: str) -> None:
    check(tmp_path, "a.nix", text)


@pytest.mark.parametrize(
    "text",
    [
        "{\n  example = lib.literalExpression ''\n    { \"net.ipv4.tcp_fin_timeout\" = 5; }\n  '';\n}\n",
        "{\n  description = ''\n    As sysctl -w net.ipv4.tcp_fin_timeout=5 does.\n  '';\n}\n",
        (
            f"{{\n  nodes.a = {{ pkgs, ... }}: {{\n    {sysctl(1000)}\n  }};\n  nodes.b = {{\n"
            f"    {sysctl(2000)}\n  }};\n}}\n"
        ),
        f"{{\n  a = {{ config = {{ {sysctl(1000)} }}; }};\n  b = {{ config = {{ {sysctl(2000)} }}; }};\n}}\n",
        '{ options.s = mkOption {\n  example = {\n    "net.ipv4.tcp_tw_recycle" = 1;\n  };\n  type = t;\n}; }\n',
        '{ x = { example = { boot.kernel.sysctl = { "net.ipv4.tcp_tw_recycle" = 1; }; }; }; }\n',
    ],
)
def test_text_that_speaks_and_other_machines_are_silent(tmp_path: Path, text: str) -> None:
    check(tmp_path, "a.nix", text)


@given(st.text(alphabet="{}'\"$\\#*/;= \na", max_size=60))
def test_any_expression_has_a_layout(source: str) -> None:
    found = layout(source)
    assert all(begin <= end <= len(source) for begin, end in found.texts)


@pytest.mark.parametrize("piece", ["{", "''", "''${", '"${', "}", "''$", "/*"])
def test_nesting_costs_no_stack(piece: str) -> None:
    layout(piece * 20_000)


@pytest.mark.parametrize("name", ["a.nix", "a.pp"])
def test_blocks_nested_without_end_are_read_in_bounded_time(name: str) -> None:
    assert detect.read(Text(name, "{" * 20_000)) is not None
