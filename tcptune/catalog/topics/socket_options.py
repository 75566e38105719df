"""Socket options around closing, ports and timeouts."""

from __future__ import annotations

from tcptune.model.parameter import Myth, Source, Topic

_CLOSE = Source(kind="code", text="net/ipv4/af_inet.c: inet_release; net/ipv4/tcp.c: __tcp_close")
_LINGER_ZERO = Source(kind="measured", text="Linux 6.18, loopback: everything had been read, the only segment was RST")
_LINGER_TIME = Source(kind="measured", text="Linux 6.18, loopback, the peer read nothing for longer than the time")

SO_LINGER = Topic(
    name="SO_LINGER",
    kind="socket-option",
    aliases=("linger", "struct linger", "setSoLinger", "l_linger", "l_onoff"),
    summary="What close() does with a connection: return at once, wait for the data to be acknowledged, or reset it.",
    facts=(
        (
            "Off (the default): close() returns at once. The kernel goes on sending what is in the send buffer, then"
            " FIN, and the side that closes first ends in TIME-WAIT."
        ),
        (
            "On with seconds: close() waits until everything including the FIN is acknowledged, at most for that "
            "time. When it is over close() returns 0 all the same, and the kernel goes on as if SO_LINGER were off: "
            "nothing is discarded, nothing is reset. An acknowledgement says that the peer's kernel has the data, "
            "not that its program has read it."
        ),
        (
            "On with 0: close() discards what is unsent and sends RST instead of FIN, also when there is nothing to "
            "discard. There is no TIME-WAIT, and the peer's next call fails with ECONNRESET. TcpExt.TCPAbortOnData "
            "counts it."
        ),
        "A non-blocking socket waits as well: close() looks at SO_LINGER and not at O_NONBLOCK.",
        (
            "A process that ends, by exit or by a signal, does not wait for its linger time; with 0 seconds its "
            "connections are reset."
        ),
        (
            "Only the close() of the last descriptor counts: while a duplicate or a child process holds the socket, "
            "nothing happens."
        ),
        "shutdown() pays no attention to it and sends FIN. A close() with 0 seconds after it still resets.",
        (
            "An accepted socket has what its listener had: SO_LINGER with 0 on a listener makes every close() of its"
            " connections a reset."
        ),
        "The unit is the second.",
    ),
    myths=(
        Myth(
            claim="SO_LINGER with 0 seconds sends RST only when data is discarded",
            truth=(
                "It resets always. With everything sent, acknowledged and read, RST was the only segment that left, "
                "and the peer got ECONNRESET."
            ),
            sources=(_LINGER_ZERO, _CLOSE),
        ),
        Myth(
            claim="When the linger time is over, unsent data is discarded and RST is sent",
            truth=(
                "Not on Linux: close() returns 0 and the data goes on being sent. A peer that began to read only "
                "after the time was over got every byte and then FIN; no RST was sent."
            ),
            sources=(_LINGER_TIME, _CLOSE),
        ),
        Myth(
            claim="close() of a non-blocking socket never blocks",
            truth=(
                "With SO_LINGER on and a time, it does on Linux, for up to that time: 1 second took 1.0 s. Event "
                "loops should leave the option off, or use 0 where a reset is meant."
            ),
            sources=(_LINGER_TIME, _CLOSE),
        ),
        Myth(
            claim="Only a peer that is blocked in recv() notices the reset",
            truth=(
                "poll() and epoll report an error and a hang-up, the next recv() or send() fails with ECONNRESET "
                "whenever it comes, and SO_ERROR holds it. What arrived before the reset can still be read."
            ),
            sources=(Source(kind="measured", text="Linux 6.18, loopback: poll, send, later recv, getsockopt"),),
        ),
        Myth(
            claim="tcp_fin_timeout replaces a longer SO_LINGER",
            truth=(
                "They have nothing to do with each other: with tcp_fin_timeout at 1, close() with 2 seconds of "
                "SO_LINGER took 2.0 s. The option that stands in for tcp_fin_timeout is TCP_LINGER2, which before "
                "5.8 could not be longer than it."
            ),
            sources=(Source(kind="measured", text="Linux 6.18, loopback"), _CLOSE),
        ),
        Myth(
            claim="SO_LINGER with 0 is the right cure for too many TIME-WAIT sockets",
            truth=(
                "It throws away data that is under way and the protection that TIME-WAIT gives, and the peer sees an"
                " error. It is for peers that misbehave."
            ),
            sources=(Source(kind="rfc", text="RFC 1337"),),
        ),
    ),
    see=("TCP_LINGER2", "abortive close", "TIME-WAIT", "TcpExt.TCPAbortOnData", "TT607", "TT609", "ECONNRESET"),
    sources=(_CLOSE, Source(kind="doc", text="man-pages: socket(7), SO_LINGER")),
)

