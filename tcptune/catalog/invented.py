"""Names that are well known and no kernel parameter: what each of them is."""

from __future__ import annotations

_NEVER = "No release of the kernel has had it."
_CONSTANT = f"{_NEVER} The length of TIME_WAIT is a constant, 60 s."
_PATCHES = "It belongs to patches outside the kernel; no mainline release has it."
_SOCKET = "is an option of a socket, which a program sets for itself."
_WINDOW = "The initial window is an attribute of a route: `ip route change … initcwnd N`."
_BSD = "It is a parameter of the BSDs."

INVENTED: dict[str, str] = {
    "net.ipv4.tcp_tw_len": _CONSTANT,
    "net.ipv4.tcp_time_wait": _CONSTANT,
    "net.ipv4.tcp_timewait_len": f"{_NEVER} TCP_TIMEWAIT_LEN is a constant in the source, 60 s.",
    "net.ipv4.tcp_tw_buckets": f"{_NEVER} tcp_max_tw_buckets is the limit.",
    "net.ipv4.tcp_keepalive": f"{_NEVER} There are tcp_keepalive_time, tcp_keepalive_intvl and tcp_keepalive_probes.",
    "net.ipv4.tcp_retries": f"{_NEVER} There are tcp_retries1 and tcp_retries2.",
    "net.ipv4.tcp_max_tw_buckets_ub": f"OpenVZ's kernels have it, for each container. {_PATCHES}",
    "net.ipv4.route.src_check": f"OpenVZ's kernels have it. {_PATCHES}",
    "net.ipv4.tcp_collapse_max_bytes": _PATCHES,
    "net.ipv4.tcp_default_init_rwnd": "Android kernels carried it as a patch; no mainline release has it.",
    "net.netfilter.nf_conntrack_tcp_no_window_check": f"OpenWrt's kernels carry it. {_PATCHES}",
    "net.ipv4.tcp_nodelay": f"TCP_NODELAY {_SOCKET}",
    "net.ipv4.tcp_cork": f"TCP_CORK {_SOCKET}",
    "net.ipv4.tcp_quickack": f"TCP_QUICKACK {_SOCKET}",
    "net.ipv4.tcp_defer_accept": f"TCP_DEFER_ACCEPT {_SOCKET}",
    "net.ipv4.tcp_user_timeout": f"TCP_USER_TIMEOUT {_SOCKET}",
    "net.ipv4.tcp_linger": f"SO_LINGER {_SOCKET}",
    "net.ipv4.tcp_linger2": f"TCP_LINGER2 {_SOCKET}",
    "net.ipv4.tcp_reuseaddr": f"SO_REUSEADDR {_SOCKET}",
    "net.ipv4.tcp_reuseport": f"SO_REUSEPORT {_SOCKET}",
    "net.ipv4.tcp_init_cwnd": _WINDOW,
    "net.ipv4.tcp_initcwnd": _WINDOW,
    "net.inet.tcp.msl": f"{_BSD} On Linux TIME_WAIT lasts 60 s, a constant.",
    "net.inet.tcp.nolocaltimewait": "It is a parameter of FreeBSD.",
    "net.inet.ip.portrange.first": f"{_BSD} On Linux it is the first number of net.ipv4.ip_local_port_range.",
    "net.inet.ip.portrange.last": f"{_BSD} On Linux it is the second number of net.ipv4.ip_local_port_range.",
    "net.ipv4.tcp_delack_min": "Red Hat's real-time kernels carried it as a patch; no mainline release has it.",
    "kernel.exec-shield": "Old kernels of Red Hat carried it as a patch; no mainline release has it.",
    "vm.dirty_writeback_interval": "It is a variable in the source; its parameter is vm.dirty_writeback_centisecs.",
    "vm.dirty_expire_interval": "It is a variable in the source; its parameter is vm.dirty_expire_centisecs.",
    "net.ifnames": "It is an option of the kernel's command line: net.ifnames=0.",
}
"""By dotted key, one or two sentences: where it comes from, and what is meant instead."""

CARRIED = frozenset(key for key, told in INVENTED.items() if "patch" in told)
"""Those that kernels of somebody's own have."""
