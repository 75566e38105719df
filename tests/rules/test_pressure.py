"""Growth in a sample has the rule's severity, a sum since boot is a note, and what is full now is judged at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tcptune.model.finding import Finding
from tcptune.model.host import Conntrack, Pressure
from tcptune.model.ports import Closing, Confidence, Owner, PortPressure
from tcptune.model.value import Value
from tcptune.rules.growth import rate
from tcptune.rules.view import View
from tests.support.views import found, live_view

BUCKETS = "net.ipv4.tcp_max_tw_buckets"
ORPHANS = "net.ipv4.tcp_max_orphans"
DAY = 86400.0


def booted(counters: dict[str, int], *, uptime: float | None = DAY, initial: bool | None = True) -> View:
    """Return a host without a sample."""
    view = live_view(pressure=Pressure(counters={f"TcpExt.{name}": number for name, number in counters.items()}))
    assert view.host is not None
    return replace(view, host=replace(view.host, uptime_seconds=uptime, initial=initial))


def sampled(growth: dict[str, int], *, seconds: float = 10.0, changed: dict[str, Value] | None = None) -> View:
    """Return a host with a sample; since boot everything has counted a lot."""
    names = ("TCPTimeWaitOverflow", "ListenOverflows", "ListenDrops", "TCPAbortOnClose", "TCPAbortOnData", "PAWSEstab")
    counters = {f"TcpExt.{name}": 1_000_000 for name in names}
    grown = dict.fromkeys(counters, 0) | {f"TcpExt.{name}": number for name, number in growth.items()}
    return live_view(changed, pressure=Pressure(counters=counters, growth=grown, sample_seconds=seconds))


def one(view: View, code: str) -> Finding:
    findings = found(view, code)
    assert len(findings) == 1, findings
    return findings[0]


COUNTED = {
    "TT602": ("TCPTimeWaitOverflow",),
    "TT603": ("ListenOverflows", "ListenDrops"),
    "TT607": ("TCPAbortOnClose", "TCPAbortOnData"),
    "TT608": ("PAWSEstab", "PAWSTimewait", "PAWSOldAck"),
}
EACH = [(code, name) for code, names in COUNTED.items() for name in names]


@pytest.mark.parametrize(("code", "name"), EACH)
def test_a_number_since_boot_is_a_note_with_its_average_and_the_way_to_a_sample(code: str, name: str) -> None:
    finding = one(booted({name: 48}), code)
    assert finding.severity == "note"
    assert "48" in finding.message
    assert "since boot (2.0 an hour on average)" in finding.message
    assert "`tcptune audit --sample 10`" in finding.why


@pytest.mark.parametrize(("code", "name"), EACH)
def test_growth_in_a_sample_has_the_severity_of_the_rule(code: str, name: str) -> None:
    finding = one(sampled({name: 25}), code)
    assert finding.severity == "warning"
    assert "25" in finding.message
    assert "in 10.0 s (2.5 a second)" in finding.message
    assert "--sample" not in finding.why


@pytest.mark.parametrize("code", COUNTED)
def test_a_sample_without_growth_says_nothing_whatever_was_since_boot(code: str) -> None:
    assert found(sampled({}), code) == []


@pytest.mark.parametrize("code", COUNTED)
def test_counters_at_zero_or_missing_say_nothing(code: str) -> None:
    assert found(booted(dict.fromkeys(COUNTED[code], 0)), code) == []
    assert found(booted({}), code) == []


def test_where_the_uptime_is_not_known_no_average_is_made_up() -> None:
    assert one(booted({"PAWSEstab": 48}, uptime=None), "TT608").message == (
        "Segments were dropped for an old timestamp since boot: PAWSEstab 48."
    )


def test_in_a_namespace_of_its_own_counting_began_with_it() -> None:
    assert one(booted({"PAWSEstab": 48}, initial=False), "TT608").message == (
        "Segments were dropped for an old timestamp since this network namespace was made"
        " (2.0 an hour on average since boot, or more): PAWSEstab 48."
    )


@pytest.mark.parametrize(
    ("per_second", "words"),
    [
        (2500.0, "2,500 a second"),
        (1.0, "1.0 a second"),
        (0.5, "30.0 a minute"),
        (0.01, "36.0 an hour"),
        (2 / DAY, "2.0 a day"),
        (0.5 / DAY, "0.5 a day"),
        (0.01 / DAY, "less than 0.1 a day"),
    ],
)
def test_a_rate_is_said_over_the_shortest_span_that_suits(per_second: float, words: str) -> None:
    assert rate(per_second) == words


def test_buckets_that_overflow_name_what_is_taken_and_give_the_default_back() -> None:
    view = sampled({"TCPTimeWaitOverflow": 25}, changed={BUCKETS: 5000})
    assert view.pressure is not None
    view = replace(view, pressure=replace(view.pressure, sockets={"TCP.tw": 5000}))
    finding = one(view, "TT602")
    assert finding.message == (
        "25 connections closed without TIME_WAIT in 10.0 s (2.5 a second); 5,000 of 5,000 buckets are taken now."
    )
    assert finding.key == BUCKETS
    assert finding.fix is not None
    assert finding.fix.title == "go back to this host's default: sysctl -w net.ipv4.tcp_max_tw_buckets=131072"


def test_one_connection_is_one_and_a_default_that_overflows_is_doubled() -> None:
    finding = one(sampled({"TCPTimeWaitOverflow": 1}), "TT602")
    assert finding.message == "1 connection closed without TIME_WAIT in 10.0 s (6.0 a minute)."
    assert finding.fix is not None
    assert finding.fix.title == "raise the limit: sysctl -w net.ipv4.tcp_max_tw_buckets=262144"


def test_a_full_accept_queue_is_told_from_other_drops() -> None:
    full = one(sampled({"ListenOverflows": 20, "ListenDrops": 30}), "TT603")
    assert full.message == (
        "Listeners dropped incoming connections in 10.0 s (3.0 a second): ListenOverflows 20 and ListenDrops 30."
    )
    assert full.why.startswith("The accept queue of a listener was full")
    assert full.key == "net.core.somaxconn"
    assert full.fix is not None
    assert "somaxconn is 4096" in full.fix.title
    other = one(sampled({"ListenDrops": 30}), "TT603")
    assert other.why.startswith("Listeners dropped SYNs or last ACKs though their accept queue had room")
    assert other.key is None


@pytest.mark.parametrize(("growth", "severity"), [(9, "note"), (10, "warning")])
def test_resets_are_a_note_below_one_a_second(growth: int, severity: str) -> None:
    assert one(sampled({"TCPAbortOnClose": growth}), "TT607").severity == severity


def test_the_limit_of_resets_can_be_moved() -> None:
    view = replace(sampled({"TCPAbortOnClose": 50}), options={"TT607.value": 6})
    assert one(view, "TT607").severity == "note"


def test_resets_say_what_each_counter_can_mean_and_what_it_cannot_tell() -> None:
    both = one(sampled({"TCPAbortOnClose": 12, "TCPAbortOnData": 3}), "TT607")
    assert both.message == (
        "Connections were ended by a RST in 10.0 s (1.5 a second): TCPAbortOnClose 12 and TCPAbortOnData 3."
    )
    assert "a program closed while received data was unread" in both.why
    assert "SO_LINGER on and 0 seconds, or data came after close(); which of the two this counter alone" in both.why
    unread = one(sampled({"TCPAbortOnClose": 12}), "TT607")
    assert "SO_LINGER" not in unread.why
    assert unread.fix is not None
    assert unread.fix.title == "let the program read to the end of the stream before it closes"
    assert "unread" not in one(sampled({"TCPAbortOnData": 12}), "TT607").why


def test_segments_that_met_time_wait_are_explained() -> None:
    assert "behind one NAT address" in one(sampled({"PAWSTimewait": 3}), "TT608").why
    assert "behind one NAT address" not in one(sampled({"PAWSEstab": 3}), "TT608").why


def tracking(
    count: int, drop: int = 0, *, grown: int | None = None, limit: int | None = 1000, initial: bool = True
) -> View:
    view = live_view(
        pressure=Pressure(
            conntrack=Conntrack(count=count, limit=limit, stats={"drop": drop}),
            conntrack_growth=None if grown is None else {"drop": grown},
            sample_seconds=None if grown is None else 10.0,
        )
    )
    assert view.host is not None
    return replace(view, host=replace(view.host, initial=initial))


def test_a_full_table_that_dropped_is_an_error_at_once() -> None:
    finding = one(tracking(1000, drop=37), "TT604")
    assert finding.severity == "error"
    assert finding.message == (
        "The connection-tracking table is full: 1,000 of 1,000 entries; 37 packets were dropped since boot."
    )
    assert finding.fix is not None
    assert finding.fix.title.endswith("sysctl -w net.netfilter.nf_conntrack_max=2000")


def test_a_full_table_that_drops_in_a_sample_is_an_error_and_one_that_does_not_a_warning() -> None:
    assert one(tracking(1000, drop=37, grown=2), "TT604").message.endswith("2 packets were dropped in 10.0 s.")
    assert one(tracking(1000, drop=37, grown=0), "TT604").severity == "warning"
    assert one(tracking(1000), "TT604").severity == "warning"


def test_a_table_above_80_percent_is_a_warning_whatever_it_once_dropped() -> None:
    finding = one(tracking(850, drop=37), "TT604")
    assert finding.severity == "warning"
    assert finding.message == "The connection-tracking table is 85 % full: 850 of 1,000 entries."


@pytest.mark.parametrize("view", [tracking(800, drop=37), tracking(0), tracking(900, limit=None), tracking(9, limit=0)])
def test_a_table_with_room_or_without_a_limit_is_fine(view: View) -> None:
    assert found(view, "TT604") == []


def test_without_connection_tracking_there_is_no_table() -> None:
    assert found(live_view(), "TT604") == []


def test_from_a_container_the_limit_is_raised_on_the_host() -> None:
    finding = one(tracking(850, initial=False), "TT604")
    assert finding.fix is not None
    assert finding.fix.title.startswith("raise the limit on the host itself")


def orphans(number: int, changed: dict[str, Value] | None = None) -> View:
    return live_view(changed or {ORPHANS: 1000}, pressure=Pressure(sockets={"TCP.orphan": number}))


def test_orphans_above_80_percent_of_their_limit_are_a_warning_at_once() -> None:
    finding = one(orphans(801), "TT605")
    assert finding.severity == "warning"
    assert finding.message == "801 orphaned sockets are 80 % of the 1,000 that tcp_max_orphans allows."
    assert finding.key == ORPHANS
    assert finding.fix is not None
    assert finding.fix.title.endswith("sysctl -w net.ipv4.tcp_max_orphans=2000")


@pytest.mark.parametrize(("confidence", "sure"), [("likely", "most likely"), ("guess", "perhaps")])
def test_who_closed_most_orphans_is_told_with_how_sure_that_is(confidence: Confidence, sure: str) -> None:
    leak = Closing(Owner(7, "pusher", 700, confidence=confidence), "ORPHAN", 700, "to 10.0.0.9:443")
    pressure = Pressure(sockets={"TCP.orphan": 801}, ports=PortPressure(leaks=(leak,)))
    message = one(live_view({ORPHANS: 1000}, pressure=pressure), "TT605").message
    assert message.endswith(f"; 700 of them were {sure} closed by pusher (pid 7), most to 10.0.0.9:443.")


def test_orphans_up_to_80_percent_are_fine() -> None:
    assert found(orphans(800), "TT605") == []


def test_where_the_limit_is_not_to_be_seen_orphans_are_not_judged() -> None:
    view = orphans(10_000_000)
    child = replace(view, settings={key: value for key, value in view.settings.items() if key != ORPHANS})
    assert found(child, "TT605") == []
    assert found(view, "TT605") != []


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_that_is_no_number_of_orphans_has_no_percentage(limit: int) -> None:
    assert found(orphans(100, {ORPHANS: limit}), "TT605") == []


@pytest.mark.parametrize(("code", "view"), [("TT604", tracking(850)), ("TT605", orphans(850))])
def test_the_limit_of_80_percent_can_be_moved(code: str, view: View) -> None:
    assert found(replace(view, options={f"{code}.value": 90}), code) == []
    assert found(replace(view, options={f"{code}.value": 70}), code) != []
