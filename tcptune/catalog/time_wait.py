"""TIME_WAIT and the connections that take its place early."""

from tcptune.catalog.steps import INT, U8_ALSO, U8_COMMIT, U8_SINCE, per_netns_since
from tcptune.model.history import DefaultStep, MeaningStep, RangeStep, Step
from tcptune.model.parameter import Condition, Interaction, Lifetime, Myth, Parameter, Risk, Sensible, Source
from tcptune.model.version import KernelVersion as V

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        key="net.ipv4.tcp_tw_reuse",
        family="time_wait",
        meaning="Whether connect() may take over the ports of an own connection that is in TIME_WAIT.",
        kind="enum",
        depth="full",
        scope=per_netns_since(V(4, 10)),
        default=(
            DefaultStep(value=0),
            DefaultStep(since=V(4, 18), value=2, commit="79e9fed46038", note="Only for connections over loopback."),
        ),
        accepted=(
            INT,
            RangeStep(since=V(4, 18), handler="int_minmax", low=0, high=2, commit="79e9fed46038"),
            RangeStep(since=U8_SINCE, also=U8_ALSO, handler="u8", low=0, high=2, commit=U8_COMMIT),
        ),
        meanings=(
            MeaningStep(
                meanings={0: "never", 1: "for every outgoing connection"},
                note="Any number but 0 means 1 on these kernels, 2 included.",
            ),
            MeaningStep(
                since=V(4, 18),
                meanings={
                    0: "never",
                    1: "for every outgoing connection",
                    2: "only where the old connection used a loopback address or the device lo",
                },
            ),
        ),
        semantics=(
            (
                "Only connect() asks for it, when the kernel chooses the source port; listen(), accept() and "
                "bind() do not."
            ),
            (
                "The waiting connection must have used timestamps: with tcp_timestamps off nothing is ever reused, "
                "and connect() ends in EADDRNOTAVAIL as if this were 0."
            ),
            (
                "The old connection must have a minimum age: tcp_tw_reuse_delay (1 second) since 6.14, between 1 "
                "and 2 seconds by the whole-second clock before."
            ),
            (
                "The new connection starts above the old window's sequence numbers and keeps the peer's last "
                "timestamp, so PAWS rejects what is left of the old one: no two clocks are compared."
            ),
            (
                "Nothing is deleted in advance: a waiting socket goes when a new connection needs exactly its "
                "addresses and ports, and TWRecycled counts it."
            ),
            (
                "A source port that was bound explicitly with SO_REUSEADDR is taken over at once, whatever stands "
                "here, as long as timestamps were in use."
            ),
            (
                "2 looks at the addresses (127.0.0.0/8, ::1) and at the device lo; two sockets of one host that "
                "talk over another address of it are not concerned."
            ),
            "It holds for IPv6 as well.",
            "A new network namespace, such as a pod's, starts with the default, whatever the node has.",
        ),
        risks=(
            Risk(
                rule="TT412",
                slug="reuse-for-servers",
                severity="note",
                when=Condition(op="eq", value=1),
                reason="Reuse concerns connections that this host opens; it does nothing for those it accepts.",
                symptom="TIME_WAIT stays as it was where all of it belongs to accepted connections.",
                remedy="Leave the default: TIME_WAIT of accepted connections keeps no client away.",
                sources=(
                    Source(kind="code", text="net/ipv4/tcp_ipv4.c: tcp_twsk_unique()"),
                    Source(
                        kind="measured",
                        text=(
                            "Linux 6.18: a client came back from the port its server held in TIME_WAIT; accepted "
                            "with 0 and with 1."
                        ),
                    ),
                ),
            ),
        ),
        interactions=(
            Interaction(key="net.ipv4.tcp_timestamps", effect="Must be on here, and the peer must agree to them."),
            Interaction(key="net.ipv4.tcp_tw_reuse_delay", effect="The age from which reuse is allowed, since 6.14."),
            Interaction(
                key="net.ipv4.ip_local_port_range",
                effect="Reuse matters only when its ports run out towards one destination; a wider range comes first.",
            ),
        ),
        myths=(
            Myth(
                claim="It breaks when the clocks of the two hosts differ.",
                truth=(
                    "Each side is compared only with its own earlier timestamps, so clocks need not agree. It was "
                    "tcp_tw_recycle that mixed up the clocks of several hosts behind one address."
                ),
                sources=(Source(kind="rfc", text="RFC 7323, section 5"), Source(kind="rfc", text="RFC 6191")),
            ),
            Myth(
                claim="It helps a server that accepts many connections.",
                truth=(
                    "It acts in connect() alone. A SYN that meets TIME_WAIT on the listening side is accepted with "
                    "this at 0 as well."
                ),
            ),
            Myth(
                claim="Its default is 0.",
                truth="Since 4.18 it is 2: on for loopback, off for everything else.",
                sources=(Source(kind="commit", text="79e9fed46038 net-tcp: extend tcp_tw_reuse sysctl"),),
            ),
            Myth(
                claim="The default changed in 4.19.",
                truth="The sources of 4.18 have 2 already.",
            ),
            Myth(
                claim="It lowers the number of TIME_WAIT sockets.",
                truth="A waiting socket is replaced only by a new connection with the same addresses and ports.",
            ),
            Myth(
                claim="With 1 a daemon can be restarted without SO_REUSEADDR.",
                truth=(
                    "bind() to a port that has TIME_WAIT fails with EADDRINUSE with 0 and with 1; SO_REUSEADDR is "
                    "what helps."
                ),
            ),
        ),
        history=(
            Step(since=V(4, 10), note="Per network namespace."),
            Step(since=V(4, 18), commit="79e9fed46038", note="Value 2, which is the default from here on."),
            Step(
                since=V(6, 12),
                commit="0d9e5df4a257",
                note="What waits for a FIN (FIN-WAIT-2) is reused no more; 5.10 and 6.1 took it in stable releases.",
            ),
            Step(since=V(6, 14), commit="19ce8cd30465", note="The minimum age is measured in milliseconds."),
        ),
        sources=(
            Source(kind="code", text="net/ipv4/tcp_ipv4.c: tcp_twsk_unique()"),
            Source(kind="code", text="net/ipv4/inet_hashtables.c: __inet_check_established(), __inet_hash_connect()"),
            Source(kind="rfc", text="RFC 6191"),
            Source(
                kind="measured",
                text=(
                    "Linux 6.18, loopback: EADDRNOTAVAIL until the age of 1 s, then connected and TWRecycled + 1; "
                    "with 0 or without timestamps never."
                ),
            ),
        ),
    ),
    Parameter(
        key="net.ipv4.tcp_tw_reuse_delay",
        family="time_wait",
        meaning="How long a connection must have been in TIME_WAIT before tcp_tw_reuse may replace it.",
        kind="int",
        unit="milliseconds",
        depth="full",
        lifetime=Lifetime(
            began=Step(
                since=V(6, 14), commit="ca6a6f93867a", note="Before it the age was whole seconds, more than one."
            )
        ),
        default=(DefaultStep(since=V(6, 14), value=1000),),
        accepted=(RangeStep(since=V(6, 14), handler="uint_minmax", low=1, high=60000),),
        sensible=Sensible(
            low=1,
            high=60000,
            why=(
                "Below a tick of the peer's timestamp clock PAWS can no longer tell old segments from new ones; "
                "from 60 seconds on TIME_WAIT is over anyway."
            ),
        ),
        semantics=(
            "It counts from the moment the connection entered TIME_WAIT.",
            "With 1 the ports are free at once; with 3000 connect() failed after 2.5 s and succeeded after 3.3 s.",
            "It does nothing while tcp_tw_reuse is 0, and nothing for source ports that were bound explicitly.",
        ),
        interactions=(
            Interaction(key="net.ipv4.tcp_tw_reuse", effect="Must be 1, or 2 for loopback, or this does nothing."),
            Interaction(key="net.ipv4.tcp_timestamps", effect="Needed for reuse, and so for this."),
        ),
        myths=(
            Myth(
                claim="It shortens TIME_WAIT.",
                truth="It is the least age for reuse; whatever is not reused waits its 60 seconds.",
            ),
        ),
        history=(
            Step(since=V(6, 14), commit="19ce8cd30465", note="The age is measured in milliseconds."),
            Step(since=V(6, 14), commit="ca6a6f93867a", note="The key appears."),
        ),
        sources=(
            Source(kind="commit", text="ca6a6f93867a tcp: Add sysctl to configure TIME-WAIT reuse delay"),
            Source(kind="code", text="net/ipv4/tcp_ipv4.c: tcp_twsk_unique()"),
            Source(kind="doc", text="Documentation/networking/ip-sysctl.rst"),
            Source(kind="measured", text="Linux 6.18, loopback: delays of 1, 1000 and 3000 ms timed."),
        ),
    ),
    Parameter(
        key="net.ipv4.tcp_tw_recycle",
        family="time_wait",
        meaning="Cut TIME_WAIT short and drop SYNs whose timestamp is older than the last one of the same address.",
        kind="bool",
        depth="full",
        lifetime=Lifetime(
            removed=Step(since=V(4, 12), commit="4396e46187ca"),
            instead=(
                "Delete the line. For outgoing connections tcp_tw_reuse does what was hoped for; for accepted ones "
                "nothing is needed."
            ),
        ),
        scope=per_netns_since(V(4, 11)),
        default=(DefaultStep(value=0),),
        accepted=(INT,),
        meanings=(MeaningStep(meanings={0: "off", 1: "on"}, note="Any number but 0 means 1."),),
        semantics=(
            "With timestamps in use TIME_WAIT lasted 3.5 times the retransmission timeout instead of 60 seconds.",
            (
                "The last timestamp was remembered for each remote address, not for each connection, and a SYN "
                "from that address with an older one was dropped without an answer."
            ),
            "Hosts behind one NAT address have clocks of their own, so some of them were locked out by the others.",
            "Since 4.10 each connection starts its timestamps at a random offset: from then on it broke for everybody.",
            "The counter PAWSPassive, which counted these drops, went with it.",
        ),
        risks=(
            Risk(
                rule="TT401",
                slug="tw-recycle",
                severity="error",
                when=Condition(op="ne", value=0),
                until=V(4, 12),
                reason=(
                    "Connections from clients behind NAT or a load balancer are dropped at random, because their "
                    "timestamps are compared with those of other hosts behind the same address."
                ),
                symptom="SYNs stay unanswered for some clients while others connect; PAWSPassive grows.",
                remedy="Set it to 0; for outgoing connections use tcp_tw_reuse.",
                value=0,
                sources=(
                    Source(kind="commit", text="4396e46187ca tcp: remove tcp_tw_recycle"),
                    Source(kind="code", text="net/ipv4/tcp_ipv4.c of 4.11"),
                ),
            ),
        ),
        interactions=(
            Interaction(key="net.ipv4.tcp_timestamps", effect="It acted only while timestamps were on."),
            Interaction(key="net.ipv4.tcp_tw_reuse", effect="The safe way to be rid of waiting outgoing connections."),
        ),
        myths=(
            Myth(
                claim="It is a normal step of tuning.",
                truth=(
                    "It is gone since 4.12, and loaders report an error for it; where it still exists it loses clients."
                ),
            ),
            Myth(
                claim="It is safe when the server is not behind NAT.",
                truth="The NAT in front of the clients is what matters, and a server cannot see that.",
            ),
        ),
        history=(
            Step(since=V(4, 10), note="Random timestamp offsets make it fail without NAT, too."),
            Step(since=V(4, 11), note="Per network namespace, for this one release."),
            Step(since=V(4, 12), commit="4396e46187ca", note="Removed."),
        ),
        sources=(
            Source(kind="commit", text="4396e46187ca tcp: remove tcp_tw_recycle"),
            Source(kind="code", text="net/ipv4/tcp_minisocks.c of 3.10: tcp_time_wait()"),
        ),
    ),
)
