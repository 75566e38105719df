"""The parameters that are known as a table: existence, defaults and ranges at kernels whose source was read."""

from __future__ import annotations

import pytest

from tcptune.catalog import parameter, parameters
from tcptune.catalog.distributions import DISTRIBUTIONS
from tcptune.catalog.targets import releases_since, resolve
from tcptune.model.parameter import Parameter
from tcptune.model.value import Value
from tcptune.model.version import OLDEST, Target

TABLES = ("tcp_other", "tcp_ecn", "tcp_more", "core_other", "core_more", "conntrack_other", "conntrack_sctp")
ENTRIES = [entry for entry in parameters().values() if entry.family in TABLES]
CONNTRACK = "net.netfilter.nf_conntrack_"
KERNELS = (*releases_since(OLDEST), *(Target(each.version, each.vendor, each.names[0]) for each in DISTRIBUTIONS))


def at(key: str, kernel: str) -> tuple[Parameter, Target]:
    """Return the entry of a key and the kernel of a name."""
    entry = parameter(key)
    assert entry is not None, key
    return entry, resolve(kernel)


def test_the_tables_hold_the_rest_of_each_family() -> None:
    keys = {entry.key for entry in ENTRIES}
    assert len(keys) == len(ENTRIES)
    assert sum(key.startswith("net.ipv4.tcp_") for key in keys) > 50
    assert sum(key.startswith("net.core.") for key in keys) >= 40
    assert sum(key.startswith(CONNTRACK) for key in keys) > 35
    assert all(entry.depth == "table" for entry in ENTRIES)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)
def test_a_table_entry_says_type_scope_and_what_is_accepted(entry: Parameter) -> None:
    assert entry.meaning.endswith(".")
    assert entry.scope
    assert entry.accepted
    assert entry.kind != "enum" or entry.meanings


@pytest.mark.parametrize("entry", parameters().values(), ids=lambda entry: entry.key)
def test_wherever_a_key_exists_its_scope_and_what_it_takes_are_known(entry: Parameter) -> None:
    for target in KERNELS:
        if entry.exists(target):
            assert entry.scope_on(target) is not None, target
            assert entry.accepted_on(target) is not None, target


@pytest.mark.parametrize(
    ("key", "has", "lacks"),
    [
        ("net.ipv4.tcp_comp_sack_nr", "4.18", "4.16"),
        ("net.ipv4.tcp_min_snd_mss", "5.2", "5.1"),
        ("net.ipv4.tcp_min_snd_mss", "4.19.52", "4.19.51"),
        ("net.ipv4.tcp_min_snd_mss", "rhel8", "4.18"),
        ("net.ipv4.tcp_notsent_lowat", "rhel7", "3.10"),
        ("net.ipv4.tcp_min_tso_segs", "rhel7", "3.10"),
        ("net.ipv4.tcp_min_tso_segs", "3.10.108", "3.11"),
        ("net.ipv4.tcp_thin_linear_timeouts", "2.6.35", "2.6.32"),
        ("net.core.netdev_tstamp_prequeue", "2.6.35", "2.6.32"),
        ("net.core.bpf_jit_harden", "rhel7", "3.10"),
        ("net.ipv4.tcp_dma_copybreak", "3.10", "rhel7"),
        ("net.ipv4.tcp_fastopen_key", "3.8", "3.6"),
        ("net.ipv4.tcp_no_ssthresh_metrics_save", "5.6", "5.4"),
        ("net.ipv4.tcp_plb_enabled", "6.2", "6.1"),
        ("net.ipv4.tcp_shrink_window", "6.5", "6.4"),
        ("net.ipv4.tcp_backlog_ack_defer", "6.8", "6.6"),
        ("net.ipv4.tcp_ecn_option", "6.18", "6.13"),
        ("net.ipv4.tcp_rcvbuf_low_rtt", "6.19", "6.18"),
        ("net.ipv4.tcp_comp_sack_rtt_percent", "6.19", "6.18"),
        ("net.core.busy_poll", "rhel7", "3.10"),
        ("net.core.tstamp_allow_data", "4.1", "3.19"),
        ("net.core.bpf_jit_limit", "rhel8", "4.18"),
        ("net.core.devconf_inherit_init_net", "5.2", "5.0"),
        ("net.core.txrehash", "5.19", "5.17"),
        ("net.core.bypass_prot_mem", "6.19", "6.18"),
        ("net.core.qdisc_max_burst", "6.19", "6.18"),
        (CONNTRACK + "tcp_ignore_invalid_rst", "5.14", "5.12"),
        (CONNTRACK + "helper", "5.19", "6.0"),
        (CONNTRACK + "sctp_timeout_heartbeat_acked", "6.0", "6.1"),
        (CONNTRACK + "dccp_timeout_open", "6.13", "6.18"),
    ],
)
def test_a_key_is_there_on_one_kernel_and_not_on_the_other(key: str, has: str, lacks: str) -> None:
    entry, target = at(key, has)
    assert entry.exists(target)
    assert not entry.exists(resolve(lacks))


