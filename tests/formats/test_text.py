"""Tables: in columns where there is room, a row at a time on a narrow terminal."""

from __future__ import annotations

import pytest

from tcptune.formats.text import table

HEADERS = ["net.netfilter.", "value", "default", "unit", "status"]
ROWS = [
    ["nf_conntrack_tcp_timeout_established", "432000", "432000", "seconds", "default"],
    ["nf_conntrack_max", "262144", "131072", "entries", "changed: set at run time TT604"],
    ["nf_conntrack_tcp_loose", "1", "1", "", "default"],
]


@pytest.mark.parametrize("width", [40, 50, 59])
def test_a_narrow_terminal_breaks_no_line_of_a_table(width: int) -> None:
    drawn = table(HEADERS, ROWS, width, shrink=(1, 2, 3, 4))
    assert max(map(len, drawn)) <= width
    assert drawn[0].startswith("net.netfilter.")
    told = " ".join(" ".join(drawn).split())
    assert all(cell in told for row in ROWS for cell in row[:3])


def test_a_row_of_a_narrow_table_is_its_name_and_a_paragraph() -> None:
    assert table(HEADERS, ROWS, 40)[:6] == [
        "net.netfilter.",
        "nf_conntrack_tcp_timeout_established",
        "  value 432000, default 432000, unit",
        "  seconds, status default",
        "nf_conntrack_max",
        "  value 262144, default 131072, unit",
    ]


def test_eighty_columns_are_columns() -> None:
    drawn = table(HEADERS, ROWS, 80, shrink=(1, 2, 3, 4))
    assert drawn[0].split() == HEADERS
    assert drawn[1].split() == ROWS[0]
