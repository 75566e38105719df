"""Names that are well known and no kernel parameter: what each of them is."""

from __future__ import annotations

_NEVER = "No release of the kernel has had it."

INVENTED: dict[str, str] = {
    "net.ipv4.tcp_tw_len": f"{_NEVER} The length of TIME_WAIT is a constant, 60 s.",
    "net.ipv4.tcp_time_wait": f"{_NEVER} The length of TIME_WAIT is a constant, 60 s.",
    "net.ipv4.tcp_timewait_len": f"{_NEVER} TCP_TIMEWAIT_LEN is a constant in the source, 60 s.",
    "net.ipv4.tcp_tw_timeout": (
        "Only Alibaba's kernels have it (1 to 600 s). In every other kernel the length of TIME_WAIT is a constant."
    ),
    "net.ipv4.tcp_tw_buckets": f"{_NEVER} tcp_max_tw_buckets is the limit.",
    "net.ipv4.tcp_max_tw_buckets_ub": "It belongs to patches outside the kernel; no mainline release has it.",
    "net.ipv4.tcp_collapse_max_bytes": "It belongs to patches outside the kernel; no mainline release has it.",
    "net.ipv4.tcp_nodelay": "TCP_NODELAY is an option of a socket, which a program sets for itself.",
    "net.ipv4.tcp_init_cwnd": "The initial window is an attribute of a route: `ip route change … initcwnd N`.",
    "net.ipv4.tcp_initcwnd": "The initial window is an attribute of a route: `ip route change … initcwnd N`.",
    "net.ipv4.tcp_keepalive": f"{_NEVER} There are tcp_keepalive_time, tcp_keepalive_intvl and tcp_keepalive_probes.",
    "net.ipv4.tcp_retries": f"{_NEVER} There are tcp_retries1 and tcp_retries2.",
    "net.ipv4.tcp_linger": "SO_LINGER is an option of a socket, which a program sets for itself.",
    "net.inet.tcp.msl": "It is a parameter of the BSDs. On Linux TIME_WAIT lasts 60 s, a constant.",
    "net.inet.tcp.nolocaltimewait": "It is a parameter of FreeBSD.",
    "net.ifnames": "It is an option of the kernel's command line: net.ifnames=0.",
}
"""By dotted key, one or two sentences: where it comes from, and what is meant instead."""