@pytest.mark.parametrize(
    ("key", "kernel", "value"),
    [
        ("net.ipv4.tcp_limit_output_bytes", "3.13", 131072),
        ("net.ipv4.tcp_limit_output_bytes", "4.2", None),
        ("net.ipv4.tcp_adv_win_scale", "3.2", 2),
        ("net.ipv4.tcp_adv_win_scale", "3.10", 1),
        ("net.ipv4.tcp_early_retrans", "3.5", 2),
        ("net.ipv4.tcp_early_retrans", "3.10", 3),
        ("net.ipv4.tcp_base_mss", "rhel7", 512),
        ("net.ipv4.tcp_base_mss", "4.18", 1024),
        ("net.ipv4.tcp_autocorking", "rhel7", 1),
        ("net.core.default_qdisc", "rhel7", "pfifo_fast"),
        ("net.ipv4.tcp_limit_output_bytes", "4.18", 262144),
        ("net.ipv4.tcp_limit_output_bytes", "5.10", 1048576),
        ("net.ipv4.tcp_limit_output_bytes", "6.12", 1048576),
        ("net.ipv4.tcp_limit_output_bytes", "6.18", 4194304),
        ("net.ipv4.tcp_fastopen_blackhole_timeout_sec", "5.10", 3600),
        ("net.ipv4.tcp_fastopen_blackhole_timeout_sec", "6.1", 0),
        ("net.ipv4.tcp_comp_sack_slack_ns", "6.18", 100000),
        ("net.ipv4.tcp_comp_sack_slack_ns", "7.2", 10000),
        ("net.ipv4.tcp_notsent_lowat", "4.4", -1),
        ("net.ipv4.tcp_notsent_lowat", "4.18", 4294967295),
        ("net.ipv4.tcp_ecn", "6.1", 2),
        ("net.ipv4.tcp_sack", "4.18", 1),
        ("net.core.skb_defer_max", "6.18", 64),
        ("net.core.skb_defer_max", "7.2", 128),
        ("net.core.netdev_budget", "6.1", 300),
        ("net.core.default_qdisc", "6.1", "pfifo_fast"),
        (CONNTRACK + "events", "5.10", 1),
        (CONNTRACK + "events", "6.1", 2),
        (CONNTRACK + "sctp_timeout_established", "5.10", 432000),
        (CONNTRACK + "sctp_timeout_established", "6.1", 210),
        (CONNTRACK + "sctp_timeout_shutdown_sent", "6.1", 3),
        (CONNTRACK + "udp_timeout_stream", "4.18", 180),
        (CONNTRACK + "udp_timeout_stream", "6.1", 120),
    ],
)
def test_the_default_on_a_kernel(key: str, kernel: str, value: Value | None) -> None:
    entry, target = at(key, kernel)
    step = entry.default_on(target)
    assert step is not None
    assert step.value == value


