"""Counters of connections that ended in a reset or a timeout instead of an orderly close."""

from __future__ import annotations

from tcptune.model.history import Step
from tcptune.model.parameter import Counter, Lifetime, Myth, Source
from tcptune.model.version import KernelVersion

COUNTERS: tuple[Counter, ...] = (
    Counter(
        file="netstat",
        group="TcpExt",
        name="TCPAbortOnData",
        meaning=(
            "Resets for one of three reasons that the counter does not tell apart: close() with SO_LINGER on and 0 "
            "seconds; "
            "data that came after close() while the socket was still a full one (FIN-WAIT-1, or FIN-WAIT-2 before it "
            "becomes a bucket); and a negative TCP_LINGER2."
        ),
        where="net/ipv4/tcp.c: __tcp_close; net/ipv4/tcp_input.c: tcp_rcv_state_process",
        rules=("TT607",),
        myths=(
            Myth(
                claim="TCPAbortOnData counts every reset that late data causes",
                truth="Data for a closed socket that is already a FIN-WAIT-2 bucket, the usual case once the peer has "
                "acknowledged our FIN, is answered by a reset that only OutRsts counts.",
                sources=(Source(kind="measured", text="Linux 6.18: +1 in FIN-WAIT-1, +0 in FIN-WAIT-2"),),
            ),
        ),
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TCPAbortOnClose",
        meaning="close() found received data that the program had not read: the peer got a reset instead of a FIN.",
        where="net/ipv4/tcp.c: __tcp_close",
        rules=("TT607",),
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TCPAbortOnLinger",
        meaning=(
            "close() of a socket in FIN-WAIT-2 with a negative TCP_LINGER2. If the socket is still in FIN-WAIT-1 then, "
            "TCPAbortOnData counts instead."
        ),
        where="net/ipv4/tcp.c: __tcp_close",
        myths=(
            Myth(
                claim="TCPAbortOnLinger counts resets by SO_LINGER",
                truth="It is about TCP_LINGER2. SO_LINGER with 0 seconds is counted by TCPAbortOnData.",
                sources=(Source(kind="measured", text="Linux 6.18: SO_LINGER 0 raised TCPAbortOnData by one"),),
            ),
        ),
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TCPAbortOnMemory",
        meaning="Closed sockets were reset because there were too many orphans or TCP's memory was used up.",
        where="net/ipv4/tcp.c: __tcp_close; net/ipv4/tcp_timer.c: tcp_out_of_resources",
        rules=("TT605",),
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TCPAbortOnTimeout",
        meaning="A connection was given up: its retransmissions or its keepalive probes remained without an answer.",
        where="net/ipv4/tcp_timer.c: tcp_write_err",
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TCPAbortFailed",
        meaning="A reset should have been sent and could not be made or handed to the network.",
        where="net/ipv4/tcp_output.c: tcp_send_active_reset",
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TCPAbortOnSyn",
        meaning="An established connection was reset by a SYN within its window; today that is answered by a "
        "challenge ACK.",
        lifetime=Lifetime(
            removed=Step(since=KernelVersion(3, 6)), instead="TCPSYNChallenge counts such SYNs since 3.6"
        ),
        where="net/ipv4/tcp_input.c",
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TCPChallengeACK",
        meaning="A suspicious RST or SYN was answered by an ACK that asks the peer to confirm (RFC 5961).",
        lifetime=Lifetime(began=Step(since=KernelVersion(3, 6))),
        where="net/ipv4/tcp_input.c: tcp_send_challenge_ack",
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TCPSYNChallenge",
        meaning="A SYN for a connection that exists already was answered by a challenge ACK.",
        lifetime=Lifetime(began=Step(since=KernelVersion(3, 6))),
        where="net/ipv4/tcp_input.c: tcp_validate_incoming",
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TCPKeepAlive",
        meaning="Keepalive probes that were sent.",
        lifetime=Lifetime(began=Step(since=KernelVersion(4, 2))),
        where="net/ipv4/tcp_timer.c: tcp_keepalive_timer",
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TCPSynRetrans",
        meaning="A SYN or SYN-ACK was sent once more, since no answer came.",
        lifetime=Lifetime(began=Step(since=KernelVersion(3, 15))),
        where="net/ipv4/tcp_output.c: __tcp_retransmit_skb, tcp_rtx_synack",
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TCPMemoryPressures",
        meaning="How often TCP as a whole passed the middle number of tcp_mem and began to save memory.",
        where="net/ipv4/tcp.c: tcp_enter_memory_pressure",
    ),
    Counter(
        file="snmp",
        group="Tcp",
        name="EstabResets",
        meaning=(
            "Connections that went from ESTABLISHED or CLOSE-WAIT straight to CLOSED: by a reset of either side or a "
            "timeout."
        ),
        where="net/ipv4/tcp.c: tcp_set_state",
    ),
    Counter(
        file="snmp",
        group="Tcp",
        name="OutRsts",
        meaning="Resets sent: to end a connection, and as the answer to segments that belong to none.",
        where="net/ipv4/tcp_output.c: tcp_send_active_reset; net/ipv4/tcp_ipv4.c: tcp_v4_send_reset",
    ),
)
