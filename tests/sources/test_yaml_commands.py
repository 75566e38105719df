"""Lists of commands under names that no tool is known for."""

from __future__ import annotations

import pytest

from tcptune.sources import yaml_source
from tcptune.sources.base import Text


def pairs(text: str) -> list[tuple[str, str]]:
    return [(setting.key, setting.raw) for setting in yaml_source.read(Text("a.yaml", text)).settings]


@pytest.mark.parametrize(
    "command",
    [
        "sysctl -w net.ipv4.tcp_fin_timeout=5",
        "sudo sysctl net.ipv4.tcp_fin_timeout=5",
        "ip netns exec $NS sysctl -w net.ipv4.tcp_fin_timeout=5",
        "echo 5 > /proc/sys/net/ipv4/tcp_fin_timeout",
        "echo net.ipv4.tcp_fin_timeout=5 >> /etc/sysctl.conf",
        "echo net.ipv4.tcp_fin_timeout=5 | sudo tee -a /etc/sysctl.conf",
    ],
)
@pytest.mark.parametrize("name", ["daemon_startup_actions", "setupCommands", "post-up"])
def test_a_command_that_sets_is_read_once(name: str, command: str) -> None:
    assert pairs(f"x:\n  {name}:\n    - {command}\n") == [("net.ipv4.tcp_fin_timeout", "5")]


def test_the_settings_beside_a_list_of_commands_are_read_too() -> None:
    text = "x:\n  boot_commands:\n    - sysctl -w vm.swappiness=1\n  net.core.somaxconn: 4096\n"
    assert pairs(text) == [("vm.swappiness", "1"), ("net.core.somaxconn", "4096")]


@pytest.mark.parametrize(
    "text",
    [
        "x:\n  rollback_commands:\n    - sysctl -w vm.swappiness=1\n",
        "x:\n  description:\n    - sysctl -w vm.swappiness=1\n",
        "x:\n  check_commands:\n    - sysctl -w vm.swappiness=1\n",
        "x:\n  boot_commands:\n    - sysctl -n vm.swappiness\n",
        "x:\n  boot_commands:\n    - how to run sysctl -w vm.swappiness=1\n",
    ],
)
def test_what_tells_of_a_command_or_takes_it_back_sets_nothing(text: str) -> None:
    assert pairs(text) == []
