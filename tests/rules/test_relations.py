"""Relations between two settings: each good case beside the bad one, in files and on a running host."""

from __future__ import annotations

import pytest

from tcptune.model.finding import Finding
from tcptune.model.host import Pressure
from tcptune.model.value import Value
from tcptune.rules.pages import rule_page
from tests.support.views import GIB, file_view, found, live_view

REUSE, TIMESTAMPS = "net.ipv4.tcp_tw_reuse", "net.ipv4.tcp_timestamps"
BACKLOG, SOMAXCONN = "net.ipv4.tcp_max_syn_backlog", "net.core.somaxconn"
BUCKETS, RANGE = "net.ipv4.tcp_max_tw_buckets", "net.ipv4.ip_local_port_range"
RESERVED = "net.ipv4.ip_local_reserved_ports"
KEEPALIVE = "net.ipv4.tcp_keepalive_time"
ESTABLISHED = "net.netfilter.nf_conntrack_tcp_timeout_established"
TRACKED = "net.netfilter.nf_conntrack_tcp_timeout_time_wait"


def in_file(code: str, text: str, *kernels: str) -> list[Finding]:
    return found(file_view(text, *kernels), code)


def one(findings: list[Finding]) -> Finding:
    assert len(findings) == 1, findings
    return findings[0]


def test_reuse_without_timestamps_stands_on_reuse_and_names_the_other_line() -> None:
    finding = one(in_file("TT301", f"{TIMESTAMPS} = 0\n{REUSE} = 1\n"))
    assert finding.severity == "error"
    assert finding.message == "tcp_tw_reuse = 1 does nothing while tcp_timestamps is 0."
    assert finding.key == REUSE
    assert finding.at is not None
    assert finding.at.line == 2
    assert [(place.at.line, place.message) for place in finding.related] == [(1, "timestamps are turned off here")]
    assert finding.fix is not None
    assert finding.fix.title == "turn timestamps on, their default: `net.ipv4.tcp_timestamps = 1`"


@pytest.mark.parametrize(
    "text",
    [
        f"{REUSE} = 1\n{TIMESTAMPS} = 1\n",
        f"{REUSE} = 1\n{TIMESTAMPS} = 2\n",
        f"{REUSE} = 0\n{TIMESTAMPS} = 0\n",
        f"{REUSE} = 1\n",
        f"{TIMESTAMPS} = 0\n",
    ],
)
def test_reuse_with_timestamps_or_no_reuse_is_fine(text: str) -> None:
    assert in_file("TT301", text) == []


def test_a_written_reuse_of_2_needs_timestamps_too() -> None:
    assert one(in_file("TT301", f"{REUSE} = 2\n{TIMESTAMPS} = 0\n")).value == 2


def test_on_a_host_the_default_of_reuse_is_not_held_against_anybody() -> None:
    assert found(live_view({TIMESTAMPS: 0}), "TT301") == []
    finding = one(found(live_view({TIMESTAMPS: 0, REUSE: 1}), "TT301"))
    assert finding.related == ()
    assert finding.fix is not None
    assert finding.fix.title.endswith("sysctl -w net.ipv4.tcp_timestamps=1")


def test_a_backlog_above_somaxconn_is_a_note_while_cookies_are_on() -> None:
    finding = one(in_file("TT302", f"{BACKLOG} = 65536\n{SOMAXCONN} = 4096\n"))
    assert finding.severity == "note"
    assert finding.message == "tcp_max_syn_backlog = 65536 is above somaxconn = 4096, which limits it."
    assert "not even read" in finding.why
    assert finding.key == BACKLOG
    assert finding.related[0].message == "somaxconn is 4096 here"


def test_a_backlog_above_somaxconn_is_a_warning_without_cookies() -> None:
    finding = one(in_file("TT302", f"{BACKLOG} = 65536\n{SOMAXCONN} = 4096\nnet.ipv4.tcp_syncookies = 0\n"))
    assert finding.severity == "warning"
    assert finding.kernels is None
    assert "Before 4.4" not in finding.why


def test_a_backlog_above_somaxconn_is_a_warning_for_the_old_kernels_among_several() -> None:
    finding = one(in_file("TT302", f"{BACKLOG} = 65536\n{SOMAXCONN} = 4096\n", "3.10", "4.3", "4.4", "6.1"))
    assert finding.severity == "warning"
    assert finding.kernels == ("3.10", "4.3")
    assert "Before 4.4" in finding.why