INT = (-(2**31), 2**31 - 1)


@pytest.mark.parametrize(
    ("key", "kernel", "bounds"),
    [
        ("net.ipv4.tcp_ecn", "4.18", INT),
        ("net.ipv4.tcp_ecn", "5.14", (0, 255)),
        ("net.ipv4.tcp_ecn", "6.18", (0, 2)),
        ("net.ipv4.tcp_ecn", "7.2", (0, 5)),
        ("net.ipv4.tcp_ecn_option", "6.18", (0, 2)),
        ("net.ipv4.tcp_ecn_option", "7.2", (0, 3)),
        ("net.ipv4.tcp_sack", "5.10", INT),
        ("net.ipv4.tcp_sack", "5.10.262", (0, 255)),
        ("net.ipv4.tcp_sack", "5.14", (0, 255)),
        ("net.ipv4.tcp_sack", "rhel8", INT),
        ("net.ipv4.tcp_reordering", "6.1", INT),
        ("net.ipv4.tcp_min_snd_mss", "6.1", (48, 65535)),
        ("net.ipv4.tcp_min_rtt_wlen", "4.18", INT),
        ("net.ipv4.tcp_min_rtt_wlen", "rhel8", (0, 86400)),
        ("net.ipv4.tcp_adv_win_scale", "6.1", (-31, 31)),
        ("net.ipv4.tcp_early_retrans", "3.5", (0, 2)),
        ("net.ipv4.tcp_early_retrans", "6.1", (0, 4)),
        ("net.ipv4.tcp_early_demux", "5.10", INT),
        ("net.ipv4.tcp_early_demux", "5.15", INT),
        ("net.ipv4.tcp_early_demux", "6.1", (0, 255)),
        ("net.ipv4.tcp_min_tso_segs", "4.1", (0, 65535)),
        ("net.ipv4.tcp_min_tso_segs", "4.2", (1, 65535)),
        ("net.core.bpf_jit_enable", "3.10", INT),
        ("net.core.bpf_jit_enable", "rhel7", (0, 2)),
        ("net.core.busy_poll", "4.10", INT),
        ("net.core.busy_poll", "4.18", (0, 2**31 - 1)),
        ("net.core.fb_tunnels_only_for_init_net", "5.4", (0, 1)),
        ("net.core.fb_tunnels_only_for_init_net", "6.1", (0, 2)),
        (CONNTRACK + "events", "6.1", (0, 2)),
        (CONNTRACK + "acct", "6.1", (0, 1)),
        (CONNTRACK + "tcp_max_retrans", "5.10", INT),
        (CONNTRACK + "tcp_max_retrans", "6.1", (0, 255)),
        (CONNTRACK + "log_invalid", "6.1", (0, 255)),
    ],
)
def test_what_a_kernel_accepts(key: str, kernel: str, bounds: tuple[int, int]) -> None:
    entry, target = at(key, kernel)
    step = entry.accepted_on(target)
    assert step is not None
    assert step.bounds() == bounds