TCP_LINGER2 = Topic(
    name="TCP_LINGER2",
    kind="socket-option",
    aliases=("linger2",),
    summary=(
        "How long this socket, once closed, waits in FIN-WAIT-2 for the peer's FIN: tcp_fin_timeout for one socket."
    ),
    facts=(
        "0 means net.ipv4.tcp_fin_timeout, which is the default.",
        (
            "A positive number is the seconds. Since 5.8 up to 120, and more is taken as 120; before, more than "
            "tcp_fin_timeout meant tcp_fin_timeout."
        ),
        (
            "A negative number means no FIN-WAIT-2: the connection is reset. It is counted by "
            "TcpExt.TCPAbortOnLinger when the socket is in FIN-WAIT-2 at close(), else by TcpExt.TCPAbortOnData."
        ),
        "The double rule of tcp_fin_timeout holds here too: above 60 the wait is 2 x (value - 60).",
        "It has nothing to do with SO_LINGER: close() does not wait for it.",
        "An accepted socket has what its listener had.",
    ),
    see=("net.ipv4.tcp_fin_timeout", "FIN-WAIT-2", "SO_LINGER", "TcpExt.TCPAbortOnLinger"),
    sources=(
        Source(kind="code", text="net/ipv4/tcp.c: do_tcp_setsockopt, __tcp_close; include/net/tcp.h: tcp_fin_time"),
        Source(kind="commit", text="f0628c524fd1 (5.8): the cap no longer depends on tcp_fin_timeout"),
        Source(kind="measured", text="Linux 6.18: 1 ended after 1.0 s, -1 at once; 121 and 1000 read back as 120"),
    ),
)

SO_REUSEADDR = Topic(
    name="SO_REUSEADDR",
    kind="socket-option",
    aliases=("reuseaddr",),
    summary="Lets bind() take a local address and port that closing connections, above all TIME-WAIT, still use.",
    facts=(
        (
            "It is for bind(), so for servers that start again: without it a port with connections in TIME-WAIT "
            "gives EADDRINUSE."
        ),
        (
            "The old sockets must have had it too: connections take it over from their listener. A restart with the "
            "option fails while connections of a listener without it are left."
        ),
        "It does not allow two listeners on one address and port; that is SO_REUSEPORT.",
        (
            "A client that binds its source port with it takes over that port's TIME-WAIT at once in connect(), if "
            "timestamps were in use, whatever tcp_tw_reuse says."
        ),
    ),
    myths=(
        Myth(
            claim="tcp_tw_reuse lets a server bind its port again",
            truth=(
                "bind() does not look at it: with tcp_tw_reuse at 1 the restart failed with EADDRINUSE, with "
                "SO_REUSEADDR on the old and the new listener it succeeded."
            ),
            sources=(Source(kind="measured", text="Linux 6.18, loopback"),),
        ),
        Myth(
            claim="SO_REUSEADDR, SO_REUSEPORT and tcp_tw_reuse are three ways to the same thing",
            truth=(
                "SO_REUSEADDR is about bind() beside sockets that are closing, SO_REUSEPORT about several listeners,"
                " tcp_tw_reuse about the source port that connect() chooses by itself."
            ),
        ),
    ),
    see=("SO_REUSEPORT", "net.ipv4.tcp_tw_reuse", "EADDRINUSE", "TIME-WAIT"),
    sources=(Source(kind="code", text="net/ipv4/inet_connection_sock.c: inet_csk_bind_conflict"),),
)

