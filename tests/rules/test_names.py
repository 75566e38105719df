"""Names that no kernel has, that are gone, too new, renamed, of a module, host-wide or unsafe: TT101 to TT108."""

from __future__ import annotations

import pytest

from tcptune.model.finding import Finding
from tcptune.model.host import Pressure
from tests.support.views import file_view, found, live_view

POD, CONTAINER = frozenset({"pod"}), frozenset({"container"})
FIN, DELAY = "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_tw_reuse_delay"
RECYCLE, OLD = "net.ipv4.tcp_tw_recycle", "net.ipv4.netfilter.ip_conntrack_max"
TRACKED = "net.netfilter.nf_conntrack_max"


def told(code: str, text: str, *kernels: str, facts: frozenset[str] = frozenset()) -> list[Finding]:
    return found(file_view(text, *kernels, facts=facts), code)


def one(findings: list[Finding]) -> Finding:
    assert len(findings) == 1, findings
    return findings[0]


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("net.ipv4.tcp_fin_timout", FIN),
        ("net.ipv4.tcp_fin_timeuot", FIN),
        ("net.ipv4.tcp_tw_resue", "net.ipv4.tcp_tw_reuse"),
        ("net.core.somaxcon", "net.core.somaxconn"),
        ("net.ipv4.somaxconn", "net.core.somaxconn"),
        ("net.core.tcp_fin_timeout", FIN),
        ("net.ipv4.tcp_max_tw_bucket", "net.ipv4.tcp_max_tw_buckets"),
        ("net.ipv4.netdev_max_backlog", "net.core.netdev_max_backlog"),
    ],
)
def test_a_name_that_no_kernel_has_gets_the_one_that_is_meant(key: str, near: str) -> None:
    finding = one(told("TT101", f"{key} = 30\n"))
    assert finding.severity == "error"
    assert finding.fix is not None
    assert finding.fix.title == f"write {near}"
    assert [edit.text for edit in finding.fix.edits] == [near]


def test_only_a_name_that_differs_by_a_slip_is_safe_to_correct() -> None:
    slip, family = (one(told("TT101", f"{key} = 1\n")).fix for key in ("net.ipv4.tcp_fin_timout", "net.ipv4.somaxconn"))
    assert slip is not None
    assert slip.safe
    assert family is not None
    assert not family.safe


def test_a_name_that_resembles_nothing_is_certain_only_in_complete_families() -> None:
    finding = one(told("TT101", "net.ipv4.warp_factor = 9\n"))
    assert finding.severity == "error"
    assert finding.fix is not None
    assert finding.fix.title == "delete the line"
    assert told("TT101", "vm.warp_factor = 9\nkernel.warp = 1\nacme.warp = 1\n") == []


def test_elsewhere_a_near_miss_is_a_warning() -> None:
    finding = one(told("TT101", "vm.swapiness = 10\n"))
    assert finding.severity == "warning"
    assert "vm.swappiness" in finding.message


@pytest.mark.parametrize(
    "key",
    [
        FIN,
        "vm.swappiness",
        "net.ipv4.conf.eth0.rp_filter",
        "net.ipv4.conf.all.rp_filter",
        "net.ipv4.neigh.br-1a2b.gc_stale_time",
        RECYCLE,
        OLD,
        DELAY,
    ],
)
def test_names_that_some_kernel_has_or_had_are_known(key: str) -> None:
    assert told("TT101", f"{key} = 1\n") == []


def test_a_running_host_has_no_unknown_names() -> None:
    assert found(live_view({"net.ipv4.warp_factor": 9}), "TT101") == []


def test_a_key_that_is_gone_is_an_error_for_the_kernels_without_it() -> None:
    finding = one(told("TT102", f"{RECYCLE} = 1\n", "4.11", "4.12", "6.1"))
    assert finding.severity == "error"
    assert finding.kernels == ("4.12", "6.1")
    assert finding.message == f"{RECYCLE} is gone since 4.12."
    assert "tcp_tw_reuse" in finding.why
    assert told("TT102", f"{RECYCLE} = 1\n", "4.11") == []
    assert told("TT102", f"{FIN} = 60\n", "6.1") == []


@pytest.mark.parametrize("fact", ["kernel-condition", "glob"])
def test_a_condition_that_asks_for_the_kernel_silences_names_by_kernel(fact: str) -> None:
    assert told("TT102", f"{RECYCLE} = 1\n", facts=frozenset({fact})) == []
    assert told("TT103", f"{DELAY} = 500\n", facts=frozenset({fact})) == []


def test_a_failure_that_is_ignored_makes_a_key_that_is_gone_a_warning() -> None:
    assert one(told("TT102", f"-{RECYCLE} = 1\n")).severity == "warning"
    assert told("TT103", f"-{DELAY} = 500\n") == []