@pytest.mark.parametrize(
    ("key", "kernel", "scope", "child"),
    [
        ("net.ipv4.tcp_sack", "4.12", "host", "absent"),
        ("net.ipv4.tcp_sack", "4.18", "netns", "own"),
        ("net.ipv4.tcp_available_congestion_control", "5.6", "host", "absent"),
        ("net.ipv4.tcp_available_congestion_control", "5.7", "host", "read-only"),
        ("net.ipv4.tcp_allowed_congestion_control", "4.18", "host", "absent"),
        ("net.core.rmem_default", "6.1", "host", "absent"),
        ("net.core.rmem_default", "6.12", "host", "read-only"),
        ("net.core.tstamp_allow_data", "6.12", "host", "absent"),
        ("net.core.tstamp_allow_data", "6.18", "netns", "own"),
        ("net.core.dev_weight", "6.18", "host", "absent"),
        (CONNTRACK + "expect_max", "6.18", "host", "read-only"),
        (CONNTRACK + "acct", "6.18", "netns", "own"),
        ("net.nf_conntrack_max", "6.18", "host", "absent"),
    ],
)
def test_where_a_value_lives(key: str, kernel: str, scope: str, child: str) -> None:
    entry, target = at(key, kernel)
    step = entry.scope_on(target)
    assert step is not None
    assert (step.scope, step.child) == (scope, child)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("net.ipv4.ip_conntrack_max", "net.netfilter.nf_conntrack_max"),
        ("net.ipv4.netfilter.ip_conntrack_max", "net.netfilter.nf_conntrack_max"),
        (
            "net.ipv4.netfilter.ip_conntrack_tcp_timeout_time_wait",
            "net.netfilter.nf_conntrack_tcp_timeout_time_wait",
        ),
        ("net.ipv4.netfilter.ip_conntrack_tcp_be_liberal", "net.netfilter.nf_conntrack_tcp_be_liberal"),
    ],
)
def test_old_names_of_connection_tracking_lead_to_the_new_ones(old: str, new: str) -> None:
    entry, target = at(old, "4.18")
    assert not entry.exists(target)
    assert entry.lifetime.renamed_to == new
    assert parameter(new) is not None


def test_a_new_name_is_always_a_parameter() -> None:
    for entry in parameters().values():
        new = entry.lifetime.renamed_to
        assert new is None or parameter(new) is not None, entry.key


@pytest.mark.parametrize(
    ("key", "last", "gone"),
    [
        ("net.ipv4.tcp_frto_response", "3.9", "3.10"),
        ("net.ipv4.tcp_abc", "3.8", "3.9"),
        ("net.ipv4.tcp_dma_copybreak", "3.17", "3.18"),
        ("net.ipv4.tcp_max_ssthresh", "rhel7", "3.13"),
        ("net.ipv4.tcp_cookie_size", "3.9", "3.10"),
        ("net.ipv4.tcp_thin_dupack", "4.10", "4.11"),
        ("net.ipv4.tcp_tx_skb_cache", "5.15", "5.17"),
        ("net.ipv4.rt_cache_rebuild_count", "3.5", "3.6"),
        ("net.ipv4.inet_peer_gc_mintime", "3.0", "3.2"),
        ("net.ipv4.tcp_westwood", "2.6.11", "2.6.18"),
        ("net.ipv4.tcp_bic_low_window", "2.6.11", "2.6.18"),
    ],
)
def test_what_was_removed_says_what_to_do_instead(key: str, last: str, gone: str) -> None:
    entry, target = at(key, last)
    assert entry.exists(target)
    assert not entry.exists(resolve(gone))
    assert (entry.lifetime.instead or "").endswith(".")


@pytest.mark.parametrize(
    ("key", "works", "idle"),
    [
        ("net.ipv4.tcp_low_latency", "4.13", "4.14"),
        ("net.ipv4.tcp_fack", "4.14", "4.15"),
        ("net.ipv4.tcp_adv_win_scale", "6.5", "6.6"),
    ],
)
def test_what_has_no_effect_any_more_is_still_there(key: str, works: str, idle: str) -> None:
    entry, target = at(key, "6.18")
    step = entry.lifetime.no_effect
    assert entry.exists(target)
    assert step is not None
    assert step.holds(resolve(idle))
    assert not step.holds(resolve(works))


def test_a_vendors_parameter_is_there_for_that_vendor_alone() -> None:
    entry, target = at("net.ipv4.tcp_tw_timeout", "alinux2")
    assert entry.exists(target)
    assert not any(entry.exists(resolve(name)) for name in ("4.19", "6.18", "rhel8", "al2023"))
