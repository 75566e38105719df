"""Ports that run out, sockets that nobody closes, translated connections without a port: what helps each of them."""

from __future__ import annotations

from typing import Any

import pytest

from tcptune.model.finding import Finding
from tcptune.model.host import Conntrack, Pressure
from tcptune.model.ports import Closing, Owner, PortPressure, PortRange, Use
from tcptune.model.value import Value
from tcptune.rules.view import View
from tests.support.views import found, live_view

USABLE = 28_232
RANGE = "net.ipv4.ip_local_port_range"
REUSE, TIMESTAMPS = "net.ipv4.tcp_tw_reuse", "net.ipv4.tcp_timestamps"
CALLER = Owner(42, "caller", 3, unit="caller.service", confidence="likely")


def use(waiting: int, live: int = 1, *, remote: str = "10.0.0.9", usable: int = USABLE, **more: Any) -> Use:
    given: dict[str, Any] = {"timestamps": True, "owners": (CALLER,), "bound": waiting // 2, **more}
    local = "127.0.0.1" if remote.startswith("127.") else "10.0.0.1"
    states = {"TIME_WAIT": waiting, "ESTABLISHED": live}
    return Use(local, remote, 443, states, waiting + live, usable, **given)


def view(*uses: Use, changed: dict[str, Value] | None = None, **more: Any) -> View:
    usable = uses[0].budget if uses and uses[0].budget else USABLE
    ports = PortPressure(PortRange(1, usable), tuple(uses), **more)
    return live_view(changed, pressure=Pressure(ports=ports))


def exhausted(*uses: Use, changed: dict[str, Value] | None = None) -> Finding:
    findings = found(view(*uses, changed=changed), "TT601")
    assert len(findings) == 1
    return findings[0]


def title(finding: Finding) -> str:
    assert finding.fix is not None
    return finding.fix.title


@pytest.mark.parametrize(
    ("waiting", "severity"), [(22_584, None), (22_585, "warning"), (26_819, "warning"), (26_820, "error")]
)
def test_a_warning_from_80_percent_and_an_error_from_95(waiting: int, severity: str | None) -> None:
    assert [item.severity for item in found(view(use(waiting)), "TT601")] == ([severity] if severity else [])


def test_the_threshold_can_be_moved() -> None:
    from dataclasses import replace

    assert found(replace(view(use(15_000)), options={"TT601.value": 50}), "TT601")


def test_it_says_which_destination_how_far_who_and_when() -> None:
    message = exhausted(use(24_000, young=8000, ending=4000)).message
    assert message == (
        "Connections from 10.0.0.1 to 10.0.0.9:443 hold 24,001 of 28,232 ephemeral ports (85 %), 24,000 of them in"
        " TIME_WAIT; at this rate connect() fails in 11 s; opened by caller (pid 42, caller.service), going by the live"
        " connections."
    )
    assert "connect() fails with EADDRNOTAVAIL" in exhausted(use(USABLE)).message
    assert "no live connection tells whose they are" in exhausted(use(USABLE, owners=())).message
    other = Owner(43, "other", 2, confidence="guess")
    several = exhausted(use(USABLE, owners=(Owner(42, "caller", 3, confidence="guess"), other)))
    assert "opened by one of caller (pid 42), other (pid 43)" in several.message


def test_reuse_is_the_change_where_both_ends_carry_timestamps() -> None:
    finding = exhausted(use(USABLE))
    assert title(finding).endswith("sysctl -w net.ipv4.tcp_tw_reuse=1")
    assert "Live connections to it carry timestamps" in finding.why
    assert "which is for loopback alone" in finding.why
    assert "No live connection told" in exhausted(use(USABLE, timestamps=None)).why


def test_on_loopback_2_is_enough() -> None:
    assert title(exhausted(use(USABLE, remote="127.0.0.1"), changed={REUSE: 0})).endswith("tcp_tw_reuse=2")


def test_with_reuse_on_and_working_what_waits_counts_as_free() -> None:
    assert found(view(use(USABLE - 10, young=3000), changed={REUSE: 1}), "TT601") == []


def test_without_timestamps_here_reuse_is_said_not_to_help() -> None:
    on = exhausted(use(USABLE, timestamps=False), changed={REUSE: 1, TIMESTAMPS: 0})
    assert title(on) == "switch timestamps on: sysctl -w net.ipv4.tcp_timestamps=1"
    assert "tcp_tw_reuse = 1 does not help" in on.why
    off = exhausted(use(USABLE, timestamps=False), changed={REUSE: 0, TIMESTAMPS: 0})
    assert "sysctl -w net.ipv4.tcp_timestamps=1 && sysctl -w net.ipv4.tcp_tw_reuse=1" in title(off)


def test_without_the_peers_timestamps_a_wider_range_is_the_change() -> None:
    finding = exhausted(use(USABLE, timestamps=False), changed={REUSE: 1})
    assert title(finding) == "widen the range: sysctl -w net.ipv4.ip_local_port_range='10240 65535'"
    assert "the other side does not use them" in finding.why


def test_where_the_range_is_wide_already_keep_alive_or_addresses_are_left() -> None:
    wide = use(55_296, timestamps=False, usable=55_296)
    assert title(exhausted(wide, changed={RANGE: (10240, 65535)})).startswith("keep connections open")


def test_open_connections_are_not_blamed_on_time_wait() -> None:
    finding = exhausted(use(100, live=28_000))
    assert "close connections that are not needed" in title(finding)
    assert "nothing about TIME_WAIT helps here" in finding.why


def test_bind_before_connect_is_told_by_the_parity_of_its_ports() -> None:
    finding = exhausted(use(24_000, bound=14_116))
    assert "IP_BIND_ADDRESS_NO_PORT" in title(finding)
    assert "tcp_tw_reuse does nothing for it" in finding.why


def test_bind_runs_out_over_all_destinations_together() -> None:
    uses = [use(12_000, remote=f"10.0.0.{n}", bound=7_000) for n in (8, 9)]
    findings = found(view(*uses, taken=24_000), "TT601")
    assert [item.severity for item in findings] == ["warning"]
    assert "24,000 of 28,232 ephemeral ports (85 %) are taken for bind(address, 0)" in findings[0].message
    assert found(view(*uses, taken=20_000), "TT601") == []
    connected = [use(12_000, remote=f"10.0.0.{n}", bound=100) for n in (8, 9)]
    assert found(view(*connected, taken=24_000), "TT601") == []


def test_unknown_sockets_and_an_unknown_range_say_nothing() -> None:
    assert found(live_view(), "TT601") == []
    assert found(view(Use("10.0.0.1", "10.0.0.9", 443, {"TIME_WAIT": 9}, 9, None)), "TT601") == []


def leaking(count: int, **more: Any) -> View:
    leaks = (Closing(Owner(7, "hoarder", count), "CLOSE_WAIT", count),) if count else ()
    ports = PortPressure(leaks=leaks, **more)
    return live_view(pressure=Pressure(ports=ports, states={"CLOSE_WAIT": 150}))


def test_a_process_that_does_not_close_is_named() -> None:
    findings = found(leaking(120), "TT606")
    assert [(item.severity, item.message) for item in findings] == [
        ("warning", "hoarder (pid 7) has 120 sockets in CLOSE_WAIT.")
    ]
    assert found(leaking(99), "TT606") == []


def test_close_wait_of_nobody_that_can_be_seen_is_said_as_such() -> None:
    assert "not to be seen without root" in found(leaking(0, unseen="3 processes"), "TT606")[0].message
    assert found(leaking(0), "TT606") == []


def tracked(stats: dict[str, int], growth: dict[str, int] | None = None, count: int = 10) -> View:
    pressure = Pressure(conntrack=Conntrack(count, 1000, 256, stats), conntrack_growth=growth, sample_seconds=10.0)
    return live_view(pressure=pressure)


@pytest.mark.parametrize(
    ("growth", "severities"),
    [
        (None, ["note"]),
        ({"insert_failed": 0, "drop": 0}, []),
        ({"insert_failed": 9, "drop": 0}, ["warning"]),
        ({"insert_failed": 9, "drop": 9}, ["error"]),
        ({"insert_failed": 0, "drop": 900}, []),
    ],
)
def test_entries_that_could_not_be_inserted(growth: dict[str, int] | None, severities: list[str]) -> None:
    since_boot = {"insert_failed": 5, "drop": 5}
    assert [item.severity for item in found(tracked(since_boot, growth), "TT610")] == severities


def test_a_full_table_is_another_rules_matter() -> None:
    assert found(tracked({}, {"insert_failed": 50, "drop": 50}, count=1000), "TT610") == []
    assert found(tracked({}), "TT610") == []


def test_where_the_sockets_are_that_hang_is_said_and_orphans_are_no_leak_of_a_process() -> None:
    owner = Owner(7, "hoarder", 120)
    ports = PortPressure(leaks=(Closing(owner, "CLOSE_WAIT", 120, "to 10.0.0.9:5432"), Closing(owner, "ORPHAN", 500)))
    findings = found(live_view(pressure=Pressure(ports=ports, states={"CLOSE_WAIT": 150})), "TT606")
    assert [item.message for item in findings] == [
        "hoarder (pid 7) has 120 sockets in CLOSE_WAIT, most of them to 10.0.0.9:5432."
    ]


@pytest.mark.parametrize(("unseen", "said"), [("3 processes", "not to be seen without root"), (None, "--trace 10")])
def test_who_uses_up_the_ports_is_hidden_or_not_there(unseen: str | None, said: str) -> None:
    ports = PortPressure(ports=PortRange(32768, 60999), uses=(use(27_000, 5, owners=()),), unseen=unseen)
    assert said in found(live_view(pressure=Pressure(ports=ports)), "TT601")[0].message
