"""The verdict: plain words, also when TIME_WAIT is no problem."""

from __future__ import annotations

from tcptune.audit.verdict import verdict
from tcptune.model.finding import Finding
from tcptune.model.host import Conntrack, Pressure
from tcptune.model.setting import Setting
from tcptune.model.value import Value

KEYS = {
    "buckets": "net.ipv4.tcp_max_tw_buckets",
    "ports": "net.ipv4.ip_local_port_range",
    "fin_timeout": "net.ipv4.tcp_fin_timeout",
}


def settings(**values: Value) -> dict[str, Setting]:
    whole: dict[str, Value] = {"buckets": 262_144, "ports": (32_768, 60_999), **values}
    return {KEYS[name]: Setting(KEYS[name], str(value), value, touched=name in values) for name, value in whole.items()}


def pressure(number: int, **more: int) -> Pressure:
    return Pressure(
        sockets={"TCP.tw": number},
        time_wait_outbound=more.get("outbound"),
        conntrack=Conntrack(more["tracked"], 1_000) if "tracked" in more else None,
    )


def warning(message: str = "it is so.") -> Finding:
    return Finding("TT404", "fin-timeout-low", "warning", message, "because")


def test_none_is_said_plainly() -> None:
    first, second = verdict(settings(), pressure(0), [])
    assert first == "TIME_WAIT is no problem here: there is no such socket at the moment."
    assert second == "Nothing is wrong with the settings and the counters."


def test_some_are_no_problem_and_the_shares_are_named() -> None:
    first = verdict(settings(), pressure(4_120), [])[0]
    assert first.startswith("TIME_WAIT is no problem here: 4,120 sockets, 2 % of the 262,144 that tcp_max_tw_buckets")
    assert "at most 15 % of the 28,232 ephemeral ports" in first
    assert "60 s" in first


def test_one_socket_is_one_socket() -> None:
    assert "1 socket, less than 1 %" in verdict(settings(), pressure(1), [])[0]


def test_a_full_table_is_said() -> None:
    first = verdict(settings(buckets=1_000), pressure(1_000), [])[0]
    assert first.startswith("TIME_WAIT is at its limit: 1,000 sockets, 100 % of the 1,000")


def test_many_outgoing_ones_may_use_up_the_ports_of_a_destination() -> None:
    assert verdict(settings(), pressure(20_000), [])[0].startswith("TIME_WAIT may matter here: 20,000 sockets")


def test_many_incoming_ones_take_no_ephemeral_port() -> None:
    assert verdict(settings(), pressure(20_000, outbound=3), [])[0].startswith("TIME_WAIT is no problem here")


def test_connection_tracking_is_named_where_it_is_there() -> None:
    assert (
        "Connection tracking holds 500 of 1,000 entries (50 %)." in verdict(settings(), pressure(0, tracked=500), [])[0]
    )


def test_many_sockets_beside_a_lowered_fin_timeout_have_nothing_to_do_with_it() -> None:
    lines = verdict(settings(fin_timeout=10), pressure(5_000), [])
    assert lines[1].startswith("tcp_fin_timeout is lowered to 10 s, which has nothing to do with TIME_WAIT")
    assert len(lines) == 3


def test_a_lowered_fin_timeout_without_many_sockets_is_not_spoken_of() -> None:
    assert len(verdict(settings(fin_timeout=10), pressure(12), [])) == 2


def test_a_default_or_raised_fin_timeout_is_not_spoken_of() -> None:
    assert len(verdict(settings(fin_timeout=60), pressure(5_000), [])) == 2


def test_what_is_wrong_is_counted_and_the_first_is_named() -> None:
    last = verdict(settings(), pressure(0), [warning("tcp_fin_timeout is 5 s."), warning()])[-1]
    assert last == "2 warnings. First: tcp_fin_timeout is 5 s."


def test_a_negative_bucket_limit_is_no_share() -> None:
    assert "tcp_max_tw_buckets allows" not in verdict(settings(buckets=-1), pressure(5), [])[0]


def test_an_unreadable_count_is_said() -> None:
    assert verdict(settings(), Pressure(), [])[0].startswith("How many TIME_WAIT sockets there are could not be read")