@pytest.mark.parametrize("backlog", [4096, 1024])
def test_a_backlog_up_to_somaxconn_is_fine(backlog: int) -> None:
    assert in_file("TT302", f"{BACKLOG} = {backlog}\n{SOMAXCONN} = 4096\nnet.ipv4.tcp_syncookies = 0\n") == []


def test_two_defaults_of_backlog_and_somaxconn_are_never_spoken_of() -> None:
    old = live_view({"net.ipv4.tcp_syncookies": 0}, kernel="4.19", memory=256 * GIB)
    assert (old.number(BACKLOG), old.number(SOMAXCONN)) == (2048, 128)
    assert found(old, "TT302") == []
    changed = live_view({"net.ipv4.tcp_syncookies": 0, SOMAXCONN: 256}, kernel="4.19", memory=256 * GIB)
    assert one(found(changed, "TT302")).severity == "warning"


@pytest.mark.parametrize("seconds", [60, 119, 120])
def test_connection_tracking_between_60_and_120_seconds_is_fine(seconds: int) -> None:
    assert in_file("TT303", f"{TRACKED} = {seconds}\n") == []


@pytest.mark.parametrize(
    ("seconds", "said", "wanted"),
    [
        (10, "forgets TIME_WAIT after 10 s, before the kernel does (60 s).", 60),
        (59, "forgets TIME_WAIT after 59 s, before the kernel does (60 s).", 60),
        (0, "forgets TIME_WAIT after 0 s, before the kernel does (60 s).", 60),
        (-5, "is told to keep TIME_WAIT for -5 s, which is no time at all.", 60),
        (121, "keeps TIME_WAIT for 121 s, longer than its default of 120 s.", 120),
    ],
)
def test_connection_tracking_outside_60_to_120_seconds(seconds: int, said: str, wanted: int) -> None:
    finding = one(in_file("TT303", f"{TRACKED} = {seconds}\n"))
    assert finding.severity == "warning"
    assert finding.message == f"Connection tracking {said}"
    assert finding.fix is not None
    assert finding.fix.title == f"choose between 60 and 120 s: `{TRACKED} = {wanted}`"


def listening(*ports: int) -> Pressure:
    return Pressure(listening=frozenset(ports))


def test_services_inside_a_range_that_somebody_moved_are_a_warning() -> None:
    view = live_view({RANGE: (1024, 65535)}, pressure=listening(22, 5432, 8080))
    finding = one(found(view, "TT304"))
    assert finding.severity == "warning"
    assert finding.message == ("The ephemeral range 1024 65535 covers 2 ports that services listen on: 5432 and 8080.")
    assert finding.fix is not None
    assert finding.fix.title.endswith("sysctl -w net.ipv4.ip_local_reserved_ports=5432,8080")


def test_services_inside_the_kernels_own_range_are_a_note() -> None:
    finding = one(found(live_view(pressure=listening(22, 33060)), "TT304"))
    assert finding.severity == "note"
    assert finding.message == "The kernel's ephemeral range 32768 60999 covers a port that services listen on: 33060."


def test_many_ports_are_not_all_listed_and_all_reserved() -> None:
    view = live_view({RANGE: (10000, 65535)}, pressure=listening(*range(20000, 20008)))
    finding = one(found(view, "TT304"))
    assert "8 ports that services listen on: 20000, 20001, 20002, 20003, 20004 and 3 more." in finding.message
    assert finding.fix is not None
    assert finding.fix.title.endswith("=20000,20001,20002,20003,20004,20005,20006,20007")


def test_a_fix_keeps_what_is_reserved_already() -> None:
    view = live_view({RANGE: (1024, 65535), RESERVED: "8000-8099,9000"}, pressure=listening(8080, 9000, 9100))
    finding = one(found(view, "TT304"))
    assert finding.message.endswith("a port that services listen on: 9100.")
    assert finding.fix is not None
    assert finding.fix.title.endswith("=8000-8099,9000,9100")


@pytest.mark.parametrize("changed", [{RANGE: (1024, 65535), RESERVED: "5432,8000-8099"}, {RANGE: (10000, 65535)}, {}])
def test_reserved_ports_and_ports_outside_do_not_collide(changed: dict[str, Value]) -> None:
    assert found(live_view(changed, pressure=listening(22, 5432, 8000, 8099)), "TT304") == []


def test_the_ends_of_the_range_belong_to_it() -> None:
    view = live_view({RANGE: (10000, 20001)}, pressure=listening(9999, 10000, 20001, 20002))
    assert one(found(view, "TT304")).message.endswith("2 ports that services listen on: 10000 and 20001.")


