"""Counters of connections being set up: listeners, their queues, and the ends of attempts."""

from __future__ import annotations

from tcptune.model.history import Step
from tcptune.model.parameter import Counter, Lifetime, Myth, Source
from tcptune.model.version import KernelVersion

_QUEUE = Lifetime(began=Step(since=KernelVersion(3, 2), note="not in 3.0; 3.1 was not looked at"))
_MIGRATE = Lifetime(began=Step(since=KernelVersion(5, 14), note="not in 5.12; 5.13 was not looked at"))

COUNTERS: tuple[Counter, ...] = (
    Counter(
        file="netstat",
        group="TcpExt",
        name="ListenOverflows",
        meaning=(
            "A connection could not be handed over because the listener's accept queue (the lesser of its backlog and "
            "somaxconn) was full. The peer tries again, so one client counts several times."
        ),
        where="net/ipv4/tcp_input.c: tcp_conn_request; net/ipv4/tcp_ipv4.c: tcp_v4_syn_recv_sock",
        rules=("TT603",),
        myths=(
            Myth(
                claim="Each overflow is a client that was turned away",
                truth="A client whose SYN or last ACK was dropped sends it again; most get in as soon as the program "
                "accepts.",
                sources=(
                    Source(kind="measured", text="Linux 6.18: four clients at backlog 0 counted six times in 1.5 s"),
                ),
            ),
        ),
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="ListenDrops",
        meaning="SYNs and last ACKs that a listener dropped for whatever reason; every ListenOverflows is among them.",
        where="include/net/tcp.h: tcp_listendrop",
        rules=("TT603",),
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TCPReqQFullDrop",
        meaning="A SYN was dropped because the queue of half-open connections was full and no cookie was sent.",
        lifetime=_QUEUE,
        where="net/ipv4/tcp_input.c: tcp_syn_flood_action",
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TCPReqQFullDoCookies",
        meaning="The queue of half-open connections was full, and a SYN cookie was sent instead of dropping the SYN.",
        lifetime=_QUEUE,
        where="net/ipv4/tcp_input.c: tcp_syn_flood_action",
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="SyncookiesSent",
        meaning="SYN cookies that were sent.",
        where="net/ipv4/tcp_input.c: cookie_init_sequence",
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="EmbryonicRsts",
        meaning="Half-open connections that ended by a reset of the peer, or by our own with tcp_abort_on_overflow.",
        where="net/ipv4/tcp_minisocks.c: tcp_check_req",
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TCPDeferAcceptDrop",
        meaning="The last ACK of a handshake was set aside until data comes, as TCP_DEFER_ACCEPT asks.",
        lifetime=Lifetime(
            began=Step(since=KernelVersion(2, 6, 35), note="not in 2.6.32; 2.6.33 and 2.6.34 were not looked at")
        ),
        where="net/ipv4/tcp_minisocks.c: tcp_check_req",
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TCPMigrateReqSuccess",
        meaning="A waiting connection was moved to another listener of its SO_REUSEPORT group when its own was closed.",
        lifetime=_MIGRATE,
        where="net/ipv4/inet_connection_sock.c: inet_csk_listen_stop, reqsk_timer_handler",
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TCPMigrateReqFailure",
        meaning="A waiting connection should have been moved to another listener and could not be.",
        lifetime=_MIGRATE,
        where="net/ipv4/tcp_minisocks.c: tcp_check_req",
    ),
    Counter(
        file="netstat",
        group="TcpExt",
        name="TCPFastOpenListenOverflow",
        meaning="A SYN with data was treated as an ordinary one, since the listener's queue for Fast Open was full.",
        lifetime=Lifetime(began=Step(since=KernelVersion(3, 8), note="not in 3.6; 3.7 was not looked at")),
        where="net/ipv4/tcp_fastopen.c: tcp_fastopen_queue_check",
    ),
    Counter(
        file="snmp",
        group="Tcp",
        name="ActiveOpens",
        meaning="Connections that this side began: connect() sent a SYN.",
        where="net/ipv4/tcp_output.c: tcp_connect",
    ),
    Counter(
        file="snmp",
        group="Tcp",
        name="PassiveOpens",
        meaning="Connections that a listener of this side took.",
        where="net/ipv4/tcp_minisocks.c: tcp_create_openreq_child",
    ),
    Counter(
        file="snmp",
        group="Tcp",
        name="AttemptFails",
        meaning="Connections that failed before they were established: refused, timed out, or reset half-open.",
        where="net/ipv4/tcp.c: tcp_done; net/ipv4/tcp_minisocks.c: tcp_check_req",
    ),
)
