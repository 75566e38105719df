"""Parameters that are gone, renamed or without effect, and those that only a vendor's kernels have."""

from __future__ import annotations

from typing import Literal

from tcptune.catalog.steps import HOST_WIDE, INT, U8, per_netns_since
from tcptune.model.history import DefaultStep, RangeStep, Step
from tcptune.model.parameter import Lifetime, Parameter
from tcptune.model.version import OLDEST
from tcptune.model.version import KernelVersion as V

_INT = (INT,)


def _gone(
    key: str,
    meaning: str,
    since: V,
    instead: str,
    began: V | None = None,
    default: int = 0,
    handler: Literal["int", "bool", "jiffies"] = "int",
    unit: str | None = None,
    vendors: tuple[str, ...] = (),
) -> Parameter:
    return Parameter(
        key=key,
        family="removed",
        meaning=meaning,
        kind="int",
        unit=unit,
        lifetime=Lifetime(
            began=Step(since=began) if began else Step(), removed=Step(since=since, vendors=vendors), instead=instead
        ),
        scope=HOST_WIDE,
        default=(DefaultStep(since=began or OLDEST, value=default),),
        accepted=(RangeStep(since=began or OLDEST, handler=handler),),
    )


def _renamed(old: str, new: str, meaning: str, since: V) -> Parameter:
    return Parameter(
        key=old,
        family="removed",
        meaning=meaning,
        kind="int",
        lifetime=Lifetime(removed=Step(since=since), renamed_to=new, module="nf_conntrack"),
        scope=HOST_WIDE,
        accepted=_INT,
    )


_STATES = [
    "close",
    "close_wait",
    "established",
    "fin_wait",
    "last_ack",
    "max_retrans",
    "syn_recv",
    "syn_sent",
    "time_wait",
]

