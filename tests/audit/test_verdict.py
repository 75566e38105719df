"""The verdict: plain words, also when TIME_WAIT is no problem."""

from __future__ import annotations

from tcptune.audit.verdict import verdict
from tcptune.model.finding import Finding
from tcptune.model.host import Conntrack, Host, Pressure
from tcptune.model.report import Part, Use
from tcptune.model.setting import Setting
from tcptune.model.value import Value
from tcptune.model.version import KernelVersion

KEYS = {
    "buckets": "net.ipv4.tcp_max_tw_buckets",
    "ports": "net.ipv4.ip_local_port_range",
    "fin_timeout": "net.ipv4.tcp_fin_timeout",
}


def settings(**values: Value) -> dict[str, Setting]:
    whole: dict[str, Value] = {"buckets": 262_144, "ports": (32_768, 60_999), **values}
    return {KEYS[name]: Setting(KEYS[name], str(value), value, touched=name in values) for name, value in whole.items()}


def part(number: int | None, *, used: int | None = None, tracked: int | None = None) -> Part:
    pressure = Pressure(
        sockets={} if number is None else {"TCP.tw": number},
        conntrack=Conntrack(tracked, 1_000) if tracked is not None else None,
    )
    uses = None if used is None else (Use("10.0.0.1", "10.0.0.9", 443, {"TIME_WAIT": used - 2}, used, 28_232),)
    return Part(Host(KernelVersion(6, 1)), (), pressure, uses)


def warning(message: str = "it is so.") -> Finding:
    return Finding("TT404", "fin-timeout-low", "warning", message, "because")


def test_none_is_said_plainly() -> None:
    first, second = verdict(settings(), part(0), [])
    assert first == "TIME_WAIT is no problem here: there is no such socket at the moment."
    assert second == "Nothing is wrong with the settings and the counters."


def test_some_are_no_problem_and_the_shares_are_named() -> None:
    first = verdict(settings(), part(4_120, used=2_823), [])[0]
    assert first == (
        "TIME_WAIT is no problem here: 4,120 sockets, 2 % of the 262,144 allowed; the busiest destination,"
        " 10.0.0.9:443, takes 10 % of its 28,232 ports. Each ends by itself after 60 s and costs next to nothing."
    )


def test_one_socket_is_one_socket_and_a_small_use_of_ports_is_not_spoken_of() -> None:
    first = verdict(settings(), part(1, used=3), [])[0]
    assert first.startswith("TIME_WAIT is no problem here: 1 socket, less than 1 % of the 262,144 allowed. Each")


def test_a_full_table_is_said() -> None:
    first = verdict(settings(buckets=1_000), part(1_000), [])[0]
    assert first.startswith("TIME_WAIT is at its limit: 1,000 sockets, 100 % of the 1,000 allowed")


def test_a_half_full_table_is_no_problem_yet() -> None:
    assert verdict(settings(buckets=1_000), part(600), [])[0].startswith("TIME_WAIT is no problem yet: 600 sockets")


def test_a_destination_that_uses_up_its_ports_is_named() -> None:
    first = verdict(settings(), part(20_000, used=20_000), [])[0]
    assert first.startswith("TIME_WAIT matters here: 20,000 sockets")
    assert "10.0.0.9:443 takes 20,000 of the 28,232 ephemeral ports (71 %), 19,998 of them in TIME_WAIT." in first


def test_many_sockets_spread_out_take_nobodys_ports() -> None:
    assert verdict(settings(), part(20_000, used=3), [])[0].startswith("TIME_WAIT is no problem here")


def test_connection_tracking_is_named_where_it_is_there() -> None:
    assert "Connection tracking holds 500 of 1,000 entries (50 %)." in verdict(settings(), part(0, tracked=500), [])[0]


def test_many_sockets_beside_a_lowered_fin_timeout_have_nothing_to_do_with_it() -> None:
    lines = verdict(settings(fin_timeout=10), part(5_000), [])
    assert lines[1].startswith("tcp_fin_timeout is lowered to 10 s, which has nothing to do with TIME_WAIT")
    assert len(lines) == 3


def test_a_lowered_fin_timeout_without_many_sockets_is_not_spoken_of() -> None:
    assert len(verdict(settings(fin_timeout=10), part(12), [])) == 2


def test_a_default_or_raised_fin_timeout_is_not_spoken_of() -> None:
    assert len(verdict(settings(fin_timeout=60), part(5_000), [])) == 2


def test_what_is_wrong_is_counted_and_the_first_is_named() -> None:
    last = verdict(settings(), part(0), [warning("tcp_fin_timeout is 5 s."), warning()])[-1]
    assert last == "2 warnings. First: tcp_fin_timeout is 5 s."


def test_a_negative_bucket_limit_is_no_share() -> None:
    assert "allowed" not in verdict(settings(buckets=-1), part(5), [])[0]


def test_an_unreadable_count_is_said() -> None:
    assert verdict(settings(), part(None), [])[0].startswith("How many TIME_WAIT sockets there are could not be read")
