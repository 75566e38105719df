"""TIME_WAIT, closing, ports, queues and retries: what the catalogue says for a given kernel."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import pytest

from tcptune.catalog import default_value
from tcptune.model.host import Host
from tcptune.model.parameter import Parameter, Risk
from tcptune.model.value import Value, parse_live
from tcptune.model.version import KernelVersion, Target
from tests.support import parameter_experiments as experiments
from tests.support.experiments import run

MODULES = (
    "time_wait",
    "time_wait_buckets",
    "time_wait_protection",
    "closing",
    "closing_answers",
    "ports",
    "ports_bind",
    "backlog",
    "backlog_tables",
    "keepalive",
    "retries",
)
ENTRIES: dict[str, Parameter] = {
    entry.key: entry for module in MODULES for entry in import_module(f"tcptune.catalog.{module}").PARAMETERS
}


def target(kernel: str, vendor: str | None = None) -> Target:
    return Target(KernelVersion.parse(kernel), vendor)


def entry(name: str) -> Parameter:
    return ENTRIES[name if name.startswith("net.") else f"net.ipv4.{name}"]


def risks(name: str, value: Value, kernel: str) -> list[Risk]:
    """Return the risks of a value on a kernel, as the rule for documented risks sees them."""
    version = KernelVersion.parse(kernel)
    return [
        risk
        for risk in entry(name).risks
        if risk.when.holds(value) and version >= risk.since and (risk.until is None or version < risk.until)
    ]


@pytest.mark.parametrize(
    ("name", "kernel", "vendor", "value"),
    [
        ("tcp_tw_reuse", "4.16", None, 0),
        ("tcp_tw_reuse", "4.18", "rhel8", 2),
        ("tcp_tw_reuse", "3.10", "rhel7", 0),
        ("tcp_fin_timeout", "2.6.32", None, 60),
        ("ip_local_port_range", "3.10", None, (32768, 61000)),
        ("ip_local_port_range", "3.10", "rhel7", (32768, 60999)),
        ("ip_local_port_range", "6.18", None, (32768, 60999)),
        ("net.core.somaxconn", "4.18", "rhel8", 128),
        ("net.core.somaxconn", "5.4", None, 4096),
        ("tcp_syn_retries", "3.6", None, 5),
        ("tcp_syn_retries", "3.8", None, 6),
        ("tcp_challenge_ack_limit", "3.10", None, 100),
        ("tcp_challenge_ack_limit", "3.10", "rhel7", 1000),
        ("tcp_challenge_ack_limit", "5.19", None, 1000),
        ("tcp_challenge_ack_limit", "6.0", None, 2147483647),
        ("tcp_orphan_retries", "6.18", None, 0),
    ],
)
def test_defaults_by_kernel(name: str, kernel: str, vendor: str | None, value: Value) -> None:
    assert default_value(entry(name), target(kernel, vendor)) == value


@pytest.mark.parametrize(
    ("name", "kernel", "vendor", "exists"),
    [
        ("tcp_tw_recycle", "4.11", None, True),
        ("tcp_tw_recycle", "4.12", None, False),
        ("tcp_tw_recycle", "3.10", "rhel7", True),
        ("tcp_tw_reuse_delay", "6.12", None, False),
        ("tcp_tw_reuse_delay", "6.18", None, True),
        ("tcp_rto_max_ms", "6.12", None, False),
        ("tcp_migrate_req", "5.10.46", None, False),
        ("tcp_migrate_req", "5.10.262", None, True),
        ("tcp_migrate_req", "5.12", None, False),
        ("tcp_invalid_ratelimit", "3.10", None, False),
        ("tcp_invalid_ratelimit", "3.10", "rhel7", True),
        ("ip_local_port_step_width", "6.18", None, False),
    ],
)
def test_existence_by_kernel(name: str, kernel: str, vendor: str | None, exists: bool) -> None:
    assert entry(name).exists(target(kernel, vendor)) is exists


@pytest.mark.parametrize(
    ("name", "kernel", "vendor", "bounds"),
    [
        ("tcp_tw_reuse", "4.16", None, (-(2**31), 2**31 - 1)),
        ("tcp_tw_reuse", "4.18", None, (0, 2)),
        ("tcp_retries2", "5.12", None, (-(2**31), 2**31 - 1)),
        ("tcp_retries2", "5.10.262", None, (0, 255)),
        ("tcp_retries2", "5.14", None, (0, 255)),
        ("tcp_retries1", "4.19", None, (-(2**31), 255)),
        ("tcp_fin_timeout", "6.18", None, (-8589934, 8589934)),
        ("tcp_syn_retries", "3.10", "rhel7", (1, 127)),
        ("net.core.somaxconn", "3.19", None, (0, 65535)),
        ("net.core.somaxconn", "6.1", None, (0, 2**31 - 1)),
        ("tcp_tw_reuse_delay", "6.18", None, (1, 60000)),
        ("tcp_rto_max_ms", "6.18", None, (1000, 120000)),
        ("tcp_invalid_ratelimit", "6.18", None, (0, 2**31 - 1)),
        ("tcp_invalid_ratelimit", "7.2.7", None, (-(2**31) + 1, 2**31 - 1)),
        ("tcp_invalid_ratelimit", "7.2.13", None, (0, 2**31 - 1)),
    ],
)
def test_what_the_kernel_accepts(
    name: str, kernel: str, vendor: str | None, bounds: tuple[int | None, int | None]
) -> None:
    step = entry(name).accepted_on(target(kernel, vendor))
    assert step is not None
    assert step.bounds(hz=250) == bounds


@pytest.mark.parametrize(
    ("name", "kernel", "vendor", "scope"),
    [
        ("tcp_tw_reuse", "4.9", None, "host"),
        ("tcp_tw_reuse", "4.10", None, "netns"),
        ("tcp_keepalive_time", "3.10", None, "host"),
        ("tcp_keepalive_time", "3.10", "rhel7", "netns"),
        ("tcp_max_orphans", "6.18", None, "host"),
        ("net.core.netdev_max_backlog", "6.18", None, "host"),
        ("net.core.somaxconn", "3.10", None, "netns"),
    ],
)
def test_scope_by_kernel(name: str, kernel: str, vendor: str | None, scope: str) -> None:
    step = entry(name).scope_on(target(kernel, vendor))
    assert step is not None
    assert step.scope == scope


def test_two_is_no_value_of_its_own_for_reuse_before_4_18() -> None:
    assert set(entry("tcp_tw_reuse").meanings_on(target("3.10"))) == {0, 1}
    assert set(entry("tcp_tw_reuse").meanings_on(target("6.18"))) == {0, 1, 2}


@pytest.mark.parametrize(
    ("name", "value", "kernel", "rules"),
    [
        ("tcp_tw_recycle", 1, "3.10", ["TT401"]),
        ("tcp_tw_recycle", 0, "3.10", []),
        ("tcp_tw_recycle", 1, "4.12", []),
        ("tcp_timestamps", 0, "6.18", ["TT402"]),
        ("tcp_timestamps", 2, "6.18", []),
        ("tcp_max_tw_buckets", 19999, "6.18", ["TT403"]),
        ("tcp_max_tw_buckets", 20000, "6.18", []),
        ("tcp_max_tw_buckets", 0, "5.10", ["TT403"]),
        ("tcp_max_tw_buckets", -1, "5.10", ["TT403"]),
        ("tcp_max_tw_buckets", -1, "6.18", ["TT403"]),
        ("tcp_fin_timeout", 14, "6.18", ["TT404"]),
        ("tcp_fin_timeout", 15, "6.18", []),
        ("tcp_fin_timeout", 60, "6.18", []),
        ("tcp_fin_timeout", 61, "6.18", ["TT405"]),
        ("tcp_fin_timeout", 75, "6.18", ["TT405"]),
        ("tcp_fin_timeout", 89, "6.18", ["TT405"]),
        ("tcp_fin_timeout", 120, "6.18", ["TT405"]),
        ("tcp_abort_on_overflow", 1, "6.18", ["TT406"]),
        ("tcp_syncookies", 0, "6.18", ["TT407"]),
        ("tcp_syncookies", 2, "6.18", []),
        ("tcp_orphan_retries", 0, "6.18", []),
        ("tcp_orphan_retries", 1, "6.18", ["TT408"]),
        ("tcp_orphan_retries", 3, "6.18", ["TT408"]),
        ("tcp_orphan_retries", 4, "6.18", []),
        ("tcp_retries2", 7, "6.18", ["TT409"]),
        ("tcp_retries2", 8, "6.18", []),
        ("ip_local_port_range", (9999, 60998), "6.18", ["TT410"]),
        ("ip_local_port_range", (10000, 65535), "6.18", []),
        ("ip_local_port_range", (50000, 59998), "6.18", ["TT411", "TT413"]),
        ("ip_local_port_range", (50000, 59999), "6.18", []),
        ("ip_local_port_range", (32768, 61000), "3.10", []),
    ],
)
def test_risks_of_values(name: str, value: Value, kernel: str, rules: list[str]) -> None:
    assert [risk.rule for risk in risks(name, value, kernel)] == rules


def test_minus_one_bucket_means_none_before_5_19_and_no_limit_since() -> None:
    (before,) = risks("tcp_max_tw_buckets", -1, "5.10")
    (since,) = risks("tcp_max_tw_buckets", -1, "6.18")
    assert "no TIME_WAIT at all" in before.reason
    assert "unlimited" in since.reason


def test_no_default_of_any_kernel_is_a_risk() -> None:
    for kernel in ("4.18", "5.4", "5.10", "6.1", "6.12", "6.18", "7.2"):
        for parameter in ENTRIES.values():
            for memory in (4, 24, 256):
                version = KernelVersion.parse(kernel)
                value = default_value(parameter, Target(version), Host(version, memory_bytes=memory << 30))
                if value is None or parameter.key.endswith("tcp_max_tw_buckets"):
                    continue
                assert not risks(parameter.key, value, kernel), (parameter.key, value)


@pytest.mark.root
def test_defaults_are_those_of_a_new_namespace_of_the_running_kernel() -> None:

    fresh: dict[str, Any] = run(experiments.fresh_values)
    kernel = KernelVersion.parse(os.uname().release)
    own = fresh.get("net.ipv4.tcp_ehash_entries")
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    host = Host(kernel, memory_bytes=memory, ehash_entries=int(own[0]) if own else None, initial=False)
    compared = 0
    for parameter in ENTRIES.values():
        scope = parameter.scope_on(host.target)
        visible = parameter.exists(host.target) and scope is not None and scope.child != "absent"
        assert (parameter.key in fresh) == visible, parameter.key
        if visible:
            text, mode = fresh[parameter.key]
            assert mode == parameter.mode, parameter.key
            assert parse_live(parameter.kind, text) == default_value(parameter, host.target, host), parameter.key
            compared += 1
    assert compared >= 25


@pytest.mark.root
def test_memory_alone_gives_the_size_that_the_running_kernel_shows() -> None:

    fresh: dict[str, Any] = run(experiments.fresh_values)
    shown = fresh.get("net.ipv4.tcp_ehash_entries")
    if shown is None:
        pytest.skip("this kernel does not show the size of its hash")
    kernel = KernelVersion.parse(os.uname().release)
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    host = Host(kernel, memory_bytes=memory, initial=False)
    assert default_value(entry("tcp_ehash_entries"), host.target, host) == int(shown[0])
