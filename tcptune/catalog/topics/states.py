"""The states of a connection that is being closed: who is in one, how long, and which parameter ends it."""

from __future__ import annotations

from tcptune.model.parameter import Myth, Source, Topic

_STATES = Source(kind="rfc", text="RFC 9293, section 3.3.2 and 3.6")
_TIMER = Source(kind="code", text="net/ipv4/tcp_timer.c: tcp_orphan_retries, tcp_write_timeout, tcp_keepalive_timer")
_BUCKET = Source(kind="code", text="net/ipv4/tcp_minisocks.c: tcp_time_wait, tcp_timewait_state_process")
_SEEN = Source(kind="measured", text="Linux 6.18, loopback")

TOPICS: tuple[Topic, ...] = (
    Topic(
        name="FIN-WAIT-1",
        kind="state",
        aliases=("FIN_WAIT1", "FIN_WAIT_1", "finwait1"),
        summary="We closed (or shut down) and the peer has not acknowledged our FIN yet.",
        facts=(
            (
                "Who: the side that closes first, with data or the FIN still under way, or stuck behind a peer whose"
                " window is closed."
            ),
            "How long: one round trip when all is well; else until the retransmissions are given up.",
            (
                "What ends it after close(): net.ipv4.tcp_orphan_retries (0 means 8), TCP_USER_TIMEOUT, or memory: "
                "too many orphans (net.ipv4.tcp_max_orphans). With tcp_orphan_retries at 1 it took 1.6 s."
            ),
            "What ends it after shutdown() alone: net.ipv4.tcp_retries2, since the program still holds the socket.",
            "net.ipv4.tcp_fin_timeout has nothing to do with it.",
            "After close() it is an orphan: a full socket with its buffers.",
        ),
        myths=(
            Myth(
                claim="tcp_orphan_retries governs every connection that is being closed",
                truth=(
                    "Only those that no program holds. Of two sockets in FIN-WAIT-1 with tcp_orphan_retries at 1, "
                    "the closed one was gone after 1.6 s and the one that was only shut down stayed."
                ),
                sources=(_SEEN, _TIMER),
            ),
            Myth(
                claim="tcp_fin_timeout is the timeout of FIN-WAIT-1",
                truth="It begins to count when the peer has acknowledged the FIN, in FIN-WAIT-2.",
                sources=(_BUCKET,),
            ),
        ),
        see=("net.ipv4.tcp_orphan_retries", "net.ipv4.tcp_retries2", "net.ipv4.tcp_max_orphans", "orphan", "TT408"),
        sources=(_STATES, _TIMER),
    ),
    Topic(
        name="FIN-WAIT-2",
        kind="state",
        aliases=("FIN_WAIT2", "FIN_WAIT_2", "finwait2"),
        summary="Our FIN is acknowledged and we wait for the peer's.",
        facts=(
            "Who: the side that closed first, while the peer has not closed yet; the peer is in CLOSE-WAIT.",
            (
                "How long after close(): net.ipv4.tcp_fin_timeout, 60 seconds by default, or TCP_LINGER2. Above 60 "
                "the wait is 2 x (value - 60) seconds. Then the connection is forgotten, and what the peer still "
                "sends is answered by RST."
            ),
            "How long after shutdown() alone: without end; no timer runs, and tcp_fin_timeout does not concern it.",
            (
                "After close() with up to 60 seconds it is a small bucket as TIME-WAIT is: it counts in `tw` of "
                "sockstat and towards net.ipv4.tcp_max_tw_buckets, though `ss` lists it as FIN-WAIT-2."
            ),
            "When the peer's FIN comes, TIME-WAIT follows, and its 60 seconds begin.",
        ),
        see=(
            "net.ipv4.tcp_fin_timeout",
            "TCP_LINGER2",
            "net.ipv4.tcp_max_tw_buckets",
            "CLOSE-WAIT",
            "TCP.tw",
            "TT404",
            "TT405",
        ),
        sources=(_STATES, _BUCKET, Source(kind="code", text="net/ipv4/tcp.c: __tcp_close"), _SEEN),
    ),
    Topic(
        name="CLOSING",
        kind="state",
        summary="Both sides sent their FIN before they saw the other's; ours is not acknowledged yet.",
        facts=(
            "Who: both sides of a connection that closed at the same moment. It is rare and short.",
            "How long: until our FIN is acknowledged, then TIME-WAIT, here on both sides.",
            "What ends it without an answer: net.ipv4.tcp_orphan_retries after close(), net.ipv4.tcp_retries2 before.",
        ),
        see=("TIME-WAIT", "FIN-WAIT-1", "net.ipv4.tcp_orphan_retries"),
        sources=(_STATES, _SEEN),
    ),
    Topic(
        name="TIME-WAIT",
        kind="state",
        aliases=("TIME_WAIT", "timewait", "TCP_TIMEWAIT_LEN", "2MSL"),
        summary="Both sides closed; the one that closed first remembers the connection for 60 seconds.",
        facts=(
            (
                "Who: the side that closed first (both, when they closed at the same moment). Have the peer close "
                "first, and the peer has it."
            ),
            (
                "How long: 60 seconds, a constant in the kernel. No parameter of mainline changes it. A segment that"
                " belongs to the connection starts it anew."
            ),
            (
                "Why: so that the last ACK can be sent again when it was lost, and so that late segments of this "
                "connection are not taken for data of the next one with the same addresses and ports."
            ),
            (
                "What it costs: a bucket of some 250 bytes (256 on 6.18, where a socket takes 2368), and one local "
                "port towards one destination. No file descriptor, no buffer, no process."
            ),
            (
                "When it is a problem: when one host opens many connections to the same destination address and port"
                " and closes first. On a server whose clients come from everywhere it is none."
            ),
            (
                "A client that comes again with the same port is let in: a SYN with a newer timestamp or a higher "
                "sequence number replaces TIME-WAIT, whatever tcp_tw_reuse says."
            ),
            (
                "What helps, in this order: keep connections open (pools, keep-alive), let the peer close first, "
                "more destination or source addresses, a wider net.ipv4.ip_local_port_range, net.ipv4.tcp_tw_reuse ="
                " 1 for outgoing connections."
            ),
            (
                "What limits their number: net.ipv4.tcp_max_tw_buckets. Beyond it a connection skips TIME-WAIT and "
                "its protection."
            ),
        ),
        myths=(
            Myth(
                claim="tcp_fin_timeout shortens TIME-WAIT, or is the MSL",
                truth=(
                    "With tcp_fin_timeout at 5 the timer of TIME-WAIT was 60 s. It is about closed sockets in "
                    "FIN-WAIT-2."
                ),
                sources=(_SEEN, Source(kind="code", text="include/net/tcp.h: TCP_TIMEWAIT_LEN")),
            ),
            Myth(
                claim="TIME-WAIT costs a file descriptor or much memory",
                truth=(
                    "200 of them took no descriptor and no page of TCP's memory; a bucket is a tenth of a socket's "
                    "size."
                ),
                sources=(_SEEN,),
            ),
            Myth(
                claim="The kernel must be recompiled to be rid of TIME-WAIT",
                truth=(
                    "Its 60 seconds are a constant, yet one need not live through them: the side that closes second "
                    "has none, tcp_tw_reuse takes ports over after a second, and tcp_max_tw_buckets at 0 abolishes "
                    "it, protection included."
                ),
                sources=(_SEEN,),
            ),
            Myth(
                claim="When tcp_max_tw_buckets is reached, all TIME-WAIT sockets are reset",
                truth=(
                    "Those that exist stay. The next connection gets none and is closed at once; nothing is logged, "
                    "TcpExt.TCPTimeWaitOverflow counts it."
                ),
                sources=(_SEEN, _BUCKET),
            ),
            Myth(
                claim="TIME-WAIT on a server limits how many clients can connect",
                truth="A listening port is never used up: connections differ by the client's address and port.",
            ),
        ),
        see=(
            "net.ipv4.tcp_tw_reuse",
            "net.ipv4.tcp_max_tw_buckets",
            "net.ipv4.ip_local_port_range",
            "port budget",
            "TCP.tw",
            "TcpExt.TCPTimeWaitOverflow",
            "TT602",
        ),
        sources=(_STATES, Source(kind="rfc", text="RFC 1337; RFC 6191"), _BUCKET),
    ),
    Topic(
        name="CLOSE-WAIT",
        kind="state",
        aliases=("CLOSE_WAIT", "closewait"),
        summary="The peer closed, and our program has not closed yet.",
        facts=(
            (
                "Who: a program that does not close() a socket after recv() returned 0. Many of them are a leak in "
                "that program, each with a descriptor and its buffers."
            ),
            (
                "How long: without end. No timer runs, and no parameter ends it; the peer may have forgotten the "
                "connection long ago, and only sending finds that out (RST, then EPIPE)."
            ),
            (
                "What ends it: close(), the end of the process, or keepalive (SO_KEEPALIVE, "
                "net.ipv4.tcp_keepalive_time) once the peer no longer knows the connection."
            ),
            "The cure is in the program; `ss -tp state close-wait` names it.",
        ),
        myths=(
            Myth(
                claim="A lower tcp_fin_timeout or tcp_tw_reuse clears CLOSE-WAIT",
                truth=(
                    "No parameter does: the kernel waits for the program. With tcp_fin_timeout at 1 the socket was "
                    "still there, without a timer."
                ),
                sources=(_SEEN,),
            ),
        ),
        see=("TT606", "LAST-ACK", "FIN-WAIT-2", "EPIPE", "net.ipv4.tcp_keepalive_time"),
        sources=(_STATES, _SEEN),
    ),
    Topic(
        name="LAST-ACK",
        kind="state",
        aliases=("LAST_ACK", "lastack"),
        summary="The peer closed first, we closed too, and our FIN is not acknowledged yet.",
        facts=(
            "Who: the side that closes second. It has no TIME-WAIT afterwards.",
            "How long: one round trip; else until the retransmissions of the FIN are given up.",
            (
                "What ends it without an answer: net.ipv4.tcp_orphan_retries after close() (at 1 it took 1.7 s), or "
                "TCP_USER_TIMEOUT. It is an orphan then."
            ),
            (
                "Many of them mean that peers vanish, or that something in between forgets the connection too early:"
                " see TT303."
            ),
        ),
        see=("net.ipv4.tcp_orphan_retries", "orphan", "CLOSE-WAIT", "TT303"),
        sources=(_STATES, _TIMER, _SEEN),
    ),
)
