"""TT401 to TT413: the documented risks at their bounds, by kernel, with moved thresholds, in files and on hosts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tcptune.model.finding import Finding
from tcptune.model.host import Pressure
from tests.support.views import file_view, found, live_view

IPV4 = "net.ipv4."


def in_file(code: str, line: str, *kernels: str) -> list[Finding]:
    return found(file_view(f"{IPV4}{line}\n", *kernels), code)


@pytest.mark.parametrize(
    ("code", "bad", "good"),
    [
        ("TT402", "tcp_timestamps = 0", "tcp_timestamps = 1"),
        ("TT402", "tcp_timestamps = 0", "tcp_timestamps = 2"),
        ("TT403", "tcp_max_tw_buckets = 19999", "tcp_max_tw_buckets = 20000"),
        ("TT403", "tcp_max_tw_buckets = 1", "tcp_max_tw_buckets = 262144"),
        ("TT403", "tcp_max_tw_buckets = 0", "tcp_max_tw_buckets = 20000"),
        ("TT403", "tcp_max_tw_buckets = -1", "tcp_max_tw_buckets = 20000"),
        ("TT404", "tcp_fin_timeout = 14", "tcp_fin_timeout = 15"),
        ("TT405", "tcp_fin_timeout = 61", "tcp_fin_timeout = 60"),
        ("TT405", "tcp_fin_timeout = 89", "tcp_fin_timeout = 30"),
        ("TT405", "tcp_fin_timeout = 120", "tcp_fin_timeout = 60"),
        ("TT406", "tcp_abort_on_overflow = 1", "tcp_abort_on_overflow = 0"),
        ("TT407", "tcp_syncookies = 0", "tcp_syncookies = 1"),
        ("TT407", "tcp_syncookies = 0", "tcp_syncookies = 2"),
        ("TT408", "tcp_orphan_retries = 1", "tcp_orphan_retries = 0"),
        ("TT408", "tcp_orphan_retries = 3", "tcp_orphan_retries = 4"),
        ("TT409", "tcp_retries2 = 7", "tcp_retries2 = 8"),
        ("TT410", "ip_local_port_range = 9999 60000", "ip_local_port_range = 10000 60001"),
        ("TT411", "ip_local_port_range = 20000 29998", "ip_local_port_range = 20000 29999"),
        ("TT413", "ip_local_port_range = 20000 60000", "ip_local_port_range = 20000 60001"),
        ("TT413", "ip_local_port_range = 20001 60001", "ip_local_port_range = 20001 60000"),
        ("TT413", "ip_local_port_range = 20000 20002", "ip_local_port_range = 20000 20000"),
    ],
)
def test_a_value_is_a_risk_up_to_its_bound(code: str, bad: str, good: str) -> None:
    (finding,) = in_file(code, bad)
    assert finding.severity == ("note" if code == "TT413" else "warning")
    assert finding.key == IPV4 + bad.split()[0]
    assert finding.why
    assert finding.fix is not None
    assert finding.references
    assert in_file(code, good) == []


def test_recycling_breaks_clients_where_it_exists() -> None:
    (finding,) = in_file("TT401", "tcp_tw_recycle = 1", "3.10", "4.11", "4.12", "6.1")
    assert finding.severity == "error"
    assert finding.kernels == ("3.10", "4.11")
    assert in_file("TT401", "tcp_tw_recycle = 1", "4.12", "6.1") == []
    assert in_file("TT401", "tcp_tw_recycle = 0", "3.10") == []


def test_a_negative_limit_is_told_by_what_it_means_on_the_kernel() -> None:
    before, after = (in_file("TT403", "tcp_max_tw_buckets = -5", kernel) for kernel in ("5.15", "6.1"))
    assert before[0].message != after[0].message


@pytest.mark.parametrize(
    ("option", "limit", "silent", "loud"),
    [
        ("TT403", 5000, "tcp_max_tw_buckets = 5000", "tcp_max_tw_buckets = 4999"),
        ("TT403", 50000, "tcp_max_tw_buckets = 50000", "tcp_max_tw_buckets = 49999"),
        ("TT404", 5, "tcp_fin_timeout = 5", "tcp_fin_timeout = 4"),
        ("TT405", 80, "tcp_fin_timeout = 80", "tcp_fin_timeout = 81"),
        ("TT405", 120, "tcp_fin_timeout = 120", "tcp_fin_timeout = 121"),
        ("TT408", 2, "tcp_orphan_retries = 2", "tcp_orphan_retries = 1"),
        ("TT409", 5, "tcp_retries2 = 5", "tcp_retries2 = 4"),
        ("TT410", 2000, "ip_local_port_range = 2000 60001", "ip_local_port_range = 1999 60000"),
        ("TT411", 100, "ip_local_port_range = 20000 20099", "ip_local_port_range = 20000 20097"),
    ],
)
def test_configuration_moves_a_threshold(option: str, limit: int, silent: str, loud: str) -> None:
    options = {f"{option}.value": limit}
    assert found(replace(file_view(f"{IPV4}{silent}\n"), options=options), option) == []
    assert len(found(replace(file_view(f"{IPV4}{loud}\n"), options=options), option)) == 1


def test_a_moved_threshold_leaves_what_has_none() -> None:
    for line in ("tcp_max_tw_buckets = 0", "tcp_max_tw_buckets = -1"):
        view = replace(file_view(f"{IPV4}{line}\n"), options={"TT403.value": 5000})
        assert len(found(view, "TT403")) == 1


def test_a_host_is_told_the_command_and_only_of_what_somebody_set() -> None:
    (finding,) = found(live_view({"net.ipv4.tcp_timestamps": 0}), "TT402")
    assert finding.fix is not None
    assert finding.fix.title.endswith("sysctl -w net.ipv4.tcp_timestamps=1")
    assert found(live_view(), "TT402") == []


def test_a_low_limit_of_a_host_is_one_below_its_own_default() -> None:
    small = live_view(memory=1 << 28)
    default = small.value("net.ipv4.tcp_max_tw_buckets")
    assert isinstance(default, int)
    assert default < 20000
    above = live_view({"net.ipv4.tcp_max_tw_buckets": default + 1}, memory=1 << 28)
    below = live_view({"net.ipv4.tcp_max_tw_buckets": default - 1}, memory=1 << 28)
    assert found(above, "TT403") == []
    assert len(found(below, "TT403")) == 1


def test_reuse_is_told_to_servers_on_evidence_alone() -> None:
    assert in_file("TT412", "tcp_tw_reuse = 1") == []
    reuse = {"net.ipv4.tcp_tw_reuse": 1}
    server = Pressure(time_wait_inbound=5000, time_wait_outbound=0)
    client = Pressure(time_wait_inbound=5000, time_wait_outbound=5000)
    assert [finding.severity for finding in found(live_view(reuse, pressure=server), "TT412")] == ["note"]
    assert found(live_view(reuse, pressure=client), "TT412") == []


def test_what_is_refused_or_templated_is_no_risk() -> None:
    assert in_file("TT404", "tcp_fin_timeout = -5") == []
    assert in_file("TT404", "tcp_fin_timeout = {{ seconds }}") == []
    assert in_file("TT404", "tcp_fin_timeout = 5s") == []


def test_what_some_kernels_refuse_is_a_risk_on_the_others_alone() -> None:
    assert in_file("TT413", "ip_local_port_range = 16384 65536") == []
    assert in_file("TT410", "ip_local_port_range = 2000 65536") == []
    assert len(in_file("TT202", "ip_local_port_range = 2000 65536")) == 1
    for code, line in (("TT410", "1000 65535"), ("TT411", "1000 1999"), ("TT413", "1000 60000")):
        assert in_file(code, f"ip_local_port_range = {line}", "4.11", "6.1") == []
        (finding,) = in_file(code, f"ip_local_port_range = {line}", "4.10", "6.1")
        assert finding.kernels == ("4.10",)
    assert in_file("TT410", "ip_local_port_range = 1024 65535")
    lower = "ip_unprivileged_port_start = {}\nnet.ipv4.ip_local_port_range = {} 65535"
    assert in_file("TT410", lower.format(80, 1000))
    assert in_file("TT410", lower.format(5000, 4000)) == []
    (finding,) = in_file("TT406", "tcp_abort_on_overflow = 256", "5.12", "5.13")
    assert finding.kernels == ("5.12",)
