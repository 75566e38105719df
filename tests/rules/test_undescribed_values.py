"""Values of parameters that have no page: of many it is known that they take numbers, and what no number can be."""

from __future__ import annotations

import pytest

from tests.support.views import file_view, found


def rules(text: str) -> list[str]:
    view = file_view(text, "6.1")
    return [code for code in ("TT201", "TT202", "TT204") if found(view, code)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("vm.swappiness = \u0661\u0660", ["TT201"]),
        ("vm.swappiness = 10%", ["TT201"]),
        ("vm.swappiness = 10", []),
        ("vm.lowmem_reserve_ratio = 256 256 32 0 0", []),
        ("vm.numa_zonelist_order = Node", []),
        ("net.core.rps_default_mask = ff", []),
        ("vm.swappiness = 99999999999999999999", ["TT202"]),
        ("vm.dirty_bytes = 18446744073709551615", []),
        ("kernel.core_pattern = 99999999999999999999", []),
        ("vm.swappiness = 010", ["TT204"]),
        ("vm.swappiness = 080", ["TT201"]),
        ("vm.swappiness = 00", ["TT204"]),
        ("vm.swappiness = 0", []),
        ("net.core.rps_default_mask = 010", []),
        ("vm.max_map_count = 0x40000", ["TT204"]),
        ("kernel.pid_max = 0x8000", ["TT204"]),
        ("kernel.sysrq = 0xb0", []),
        ("vm.zone_reclaim_mode = 0x3", []),
        ("net.ipv6.fib_multipath_hash_fields = 0x37", []),
        ("kernel.pid_max = many", ["TT201"]),
        ("kernel.core_pattern = 010", []),
        ("kernel.shmmax = 4GB", ["TT201"]),
        ("kernel.sem = 250,32000,100,128", ["TT201"]),
        ("kernel.shmmax = 18446744073692774399", []),
        ("kernel.sem = 250 32000 100 128", []),
        ("kernel.sem = 250 32000", ["TT201"]),
        ("net.ipv4.udp_mem = 65536", ["TT201"]),
        ("net.ipv4.udp_mem = 65536 131072 262144", []),
        ("net.ipv4.udp_mem = 65536 131072 {{ x }}", []),
        ("net.ipv4.ping_group_range = 0", ["TT201"]),
        ("kernel.printk = 3", []),
    ],
)
def test_what_is_known_of_their_values(text: str, expected: list[str]) -> None:
    assert rules(f"{text}\n") == expected


def test_of_what_nobody_sees_another_rule_speaks() -> None:
    assert rules("net.ipv4.tcp_fin_timeout = 30\u00a0\nvm.swappiness = 10\u200b\n") == []


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("net.ipv4.udp_mem = 65536 25165824 262144", "65536 262144 25165824"),
        ("net.ipv4.udp_mem = 3\t2\t1", "1 2 3"),
        ("net.ipv4.ping_group_range = 2147483647 0", "0 2147483647"),
    ],
)
def test_numbers_in_the_wrong_order_are_an_error_without_a_page_too(text: str, right: str) -> None:
    (finding,) = found(file_view(f"{text}\n"), "TT203")
    assert finding.severity == "error"
    assert finding.fix is not None
    assert finding.fix.title == f"write {right}"


@pytest.mark.parametrize(
    "text",
    [
        "net.ipv4.udp_mem = 1 2 2",
        "net.ipv4.udp_mem = 3 2",
        "net.ipv4.udp_mem = 3 2 {{ x }}",
        "net.ipv4.ping_group_range = 1 0",
        "net.ipv4.ping_group_range = 0 0",
        "kernel.sem = 250 32000 100 128",
        "-net.ipv4.udp_mem",
    ],
)
def test_what_ascends_or_is_the_kernels_own_is_in_order(text: str) -> None:
    assert found(file_view(f"{text}\n"), "TT203") == []
