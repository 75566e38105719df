"""What is there now: the numbers of sockstat, the one constant of snmp, and the statistics of connection tracking."""

from __future__ import annotations

from tcptune.model.parameter import Counter, Myth, Source

_HOST_WIDE = Source(kind="measured", text="Linux 6.18: the same number in two network namespaces, one of them empty")

COUNTERS: tuple[Counter, ...] = (
    Counter(
        file="sockstat",
        group="TCP",
        name="tw",
        meaning=(
            "Buckets now: sockets in TIME-WAIT, and closed ones in FIN-WAIT-2. Of this network namespace alone since "
            "4.11, "
            "of the whole host before. Both address families are in it."
        ),
        gauge=True,
        where="net/ipv4/proc.c: sockstat_seq_show",
        rules=("TT305", "TT403"),
    ),
    Counter(
        file="sockstat",
        group="TCP",
        name="inuse",
        meaning="IPv4 sockets of this network namespace now, listening or connected; those in TIME-WAIT are not in it.",
        gauge=True,
        where="net/ipv4/proc.c: sockstat_seq_show",
    ),
    Counter(
        file="sockstat",
        group="TCP",
        name="orphan",
        meaning=(
            "Sockets now that no program holds any more and whose close is not finished: FIN-WAIT-1, LAST-ACK, "
            "CLOSING, "
            "and FIN-WAIT-2 while it is no bucket. Of the whole host, in every namespace and container."
        ),
        host_wide=True,
        gauge=True,
        where="net/ipv4/proc.c: sockstat_seq_show; net/ipv4/tcp.c: tcp_orphan_count_sum",
        rules=("TT605",),
        myths=(
            Myth(
                claim="A container's sockstat shows the container's orphans",
                truth="The number is that of the host, as tcp_max_orphans is one limit for all.",
                sources=(_HOST_WIDE,),
            ),
        ),
    ),
    Counter(
        file="sockstat",
        group="TCP",
        name="alloc",
        meaning="TCP sockets now of the whole host, also those that are neither bound nor connected.",
        host_wide=True,
        gauge=True,
        where="net/ipv4/proc.c: sockstat_seq_show",
    ),
    Counter(
        file="sockstat",
        group="TCP",
        name="mem",
        meaning="Pages that the buffers of TCP sockets of the whole host take now; to be compared with tcp_mem.",
        host_wide=True,
        gauge=True,
        where="net/ipv4/proc.c: sockstat_seq_show",
        myths=(
            Myth(
                claim="TIME-WAIT sockets fill TCP's memory",
                truth="A bucket has no buffers: 200 of them left this number where it was.",
                sources=(Source(kind="measured", text="Linux 6.18, loopback"),),
            ),
        ),
    ),
    Counter(
        file="snmp",
        group="Tcp",
        name="RtoMax",
        meaning=(
            "The greatest retransmission timeout in milliseconds, for SNMP. It is a constant: 120000, also where "
            "tcp_rto_max_ms says something else."
        ),
        gauge=True,
    ),
    Counter(
        file="conntrack",
        group="nf_conntrack",
        name="insert_failed",
        meaning=(
            "A packet was dropped because the entry it needs clashes with one that is there: with source NAT, no "
            "free port "
            "was left for the destination, or two packets raced for one."
        ),
        where="net/netfilter/nf_conntrack_core.c: __nf_conntrack_confirm",
        rules=("TT610",),
    ),
    Counter(
        file="conntrack",
        group="nf_conntrack",
        name="drop",
        meaning="Packets that were dropped because no entry could be made for them, as when the table is full.",
        where="net/netfilter/nf_conntrack_core.c: nf_conntrack_in",
        rules=("TT604", "TT610"),
    ),
    Counter(
        file="conntrack",
        group="nf_conntrack",
        name="early_drop",
        meaning="Entries of unfinished connections that were thrown out of the full table to make room for new ones.",
        where="net/netfilter/nf_conntrack_core.c: early_drop",
        rules=("TT604",),
    ),
)