def test_a_key_that_the_oldest_kernel_lacks_is_a_warning() -> None:
    finding = one(told("TT103", f"{DELAY} = 500\n", "6.1", "6.12", "6.18"))
    assert finding.severity == "warning"
    assert finding.kernels == ("6.1", "6.12")
    assert told("TT103", f"{DELAY} = 500\n", "6.18") == []
    assert told("TT103", f"{RECYCLE} = 0\n", "6.18") == []


def test_an_old_name_is_an_error_with_the_new_one() -> None:
    finding = one(told("TT104", f"{OLD} = 262144\n"))
    assert finding.severity == "error"
    assert finding.fix is not None
    assert finding.fix.safe
    assert [edit.text for edit in finding.fix.edits] == [TRACKED]
    assert told("TT102", f"{OLD} = 262144\n") == []
    assert told("TT104", f"{TRACKED} = 262144\n") == []


def test_a_parameter_of_a_module_needs_it_loaded_first() -> None:
    finding = one(told("TT105", f"{TRACKED} = 262144\n"))
    assert finding.severity == "warning"
    assert finding.fix is not None
    assert finding.fix.title == "write nf_conntrack into a file of /etc/modules-load.d"
    assert "br_netfilter" in one(told("TT105", "net.bridge.bridge-nf-call-iptables = 1\n")).message
    assert told("TT105", f"{TRACKED} = 262144\n", facts=frozenset({"module-loaded"})) == []
    assert told("TT105", f"{FIN} = 60\n") == []
    assert found(live_view({TRACKED: 262144}), "TT105") == []


@pytest.mark.parametrize("facts", [POD, CONTAINER])
@pytest.mark.parametrize(
    "line",
    [
        "net.ipv4.tcp_mem = 1 2 3",
        "net.ipv4.tcp_max_orphans = 9",
        "net.core.rps_sock_flow_entries = 1",
        "vm.swappiness = 1",
    ],
)
def test_a_host_wide_key_of_a_pod_or_container_is_an_error(line: str, facts: frozenset[str]) -> None:
    finding = one(told("TT106", f"{line}\n", facts=facts))
    assert finding.severity == "error"
    assert told("TT106", f"{line}\n") == []
    assert told("TT106", f"{line}\n", facts=facts | {"host-network"}) == []


def test_a_key_with_a_value_of_its_own_in_a_namespace_may_be_set_there() -> None:
    assert told("TT106", f"{FIN} = 60\nnet.core.somaxconn = 1024\nkernel.shmmax = 1\n", facts=POD) == []


def test_where_a_value_lives_depends_on_the_kernel() -> None:
    finding = one(told("TT106", "net.ipv4.tcp_rmem = 4096 87380 6291456\n", "4.14", "4.15", facts=CONTAINER))
    assert finding.kernels == ("4.14",)


def test_a_command_in_a_container_reaches_host_wide_keys_outside_net_on_purpose() -> None:
    inside = CONTAINER | {"command"}
    assert told("TT106", "vm.max_map_count = 262144\n", facts=inside) == []
    assert len(told("TT106", "net.ipv4.tcp_mem = 1 2 3\n", facts=inside)) == 1


@pytest.mark.parametrize("key", ["net.core.somaxconn", "net.ipv4.tcp_tw_reuse", "net.ipv4.tcp_max_tw_buckets"])
def test_a_pod_may_not_set_what_is_not_on_the_safe_list(key: str) -> None:
    finding = one(told("TT107", f"{key} = 1024\n", facts=POD))
    assert finding.severity == "warning"
    assert told("TT107", f"{key} = 1024\n", facts=POD | {"allowed-unsafe"}) == []
    assert told("TT107", f"{key} = 1024\n", facts=POD | {"host-network"}) == []
    assert told("TT107", f"{key} = 1024\n", facts=CONTAINER) == []


@pytest.mark.parametrize(
    "line",
    [
        "net.ipv4.ip_local_port_range = 1024 65535",
        "net.ipv4.tcp_fin_timeout = 30",
        "net.ipv4.tcp_keepalive_time = 600",
        "net.ipv4.tcp_rmem = 4096 131072 6291456",
        "kernel.shm_rmid_forced = 1",
        "net.ipv4.tcp_mem = 1 2 3",
    ],
)
def test_safe_parameters_and_those_of_the_host_are_no_unsafe_ones(line: str) -> None:
    assert told("TT107", f"{line}\n", facts=POD) == []


def test_a_parameter_without_effect_is_a_note_where_it_has_none() -> None:
    line = "net.ipv4.tcp_low_latency = 1\n"
    finding = one(told("TT108", line, "4.13", "4.14"))
    assert finding.severity == "note"
    assert finding.kernels == ("4.14",)
    assert told("TT108", line, "4.13") == []
    assert told("TT108", f"{FIN} = 60\n") == []


def test_on_a_host_only_what_somebody_set_is_without_effect() -> None:
    key = "net.ipv4.tcp_low_latency"
    assert found(live_view(kernel="5.10", pressure=Pressure()), "TT108") == []
    assert one(found(live_view({key: 1}, kernel="5.10"), "TT108")).key == key
