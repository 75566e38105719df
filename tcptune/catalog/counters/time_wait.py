"""Counters of TIME_WAIT, and of the timestamp check (PAWS) that protects connections from old segments."""

from __future__ import annotations

from tcptune.model.history import Step
from tcptune.model.parameter import Counter, Lifetime, Myth, Source
from tcptune.model.version import KernelVersion

_NEW = Lifetime(began=Step(since=KernelVersion(6, 18), note="not in 6.13; the releases between were not looked at"))
_SKIPPED = Lifetime(began=Step(since=KernelVersion(4, 1), note="not in 3.19; 4.0 was not looked at"))

COUNTERS: tuple[Counter, ...] = (
    Counter(
        file="netstat",
        group="TcpExt",
        name="TW",
        meaning=(
            "Buckets that were started with a timer of more than 4 seconds: sockets that went into TIME-WAIT, and "
            "closed ones that wait in FIN-WAIT-2 for longer than that."
        ),
        where="net/ipv4/inet_timewait_sock.c: __inet_twsk_schedule",
        myths=(
            Myth(
                claim="TW is the number of sockets in TIME-WAIT",
                truth="It counts how many ever went in; how many are there now is `tw` of /proc/net/sockstat.",
            ),
        ),
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TWKilled",
        meaning=(
            "Buckets that were started with a timer of 4 seconds or less, such as FIN-WAIT-2 with a short "
            "tcp_fin_timeout or TCP_LINGER2 (and tcp_tw_recycle, while it existed)."
        ),
        where="net/ipv4/inet_timewait_sock.c: __inet_twsk_schedule",
        myths=(
            Myth(
                claim="TWKilled counts TIME-WAIT sockets that the kernel destroyed",
                truth=(
                    "Nothing is destroyed there; the counter tells short timers from long ones. Destroyed for want "
                    "of room is TCPTimeWaitOverflow."
                ),
                sources=(Source(kind="code", text="net/ipv4/inet_timewait_sock.c: __inet_twsk_schedule"),),
            ),
        ),
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TWRecycled",
        meaning=(
            "A connect() took over a four-tuple that was still in TIME-WAIT: with tcp_tw_reuse, or from an "
            "explicitly bound port. A connection that a client opens anew towards a TIME-WAIT of this host is not "
            "counted."
        ),
        where=(
            "net/ipv4/inet_hashtables.c: __inet_check_established; net/ipv6/inet6_hashtables.c: "
            "__inet6_check_established"
        ),
        myths=(
            Myth(
                claim="TWRecycled counts what tcp_tw_recycle did, so it is gone with it",
                truth="It counts reuse by connect(); it is still there and rises on kernels without tcp_tw_recycle.",
                sources=(Source(kind="measured", text="Linux 6.18: a reused port raised it by one"),),
            ),
        ),
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TCPTimeWaitOverflow",
        meaning=(
            "A socket that was due for TIME-WAIT or FIN-WAIT-2 got no bucket, because tcp_max_tw_buckets was reached"
            " or memory was short, and was closed on the spot. The kernel logs nothing."
        ),
        lifetime=Lifetime(began=Step(since=KernelVersion(2, 6, 37), note="not in 2.6.35, seen in 2.6.38")),
        where="net/ipv4/tcp_minisocks.c: tcp_time_wait",
        rules=("TT602",),
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="PAWSActive",
        meaning="An answer to our SYN was refused because the timestamp it echoed was none that we had sent.",
        where="net/ipv4/tcp_input.c: tcp_rcv_synsent_state_process",
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="PAWSEstab",
        meaning=(
            "A segment of an existing connection, or of one that is being set up, was dropped since its timestamp "
            "was older than the last one seen."
        ),
        where="net/ipv4/tcp_input.c: tcp_validate_incoming; net/ipv4/tcp_minisocks.c: tcp_check_req",
        rules=("TT608",),
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="PAWSPassive",
        meaning=(
            "A SYN was dropped because another connection from the same address had shown a newer timestamp: what "
            "tcp_tw_recycle did to clients behind one NAT address."
        ),
        lifetime=Lifetime(
            removed=Step(since=KernelVersion(4, 12)),
            instead="the check per host went with tcp_tw_recycle, and its counter with it",
        ),
        where="net/ipv4/tcp_input.c: tcp_conn_request",
        rules=("TT401",),
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="PAWSOldAck",
        meaning=(
            "A bare ACK with an old timestamp, which newer kernels count apart from PAWSEstab: mostly mere reordering."
        ),
        lifetime=_NEW,
        where="net/ipv4/tcp_input.c: tcp_validate_incoming",
        rules=("TT608",),
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="PAWSTimewait",
        meaning="A segment for a TIME-WAIT or FIN-WAIT-2 bucket was refused since its timestamp was too old.",
        lifetime=Lifetime(began=Step(since=KernelVersion(6, 16), commit="c449d5f3a3d70b6223af8df2cadca3ca6eacb613")),
        where="net/ipv4/tcp_minisocks.c: tcp_timewait_state_process",
        rules=("TT608",),
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TSEcrRejected",
        meaning=(
            "The last step of a handshake echoed a timestamp that had not been sent: it was refused, and answered by "
            "an ACK that asks the peer to confirm."
        ),
        lifetime=_NEW,
        where="net/ipv4/tcp_minisocks.c: tcp_check_req",
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="BeyondWindow",
        meaning="A segment reached beyond the window that had been offered.",
        lifetime=_NEW,
        where="net/ipv4/tcp_input.c: tcp_validate_incoming",
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TCPACKSkippedFinWait2",
        meaning="An ACK from a FIN-WAIT-2 bucket was left out, since tcp_invalid_ratelimit allows only so many.",
        lifetime=_SKIPPED,
        where="net/ipv4/tcp_minisocks.c: tcp_timewait_state_process",
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TCPACKSkippedTimeWait",
        meaning="An ACK from a TIME-WAIT bucket was left out, since tcp_invalid_ratelimit allows only so many.",
        lifetime=_SKIPPED,
        where="net/ipv4/tcp_minisocks.c: tcp_timewait_state_process",
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TCPACKSkippedPAWS",
        meaning=(
            "An ACK for a segment with an old timestamp was left out, since tcp_invalid_ratelimit allows only so many."
        ),
        lifetime=_SKIPPED,
        where="net/ipv4/tcp_input.c: tcp_validate_incoming",
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TCPTSReorder",
        meaning="Segments were found to have overtaken each other, told by their timestamps.",
        where="net/ipv4/tcp_input.c: tcp_check_sack_reordering",
    ),
)
