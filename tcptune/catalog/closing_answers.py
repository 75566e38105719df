"""What the kernel answers to segments that do not fit: challenge ACKs, their rates, urgent data."""

from tcptune.catalog.steps import INT_THEN_U8, U8_ALSO, U8_COMMIT, U8_SINCE, per_netns_since
from tcptune.model.history import INT_MAX, DefaultStep, MeaningStep, RangeStep, Step
from tcptune.model.parameter import Interaction, Lifetime, Myth, Parameter, Sensible, Source
from tcptune.model.version import KernelVersion as V

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        key="net.ipv4.tcp_challenge_ack_limit",
        family="closing",
        meaning="How many challenge ACKs of RFC 5961 the kernel sends in a second.",
        kind="int",
        unit="ACKs per second",
        depth="full",
        lifetime=Lifetime(began=Step(since=V(3, 6), also=(V(3, 4, 113),))),
        scope=per_netns_since(V(4, 15), note="The count became per namespace in 6.0 only."),
        default=(
            DefaultStep(since=V(3, 6), value=100, note="Long-term kernels of that time took the 1000 of 4.7 as a fix."),
            DefaultStep(since=V(4, 7), vendors=("rhel7",), value=1000, commit="75ff39ccc1bd"),
            DefaultStep(since=V(6, 0), value=2147483647, commit="79e3602caa6f", note="Without a limit."),
        ),
        accepted=(RangeStep(since=V(3, 6), also=(V(3, 4, 113),), handler="int"),),
        sensible=Sensible(
            low=0,
            why=(
                "A limit that all connections share can be felt from outside: who counts the answers learns about "
                "connections of others."
            ),
        ),
        semantics=(
            "A challenge ACK answers a RST or SYN that is in the window but not exactly right.",
            "One limit serves all connections; since 6.0 each network namespace counts for itself.",
            "tcp_invalid_ratelimit limits each connection on its own, whatever stands here.",
        ),
        interactions=(
            Interaction(key="net.ipv4.tcp_invalid_ratelimit", effect="The limit of a single connection, which stays."),
        ),
        myths=(
            Myth(
                claim="It must be set to 999999999 to close CVE-2016-5696.",
                truth="That was for kernels before 4.7 without the fix. Since 6.0 there is no limit by default.",
            ),
        ),
        history=(
            Step(since=V(4, 7), commit="75ff39ccc1bd", note="1000 instead of 100, and randomised."),
            Step(since=V(4, 15), note="The key is per network namespace."),
            Step(since=V(6, 0), commit="79e3602caa6f", note="So is the count, and the default is no limit."),
        ),
        sources=(
            Source(kind="rfc", text="RFC 5961, section 10"),
            Source(kind="code", text="net/ipv4/tcp_input.c: tcp_send_challenge_ack()"),
            Source(
                kind="commit",
                text="79e3602caa6f tcp: make global challenge ack rate limitation per net-ns and default disabled",
            ),
        ),
    ),
    Parameter(
        key="net.ipv4.tcp_invalid_ratelimit",
        family="closing",
        meaning="The least time between two ACKs with which one connection answers invalid segments.",
        kind="int",
        unit="milliseconds",
        depth="full",
        lifetime=Lifetime(began=Step(since=V(4, 0), vendors=("rhel7",), commit="032ee4236954")),
        scope=per_netns_since(V(4, 15)),
        default=(DefaultStep(since=V(4, 0), vendors=("rhel7",), value=500),),
        accepted=(
            RangeStep(
                since=V(4, 0),
                vendors=("rhel7",),
                handler="ms_jiffies",
                low=0,
                note="Stored in ticks, so read back rounded up: 1 is 4 at 250 ticks a second.",
            ),
            RangeStep(since=V(7, 2), handler="ms_jiffies", low=-INT_MAX, note="7.2.7 takes negative numbers."),
            RangeStep(since=V(7, 2, 13), handler="ms_jiffies", low=0),
        ),
        sensible=Sensible(low=0, why="0 switches the limit off; a negative time has no meaning."),
        semantics=(
            (
                "It holds in every state, in TIME_WAIT and FIN-WAIT-2 as well, where TCPACKSkippedTimeWait and "
                "TCPACKSkippedFinWait2 count what was not answered."
            ),
            "0 switches the limit off.",
            "It stops two sides that answer each other's wrong segments without end.",
            "A value that is no whole number of ticks reads back rounded up.",
        ),
        interactions=(
            Interaction(key="net.ipv4.tcp_challenge_ack_limit", effect="The limit for all connections together."),
        ),
        history=(
            Step(since=V(4, 0), vendors=("rhel7",), commit="032ee4236954", note="The key appears."),
            Step(since=V(4, 15), note="Per network namespace."),
        ),
        sources=(
            Source(
                kind="commit",
                text="032ee4236954 tcp: helpers to mitigate ACK loops by rate-limiting out-of-window dupacks",
            ),
            Source(kind="code", text="net/ipv4/tcp_minisocks.c: tcp_timewait_check_oow_rate_limit()"),
            Source(kind="measured", text="Linux 6.18, 250 ticks a second: 1 reads back as 4, 255 as 256; -1 refused."),
        ),
    ),
    Parameter(
        key="net.ipv4.tcp_stdurg",
        family="closing",
        meaning="Whether the urgent pointer is read as RFC 1122 says instead of as BSD does.",
        kind="bool",
        depth="full",
        scope=per_netns_since(V(4, 15)),
        default=(DefaultStep(value=0),),
        accepted=INT_THEN_U8,
        meanings=(
            MeaningStep(
                meanings={
                    0: "points behind the last urgent byte (BSD)",
                    1: "points to the last urgent byte (RFC 1122)",
                },
                note="Any number but 0 means 1.",
            ),
        ),
        semantics=(
            (
                "Nearly all systems read the pointer as BSD does, so 1 shifts urgent data by one byte when talking "
                "to them."
            ),
            "It has nothing to do with closing or TIME_WAIT, though lists of such settings carry it.",
        ),
        history=(
            Step(since=V(4, 15), note="Per network namespace."),
            Step(since=U8_SINCE, also=U8_ALSO, commit=U8_COMMIT, note="Eight bits: 0 to 255."),
        ),
        sources=(
            Source(kind="code", text="net/ipv4/tcp_input.c: tcp_check_urg()"),
            Source(kind="rfc", text="RFC 6093"),
        ),
    ),
)
