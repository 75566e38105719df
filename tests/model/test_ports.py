"""The budget of ephemeral ports: arithmetic that everything about exhaustion rests on."""

from __future__ import annotations

from typing import Any

import pytest

from tcptune.model.ports import (
    RANGE,
    RESERVED,
    REUSE,
    REUSE_DELAY,
    TIMESTAMPS,
    Budget,
    Reuse,
    Use,
    budget,
    port_range,
    reuse_of,
    sustainable,
    usable_ports,
)
from tcptune.model.sockets import Destination

FAR = Destination("10.0.0.1", "10.0.0.9", 443)
NEAR = Destination("127.0.0.1", "127.0.0.1", 443)
SAME_HOST = Destination("10.0.0.1", "10.0.0.1", 443)


def use(waiting: int, live: int = 0, *, ports: int | None = 1000, **more: Any) -> Use:
    states = {"TIME_WAIT": waiting, "ESTABLISHED": live}
    return Use("10.0.0.1", "10.0.0.9", 443, states, waiting + live, ports, **more)


def stands(use: Use, reuse: Reuse | None = None) -> Budget:
    found = budget(use, reuse or Reuse())
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("reserved", "expected"),
    [("", 101), ("1050", 100), ("1050,1060-1069", 90), ("1-1009", 91), ("1090-2000", 90), ("5-6", 101)],
)
def test_reserved_ports_are_taken_from_the_range(reserved: str, expected: int) -> None:
    found = usable_ports(1000, 1100, reserved)
    assert found is not None and found.usable == expected
    assert port_range({RANGE: (1000, 1100), RESERVED: reserved}) == found


def test_a_range_that_is_none_has_no_ports() -> None:
    assert usable_ports(1100, 1000) is None
    assert port_range({}) is None
    assert budget(use(5, ports=None), Reuse()) is None


@pytest.mark.parametrize(
    ("mode", "to", "works"),
    [(0, NEAR, False), (1, FAR, True), (1, NEAR, True), (2, FAR, False), (2, NEAR, True), (2, SAME_HOST, False)],
)
def test_reuse_2_is_for_loopback_addresses_alone(mode: int, to: Destination, works: bool) -> None:
    assert Reuse(mode).works(to) is works


def test_reuse_needs_timestamps_of_both_sides() -> None:
    assert Reuse(1, 1).works(FAR, None)
    assert not Reuse(1, 0).works(FAR, True)
    assert not Reuse(1, 1).works(FAR, False)
    assert Reuse(1, 0).wanted(FAR)


def test_the_parameters_say_what_reuse_does() -> None:
    assert reuse_of({REUSE: 1, TIMESTAMPS: 0, REUSE_DELAY: 250}) == Reuse(1, 0, 0.25)
    assert reuse_of({}) == Reuse(0, 1, 1.0)


def test_without_reuse_every_socket_holds_its_port_for_a_minute() -> None:
    found = stands(use(600, 100))
    assert (found.held, found.reusable, found.lifetime) == (700, 0, 60.0)
    assert found.pressed == pytest.approx(0.7)
    assert found.sustainable == pytest.approx(900 / 60)


def test_with_reuse_only_the_last_second_holds_ports() -> None:
    """500 began within ten seconds: 50 of them within the last one."""
    found = stands(use(900, 100, young=500), Reuse(1))
    assert (found.held, found.reusable, found.lifetime) == (150, 850, 1.0)
    assert found.sustainable == pytest.approx(900)


def test_what_cannot_be_reused_for_lack_of_the_peers_timestamps_is_held() -> None:
    assert stands(use(900, 100, young=500, timestamps=False), Reuse(1)).held == 1000


def test_the_time_left_is_what_is_free_by_what_comes_more_than_goes() -> None:
    assert stands(use(500, 0, young=200, ending=100)).seconds == pytest.approx(50)
    assert stands(use(500, 0, young=100, ending=100)).seconds is None
    assert stands(use(500, 0, young=100, ending=200)).seconds is None
    assert stands(use(1000)).seconds == 0
    assert stands(use(500, growth=25.0)).seconds == pytest.approx(20)
    assert stands(use(500, young=200, growth=-1.0)).seconds is None


def test_what_ports_sustain() -> None:
    assert sustainable(28_232, 60) == pytest.approx(470.5, abs=0.1)
    assert sustainable(100, 60, live=200) == 0


def test_a_use_adds_up() -> None:
    one = use(600, 100, young=70)
    assert (one.time_wait, one.live, one.free, one.rate, one.name) == (600, 100, 300, 7.0, "10.0.0.9:443")
    assert one.share == pytest.approx(0.7)
    assert (use(5, ports=None).free, use(5, ports=None).share) == (None, 0.0)
