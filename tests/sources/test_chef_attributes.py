"""Chef's attributes whose names stand on lines below the level that they belong to."""

from __future__ import annotations

import pytest

from tcptune.sources import resources
from tcptune.sources.base import Text

TAP = "node.default['sysctl']['params']['net']['ipv4'].tap do |ipv4|\n"


def pairs(recipe: str) -> list[tuple[str, str]]:
    return [(setting.key, setting.raw) for setting in resources.read(Text("attributes/default.rb", recipe)).settings]


@pytest.mark.parametrize(
    ("recipe", "expected"),
    [
        (
            "default['sysctl']['net']['ipv4'] = {\n  \"tcp_rmem\" => \"4 5 6\",\n  'tcp_sack' => 1, # on\n}\n",
            [("net.ipv4.tcp_rmem", "4 5 6"), ("net.ipv4.tcp_sack", "1")],
        ),
        (
            (
                "default[:sysctl][:params] = {\n  net: {\n    core: {\n      somaxconn: 4_096,\n    },\n  },\n"
                "  :vm => {\n    :swappiness => 1\n  },\n}\n"
            ),
            [("net.core.somaxconn", "4096"), ("vm.swappiness", "1")],
        ),
        (f"{TAP}  ipv4['tcp_sack'] = 1\nend\n", [("net.ipv4.tcp_sack", "1")]),
    ],
)
def test_the_names_below_a_level_are_read(recipe: str, expected: list[tuple[str, str]]) -> None:
    assert pairs(recipe) == expected


@pytest.mark.parametrize(
    "recipe",
    [
        "default['nginx']['net']['ipv4'] = {\n  'tcp_sack' => 1,\n}\n# sysctl\n",
        "default['sysctl']['net']['ipv4'] = {\n  'tcp_sack' => node['sack'],\n}\n",
        "default['sysctl']['net']['ipv4'] = {\n  'tcp_rmem' => \"4 #{middle} 6\",\n}\n",
        "default['sysctl']['net']['ipv4'] = {\n}\nother = {\n  'tcp_sack' => 1,\n}\n",
        f"{TAP}  ipv6['tcp_sack'] = 1\nend\n",
    ],
)
def test_other_attributes_and_what_is_computed_are_left_alone(recipe: str) -> None:
    assert pairs(recipe) == []


def test_a_name_stands_where_its_line_has_it() -> None:
    (setting,) = resources.read(Text("a.rb", "default['sysctl']['vm'] = {\n  'swappiness' => 1,\n}\n")).settings
    assert setting.key_at is not None
    assert setting.value_at is not None
    assert (setting.key_at.line, setting.key_at.column, setting.key_at.end_column) == (2, 4, 14)
    assert (setting.value_at.line, setting.value_at.column, setting.value_at.end_column) == (2, 19, 20)
