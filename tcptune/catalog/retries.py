"""Retransmissions: how long a connection is tried before it is given up."""

from tcptune.catalog.steps import INT, INT_THEN_U8, U8_ALSO, U8_COMMIT, U8_SINCE, per_netns_since
from tcptune.model.history import INT_MAX, DefaultStep, RangeStep, Step
from tcptune.model.parameter import Condition, Interaction, Lifetime, Myth, Parameter, Risk, Sensible, Source
from tcptune.model.version import KernelVersion as V

TIMEOUT = Source(kind="code", text="net/ipv4/tcp_timer.c: tcp_write_timeout()")
TIMED_OUT = Source(kind="code", text="net/ipv4/tcp_timer.c: retransmits_timed_out()")
RFC1122 = Source(kind="rfc", text="RFC 1122, section 4.2.3.5")
DATA_TIMED = Source(
    kind="measured",
    text=(
        "Linux 6.18, loopback, data never acknowledged: 0 ended after 0.9 s, 3 after 6.7 s, 5 after 13.5 s, 8 "
        "after 106.5 s; 15 with tcp_rto_max_ms 1000 after 15.1 s."
    ),
)
NETNS = Step(since=V(4, 6), note="Per network namespace.")
EIGHT_BITS = Step(since=U8_SINCE, also=U8_ALSO, commit=U8_COMMIT, note="Eight bits: 0 to 255.")

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        key="net.ipv4.tcp_retries1",
        family="retries",
        meaning="After how many retransmissions the kernel suspects the path and looks for another one.",
        kind="int",
        unit="retransmits",
        depth="full",
        scope=per_netns_since(V(4, 6)),
        default=(DefaultStep(value=3),),
        accepted=(
            RangeStep(handler="int_minmax", high=255),
            RangeStep(since=U8_SINCE, also=U8_ALSO, handler="u8", commit=U8_COMMIT),
        ),
        sensible=Sensible(low=0, why="A number of retransmissions cannot be negative. RFC 1122 asks for 3 at least."),
        semantics=(
            (
                "Then the route is reported as doubtful, and a search for a smaller packet size may begin "
                "(tcp_mtu_probing)."
            ),
            "The connection is not given up: that is tcp_retries2.",
            "As with tcp_retries2 the number is turned into a time.",
        ),
        interactions=(
            Interaction(key="net.ipv4.tcp_retries2", effect="Gives the connection up; it should be the greater one."),
            Interaction(
                key="net.ipv4.tcp_mtu_probing", effect="With 1 the search for a smaller packet size begins here."
            ),
        ),
        myths=(Myth(claim="The connection is closed after it.", truth="That happens after tcp_retries2."),),
        history=(NETNS, EIGHT_BITS),
        sources=(TIMEOUT, RFC1122),
    ),
    Parameter(
        key="net.ipv4.tcp_retries2",
        family="retries",
        meaning="How long an established connection retransmits unanswered data before it is given up.",
        kind="int",
        unit="retransmits",
        depth="full",
        scope=per_netns_since(V(4, 6)),
        default=(DefaultStep(value=15),),
        accepted=INT_THEN_U8,
        sensible=Sensible(low=0, why="A number of retransmissions cannot be negative."),
        semantics=(
            (
                "The number is turned into a time: what so many retransmissions take when the first wait is 200 ms "
                "and each next one twice as long, up to 120 s. 15 means 924.6 seconds at least, 8 means 102."
            ),
            "It ends at the retransmission after that time: 3 gave up after 6.7 s, 5 after 13.5 s, 8 after 106.5 s.",
            "The program gets ETIMEDOUT, or the error that ICMP reported.",
            "It also limits how long a peer with a closed window is probed; each answer starts the count anew.",
            "TCP_USER_TIMEOUT takes its place for one socket, and tcp_orphan_retries once the program has closed.",
        ),
        risks=(
            Risk(
                rule="TT409",
                slug="retries2-low",
                severity="warning",
                when=Condition(op="lt", value=8),
                reason=(
                    "Established connections are given up after less than the 100 seconds that RFC 1122 asks for: "
                    "5 gives up after 13.5 s, 3 after 6.7 s."
                ),
                symptom="Connections end in ETIMEDOUT during a short outage, a failover or a reboot of a switch.",
                remedy="Set 15, the default, or 8 at least; for a quick failover use TCP_USER_TIMEOUT in the program.",
                value=15,
                sources=(RFC1122, DATA_TIMED),
            ),
        ),
        interactions=(
            Interaction(
                key="net.ipv4.tcp_rto_max_ms",
                effect="Lower, it makes the same number mean less time: 15 with 1000 ended after 15 s.",
            ),
            Interaction(key="net.ipv4.tcp_orphan_retries", effect="Takes its place once the program has closed."),
            Interaction(key="net.ipv4.tcp_retries1", effect="Suspects the path before; it should be smaller."),
        ),
        myths=(
            Myth(
                claim="Exactly so many packets are sent again.", truth="It is a time, and the packets that fit in it."
            ),
        ),
        history=(NETNS, EIGHT_BITS),
        sources=(
            TIMED_OUT,
            TIMEOUT,
            RFC1122,
            Source(kind="doc", text="Documentation/networking/ip-sysctl.rst"),
            DATA_TIMED,
        ),
    ),
    Parameter(
        key="net.ipv4.tcp_syn_retries",
        family="retries",
        meaning="How often connect() sends its SYN again before it ends in ETIMEDOUT.",
        kind="int",
        unit="retransmits",
        depth="full",
        scope=per_netns_since(V(4, 6)),
        default=(
            DefaultStep(value=5),
            DefaultStep(since=V(3, 7), value=6, note="5 in 3.6, 6 in 3.8; 3.7 was not read."),
        ),
        accepted=(
            INT,
            RangeStep(
                since=V(3, 11),
                also=(V(3, 10, 108), V(3, 4, 113)),
                vendors=("rhel7",),
                handler="int_minmax",
                low=1,
                high=127,
            ),
            RangeStep(since=U8_SINCE, also=U8_ALSO, handler="u8", low=1, high=127, commit=U8_COMMIT),
        ),
        sensible=Sensible(
            low=1, high=127, why="A lost SYN must be sent again; the kernel refuses less than 1 and more than 127."
        ),
        semantics=(
            "Each wait is twice as long as the one before, beginning with 1 second: 6 means 127 seconds before 6.5.",
            (
                "Since 6.5 the first tcp_syn_linear_timeouts (4) retransmissions come a second apart and are not "
                "counted here. The time stays: connect() ends with the first timer after 2 ** (n + 1) - 1 seconds, "
                "so 6 now sends ten SYNs again and ends after some 135 s, 2 after 7 s."
            ),
            "TCP_SYNCNT sets it for one socket.",
        ),
        interactions=(
            Interaction(
                key="net.ipv4.tcp_syn_linear_timeouts",
                effect="Sends that many more, a second apart, within much the same time (since 6.5).",
            ),
        ),
        myths=(Myth(claim="0 switches retransmissions off.", truth="0 is refused since 3.11, and in RHEL 7."),),
        history=(
            Step(since=V(3, 7), note="6 instead of 5."),
            Step(since=V(3, 11), also=(V(3, 10, 108), V(3, 4, 113)), note="1 to 127."),
            NETNS,
            Step(since=U8_SINCE, also=U8_ALSO, commit=U8_COMMIT, note="Eight bits, still 1 to 127."),
        ),
        sources=(
            TIMEOUT,
            Source(
                kind="measured",
                text=(
                    "Linux 6.18: 1 and 127 taken, 0 and 128 refused; SYNs never answered ended after 3 s with 1, "
                    "7.1 s with 2, and without linear timeouts after 15.5 s with 3."
                ),
            ),
        ),
    ),
    Parameter(
        key="net.ipv4.tcp_synack_retries",
        family="retries",
        meaning="How often a SYN-ACK is sent again before a half-open request is given up.",
        kind="int",
        unit="retransmits",
        depth="full",
        scope=per_netns_since(V(4, 6)),
        default=(DefaultStep(value=5),),
        accepted=INT_THEN_U8,
        sensible=Sensible(low=0, why="A number of retransmissions cannot be negative."),
        semantics=(
            "Each wait is twice as long as the one before, beginning with 1 second: 5 keeps a request for 63 seconds.",
            "A full accept queue keeps its requests for that long, as tcp_abort_on_overflow is 0.",
        ),
        interactions=(
            Interaction(
                key="net.ipv4.tcp_abort_on_overflow",
                effect="With 0 this is how long a client may wait for room in the accept queue.",
            ),
        ),
        myths=(Myth(claim="It has to do with TIME_WAIT.", truth="It concerns connections that do not exist yet."),),
        history=(NETNS, EIGHT_BITS),
        sources=(Source(kind="code", text="net/ipv4/inet_connection_sock.c: reqsk_timer_handler()"),),
    ),
    Parameter(
        key="net.ipv4.tcp_rto_max_ms",
        family="retries",
        meaning="The longest wait between two retransmissions.",
        kind="int",
        unit="milliseconds",
        depth="full",
        lifetime=Lifetime(began=Step(since=V(6, 15), commit="1280c26228bd", note="Before it 120 seconds were fixed.")),
        default=(DefaultStep(since=V(6, 15), value=120000),),
        accepted=(RangeStep(since=V(6, 15), handler="int_minmax", low=1000, high=120000),),
        sensible=Sensible(
            low=1000, high=120000, why="The kernel's own bounds: a second, and the two minutes that were fixed before."
        ),
        semantics=(
            (
                "It also shortens what tcp_retries2 and tcp_orphan_retries mean, since both are turned into a time "
                "with it: with 1000 the 15 of tcp_retries2 was over after 15 seconds."
            ),
            (
                "Once a connection's timeout has got there, the 0 of tcp_orphan_retries means 0 instead of 8: with "
                "1000 an orphan was gone after 2.7 s."
            ),
            "TCP_RTO_MAX_MS sets it for one socket.",
        ),
        interactions=(
            Interaction(key="net.ipv4.tcp_retries2", effect="Means less time when this is lower."),
            Interaction(
                key="net.ipv4.tcp_orphan_retries", effect="Means less time when this is lower, and 0 no longer 8."
            ),
        ),
        history=(Step(since=V(6, 15), commit="1280c26228bd", note="The key appears."),),
        sources=(
            Source(kind="commit", text="1280c26228bd tcp: add tcp_rto_max_ms sysctl"),
            Source(kind="doc", text="Documentation/networking/ip-sysctl.rst"),
            DATA_TIMED,
        ),
    ),
    Parameter(
        key="net.ipv4.tcp_rto_min_us",
        family="retries",
        meaning="The shortest wait before a retransmission, for new connections.",
        kind="int",
        unit="microseconds",
        lifetime=Lifetime(began=Step(since=V(6, 12), commit="f086edef71be", note="Not in 6.10; 6.11 was not read.")),
        default=(DefaultStep(since=V(6, 12), value=200000),),
        accepted=(RangeStep(since=V(6, 12), handler="int_minmax", low=1, high=INT_MAX),),
        sources=(Source(kind="commit", text="f086edef71be tcp: add sysctl_tcp_rto_min_us"),),
    ),
    Parameter(
        key="net.ipv4.tcp_syn_linear_timeouts",
        family="retries",
        meaning="How many retransmissions of a SYN come a second apart before the waits begin to double.",
        kind="int",
        unit="retransmits",
        lifetime=Lifetime(began=Step(since=V(6, 5))),
        default=(DefaultStep(since=V(6, 5), value=4),),
        accepted=(RangeStep(since=V(6, 5), handler="u8", low=0, high=127),),
        sources=(TIMEOUT,),
    ),
)
