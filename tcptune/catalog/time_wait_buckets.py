"""The limit of TIME_WAIT sockets."""

from tcptune.catalog.steps import per_netns_since
from tcptune.model.history import DefaultStep, RangeStep, Step
from tcptune.model.parameter import Condition, Interaction, Myth, Parameter, Risk, Sensible, Source
from tcptune.model.version import KernelVersion as V

ALLOC = Source(kind="code", text="net/ipv4/inet_timewait_sock.c: inet_twsk_alloc()")
UNSIGNED = V(5, 19)

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        key="net.ipv4.tcp_max_tw_buckets",
        family="time_wait",
        meaning="How many sockets may be in TIME_WAIT, counted with the closed ones in FIN-WAIT-2.",
        kind="int",
        unit="sockets",
        depth="full",
        scope=per_netns_since(V(4, 11), note="The limit and the count; before, all namespaces shared both."),
        default=(
            DefaultStep(value=180000, note="Less on machines with little memory."),
            DefaultStep(
                since=V(2, 6, 35),
                formula="ehash_half",
                note=(
                    "Half the slots of the hash of established connections: one slot for each 128 KiB of memory, a "
                    "power of two, at most 524288. So 131072 with 24 GiB, and never more than 262144."
                ),
            ),
        ),
        accepted=(RangeStep(handler="int", note="0 and negative numbers are taken; see what they mean."),),
        sensible=Sensible(
            why=(
                "The default grows with memory and suits nearly everybody. A socket in TIME_WAIT takes a few "
                "hundred bytes, so there is hardly anything to be saved by a lower limit."
            ),
        ),
        semantics=(
            (
                "At the limit a closing connection gets no TIME_WAIT: it is gone at once, TCPTimeWaitOverflow "
                "counts it, and a later segment of the peer is answered with a RST."
            ),
            "Sockets that are waiting already stay: nothing is evicted.",
            "A closed connection in FIN-WAIT-2 needs one of these too, and sockstat counts it as tw.",
            "0 means no TIME_WAIT at all.",
            (
                "A negative number, such as -1, is compared as a signed one before 5.19 and then means the same as "
                "0: no TIME_WAIT at all. Since 5.19 it is compared as an unsigned one and means no limit in "
                "practice."
            ),
            "TCPTimeWaitOverflow also counts where memory for the socket was not to be had.",
            "A new network namespace computes its own default from the hash; it takes nothing from its parent.",
        ),
        risks=(
            Risk(
                rule="TT403",
                slug="buckets-low",
                severity="warning",
                when=Condition(op="between", value=1, upto=19999),
                reason=(
                    "At the limit connections are destroyed instead of waiting: the last ACK cannot be repeated, "
                    "and old segments may reach a new connection on the same ports."
                ),
                symptom="TCPTimeWaitOverflow grows; peers see a RST after a close that looked clean.",
                remedy="Delete the line: the default grows with memory, to 16,384 with 4 GiB and 65,536 with 16.",
                sources=(ALLOC, Source(kind="doc", text="Documentation/networking/ip-sysctl.rst")),
            ),
            Risk(
                rule="TT403",
                slug="buckets-low",
                severity="warning",
                when=Condition(op="eq", value=0),
                reason=(
                    "0 means that there is no TIME_WAIT at all, so nothing protects a new connection from segments "
                    "of an old one."
                ),
                symptom="TCPTimeWaitOverflow counts every connection that this side closes first.",
                remedy="Delete the line: the default is computed from memory.",
                sources=(
                    ALLOC,
                    Source(kind="measured", text="Linux 6.18: no TIME_WAIT, overflow counted, peer reset."),
                ),
            ),
            Risk(
                rule="TT403",
                slug="buckets-low",
                severity="warning",
                when=Condition(op="lt", value=0),
                until=UNSIGNED,
                reason=(
                    "Before 5.19 the number of sockets is always above a negative limit, so there is no TIME_WAIT "
                    "at all: the opposite of unlimited."
                ),
                symptom="TCPTimeWaitOverflow counts every connection that this side closes first.",
                remedy="Delete the line: the default is computed from memory.",
                sources=(ALLOC,),
            ),
            Risk(
                rule="TT403",
                slug="buckets-low",
                severity="warning",
                when=Condition(op="lt", value=0),
                since=UNSIGNED,
                reason=(
                    "Since 5.19 a negative number is compared as a huge unsigned one: TIME_WAIT is unlimited in "
                    "practice, while on an older kernel the same line means none at all."
                ),
                symptom=(
                    "The number of waiting sockets is bounded by memory alone; on a kernel before 5.19 every one "
                    "is destroyed."
                ),
                remedy="Delete the line, or write the limit that is meant.",
                sources=(ALLOC, Source(kind="measured", text="Linux 6.18: with -1 and -5 TIME_WAIT was as always.")),
            ),
        ),
        interactions=(
            Interaction(
                key="net.ipv4.tcp_fin_timeout",
                effect="Closed connections in FIN-WAIT-2 take from this limit for as long as it says, up to 60 s.",
            ),
            Interaction(
                key="net.ipv4.tcp_child_ehash_entries",
                effect="Gives a new namespace a hash of its own, and by its size a smaller default here (since 6.1).",
            ),
            Interaction(
                key="net.ipv4.ip_local_port_range",
                effect="Below the number of its ports TIME_WAIT is cut short before one destination uses them up.",
            ),
        ),
        myths=(
            Myth(
                claim="When it is reached, all TIME_WAIT sockets are reset.",
                truth="Those that wait go on waiting; only the next connection to close gets no TIME_WAIT.",
                sources=(
                    Source(
                        kind="measured", text="Linux 6.18: with a limit below their number the old ones all stayed."
                    ),
                ),
            ),
            Myth(
                claim="Its default is 18000.",
                truth=(
                    "It is half the slots of the hash of established connections since 2.6.35, for instance 131072 "
                    "with 24 GiB. 180000 was the constant before that, and 18000 is its misprint."
                ),
                sources=(Source(kind="code", text="net/ipv4/tcp.c: tcp_init()"),),
            ),
            Myth(
                claim="Lowering it cures too many TIME_WAIT sockets.",
                truth="It removes the protection and hides the number. The kernel's documentation advises against it.",
            ),
            Myth(
                claim="The oldest TIME_WAIT is evicted when the table is full.",
                truth="Nothing is evicted: the new one is not made.",
            ),
            Myth(
                claim="An overflow shows as 'time wait bucket table overflow' in the kernel's log.",
                truth="There is no message since 2.6.37; TCPTimeWaitOverflow counts it.",
                sources=(Source(kind="commit", text="67631510a318"),),
            ),
            Myth(
                claim="The kernel must be recompiled to be rid of TIME_WAIT.",
                truth=(
                    "Only its length, 60 seconds, is compiled in. Nobody needs it shorter: let the peer close "
                    "first, widen the port range or allow reuse. Even the drastic 0 here works on a running "
                    "kernel."
                ),
                sources=(Source(kind="code", text="include/net/tcp.h: TCP_TIMEWAIT_LEN"),),
            ),
        ),
        history=(
            Step(since=V(2, 6, 35), note="The default follows the hash of established connections."),
            Step(since=V(2, 6, 37), commit="67631510a318", note="A counter instead of a message in the log."),
            Step(since=V(4, 11), note="Per network namespace, the limit and the count."),
            Step(since=UNSIGNED, note="Compared as unsigned: a negative number means practically no limit."),
            Step(since=V(6, 1), commit="d1e5e6408b30", note="A namespace with a hash of its own derives it from that."),
        ),
        sources=(
            ALLOC,
            Source(kind="code", text="net/ipv4/tcp_minisocks.c: tcp_time_wait()"),
            Source(kind="code", text="net/ipv4/tcp.c: tcp_init()"),
            Source(kind="measured", text="Linux 6.18, loopback: limits of 1, 0, -1 and -5 tried."),
        ),
    ),
)