def test_a_range_in_a_file_collides_with_nothing_known() -> None:
    assert in_file("TT304", f"{RANGE} = 1024 65535\n") == []


def test_fewer_buckets_than_ports_stand_on_the_buckets() -> None:
    finding = one(in_file("TT305", f"{RANGE} = 10240 65535\n{BUCKETS} = 30000\n"))
    assert finding.severity == "warning"
    assert finding.message == "tcp_max_tw_buckets = 30000 is less than the 55,296 ephemeral ports (10240 65535)."
    assert finding.key == BUCKETS
    assert finding.related[0].at.line == 1
    assert finding.related[0].message == "55,296 ports here"


def test_without_somaxconn_the_kernels_own_is_held_against_the_backlog() -> None:
    finding = one(in_file("TT302", f"{BACKLOG} = 8192\n", "5.4", "6.1"))
    assert finding.message == "tcp_max_syn_backlog = 8192 is above somaxconn = 4096, its default, which limits it."
    assert (finding.severity, finding.related) == ("note", ())
    assert one(in_file("TT302", f"{BACKLOG} = 256\nnet.ipv4.tcp_syncookies = 0\n", "5.3")).severity == "warning"


def test_the_kernels_whose_own_somaxconn_is_smaller_are_named() -> None:
    finding = one(in_file("TT302", f"{BACKLOG} = 2048\n", "4.18", "5.2", "5.3", "5.4", "6.1"))
    assert finding.message == (
        "tcp_max_syn_backlog = 2048 is above somaxconn, whose default is 128 on 4.18, 5.2 and 5.3, which limits it."
    )
    assert (finding.severity, finding.kernels) == ("note", ("4.18", "5.2", "5.3"))
    assert finding.fix is not None
    assert f"`{SOMAXCONN} = 2048`" in finding.fix.title
    assert in_file("TT302", f"{BACKLOG} = 128\n", "4.18", "6.1") == []
    counted = one(in_file("TT302", f"{BACKLOG} = 2048\nnet.ipv4.tcp_syncookies = 0\n", "5.3", "6.1"))
    assert (counted.severity, counted.kernels) == ("warning", ("5.3",))


def test_each_default_of_somaxconn_is_told_with_the_kernels_that_have_it() -> None:
    finding = one(in_file("TT302", f"{BACKLOG} = 8192\n", "4.18", "4.19", "5.2", "5.3", "5.4", "6.1"))
    assert "somaxconn, whose default is 128 on 4.18 to 5.3 and 4096 on 5.4 and 6.1, which" in finding.message
    assert (finding.severity, finding.kernels) == ("note", None)
    finding = one(in_file("TT302", f"{BACKLOG} = 8192\n", "4.18", "6.1", "5.2", "5.3", "4.19", "6.6", "5.4"))
    assert "is 128 on 4.18, 5.2, 5.3 and 4.19 and 4096 on 6.1, 6.6 and 5.4, which" in finding.message


@pytest.mark.parametrize("text", [f"{BACKLOG} = 4096\n", f"{SOMAXCONN} = {{{{ x }}}}\n{BACKLOG} = 8192\n"])
def test_the_kernels_own_somaxconn_is_not_asked_where_it_is_enough_or_set(text: str) -> None:
    assert in_file("TT302", text) == []


def test_without_a_range_the_kernels_own_is_held_against_the_buckets() -> None:
    finding = one(in_file("TT305", f"{BUCKETS} = 24000\n"))
    assert (
        finding.message
        == "tcp_max_tw_buckets = 24000 is less than the 28,232 ephemeral ports (32768 60999 by default)."
    )
    assert finding.related == ()


@pytest.mark.parametrize(
    "text", [f"{BUCKETS} = 28232\n", f"{BUCKETS} = 19999\n", f"{RANGE} = {{{{ x }}}}\n{BUCKETS} = 24000\n"]
)
def test_the_kernels_own_range_is_not_asked_where_it_is_enough_or_few_or_set(text: str) -> None:
    assert in_file("TT305", text) == []


@pytest.mark.parametrize("buckets", [55296, 262144, 0, -1])
def test_as_many_buckets_as_ports_are_fine_and_what_is_no_count_is_tt403s(buckets: int) -> None:
    assert in_file("TT305", f"{RANGE} = 10240 65535\n{BUCKETS} = {buckets}\n") == []


