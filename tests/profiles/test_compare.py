"""What a profile wants beside what there is: what is set, kept, passed over or blocked, and why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tcptune.catalog import parameter
from tcptune.model.setting import Setting
from tcptune.model.value import Value
from tcptune.profiles.compare import compare
from tcptune.profiles.meaning import same
from tests.support.profiles import changes, policy, seen

FIN = "net.ipv4.tcp_fin_timeout"
RETRIES = "net.ipv4.tcp_retries2"
PORTS = "net.ipv4.ip_local_reserved_ports"
TRACKED = "net.netfilter.nf_conntrack_max"
ORPHANS = "net.ipv4.tcp_max_orphans"
BUCKETS = "net.ipv4.tcp_max_tw_buckets"


@pytest.mark.parametrize(
    ("wish", "current", "action", "wanted"),
    [
        ("30", 30, "keep", 30),
        ("30", 31, "set", 30),
        ("{one_of: [30, 40]}", 40, "keep", 40),
        ("{one_of: [30, 40]}", 60, "set", 30),
        ("{at_least: 15, at_most: 60}", 10, "set", 15),
        ("{at_least: 15, at_most: 60}", 61, "set", 60),
        ("{at_least: 15, at_most: 60}", 20, "keep", 20),
        ("{default: true}", 60, "keep", 60),
        ("{default: true}", 61, "set", 60),
    ],
)
def test_a_running_host_is_held_against_each_kind_of_wish(
    tmp_path: Path, wish: str, current: Value, action: str, wanted: Value
) -> None:
    change = changes(policy(tmp_path, f"{FIN}: {wish}"), seen({FIN: current}))[FIN]
    assert (change.action, change.wanted, change.current, change.default) == (action, wanted, current, 60)


def test_files_that_set_nothing_leave_the_kernels_default(tmp_path: Path) -> None:
    found = changes(policy(tmp_path, f"{FIN}: 60\n{RETRIES}: 8"), seen({}, running=False))
    assert (found[FIN].action, found[FIN].current) == ("keep", 60)
    assert (found[RETRIES].action, found[RETRIES].current, found[RETRIES].wanted) == ("set", 15, 8)


def test_a_default_that_depends_on_an_unknown_memory_says_nothing_unless_one_value_is_wanted(tmp_path: Path) -> None:
    where = seen({}, running=False)
    bounds = changes(policy(tmp_path, f"{BUCKETS}: {{at_least: 20000}}"), where)[BUCKETS]
    assert (bounds.action, bounds.default) == ("skip", None)
    assert "memory" in bounds.reason
    assert changes(policy(tmp_path, f"{BUCKETS}: 20000"), where)[BUCKETS].action == "set"
    assert changes(policy(tmp_path, f"{BUCKETS}: {{default: true}}"), where)[BUCKETS].action == "keep"


def test_a_value_that_is_not_known_is_passed_over_in_files_and_blocked_on_a_host(tmp_path: Path) -> None:
    for running, action in ((False, "skip"), (True, "blocked")):
        where = replace(seen({}, running=running), settings={FIN: Setting(FIN, "{{ x }}")})
        change = changes(policy(tmp_path, f"{FIN}: 30"), where)[FIN]
        assert change.action == action
        assert "known" in change.reason or "cannot be read" in change.reason


@pytest.mark.parametrize(
    ("key", "wish", "options", "action", "said", "next_step"),
    [
        (TRACKED, "500000", {"modules": ()}, "blocked", "module nf_conntrack is loaded", "modprobe nf_conntrack"),
        (TRACKED, "500000", {"modules": ("nf_conntrack",)}, "skip", "built without it", ""),
        (ORPHANS, "7", {"initial": False}, "blocked", "belongs to the host", "initial namespace"),
        ("net.ipv4.tcp_migrate_req", "1", {"kernel": "5.10"}, "skip", "it came with 5.14", ""),
        ("net.ipv4.tcp_tw_recycle", "0", {}, "skip", "removed in 4.12", ""),
    ],
)
def test_what_is_not_there_has_its_reason_and_the_next_step(
    tmp_path: Path, key: str, wish: str, options: dict[str, Any], action: str, said: str, next_step: str
) -> None:
    change = changes(policy(tmp_path, f"{key}: {wish}"), seen({}, **options))[key]
    assert change.action == action
    assert said in change.reason
    assert next_step in change.remedy
    assert change.absent == (action == "skip")


def test_what_cannot_be_written_is_blocked_only_where_it_would_have_to_be(tmp_path: Path) -> None:
    wanted = policy(tmp_path, f"{FIN}: 30\n{RETRIES}: 15")
    found = changes(wanted, seen({FIN: 60, RETRIES: 15}, locked=True))
    assert found[FIN].action == "blocked"
    assert "mounted read-only" in found[FIN].reason
    assert found[RETRIES].action == "keep"


def test_a_value_outside_of_the_kernels_range_is_blocked(tmp_path: Path) -> None:
    change = changes(policy(tmp_path, "net.ipv4.tcp_tw_reuse: 7"), seen({"net.ipv4.tcp_tw_reuse": 2}))
    assert "takes 0 to 2" in change["net.ipv4.tcp_tw_reuse"].reason


def test_a_number_that_the_kernel_rounds_up_is_compared_with_what_it_keeps(tmp_path: Path) -> None:
    key = "net.netfilter.nf_conntrack_buckets"
    wanted = policy(tmp_path, f"{key}: 1025")
    assert changes(wanted, seen({key: 1536}))[key].action == "keep"
    change = changes(wanted, seen({key: 1024}))[key]
    assert (change.action, change.wanted) == ("set", 1536)


def test_what_matters_comes_first(tmp_path: Path) -> None:
    """To be set, of that first what is harmful as it is; then what is blocked, right, and not concerned."""
    syn = "net.ipv4.tcp_syn_retries"
    lines = f"{FIN}: 30\n{RETRIES}: 15\n{ORPHANS}: 5\n{syn}: 6\nnet.ipv4.tcp_tw_recycle: 0"
    where = seen({FIN: 60, RETRIES: 3, syn: 6}, initial=False)
    order = [(change.key.rpartition(".")[2], change.action) for change in compare(policy(tmp_path, lines), where)]
    assert order == [
        ("tcp_retries2", "set"),
        ("tcp_fin_timeout", "set"),
        ("tcp_max_orphans", "blocked"),
        ("tcp_syn_retries", "keep"),
        ("tcp_tw_recycle", "skip"),
    ]


@pytest.mark.parametrize("rule", ["TT409", "retries2-low", "TT4"])
def test_a_risk_is_told_with_the_reason_for_taking_it(tmp_path: Path, rule: str) -> None:
    more = f"accept: [{{rule: {rule}, why: failover is quick}}]\n"
    where = seen({RETRIES: 15})
    risk = changes(policy(tmp_path, f"{RETRIES}: 5"), where)[RETRIES].risk
    taken = changes(policy(tmp_path, f"{RETRIES}: 5", more), where)[RETRIES].risk
    assert risk is not None
    assert taken == f"{risk} Taken on purpose: failover is quick"
    assert policy(tmp_path, f"{RETRIES}: 5", more).takes("TT409", "retries2-low") == "failover is quick"
    assert policy(tmp_path, f"{RETRIES}: 5").takes("TT409", "retries2-low") is None


@pytest.mark.parametrize(
    ("key", "one", "other", "equal"),
    [
        (PORTS, "9000-9010,8080", "8080,9000-9010", True),
        (PORTS, "8080,8081,8082", "8080-8082", True),
        (PORTS, "8080", "8080-8081", False),
        (PORTS, "", "", True),
        (PORTS, "8080", "nonsense", False),
        ("net.core.rps_default_mask", "00000000,0000000f", "f", True),
        ("net.core.rps_default_mask", "e", "f", False),
        ("net.ipv4.tcp_allowed_congestion_control", "reno cubic", "cubic reno", True),
        (FIN, 30, 30, True),
        (FIN, 30, 31, False),
    ],
)
def test_texts_are_compared_by_what_they_mean(key: str, one: Value, other: Value, equal: bool) -> None:
    entry = parameter(key)
    assert entry is not None
    assert same(entry, one, other) is equal
    assert same(entry, other, one) is equal


def test_a_list_of_ports_in_another_order_is_right(tmp_path: Path) -> None:
    found = policy(tmp_path, f'{PORTS}: "9000-9010,8080"')
    assert changes(found, seen({PORTS: "8080,9000-9010"}))[PORTS].action == "keep"
    assert changes(found, seen({PORTS: "8080"}))[PORTS].action == "set"
    several = policy(tmp_path, f'{PORTS}: {{one_of: ["8080", "9000-9010,7000"]}}')
    assert changes(several, seen({PORTS: "7000,9000-9010"}))[PORTS].action == "keep"


def test_managers_are_candidates_for_what_is_not_the_default_alone(tmp_path: Path) -> None:
    where = replace(seen({FIN: 45, RETRIES: 15}), candidates={FIN: ("tuned",), RETRIES: ("tuned",)})
    found = changes(policy(tmp_path, f"{FIN}: 30\n{RETRIES}: 8"), where)
    assert (found[FIN].candidates, found[RETRIES].candidates) == (("tuned",), ())


def test_only_the_parameters_asked_for_are_compared(tmp_path: Path) -> None:
    found = compare(policy(tmp_path, f"{FIN}: 30\n{RETRIES}: 8"), seen({FIN: 60, RETRIES: 15}), {FIN})
    assert [change.key for change in found] == [FIN]
