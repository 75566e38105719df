"""Parameters without a page that only the first network namespace has: containers and pods never had them.

Each stands in a table that the kernel registers for `init_net` alone: `ipv4_table`, `ipv4_route_table`,
`ip4_frags_ctl_table`, `ipv6_rotable`, `ip6_frags_ctl_table`, `nf_log_sysctl_ftable`, and the neighbours' defaults of
`arp_init` and `ndisc_init`. None has moved into namespaces up to 6.18, in a fresh one of which they are not there.
"""

from __future__ import annotations

_ROUTES = (
    *("error_burst", "error_cost", "gc_elasticity", "gc_interval", "gc_min_interval", "gc_min_interval_ms"),
    *("gc_thresh", "gc_timeout", "max_size", "redirect_load", "redirect_number", "redirect_silence"),
)
_OTHERS = (
    *("cipso_cache_bucket_size", "cipso_cache_enable", "cipso_rbm_optfmt", "cipso_rbm_strictvalid"),
    *("fib_sync_mem", "inet_peer_maxttl", "inet_peer_minttl", "inet_peer_threshold", "ipfrag_secret_interval"),
    "udp_mem",
)
_NAMES = frozenset(
    (
        *(f"net.ipv4.route.{name}" for name in _ROUTES),
        *(f"net.ipv4.{name}" for name in _OTHERS),
        *("net.ipv6.calipso_cache_bucket_size", "net.ipv6.calipso_cache_enable", "net.ipv6.ip6frag_secret_interval"),
        *("net.ipv6.mld_max_msf", "net.ipv6.mld_qrv", "net.netfilter.nf_log_all_netns"),
    )
)
_DEFAULTS = ("net.ipv4.neigh.default.", "net.ipv6.neigh.default.")


def host_wide(key: str) -> bool:
    """Tell whether only the host's own namespace has a parameter that has no page."""
    return key in _NAMES or key.startswith(_DEFAULTS)
