"""Connections that come in: the queues before accept(), and what happens when they are full."""

from tcptune.catalog.steps import HOST_WIDE, INT, INT_THEN_U8, U8_ALSO, U8_COMMIT, U8_SINCE, per_netns_since
from tcptune.model.history import INT_MAX, DefaultStep, MeaningStep, RangeStep, Step
from tcptune.model.parameter import Condition, Interaction, Lifetime, Myth, Parameter, Risk, Sensible, Source
from tcptune.model.version import KernelVersion as V

REQUEST = Source(kind="code", text="net/ipv4/tcp_input.c: tcp_conn_request()")
CHECK_REQ = Source(kind="code", text="net/ipv4/tcp_minisocks.c: tcp_check_req()")

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        key="net.ipv4.tcp_max_syn_backlog",
        family="backlog",
        meaning="How many half-open requests of one listener may wait, where SYN cookies are off.",
        kind="int",
        unit="requests per listener",
        depth="full",
        scope=per_netns_since(V(4, 11)),
        default=(
            DefaultStep(value=1024, note="256 or 128 on machines with little memory."),
            DefaultStep(
                since=V(2, 6, 35),
                formula="syn_backlog_256th",
                note="A 256th of the slots of the hash of established connections, at least 128.",
            ),
            DefaultStep(
                since=V(5, 4),
                formula="syn_backlog_128th",
                note="A 128th of the slots of the hash of established connections, at least 128: 2048 with 24 GiB.",
            ),
        ),
        accepted=(INT,),
        sensible=Sensible(low=1, why="A number of requests; 0 and negative ones leave no room without SYN cookies."),
        semantics=(
            "Since 4.4 it does nothing while tcp_syncookies is 1 or 2: it is not even read then.",
            (
                "What limits half-open requests since 4.4 is the listener's backlog, the smaller of listen()'s "
                "argument and somaxconn."
            ),
            (
                "With tcp_syncookies at 0 its last quarter is kept for peers that the kernel has known before; "
                "other SYNs are dropped then."
            ),
            (
                "Before 4.4 it had a part in the size of each listener's table: the smallest of it, listen()'s "
                "argument and somaxconn, at least 8, plus 1 and rounded up to a power of two."
            ),
            "It counts for each listener, not for the host.",
        ),
        interactions=(
            Interaction(key="net.ipv4.tcp_syncookies", effect="Anything but 0 makes this do nothing, since 4.4."),
            Interaction(key="net.core.somaxconn", effect="With listen()'s argument it is the limit that counts."),
        ),
        myths=(
            Myth(
                claim="Raising it makes the queue of half-open connections longer.",
                truth=(
                    "Since 4.4 the queue follows listen()'s argument and somaxconn, and with SYN cookies on, the "
                    "default, this is not read at all. Raise somaxconn and the program's backlog."
                ),
                sources=(
                    REQUEST,
                    Source(kind="code", text="include/net/inet_connection_sock.h: inet_csk_reqsk_queue_is_full()"),
                ),
            ),
            Myth(claim="It is a limit for the whole host.", truth="Each listener counts for itself."),
        ),
        history=(
            Step(since=V(2, 6, 35), note="The default follows the hash of established connections."),
            Step(since=V(4, 4), note="It no longer sizes the queue and is read only with SYN cookies off."),
            Step(since=V(4, 11), note="Per network namespace."),
            Step(since=V(5, 4), note="The default is twice as much."),
        ),
        sources=(
            REQUEST,
            Source(kind="code", text="include/net/inet_connection_sock.h: inet_csk_reqsk_queue_is_full()"),
            Source(kind="code", text="net/core/request_sock.c of 4.3: reqsk_queue_alloc()"),
        ),
    ),
    Parameter(
        key="net.ipv4.tcp_syncookies",
        family="backlog",
        meaning="Whether a listener whose queue of half-open requests is full answers with SYN cookies.",
        kind="enum",
        depth="full",
        lifetime=Lifetime(began=Step(note="Only in kernels built with CONFIG_SYN_COOKIES.")),
        scope=per_netns_since(V(4, 6)),
        default=(DefaultStep(since=V(2, 6, 32), value=1),),
        accepted=INT_THEN_U8,
        meanings=(
            MeaningStep(
                meanings={0: "never", 1: "when the queue is full", 2: "for every SYN, for tests"},
                note="Other numbers are accepted and act as 1.",
            ),
        ),
        semantics=(
            (
                "With 1 nothing is different until the queue is full; then the request is kept in the SYN-ACK's "
                "sequence number instead of in memory, and TCPReqQFullDoCookies counts it."
            ),
            "With 0 a SYN at a full queue is dropped, and TCPReqQFullDrop counts it.",
            "Window scaling, SACK and ECN of a connection made from a cookie are kept only with timestamps.",
            "A SYN that takes over a connection in TIME_WAIT is let in past queue and cookies.",
            "While it is not 0, tcp_max_syn_backlog is not read (since 4.4).",
        ),
        risks=(
            Risk(
                rule="TT407",
                slug="syncookies-off",
                severity="warning",
                when=Condition(op="eq", value=0),
                reason=(
                    "When the queue of half-open requests is full, as a SYN flood makes it, every further client "
                    "is turned away."
                ),
                symptom="Connections time out during a burst of SYNs; TCPReqQFullDrop grows.",
                remedy="Set 1, the default; it does nothing until the queue is full.",
                value=1,
                sources=(REQUEST, Source(kind="rfc", text="RFC 4987, section 3.6")),
            ),
        ),
        interactions=(
            Interaction(key="net.ipv4.tcp_max_syn_backlog", effect="Is read only while this is 0, since 4.4."),
            Interaction(
                key="net.ipv4.tcp_timestamps", effect="Keeps window scaling and SACK for connections from cookies."
            ),
        ),
        myths=(
            Myth(
                claim="1 sends a cookie for every SYN.",
                truth="Only while the listener's queue is full; 2 does it always.",
            ),
            Myth(claim="It is outdated, or off by default.", truth="It is on by default since 2.6.32."),
        ),
        history=(
            Step(since=V(4, 4), note="While it is on, tcp_max_syn_backlog is not read."),
            Step(since=V(4, 6), note="Per network namespace."),
            Step(since=U8_SINCE, also=U8_ALSO, commit=U8_COMMIT, note="Eight bits: 0 to 255."),
        ),
        sources=(
            REQUEST,
            Source(kind="code", text="net/ipv4/tcp_input.c: tcp_syn_flood_action()"),
            Source(kind="rfc", text="RFC 4987, section 3.6"),
        ),
    ),
    Parameter(
        key="net.ipv4.tcp_abort_on_overflow",
        family="backlog",
        meaning="Whether a handshake that ends at a full accept queue is answered with a RST instead of silence.",
        kind="bool",
        depth="full",
        scope=per_netns_since(V(4, 15)),
        default=(DefaultStep(value=0),),
        accepted=INT_THEN_U8,
        meanings=(
            MeaningStep(
                meanings={
                    0: "the last ACK of the handshake is ignored, and the client tries again",
                    1: "the client gets a RST",
                },
                note="Any number but 0 means 1.",
            ),
        ),
        semantics=(
            (
                "It is asked when the handshake is complete and the accept queue has no room. With 0 the half-open "
                "request stays and the SYN-ACK is sent again, so a program that catches up loses nobody."
            ),
            "A SYN that finds the queue full already is dropped with either value: no RST is sent for it.",
            "ListenOverflows counts both.",
        ),
        risks=(
            Risk(
                rule="TT406",
                slug="abort-on-overflow",
                severity="warning",
                when=Condition(op="ne", value=0),
                reason="A burst that the program would have caught up with in a moment becomes failed connections.",
                symptom="Clients see ECONNRESET right after connecting; ListenOverflows grows.",
                remedy="Set 0, the default, and give the listener a longer backlog: somaxconn and listen()'s argument.",
                value=0,
                sources=(CHECK_REQ, Source(kind="doc", text="Documentation/networking/ip-sysctl.rst")),
            ),
        ),
        interactions=(
            Interaction(key="net.core.somaxconn", effect="Limits the accept queue that overflows."),
            Interaction(key="net.ipv4.tcp_synack_retries", effect="With 0 here: how long the request goes on waiting."),
        ),
        myths=(Myth(claim="It frees TIME_WAIT sockets.", truth="It concerns connections that are not accepted yet."),),
        history=(
            Step(since=V(4, 15), note="Per network namespace."),
            Step(since=U8_SINCE, also=U8_ALSO, commit=U8_COMMIT, note="Eight bits: 0 to 255."),
        ),
        sources=(
            CHECK_REQ,
            Source(
                kind="measured",
                text="Linux 6.18, listen(0): with the queue full connect() timed out with 0 and with 1.",
            ),
        ),
    ),
    Parameter(
        key="net.core.somaxconn",
        family="backlog",
        meaning="The longest accept queue that a program gets, whatever it asks for in listen().",
        kind="int",
        unit="connections per listener",
        depth="full",
        scope=per_netns_since(V(2, 6, 30), note="2.6.24 has one for the host; the releases in between were not read."),
        default=(
            DefaultStep(value=128),
            DefaultStep(since=V(5, 4), value=4096, commit="19f92a030ca6"),
        ),
        accepted=(
            INT,
            RangeStep(
                since=V(3, 11),
                also=(V(3, 10, 108), V(3, 4, 113)),
                vendors=("rhel7",),
                handler="int_minmax",
                low=0,
                high=65535,
            ),
            RangeStep(since=V(4, 1), handler="int_minmax", low=0, high=INT_MAX, note="3.19 takes 65535 at most."),
        ),
        sensible=Sensible(low=1, why="With 0 a listener can hardly hold one connection until it is accepted."),
        semantics=(
            (
                "listen() takes the smaller of its argument and this. A listener that runs keeps what it got until "
                "it calls listen() again or starts anew."
            ),
            "The queue counts as full when it is longer than the backlog, so one connection more than the number fits.",
            "Since 4.4 half-open requests of a listener are limited by the same number.",
            "`ss -ltn` shows a listener's limit as Send-Q.",
            "A new network namespace, such as a pod's, starts with the default, whatever the node has.",
        ),
        interactions=(
            Interaction(
                key="net.ipv4.tcp_max_syn_backlog", effect="Since 4.4 it is this that limits half-open requests."
            ),
            Interaction(key="net.ipv4.tcp_abort_on_overflow", effect="What a client gets when the queue is full."),
        ),
        myths=(
            Myth(
                claim="Raising it helps at once.",
                truth=(
                    "Listeners that run keep their limit: they must call listen() again, which means a restart for "
                    "most."
                ),
                sources=(
                    Source(kind="measured", text="Linux 6.18: Send-Q stayed at 77 until listen() was called again."),
                ),
            ),
            Myth(
                claim="It cannot be above 65535.",
                truth="Only from 3.11 until 4.0, and in RHEL 7; since then any positive integer is taken.",
            ),
        ),
        history=(
            Step(since=V(3, 11), also=(V(3, 10, 108), V(3, 4, 113)), note="0 to 65535."),
            Step(since=V(4, 1), note="Without the upper bound."),
            Step(since=V(5, 4), commit="19f92a030ca6", note="4096 instead of 128."),
        ),
        sources=(
            Source(kind="commit", text="19f92a030ca6 net: increase SOMAXCONN to 4096"),
            Source(kind="code", text="include/net/sock.h: sk_acceptq_is_full()"),
            Source(kind="code", text="net/socket.c: __sys_listen()"),
        ),
    ),
    Parameter(
        key="net.core.netdev_max_backlog",
        family="backlog",
        meaning="How many received packets may wait on one processor before they are handled.",
        kind="int",
        unit="packets per processor",
        depth="full",
        scope=HOST_WIDE,
        default=(DefaultStep(value=300), DefaultStep(since=V(2, 6, 18), value=1000, note="300 in 2.6.11.")),
        accepted=(INT,),
        sensible=Sensible(low=1, why="A queue without room drops every packet that has to pass it."),
        semantics=(
            (
                "Packets of loopback and veth, of receive packet steering, and of drivers without NAPI pass this "
                "queue; those of an ordinary network card do not."
            ),
            "What does not fit is dropped and counted in the second column of /proc/net/softnet_stat.",
            "It is the host's: a container does not see the key.",
        ),
        myths=(Myth(claim="It has to do with TIME_WAIT.", truth="It concerns packets before TCP sees them."),),
        history=(Step(since=V(2, 6, 18), note="1000 instead of the 300 of 2.6.11."),),
        sources=(
            Source(kind="code", text="net/core/dev.c: enqueue_to_backlog()"),
            Source(kind="code", text="net/core/sysctl_net_core.c"),
            Source(kind="measured", text="Linux 6.18: no such file in a new network namespace."),
        ),
    ),
)
