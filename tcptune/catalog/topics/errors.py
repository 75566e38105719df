"""The errors that programs report when ports run out or connections end."""

from __future__ import annotations

from tcptune.model.parameter import Myth, Source, Topic

_SEEN = Source(kind="measured", text="Linux 6.18, loopback")

TOPICS: tuple[Topic, ...] = (
    Topic(
        name="EADDRNOTAVAIL",
        kind="error",
        aliases=("Cannot assign requested address", "errno 99"),
        summary="connect() found no free local port for this destination, or the address to bind is none of this host.",
        facts=(
            (
                "From connect(): every port of net.ipv4.ip_local_port_range is in use towards this destination "
                "address and port. Another destination still works: with two ports in TIME-WAIT the third connection"
                " failed, one to another port of the same host succeeded."
            ),
            (
                "From connect() after an explicit bind(): this very four-tuple is in use, or in TIME-WAIT without "
                "timestamps."
            ),
            "From bind(): the address does not belong to this host (see net.ipv4.ip_nonlocal_bind).",
            (
                "What helps: keep connections open, let the peer close first, net.ipv4.tcp_tw_reuse = 1 with "
                "timestamps (ports come back after a second), a wider range, more addresses on either side."
            ),
        ),
        see=("ephemeral port", "port budget", "TIME-WAIT", "EADDRINUSE", "net.ipv4.tcp_tw_reuse", "TT601", "TT411"),
        sources=(Source(kind="code", text="net/ipv4/inet_hashtables.c: __inet_hash_connect"), _SEEN),
    ),
    Topic(
        name="EADDRINUSE",
        kind="error",
        aliases=("Address already in use", "errno 98"),
        summary="bind() or listen() found the local address and port taken.",
        facts=(
            (
                "A server that starts again: connections of its predecessor are still closing. SO_REUSEADDR on the "
                "old and the new listener helps; tcp_tw_reuse does not."
            ),
            "A second listener: only with SO_REUSEPORT on both.",
            (
                "bind() with port 0 while every ephemeral port of that source address is taken: use "
                "IP_BIND_ADDRESS_NO_PORT."
            ),
            (
                "A service's port lies in the ephemeral range and an outgoing connection has it: "
                "net.ipv4.ip_local_reserved_ports keeps it free."
            ),
        ),
        myths=(
            Myth(
                claim="EADDRINUSE at a restart is cured by sysctl",
                truth=(
                    "No TIME-WAIT parameter that leaves TIME-WAIT alive changes what bind() says: it is "
                    "SO_REUSEADDR's matter."
                ),
                sources=(_SEEN,),
            ),
        ),
        see=("SO_REUSEADDR", "SO_REUSEPORT", "IP_BIND_ADDRESS_NO_PORT", "EADDRNOTAVAIL", "TT304"),
        sources=(Source(kind="code", text="net/ipv4/inet_connection_sock.c: inet_csk_get_port"), _SEEN),
    ),
    Topic(
        name="ECONNRESET",
        kind="error",
        aliases=("Connection reset by peer", "connection reset", "errno 104"),
        summary="The peer (or something between) sent RST.",
        facts=(
            (
                "The peer closed with SO_LINGER on and 0 seconds, or with received data unread, or its process is "
                "gone and the connection forgotten, or a firewall or NAT has no entry for it any more."
            ),
            "It is reported once, by whichever call comes first: recv() gives 0 afterwards, send() EPIPE.",
            "Data that arrived before the reset can still be read; the error comes after it.",
            "A peer that resets during a burst of connections may have net.ipv4.tcp_abort_on_overflow on.",
        ),
        myths=(
            Myth(
                claim="Only a peer that is blocked in recv() sees it",
                truth="Every later call sees it, and so do poll() and epoll (POLLERR and POLLHUP).",
                sources=(_SEEN,),
            ),
        ),
        see=(
            "abortive close",
            "SO_LINGER",
            "EPIPE",
            "TcpExt.TCPAbortOnData",
            "TcpExt.TCPAbortOnClose",
            "TT406",
            ("TT607"),
        ),
        sources=(Source(kind="code", text="net/ipv4/tcp_input.c: tcp_reset"), _SEEN),
    ),
    Topic(
        name="ETIMEDOUT",
        kind="error",
        aliases=("Connection timed out", "errno 110"),
        summary="The peer did not answer: neither the SYN, nor data, nor keepalive probes.",
        facts=(
            (
                "connect(): net.ipv4.tcp_syn_retries SYNs without an answer (6 by default, about two minutes), or a "
                "full queue of a listener that drops."
            ),
            (
                "An established connection: data unacknowledged until net.ipv4.tcp_retries2 or TCP_USER_TIMEOUT is "
                "over, or keepalive probes without an answer."
            ),
            "TcpExt.TCPAbortOnTimeout counts the established ones.",
        ),
        see=(
            "net.ipv4.tcp_syn_retries",
            "net.ipv4.tcp_retries2",
            "net.ipv4.tcp_keepalive_time",
            "TCP_USER_TIMEOUT",
            "TcpExt.TCPAbortOnTimeout",
            "TT409",
        ),
        sources=(Source(kind="code", text="net/ipv4/tcp_timer.c: tcp_write_err"), _SEEN),
    ),
    Topic(
        name="EPIPE",
        kind="error",
        aliases=("Broken pipe", "SIGPIPE", "errno 32"),
        summary="A program writes to a connection that is over: its own shutdown, or a reset that came before.",
        facts=(
            (
                "The first write after the peer closed usually succeeds: the peer answers with RST, and the next "
                "write gives EPIPE."
            ),
            "After a reset the first call gives ECONNRESET, a further write EPIPE.",
            "In CLOSE-WAIT a reset is reported as EPIPE at once, and recv() goes on giving 0.",
            "The process gets SIGPIPE as well, which ends it, unless it is ignored or MSG_NOSIGNAL is given.",
        ),
        see=("ECONNRESET", "CLOSE-WAIT", "abortive close"),
        sources=(
            Source(kind="code", text="net/ipv4/tcp_input.c: tcp_reset; net/core/stream.c: sk_stream_error"),
            _SEEN,
        ),
    ),
)