def test_the_defaults_of_a_small_host_are_not_held_against_it() -> None:
    small = live_view(memory=GIB // 2)
    assert small.number(BUCKETS) == 2048
    assert found(small, "TT305") == []


def test_a_host_gets_its_own_default_back_where_that_is_enough() -> None:
    finding = one(found(live_view({BUCKETS: 25000}), "TT305"))
    assert finding.fix is not None
    assert finding.fix.title == "go back to this host's default: sysctl -w net.ipv4.tcp_max_tw_buckets=131072"
    small = one(found(live_view({RANGE: (32768, 65535)}, memory=GIB // 2), "TT305"))
    assert small.fix is not None
    assert small.fix.title == "set at least the number of ports: sysctl -w net.ipv4.tcp_max_tw_buckets=32768"


@pytest.mark.parametrize("probe", [3600, 7200])
def test_a_probe_that_does_not_come_before_the_entry_ends(probe: int) -> None:
    finding = one(in_file("TT306", f"{KEEPALIVE} = {probe}\n{ESTABLISHED} = 3600\n"))
    assert finding.severity == "warning"
    assert finding.message == (
        f"The first keepalive probe, after {probe} s, finds the entry of connection tracking gone (3600 s)."
    )
    assert finding.key == KEEPALIVE
    assert finding.related[0].at.line == 2
    assert finding.fix is not None
    assert finding.fix.title == "let the probe come first: `net.ipv4.tcp_keepalive_time = 1800`"


def test_an_entry_that_hardly_lasts_is_what_to_mend() -> None:
    finding = one(in_file("TT306", f"{KEEPALIVE} = 600\n{ESTABLISHED} = 0\n"))
    assert finding.fix is not None
    assert finding.fix.title.endswith(f"`{ESTABLISHED} = 432000`")


@pytest.mark.parametrize(
    "text",
    [
        f"{KEEPALIVE} = 3599\n{ESTABLISHED} = 3600\n",
        f"{KEEPALIVE} = 7200\n",
        f"{ESTABLISHED} = 7200\n",
        f"{ESTABLISHED} = 432000\n",
        f"{ESTABLISHED} = {{{{ x }}}}\n",
        f"{KEEPALIVE} = {{{{ x }}}}\n{ESTABLISHED} = 3600\n",
        f"{KEEPALIVE} = -1\n{ESTABLISHED} = 3600\n",
        f"{KEEPALIVE} = 0\n{ESTABLISHED} = 0\n",
    ],
)
def test_a_probe_in_time_and_one_setting_alone_are_fine(text: str) -> None:
    assert in_file("TT306", text) == []


def test_without_a_keepalive_the_kernels_own_comes_later() -> None:
    finding = one(in_file("TT306", f"{ESTABLISHED} = 3600\n", "4.18", "7.2"))
    assert (finding.severity, finding.key, finding.related) == ("warning", ESTABLISHED, ())
    assert finding.message == (
        "Connection tracking forgets what is idle after 3600 s, and the default keepalive comes later:"
        " the first probe is sent after 7200 s."
    )
    assert "SO_KEEPALIVE" in finding.why
    assert finding.fix is not None
    assert finding.fix.title == f"let the probe come first: `{KEEPALIVE} = 1800`"


def test_a_host_that_lowered_connection_tracking_alone_is_told() -> None:
    assert found(live_view(), "TT306") == []
    assert one(found(live_view({ESTABLISHED: 1200}), "TT306")).value == 7200


def example(code: str, title: str) -> tuple[str, list[str]]:
    """Return the lines of an example of a rule's page, and the kernels it names."""
    (text,) = [item.text for part in rule_page(code).sections if part.title == title for item in part.items]
    lines = text.splitlines()
    kernels = [line.split()[1] for line in lines if line.startswith("Kernel:")]
    return "\n".join(line for line in lines if not line.startswith("Kernel:")), kernels


@pytest.mark.parametrize("code", ["TT301", "TT302", "TT303", "TT305", "TT306"])
def test_the_examples_of_a_rules_page_are_bad_and_good(code: str) -> None:
    bad, kernels = example(code, "Bad")
    assert [finding.severity for finding in in_file(code, bad, *kernels)] in (["error"], ["warning"])
    good, kernels = example(code, "Good")
    assert in_file(code, good, *kernels) == []


def test_a_value_that_the_kernel_refuses_relates_to_nothing() -> None:
    assert in_file("TT301", f"{TIMESTAMPS} = 0\n{REUSE} = 7\n") == []
    assert in_file("TT302", f"{BACKLOG} = 999999999999\n{SOMAXCONN} = 1024\n") == []
    assert in_file("TT413", f"{RANGE} = 65000 1024\n") == []