PARAMETERS = (
    Parameter(
        key="net.ipv4.tcp_low_latency",
        family="removed",
        meaning="It made a segment be handled at once instead of by the process that reads; the prequeue is gone.",
        kind="int",
        lifetime=Lifetime(no_effect=Step(since=V(4, 14), note="The queue that it switched off was removed in 4.14.")),
        scope=HOST_WIDE,
        default=(DefaultStep(value=0),),
        accepted=_INT,
    ),
    Parameter(
        key="net.ipv4.tcp_fack",
        family="removed",
        meaning="It made the sender take the furthest selective ACK for the measure of loss; RACK does that now.",
        kind="int",
        lifetime=Lifetime(no_effect=Step(since=V(4, 15), note="The code that read it was removed in 4.15.")),
        scope=per_netns_since(V(4, 15)),
        default=(DefaultStep(value=1), DefaultStep(since=V(4, 15), value=0)),
        accepted=(INT, U8),
    ),
    _gone(
        "net.ipv4.tcp_frto_response",
        "How the sender went on after a retransmission that was not needed.",
        V(3, 10),
        "The kernel chooses by itself.",
    ),
    _gone(
        "net.ipv4.tcp_abc", "Whether the window grew by bytes instead of by ACKs.", V(3, 9), "The kernel counts bytes."
    ),
    _gone(
        "net.ipv4.tcp_dma_copybreak",
        "From which size on a copy engine moved the data.",
        V(3, 18),
        "Such copies are no longer made.",
        default=4096,
        vendors=("rhel7",),
    ),
    _gone(
        "net.ipv4.tcp_max_ssthresh",
        "A limit of the slow start threshold.",
        V(3, 13),
        "Congestion control bounds the window by itself.",
    ),
    _gone(
        "net.ipv4.tcp_cookie_size",
        "The size of the cookies of an experiment that ended.",
        V(3, 10),
        "SYN cookies need no such option.",
    ),
    _gone(
        "net.ipv4.tcp_thin_dupack",
        "Whether a thin stream repeated a segment after the first duplicate ACK.",
        V(4, 11),
        "Early retransmit and RACK do that for every stream.",
        began=V(2, 6, 34),
    ),
    _gone("net.ipv4.tcp_vegas_cong_avoid", "Chose TCP Vegas.", V(2, 6, 13), "Choose with tcp_congestion_control."),
    _gone("net.ipv4.tcp_westwood", "Chose TCP Westwood.", V(2, 6, 13), "Choose with tcp_congestion_control."),
    _gone("net.ipv4.tcp_bic", "Chose BIC TCP.", V(2, 6, 13), "Choose with tcp_congestion_control."),
    *(
        _gone(
            f"net.ipv4.tcp_{name}",
            f"A number of TCP {name.partition('_')[0].capitalize()}, while it was part of the kernel's TCP itself.",
            V(2, 6, 13),
            "It is an option of the module of that congestion control.",
        )
        for name in (
            *("vegas_alpha", "vegas_beta", "vegas_gamma"),
            *("bic_beta", "bic_fast_convergence", "bic_low_window"),
        )
    ),
    _gone(
        "net.ipv4.tcp_tx_skb_cache",
        "Whether a socket kept a packet it had sent for the next one.",
        V(5, 16),
        "The allocator keeps them by itself.",
        began=V(5, 2),
        handler="bool",
    ),
    _gone(
        "net.ipv4.tcp_rx_skb_cache",
        "Whether a socket kept a packet it had received for the next one.",
        V(5, 16),
        "The allocator keeps them by itself.",
        began=V(5, 2),
        handler="bool",
    ),
    _gone(
        "net.ipv4.inet_peer_gc_mintime",
        "How often the store of peers was cleaned at least.",
        V(3, 1),
        "The kernel cleans it when it needs to.",
        default=10,
        handler="jiffies",
        unit="seconds",
    ),
    _gone(
        "net.ipv4.inet_peer_gc_maxtime",
        "How often the store of peers was cleaned at most.",
        V(3, 1),
        "The kernel cleans it when it needs to.",
        default=120,
        handler="jiffies",
        unit="seconds",
    ),
    _gone(
        "net.ipv4.rt_cache_rebuild_count",
        "How often the route cache was rebuilt before it was given up.",
        V(3, 6),
        "There is no route cache any more.",
        default=4,
    ),
    Parameter(
        key="net.ipv4.tcp_tw_timeout",
        family="removed",
        meaning="How long TIME_WAIT lasts, in the kernels of one vendor; everywhere else that is a constant.",
        kind="int",
        unit="seconds",
        lifetime=Lifetime(vendor_only=("alibaba",)),
        default=(DefaultStep(value=60),),
        accepted=(RangeStep(handler="int_minmax", low=1, high=600),),
    ),
    _renamed(
        "net.ipv4.ip_conntrack_max",
        "net.netfilter.nf_conntrack_max",
        "The oldest name of the limit of tracked connections.",
        V(2, 6, 27),
    ),
    _renamed(
        "net.ipv4.netfilter.ip_conntrack_max",
        "net.netfilter.nf_conntrack_max",
        "The old name of the limit of tracked connections.",
        V(4, 9),
    ),
    *(
        _renamed(
            f"net.ipv4.netfilter.ip_conntrack_tcp_timeout_{state}",
            f"net.netfilter.nf_conntrack_tcp_timeout_{state}",
            f"The old name of how long an idle entry in {state.upper().replace('_', '-')} is kept.",
            V(4, 9),
        )
        for state in _STATES
    ),
    _gone(
        "net.ipv4.netfilter.ip_conntrack_tcp_timeout_syn_sent2",
        "How long an idle entry of a simultaneous open was kept; the newer names leave this state out.",
        V(4, 9),
        "Delete the line. Its limit is not to be set any more.",
        began=V(2, 6, 31),
        default=120,
        handler="jiffies",
        unit="s",
    ),
    *(
        _renamed(
            f"net.ipv4.netfilter.ip_conntrack_{name}",
            f"net.netfilter.nf_conntrack_{name}",
            f"The old name of nf_conntrack_{name}.",
            V(4, 9),
        )
        for name in (
            *("buckets", "count", "checksum", "log_invalid", "generic_timeout", "icmp_timeout", "udp_timeout"),
            *("udp_timeout_stream", "tcp_be_liberal", "tcp_loose", "tcp_max_retrans"),
        )
    ),
)
