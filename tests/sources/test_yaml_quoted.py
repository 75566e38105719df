"""Double-quoted scalars: what they say is what the YAML parser says, and every character knows its place."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tcptune.sources.yaml_quoted import spelled
from tests.support.marks import check

TUNED = "kind: Tuned\nspec:\n  profile:\n  - name: a\n    data: "


def of(scalar: str) -> tuple[str, str]:
    """Return what we and what the parser make of a quoted scalar."""
    lines = scalar.split("\n")
    content, places = spelled(lines, (0, 1), (len(lines) - 1, len(lines[-1]) - 1))
    assert len(places) == len(content)
    for sign, (line, column) in zip(content, places, strict=True):
        assert sign in " \n" or lines[line][column] in (sign, "\\")
    return content, str(yaml.safe_load(scalar))


@pytest.mark.parametrize(
    "scalar",
    [
        '"a\\nb"',
        '"a b\n  c\n\n  d"',
        '"a\\\n  \\  b\\\\\n  c"',
        '"\\x41\\u00e9\\U0001F600\\t\\"\\/\\_"',
        '"a  \n\n\n  b "',
        '""',
        '"\n\n"',
        '"a \\\n\n  b"',
    ],
)
def test_the_content_is_that_of_the_parser(scalar: str) -> None:
    ours, theirs = of(scalar)
    assert ours == theirs


@given(st.text(alphabet='ab= \n\t"\\#:é😀', max_size=40), st.integers(20, 60))
def test_what_a_writer_of_yaml_makes_is_read(value: str, width: int) -> None:
    scalar = yaml.dump(value, default_style='"', width=width, allow_unicode=True).removesuffix("\n")
    ours, _ = of(scalar)
    assert ours == value


@pytest.mark.parametrize(
    "data",
    [
        '"[sysctl]\\nnet.ipv4.tcp_fin_timeout=«TT404»5\\n# more\\n«TT102»net.ipv4.tcp_tw_recycle=1\\n"\n',
        (
            '"[main]\\nsummary=of a very\n      long text\\n[sysctl]\\n#> more\n      here\\n'
            'net.ipv4.tcp_fin_timeout=«TT404»5\\n\\n\n      «TT102»net.ipv4.tcp_tw_recycle=1\\n"\n'
        ),
        '"[sysctl]\\n\\\n      «TT102»net.ipv4.tcp_tw_recycle=1\\n\\\n      net.ipv4.tcp_fin_timeout=«TT404»5\\n"\n',
    ],
)
def test_settings_in_it_are_found_at_their_place(tmp_path: Path, data: str) -> None:
    check(tmp_path, "a.yaml", TUNED + data)


def test_augeas_sets_what_its_changes_say(tmp_path: Path) -> None:
    text = (
        "augeas { 'a':\n  context => '/files/etc/sysctl.conf',\n  changes => [\n"
        "    'set net.ipv4.tcp_fin_timeout «TT404»5',\n    'rm net.ipv4.tcp_tw_recycle',\n  ],\n}\n"
    )
    check(tmp_path, "a.pp", text)
