"""The name that was meant: misspellings as they are found in public files, and what no guess is made for."""

from __future__ import annotations

import time
from collections.abc import Callable
from difflib import get_close_matches
from functools import partial

import pytest

from tcptune.rules import nearest
from tcptune.rules.nearest import meant

IPV4 = "net.ipv4."


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("net.ipv4.tcp_max_tw_bucket", "net.ipv4.tcp_max_tw_buckets"),
        ("net.ipv4.tcp_fin_timout", "net.ipv4.tcp_fin_timeout"),
        ("net.ipv4.ip forward", "net.ipv4.ip_forward"),
        ("net.ipv4. tcp_sack", "net.ipv4.tcp_sack"),
        ("fs.notify.max_queued_events", "fs.inotify.max_queued_events"),
        ("fs.fanotfy.max_queued_events", "fs.fanotify.max_queued_events"),
        ("net.ipv4.tcp_tw_recyle", "net.ipv4.tcp_tw_recycle"),
        ("net.ipv4.tcp_tw_resue", "net.ipv4.tcp_tw_reuse"),
        ("net.ipv4.tcp_timestamp", "net.ipv4.tcp_timestamps"),
        ("net.ipv4.tcp_keepalive_probe", "net.ipv4.tcp_keepalive_probes"),
        ("net.core.rmem_defualt", "net.core.rmem_default"),
        ("net.core.somaxcon", "net.core.somaxconn"),
        ("net.ipv4.ip_local_port_ranges", "net.ipv4.ip_local_port_range"),
        ("net.ipv4_timestamps", "net.ipv4.tcp_timestamps"),
        ("net.ipv4_fastopen", "net.ipv4.tcp_fastopen"),
        ("net.core_netdev_max_backlog", "net.core.netdev_max_backlog"),
        ("net.ipv4.somaxconn", "net.core.somaxconn"),
        ("net.ipv4.net.ipv4.tcp_tw_reuse", "net.ipv4.tcp_tw_reuse"),
        ("net.ipv6.tcp_rmem", "net.ipv4.tcp_rmem"),
        ("net.ipv6.tcp_fin_timeout", "net.ipv4.tcp_fin_timeout"),
        ("net.ipv6.ip_forward", "net.ipv6.conf.all.forwarding"),
        ("net.ipv6.conf.eth0.ip_forward", "net.ipv6.conf.eth0.forwarding"),
        ("net.ipv6.ip_default_ttl", "net.ipv6.conf.all.hop_limit"),
        ("net.ipv6.ipfrag_time", "net.ipv6.ip6frag_time"),
        ("net.ipv6.default.accept_ra", "net.ipv6.conf.default.accept_ra"),
        ("net.ipv4.eth0.rp_filter", "net.ipv4.conf.eth0.rp_filter"),
        ("net.ipv4.default.gc_thresh1", "net.ipv4.neigh.default.gc_thresh1"),
        ("net.ipv4.udp_rmem", "net.ipv4.udp_rmem_min"),
        ("net.ipv4.tcp_rme", "net.ipv4.tcp_rmem"),
        ("net.ipv4.tcp_wme", "net.ipv4.tcp_wmem"),
        ("net.ipv4.nf_conntrack_max", "net.netfilter.nf_conntrack_max"),
        ("net.ipv4/tcp_sack", "net.ipv4.tcp_sack"),
        ("net_ipv4_tcp_sack", "net.ipv4.tcp_sack"),
        ("net.ipv4_conf.all.src_valid_mark", "net.ipv4.conf.all.src_valid_mark"),
        ("net_ipv6_neigh_eth-0.gc_stale_time", "net.ipv6.neigh.eth-0.gc_stale_time"),
        ("NET.IPV4.TCP_SACK", "net.ipv4.tcp_sack"),
        ("net.ipv4.fin_timeout", "net.ipv4.tcp_fin_timeout"),
        ("tcp_fin_timeout", "net.ipv4.tcp_fin_timeout"),
        ("net.ipv4.conf.eth0.rp_filtr", "net.ipv4.conf.eth0.rp_filter"),
        ("net.ipv4.neigh.default.gc_tresh1", "net.ipv4.neigh.default.gc_thresh1"),
        ("vm.swapiness", "vm.swappiness"),
        ("vm.numa_balancing", "kernel.numa_balancing"),
        ("fs.file_max", "fs.file-max"),
    ],
)
def test_the_meant_name_is_found(written: str, name: str) -> None:
    assert meant(written) == name


@pytest.mark.parametrize(
    "written",
    [
        "net.ipv4.tcp_keepalive",
        "net.ipv4.tcp_retries",
        "net.ipv4.foo_bar",
        "net.ipv6.eth0.foo_bar",
        "net.ipv6.route.mtu",
        "net.ipv4.all.accept_ra_mtu",
        "my.own.thing",
        "kernel.mm.lru_gen.enabled",
        "net.ipv4." + "x" * 5000,
        "",
    ],
)
def test_no_guess_is_made_where_none_is_good(written: str) -> None:
    assert meant(written) is None


def test_a_known_name_is_not_its_own_correction() -> None:
    assert all(meant(name) != name for name in sorted(nearest.names())[::40])


def spent(look: Callable[[str], object], key: str) -> float:
    """Return the processor time of a look at fifty keys that begin alike."""
    began = time.process_time()
    for number in range(50):
        look(f"{key}_{number}_of_many")
    return time.process_time() - began


def test_a_guess_takes_no_longer_than_to_compare_with_all_names() -> None:
    words = [name.rpartition(".")[2] for name in nearest.names()]
    meant("net.ipv4.warm_up")
    # Each key is new: what was guessed once is remembered. The machine may be busy: the best of three pairs counts.
    pairs = [
        (spent(meant, f"{IPV4}tcp_fin_timout{turn}"), spent(partial(get_close_matches, possibilities=words), "tcp_fin"))
        for turn in range(3)
    ]
    assert min(ours / plain for ours, plain in pairs) < 1
