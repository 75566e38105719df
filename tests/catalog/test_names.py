"""Names below /proc/sys: none that a kernel has is unknown, and none is known that no kernel has."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tcptune.catalog import parameters
from tcptune.catalog.invented import INVENTED
from tcptune.catalog.names import COMPLETE, all_names, known
from tcptune.model.version import KernelVersion as V

SYS = Path("/proc/sys")
FAMILIES = ("net/ipv4", "net/ipv6", "net/core", "net/netfilter", "net/unix", "net/mptcp", "net/bridge", "fs", "vm")


def live(folder: str) -> list[str]:
    """Return the keys of a folder of /proc/sys; an interface's dots are slashes, as sysctl writes them."""
    found = [path for path in (SYS / folder).rglob("*") if path.is_file()]
    return [".".join(part.replace(".", "/") for part in path.relative_to(SYS).parts) for path in found]


@pytest.mark.skipif(sys.platform != "linux", reason="reads the names of the running Linux")
@pytest.mark.parametrize("folder", [folder for folder in FAMILIES if (SYS / folder).is_dir()])
def test_every_key_of_the_running_kernel_is_known(folder: str) -> None:
    keys = live(folder)
    assert keys
    assert [key for key in keys if known(key) is None and key not in parameters()] == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads the names of the running Linux")
def test_no_key_of_the_running_kernel_counts_as_gone_from_it() -> None:
    release = V.parse((SYS / "kernel/osrelease").read_text("ascii")).release
    for folder in ("net", "fs", "vm", "kernel"):
        for key in live(folder):
            name = known(key)
            if name is not None:
                assert name.first.release <= release, key
                assert name.last is None or name.last.release >= release, key


def test_every_described_parameter_of_mainline_is_a_name_or_an_old_one_of_connection_tracking() -> None:
    unknown = [
        key
        for key, entry in parameters().items()
        if known(key) is None and not entry.lifetime.vendor_only and "ip_conntrack" not in key
    ]
    assert unknown == []


def test_a_described_parameter_is_not_called_gone_by_its_name_while_it_lives() -> None:
    for key, entry in parameters().items():
        name = known(key)
        if name is not None and entry.lifetime.removed is None:
            assert name.last is None, key
        if name is not None and entry.lifetime.removed is not None and name.last is not None:
            assert name.last < entry.lifetime.removed.since, key


@pytest.mark.parametrize(
    "key",
    [
        "net.ipv4.conf.eth0.rp_filter",
        "net.ipv4.conf.eth0/100.rp_filter",
        "net.ipv4.conf.all.arp_ignore",
        "net.ipv6.conf.default.accept_ra",
        "net.ipv4.neigh.default.gc_thresh3",
        "net.ipv4.route.flush",
        "net.ipv4.vs.conn_reuse_mode",
        "net.bridge.bridge-nf-call-iptables",
        "net.nf_conntrack_max",
        "kernel.sched_domain.cpu0.domain0.flags",
        "vm.swappiness",
        "fs.inotify.max_user_watches",
    ],
)
def test_a_name_is_known_with_any_interface(key: str) -> None:
    assert known(key) is not None


@pytest.mark.parametrize(
    "key",
    [
        "",
        "net",
        "net.ipv4",
        "net.ipv4.tcp_fin_timout",
        "net.ipv4.conf.all.rp_filtre",
        "net.ipv4.conf.rp_filter",
        "net.ipv6.conf.eth0.rp_filter",
        "net.ipv4.route.ipv4_route_flush_procname",
        "net.core.somaxcon",
        "net.netfilter.nf_conntrack_tcp_timeout_timewait",
        "net.ipv4.init_private",
        "kernel.init_private",
    ],
)
def test_what_no_kernel_has_is_unknown(key: str) -> None:
    assert known(key) is None


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("net.ipv4.tcp_tw_recycle", V(2, 6, 11), V(4, 11)),
        ("net.ipv4.tcp_vegas_alpha", V(2, 6, 11), V(2, 6, 12)),
        ("net.core.no_cong", V(2, 6, 11), V(2, 6, 17)),
        ("net.netfilter.nf_conntrack_default_on", V(4, 10), V(4, 13)),
        ("net.ipv4.tcp_frto_response", V(2, 6, 11), V(3, 9)),
        ("net.ipv4.tcp_thin_dupack", V(2, 6, 35), V(4, 10)),
        ("net.ipv4.rt_cache_rebuild_count", V(2, 6, 11), V(3, 5)),
        ("net.netfilter.nf_conntrack_helper", V(2, 6, 11), V(5, 19)),
        ("net.ipv4.ip_early_demux", V(3, 6), None),
        ("net.ipv4.icmp_msgs_burst", V(3, 18), None),
        ("net.ipv4.nexthop_compat_mode", V(5, 8), None),
        ("net.ipv4.icmp_errors_extension_mask", V(6, 19), None),
        ("kernel.sched_min_granularity_ns", V(2, 6, 11), V(5, 12)),
        ("vm.hugetlb_optimize_vmemmap", V(5, 11), None),
        ("kernel.kexec_load_limit_panic", V(6, 2), None),
        ("fs.fuse.max_pages_limit", V(6, 13), None),
        ("net.ipv6.conf.eth0.ra_honor_pio_life", V(6, 2), None),
        ("net.mptcp.pm_type", V(5, 18), None),
    ],
)
def test_the_life_of_a_name(key: str, first: V, last: V | None) -> None:
    assert known(key) == (first, last)


def test_lives_begin_before_they_end() -> None:
    for key in all_names():
        name = known(key)
        assert name is not None, key
        assert name.last is None or name.first <= name.last, key


def test_names_are_spelled_as_the_kernel_spells_them() -> None:
    for key in all_names():
        assert re.fullmatch(r"[a-z]+(\.([\w*-]+))+", key), key


def test_complete_families_hold_hundreds_of_names() -> None:
    assert sum(key.startswith(COMPLETE) for key in all_names()) > 300


def test_no_invented_name_is_one_that_a_kernel_has() -> None:
    assert [key for key in INVENTED if known(key) is not None or key in parameters()] == []


def test_what_an_invented_name_is_stands_in_whole_sentences() -> None:
    for key, told in INVENTED.items():
        assert told[0].isupper() or told.startswith("`"), key
        assert told.endswith("."), key
