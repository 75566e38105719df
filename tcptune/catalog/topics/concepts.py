"""Words that the other pages use: ports, four-tuples, resets, namespaces."""

from __future__ import annotations

from tcptune.model.parameter import Myth, Source, Topic

_SEEN = Source(kind="measured", text="Linux 6.18, loopback")

TOPICS: tuple[Topic, ...] = (
    Topic(
        name="orphan",
        kind="concept",
        aliases=("orphaned socket", "orphans"),
        summary="A socket that no program holds any more and whose connection is not over.",
        facts=(
            (
                "It comes from close() or the end of a process, in FIN-WAIT-1, LAST-ACK or CLOSING; in FIN-WAIT-2 it"
                " becomes a bucket and is an orphan no longer (with tcp_fin_timeout above 60 only after a while)."
            ),
            "It is a full socket with its buffers, up to the size of the send buffer.",
            (
                "Its life is limited by net.ipv4.tcp_orphan_retries (FIN-WAIT-1, LAST-ACK, CLOSING) and "
                "net.ipv4.tcp_fin_timeout (FIN-WAIT-2); their number by net.ipv4.tcp_max_orphans, for the whole "
                "host."
            ),
            "`orphan` of /proc/net/sockstat is the whole host's number, also in a container.",
        ),
        see=(
            "net.ipv4.tcp_orphan_retries",
            "net.ipv4.tcp_max_orphans",
            "TCP.orphan",
            "FIN-WAIT-1",
            "LAST-ACK",
            "TT605",
            "TcpExt.TCPAbortOnMemory",
        ),
        sources=(Source(kind="code", text="net/ipv4/tcp.c: __tcp_close, tcp_orphan_count_sum"), _SEEN),
    ),
    Topic(
        name="ephemeral port",
        kind="concept",
        aliases=("local port", "source port"),
        summary="The port that the kernel chooses for the local end of an outgoing connection.",
        facts=(
            (
                "Chosen from net.ipv4.ip_local_port_range without net.ipv4.ip_local_reserved_ports: 28,232 ports by "
                "default."
            ),
            "connect() may use one port for many destinations at a time: only the four-tuple must be unique.",
            (
                "connect() prefers one parity and bind() with port 0 the other, so a range should have ends of "
                "different parity."
            ),
            "bind() with port 0 takes a port from all destinations at once, unless IP_BIND_ADDRESS_NO_PORT is set.",
        ),
        see=("port budget", "four-tuple", "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports", "TT413"),
        sources=(Source(kind="code", text="net/ipv4/inet_hashtables.c: __inet_hash_connect"), _SEEN),
    ),
    Topic(
        name="four-tuple",
        kind="concept",
        aliases=("4-tuple", "quadruple", "connection tuple"),
        summary="Local address and port, remote address and port: what makes a connection distinct.",
        facts=(
            "No two connections, TIME-WAIT included, can have the same one in a network namespace.",
            (
                "A server's connections differ by the client's address and port, so a listening port is not used up "
                "by TIME-WAIT."
            ),
            "A client's connections to one destination differ by its own address and port alone: see port budget.",
        ),
        see=("port budget", "ephemeral port", "TIME-WAIT", "EADDRNOTAVAIL"),
        sources=(Source(kind="rfc", text="RFC 9293, section 3.3.1"),),
    ),
    Topic(
        name="port budget",
        kind="concept",
        aliases=("port exhaustion", "ephemeral port exhaustion"),
        summary="How many connections one source address can have to one destination address and port at a time.",
        facts=(
            (
                "It is the size of net.ipv4.ip_local_port_range without reserved ports: 28,232 by default, at most "
                "about 64,500."
            ),
            (
                "Each connection that this side closes first takes its port for its own duration and then 60 seconds"
                " of TIME-WAIT: 28,232 / 60 is some 470 short connections a second to one destination."
            ),
            (
                "With net.ipv4.tcp_tw_reuse = 1 and timestamps a port in TIME-WAIT comes back after a second (see "
                "net.ipv4.tcp_tw_reuse_delay)."
            ),
            (
                "It is counted for each pair of source address and destination address and port: more of either "
                "multiplies it."
            ),
            "When it is used up connect() fails with EADDRNOTAVAIL, and before that it takes long to find a free port.",
        ),
        see=(
            "EADDRNOTAVAIL",
            "ephemeral port",
            "net.ipv4.ip_local_port_range",
            "net.ipv4.tcp_tw_reuse",
            "TT601",
            "TT411",
        ),
        sources=(Source(kind="code", text="net/ipv4/inet_hashtables.c: __inet_hash_connect"), _SEEN),
    ),
    Topic(
        name="capacity",
        kind="concept",
        aliases=("sustainable rate", "connections per second"),
        summary="How many new connections a second last for ever, when this side closes first.",
        facts=(
            "Towards one destination: usable ports / (seconds that each is kept + seconds that a connection is open).",
            (
                "A port is kept for 60 seconds of TIME-WAIT; for net.ipv4.tcp_tw_reuse_delay where tcp_tw_reuse and "
                "timestamps on both sides let connect() have it earlier."
            ),
            (
                "Over all: net.ipv4.tcp_max_tw_buckets / 60, beyond which TIME-WAIT is destroyed at once; and "
                "net.netfilter.nf_conntrack_max / nf_conntrack_tcp_timeout_time_wait where connections are tracked, "
                "beyond which new ones are dropped."
            ),
            (
                "Connections until the first EADDRNOTAVAIL: the usable ports once, when rate x seconds kept is more "
                "than they are; else it never comes. `tcptune capacity` computes it for a host or a profile."
            ),
            (
                "FIN-WAIT-2 of a closed socket lasts tcp_fin_timeout up to 60, above that 2 x (tcp_fin_timeout - 60). "
                "FIN-WAIT-1 and LAST-ACK end at the first timeout that comes as long after the first retransmission "
                "as tcp_orphan_retries of them from 0.2 seconds on would take (8 for 0): 104 seconds with a first "
                "timeout of 204 milliseconds."
            ),
        ),
        see=(
            "port budget",
            "TIME-WAIT",
            "net.ipv4.tcp_max_tw_buckets",
            "net.ipv4.tcp_orphan_retries",
            "TT601",
            "TT305",
        ),
        sources=(
            Source(kind="code", text="net/ipv4/tcp_timer.c: retransmits_timed_out, tcp_orphan_retries"),
            Source(kind="measured", text="Linux 6.18: connections until EADDRNOTAVAIL, loopback and veth"),
        ),
    ),
    Topic(
        name="abortive close",
        kind="concept",
        aliases=("RST", "reset", "hard close", "tcp reset"),
        summary=(
            "A connection that ends by RST instead of FIN: at once, without TIME-WAIT, with an error on the other side."
        ),
        facts=(
            "close() with received data unread (TcpExt.TCPAbortOnClose), with or without SO_LINGER.",
            "close() with SO_LINGER on and 0 seconds (TcpExt.TCPAbortOnData), always.",
            (
                "Data that arrives after close(): in FIN-WAIT-1 counted by TcpExt.TCPAbortOnData, in FIN-WAIT-2 and "
                "for a forgotten connection by Tcp.OutRsts alone."
            ),
            (
                "Too many orphans or no memory (TcpExt.TCPAbortOnMemory), a negative TCP_LINGER2, or a full accept "
                "queue with net.ipv4.tcp_abort_on_overflow."
            ),
            "What the sender had not delivered is lost; what the receiver had already can still be read.",
            "The side that is reset has no TIME-WAIT either, and late segments of the old connection meet no guard.",
        ),
        see=("SO_LINGER", "ECONNRESET", "TcpExt.TCPAbortOnClose", "TcpExt.TCPAbortOnData", "Tcp.OutRsts", "TT607"),
        sources=(
            Source(kind="code", text="net/ipv4/tcp.c: __tcp_close"),
            Source(kind="rfc", text="RFC 2525, section 2.17; RFC 9293, section 3.10.7"),
            _SEEN,
        ),
    ),
    Topic(
        name="PAWS",
        kind="concept",
        aliases=("protection against wrapped sequence numbers", "RFC 7323"),
        summary="Segments with an older timestamp than the last one seen are dropped: old duplicates can do no harm.",
        facts=(
            "It needs net.ipv4.tcp_timestamps on both sides, agreed in the handshake.",
            (
                "The timestamp is the sender's own counter; each side compares what the other sends with what that "
                "same side sent before. The two clocks need not agree, and the time of day plays no part."
            ),
            (
                "tcp_tw_reuse rests on it: the new connection's timestamps are above the old one's, so leftovers are"
                " dropped."
            ),
            (
                "A device that mixes several hosts behind one address breaks it where it is kept by host "
                "(tcp_tw_recycle, gone since 4.12)."
            ),
        ),
        myths=(
            Myth(
                claim="Timestamps, and so tcp_tw_reuse, fail when the clocks of both hosts differ",
                truth=(
                    "Nobody compares the two clocks: a timestamp is compared with earlier ones of the same sender "
                    "only, and the kernel adds an offset of its own to each pair of hosts."
                ),
                sources=(
                    Source(kind="rfc", text="RFC 7323, section 5"),
                    Source(
                        kind="measured", text="Linux 6.18: the timestamps of the two ends were days apart, reuse worked"
                    ),
                ),
            ),
        ),
        see=(
            "net.ipv4.tcp_timestamps",
            "net.ipv4.tcp_tw_reuse",
            "TcpExt.PAWSEstab",
            "TcpExt.PAWSTimewait",
            "TT402",
            "TT608",
        ),
        sources=(Source(kind="rfc", text="RFC 7323, section 5"),),
    ),
    Topic(
        name="MSL",
        kind="concept",
        aliases=("maximum segment lifetime",),
        summary=(
            "The longest time that a segment is assumed to live in the network; TIME-WAIT is meant to last twice that."
        ),
        facts=(
            (
                "RFC 9293 takes two minutes for it. Linux has no such number: it has the 60 seconds of TIME-WAIT as "
                "a constant."
            ),
            "No parameter sets it.",
        ),
        myths=(
            Myth(
                claim="tcp_fin_timeout is the MSL of Linux",
                truth="It limits FIN-WAIT-2 of closed sockets; TIME-WAIT lasts 60 s whatever it says.",
                sources=(_SEEN,),
            ),
        ),
        see=("TIME-WAIT", "net.ipv4.tcp_fin_timeout"),
        sources=(
            Source(kind="rfc", text="RFC 9293, section 3.4.2"),
            Source(kind="code", text="include/net/tcp.h: TCP_TIMEWAIT_LEN"),
        ),
    ),
    Topic(
        name="network namespace",
        kind="concept",
        aliases=("netns", "container", "pod"),
        summary="A network stack of its own: its addresses, ports, TIME-WAIT sockets and most of its net.* values.",
        facts=(
            (
                "A new one starts from the kernel's defaults and not from the values of the host or of the one that "
                "made it: a pod does not have its node's tcp_fin_timeout. Only tcp_rmem, tcp_wmem and the congestion"
                " control are copied, from the initial namespace."
            ),
            (
                "So a sysctl of the node does not reach its pods (unless with hostNetwork); set it for the pod or "
                "the container."
            ),
            "Host-wide values are read-only there or missing, such as net.ipv4.tcp_mem and net.ipv4.tcp_max_orphans.",
            "Of sockstat, `inuse` and `tw` are its own, `orphan`, `alloc` and `mem` those of the host.",
            (
                "Since which kernel a parameter is its namespace's own differs: tcp_fin_timeout 4.6, tcp_tw_reuse "
                "4.10, tcp_max_tw_buckets 4.11."
            ),
        ),
        myths=(
            Myth(
                claim="A pod has the TCP values that are set on its node",
                truth=(
                    "It has the kernel's defaults: a namespace made from one with tcp_fin_timeout 33 and "
                    "tcp_tw_reuse 0 had 60 and 2."
                ),
                sources=(_SEEN,),
            ),
        ),
        see=("net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_rmem", "TCP.orphan", "TT106"),
        sources=(Source(kind="code", text="net/ipv4/tcp_ipv4.c: tcp_sk_init"), _SEEN),
    ),
    Topic(
        name="SNAT exhaustion",
        kind="concept",
        aliases=("nat exhaustion", "conntrack insert failed", "masquerade"),
        summary="A translating host finds no free port for one more connection to the same destination.",
        facts=(
            (
                "All hosts behind one address share its ports towards each destination, and connection tracking "
                "keeps the entry of a closed connection in its own TIME-WAIT "
                "(net.netfilter.nf_conntrack_tcp_timeout_time_wait, 120 seconds)."
            ),
            "The connection's first packet is dropped: the client sees a slow connect or ETIMEDOUT, not EADDRNOTAVAIL.",
            "insert_failed and drop of /proc/net/stat/nf_conntrack count it, on the translating host.",
            (
                "tcp_tw_reuse of the clients does not help there; more source addresses, or connections that are "
                "kept open, do."
            ),
        ),
        see=(
            "port budget",
            "nf_conntrack.insert_failed",
            "nf_conntrack.drop",
            "net.netfilter.nf_conntrack_tcp_timeout_time_wait",
            "TT610",
            "TT303",
        ),
        sources=(Source(kind="code", text="net/netfilter/nf_nat_core.c: get_unique_tuple"),),
    ),
)