SO_REUSEPORT = Topic(
    name="SO_REUSEPORT",
    kind="socket-option",
    aliases=("reuseport",),
    summary=(
        "Lets several sockets of one user listen on the same address and port; the kernel spreads connections over "
        "them."
    ),
    facts=(
        "Every one of them must set it before bind(); with SO_REUSEADDR on one of the two the second gets EADDRINUSE.",
        "All of them must belong to the same user.",
        (
            "When a listener closes, the connections that wait in its queue are lost, unless "
            "net.ipv4.tcp_migrate_req moves them to another one."
        ),
        "It does nothing about TIME-WAIT of outgoing connections.",
    ),
    see=("SO_REUSEADDR", "net.ipv4.tcp_migrate_req", "TcpExt.TCPMigrateReqSuccess", "EADDRINUSE"),
    sources=(
        Source(kind="code", text="net/ipv4/inet_connection_sock.c: inet_csk_bind_conflict; net/core/sock_reuseport.c"),
    ),
)

IP_BIND_ADDRESS_NO_PORT = Topic(
    name="IP_BIND_ADDRESS_NO_PORT",
    kind="socket-option",
    aliases=("bind_address_no_port", "proxy_bind"),
    summary="Lets bind() fix the source address alone and leaves the port to connect(), which knows the destination.",
    facts=(
        (
            "bind() to an address with port 0 takes a port at once that no other socket of that address may use, so "
            "all destinations together share one range. With the option the port stays 0 until connect(), and the "
            "same port serves once for each destination."
        ),
        "With two ephemeral ports and four destinations, two connections were possible without it and four with it.",
        "Without it, running out shows as EADDRINUSE of bind(); with it, as EADDRNOTAVAIL of connect().",
        "It is what a proxy with several source addresses needs.",
    ),
    see=("ephemeral port", "port budget", "IP_LOCAL_PORT_RANGE", "EADDRNOTAVAIL", "net.ipv4.ip_local_port_range"),
    sources=(
        Source(kind="code", text="net/ipv4/af_inet.c: __inet_bind"),
        Source(kind="measured", text="Linux 6.18, loopback, range of two ports"),
    ),
)

IP_LOCAL_PORT_RANGE = Topic(
    name="IP_LOCAL_PORT_RANGE",
    kind="socket-option",
    aliases=("local_port_range",),
    summary="Narrows the range of ephemeral ports for one socket, within net.ipv4.ip_local_port_range.",
    facts=(
        "One 32-bit number: the upper bound in the high 16 bits, the lower in the low ones; 0 leaves that bound alone.",
        "It never widens: a range outside of net.ipv4.ip_local_port_range is ignored.",
        "It came with 6.3.",
        "Several tenants that share a source address can each have ports of their own with it.",
    ),
    see=("net.ipv4.ip_local_port_range", "IP_BIND_ADDRESS_NO_PORT", "ephemeral port"),
    sources=(
        Source(kind="code", text="net/ipv4/inet_connection_sock.c: inet_sk_get_local_port_range"),
        Source(kind="measured", text="Linux 6.18, loopback"),
    ),
)

TCP_USER_TIMEOUT = Topic(
    name="TCP_USER_TIMEOUT",
    kind="socket-option",
    aliases=("user_timeout",),
    summary=(
        "How many milliseconds sent data may stay without an acknowledgement before the connection ends in ETIMEDOUT."
    ),
    facts=(
        "0, the default, leaves it to net.ipv4.tcp_retries2, which is about 15 minutes.",
        "It is looked at when a retransmission is due, so the end can come a little later: 700 ms took 1.1 s.",
        "It holds after close() too: a closed socket in FIN-WAIT-1 whose peer answers nothing was gone after 1.1 s.",
        "With keepalive it takes the place of the number of probes.",
        "It is the right place for a short limit; tcp_retries2 would be for every connection of the namespace.",
        "An accepted socket has what its listener had.",
    ),
    see=("net.ipv4.tcp_retries2", "net.ipv4.tcp_keepalive_time", "ETIMEDOUT", "TcpExt.TCPAbortOnTimeout"),
    sources=(
        Source(kind="code", text="net/ipv4/tcp_timer.c: retransmits_timed_out, tcp_keepalive_timer"),
        Source(kind="rfc", text="RFC 5482"),
        Source(kind="measured", text="Linux 6.18, loopback, a peer that loses everything"),
    ),
)

TOPICS: tuple[Topic, ...] = (
    SO_LINGER,
    TCP_LINGER2,
    SO_REUSEADDR,
    SO_REUSEPORT,
    IP_BIND_ADDRESS_NO_PORT,
    IP_LOCAL_PORT_RANGE,
    TCP_USER_TIMEOUT,
)
