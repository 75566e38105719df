"""The port budget of each destination."""

from __future__ import annotations

import pytest

from tcptune.audit.destinations import port_budget, uses
from tcptune.model.setting import Setting
from tcptune.model.sockets import Destination, SocketTable


def settings(low: int, high: int, reserved: str = "") -> dict[str, Setting]:
    pair, ports = "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports"
    return {pair: Setting(pair, f"{low} {high}", (low, high)), ports: Setting(ports, reserved, reserved)}


@pytest.mark.parametrize(
    ("reserved", "expected"),
    [("", 101), ("1050", 100), ("1050,1060-1069", 90), ("1-1009", 91), ("1090-2000", 90), ("5-6", 101)],
)
def test_reserved_ports_are_taken_from_the_range(reserved: str, expected: int) -> None:
    assert port_budget(settings(1000, 1100, reserved)) == expected


def test_without_a_range_there_is_no_budget() -> None:
    assert port_budget({}) is None


def test_the_busiest_destination_comes_first_with_all_its_states() -> None:
    quiet, busy = Destination("10.0.0.1", "10.0.0.2", 80), Destination("10.0.0.1", "2001:db8::1", 443)
    table = SocketTable(outbound={"TIME_WAIT": {busy: 7, quiet: 1}, "ESTABLISHED": {busy: 2}})
    found = uses(table, settings(1000, 1100))
    assert found is not None
    assert [(use.name, use.used, use.budget) for use in found] == [
        ("[2001:db8::1]:443", 9, 101),
        ("10.0.0.2:80", 1, 101),
    ]
    assert found[0].states == {"ESTABLISHED": 2, "TIME_WAIT": 7}


def test_without_a_socket_table_nothing_is_claimed() -> None:
    assert uses(None, settings(1000, 1100)) is None
