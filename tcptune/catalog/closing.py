"""Closing: connections that their program has closed, and how long the kernel goes on for them."""

from tcptune.catalog.steps import HOST_WIDE, INT, INT_THEN_U8, JIFFIES, U8_ALSO, U8_COMMIT, U8_SINCE, per_netns_since
from tcptune.model.history import DefaultStep, Step
from tcptune.model.parameter import Condition, Interaction, Myth, Parameter, Risk, Sensible, Source
from tcptune.model.version import KernelVersion as V

CLOSE = Source(kind="code", text="net/ipv4/tcp.c: __tcp_close()")
KEEPALIVE_TIMER = Source(kind="code", text="net/ipv4/tcp_timer.c: tcp_keepalive_timer()")
ORPHAN_RETRIES = Source(kind="code", text="net/ipv4/tcp_timer.c: tcp_orphan_retries()")
FIN_TIMEOUT_TIMED = Source(
    kind="measured",
    text=(
        "Linux 6.18, loopback, closed connection in FIN-WAIT-2: -5 and 0 lasted 0.8 s, 5 lasted 5.2 s, 60 60.8 s, "
        "61 2.1 s, 65 10.4 s, 75 30.3 s, 90 60.8 s."
    ),
)
ORPHANS_TIMED = Source(
    kind="measured",
    text="Linux 6.18, loopback, FIN never acknowledged: 1 lasted 1.7 s, 2 3.4 s, 3 6.9 s, 8 and 0 both 106 s.",
)

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        key="net.ipv4.tcp_fin_timeout",
        family="closing",
        meaning="How long a connection that its program has closed waits in FIN-WAIT-2 for the peer's FIN.",
        kind="int",
        unit="seconds",
        depth="full",
        scope=per_netns_since(V(4, 6)),
        default=(DefaultStep(value=60),),
        accepted=JIFFIES,
        sensible=Sensible(
            low=1,
            why=(
                "0 and negative numbers do not switch the wait off: they leave 3.5 retransmission timeouts, less "
                "than a second on a fast path. From 61 on the number no longer is the time."
            ),
        ),
        semantics=(
            (
                "It concerns orphans only: a connection after shutdown() that a program still holds waits in "
                "FIN-WAIT-2 without any limit."
            ),
            (
                "TIME_WAIT lasts 60 seconds whatever stands here: that length is compiled in (TCP_TIMEWAIT_LEN), "
                "in every kernel read from 2.6.11 to 7.3."
            ),
            (
                "Up to 60 the connection is replaced at once by a small socket that waits for the given time. It "
                "counts in sockstat as tw and against tcp_max_tw_buckets, though ss shows FIN-WAIT-2."
            ),
            (
                "Above 60 the whole socket is kept for (value - 60) seconds, then a small one waits for the same "
                "time again: together 2 * (value - 60). So 75 means 30 seconds, 61 means 2, 61 to 89 are all "
                "shorter than 60, 90 equals 60, and 120 is 120."
            ),
            "There is a floor of 3.5 retransmission timeouts, some 0.8 s on a fast path: 0 and -5 both end there.",
            "When the time is over nothing is sent; what the peer sends later is answered with a RST.",
            (
                "TCP_LINGER2 sets it for one socket; a negative number there skips FIN-WAIT-2. Since 5.8 its limit "
                "is 120 s, before it was this parameter."
            ),
            "A new network namespace, such as a pod's, starts with 60, whatever the node has.",
        ),
        risks=(
            Risk(
                rule="TT404",
                slug="fin-timeout-low",
                severity="warning",
                when=Condition(op="lt", value=15),
                reason=(
                    "Closed connections in FIN-WAIT-2 are given up before slow peers have sent their last data and "
                    "their FIN."
                ),
                symptom="Peers that answer late get a RST; their last write fails with ECONNRESET or EPIPE.",
                remedy="Delete the line or set 60; TIME_WAIT does not depend on it.",
                value=60,
                sources=(CLOSE, FIN_TIMEOUT_TIMED),
            ),
            Risk(
                rule="TT405",
                slug="fin-timeout-above-60",
                severity="warning",
                when=Condition(op="between", value=61, upto=89),
                reason=(
                    "Above 60 the kernel waits 2 * (value - 60) seconds: from 61 to 89 that is shorter than with 60."
                ),
                symptom="FIN-WAIT-2 ends after 2 seconds with 61, after 30 with 75, and late peers get a RST.",
                remedy="Set 60, or 90 and more if the wait is to be at least 60 seconds.",
                value=60,
                sources=(CLOSE, KEEPALIVE_TIMER, FIN_TIMEOUT_TIMED),
            ),
            Risk(
                rule="TT405",
                slug="fin-timeout-above-60",
                severity="warning",
                when=Condition(op="gt", value=89),
                reason=(
                    "Above 60 the kernel waits 2 * (value - 60) seconds, half of them with the whole socket kept "
                    "as an orphan: 90 is no longer than 60, 120 is 120, 180 is 240."
                ),
                symptom="The wait is not the number that was written, and orphans keep their memory.",
                remedy="Set 60; TIME_WAIT does not depend on it.",
                value=60,
                sources=(CLOSE, KEEPALIVE_TIMER, FIN_TIMEOUT_TIMED),
            ),
        ),
        interactions=(
            Interaction(
                key="net.ipv4.tcp_max_tw_buckets",
                effect="Sockets that wait in FIN-WAIT-2 take from this limit; when it is reached they are not made.",
            ),
            Interaction(
                key="net.ipv4.tcp_max_orphans",
                effect=(
                    "With more than 60 the first half of the wait counts as an orphan; with up to 60 none of it does."
                ),
            ),
            Interaction(
                key="net.netfilter.nf_conntrack_tcp_timeout_fin_wait",
                effect="Connection tracking has a time of its own for this, 120 s by default.",
            ),
        ),
        myths=(
            Myth(
                claim="It shortens TIME_WAIT.",
                truth=(
                    "It ends FIN-WAIT-2 of closed connections. With 5 here the timer of TIME_WAIT still showed "
                    "59.9 seconds."
                ),
                sources=(
                    Source(kind="code", text="include/net/tcp.h: TCP_TIMEWAIT_LEN"),
                    Source(kind="measured", text="Linux 6.18, loopback: timer of TIME_WAIT read with 5 and with 60."),
                ),
            ),
            Myth(
                claim="It is the MSL, and TIME_WAIT is twice as long.",
                truth="It is no MSL and nothing is computed from it; Linux has no parameter for the MSL.",
            ),
            Myth(
                claim="It replaces a longer SO_LINGER.",
                truth=(
                    "SO_LINGER is how long close() blocks, and this does not touch it. TCP_LINGER2 is meant, which "
                    "sets the time in FIN-WAIT-2 for one socket; up to 5.7 a longer one was cut to this "
                    "parameter."
                ),
                sources=(
                    Source(kind="measured", text="Linux 6.18: close() with SO_LINGER 2 blocked for 2 s with 1 here."),
                    Source(kind="commit", text="f0628c524fd1"),
                ),
            ),
            Myth(
                claim="It ends FIN-WAIT-1.",
                truth=(
                    "FIN-WAIT-1 ends by retransmission limits: tcp_orphan_retries for closed connections, else "
                    "tcp_retries2."
                ),
            ),
            Myth(claim="Twice the number is twice the wait.", truth="Only up to 60; above it is 2 * (value - 60)."),
            Myth(
                claim="The kernel refuses nonsense here.",
                truth="0 and negative numbers are stored and act as the floor of some 0.8 seconds.",
            ),
        ),
        history=(
            Step(since=V(4, 6), note="Per network namespace."),
            Step(since=V(5, 8), commit="f0628c524fd1", note="TCP_LINGER2 may be longer than this, up to 120 seconds."),
            Step(
                since=V(7, 2),
                note="Seen on 7.2.7: numbers that overflow wrap around instead of being refused; mended in 7.2.13.",
            ),
        ),
        sources=(
            CLOSE,
            KEEPALIVE_TIMER,
            Source(kind="code", text="include/net/tcp.h: tcp_fin_time()"),
            Source(kind="rfc", text="RFC 9293, section 3.6"),
            FIN_TIMEOUT_TIMED,
        ),
    ),
    Parameter(
        key="net.ipv4.tcp_orphan_retries",
        family="closing",
        meaning="How long the kernel goes on retransmitting for a connection that its program has closed.",
        kind="int",
        unit="retransmits",
        depth="full",
        scope=per_netns_since(V(4, 6)),
        default=(DefaultStep(value=0, note="0 stands for 8 while the peer seems alive."),),
        accepted=INT_THEN_U8,
        sensible=Sensible(low=0, why="A number of retransmissions cannot be negative; 0 is the default and means 8."),
        semantics=(
            (
                "It concerns FIN-WAIT-1, LAST-ACK and CLOSING after close(). FIN-WAIT-2 and TIME_WAIT have nothing "
                "to do with it."
            ),
            (
                "0 is taken as 8 while the retransmission timeout is below its maximum, and as 0 once it has got "
                "there or an ICMP error says that the peer is gone."
            ),
            (
                "The number is turned into a time: what so many retransmissions take when each waits twice as "
                "long. At 200 ms to begin with, 1 gives up after 1.7 s, 2 after 3.4 s, 3 after 6.9 s, 8 (and 0) "
                "after 106 s."
            ),
            "TCP_USER_TIMEOUT of a socket goes before it.",
        ),
        risks=(
            Risk(
                rule="TT408",
                slug="orphan-retries-low",
                severity="warning",
                when=Condition(op="between", value=1, upto=3),
                reason=(
                    "The end of the data and the FIN are given up after a few seconds: 1.7 with 1, 3.4 with 2, 6.9 "
                    "with 3."
                ),
                symptom="Peers on slow or lossy paths miss the end of what was sent; TCPAbortOnTimeout grows.",
                remedy=(
                    "Set 0, the default, which means 8 retransmissions or some 100 seconds for a peer that is alive."
                ),
                value=0,
                sources=(ORPHAN_RETRIES, ORPHANS_TIMED),
            ),
        ),
        interactions=(
            Interaction(
                key="net.ipv4.tcp_max_orphans", effect="The limit of their number; this is the limit of their time."
            ),
            Interaction(
                key="net.ipv4.tcp_retries2", effect="Takes its place while a program still holds the connection."
            ),
            Interaction(
                key="net.ipv4.tcp_rto_max_ms",
                effect=(
                    "Lower, it shortens the time, and 0 stops meaning 8 as soon as the timeout gets there: with "
                    "1000 an orphan was gone after 2.7 s."
                ),
            ),
        ),
        myths=(
            Myth(
                claim="It governs connections that are no orphans.",
                truth=(
                    "It acts after close() only. A half-closed connection that a program holds stays in FIN-WAIT-1 "
                    "until tcp_retries2."
                ),
                sources=(
                    Source(
                        kind="measured",
                        text="Linux 6.18, with 1: closed gone within 4 s, after shutdown() still there.",
                    ),
                ),
            ),
            Myth(
                claim="Its default is 8, or 7.",
                truth="What is stored, and read, is 0; the 8 is in the code.",
                sources=(ORPHAN_RETRIES,),
            ),
            Myth(claim="0 means that nothing is sent again.", truth="0 means 8 for a peer that seems alive."),
        ),
        history=(
            Step(since=V(4, 6), note="Per network namespace."),
            Step(since=U8_SINCE, also=U8_ALSO, commit=U8_COMMIT, note="Eight bits: 0 to 255."),
        ),
        sources=(ORPHAN_RETRIES, Source(kind="code", text="net/ipv4/tcp_timer.c: tcp_write_timeout()"), ORPHANS_TIMED),
    ),
    Parameter(
        key="net.ipv4.tcp_max_orphans",
        family="closing",
        meaning="How many connections may exist on the host that no program holds any more.",
        kind="int",
        unit="sockets",
        depth="full",
        scope=HOST_WIDE,
        default=(
            DefaultStep(
                since=V(2, 6, 35),
                formula="ehash_half",
                note=(
                    "Half the slots of the hash of established connections, the same number as tcp_max_tw_buckets has."
                ),
            ),
        ),
        accepted=(INT,),
        sensible=Sensible(low=1, why="Below 1 every close with data or a FIN still on the way turns into a reset."),
        semantics=(
            (
                "It is looked at when a program closes and when an orphan retransmits. Above it the connection is "
                "reset at once: TCPAbortOnMemory counts it and the log says 'too many orphaned sockets'."
            ),
            "Orphans of peers that behave badly count double or fourfold in that comparison.",
            "Sockets in TIME_WAIT, and those that wait in FIN-WAIT-2 for up to 60 seconds, are no orphans.",
            (
                "Limit and count are the host's: a container does not see the key, and its sockstat shows the "
                "whole host's orphans."
            ),
            "The count is kept per processor and summed up from time to time, so the limit is approximate.",
        ),
        interactions=(
            Interaction(
                key="net.ipv4.tcp_orphan_retries", effect="Lets each orphan live for a shorter or longer time."
            ),
            Interaction(
                key="net.ipv4.tcp_mem",
                effect="Beyond its third number orphans are reset in the same way, with another message in the log.",
            ),
        ),
        myths=(
            Myth(
                claim="Raising it cures an overflow of TIME_WAIT.",
                truth="Those are other sockets with another limit, tcp_max_tw_buckets.",
            ),
            Myth(claim="A container can raise it for itself.", truth="It is the host's; a container has no such file."),
        ),
        history=(Step(since=V(2, 6, 35), note="The default follows the hash of established connections."),),
        sources=(
            Source(kind="code", text="net/ipv4/tcp.c: tcp_check_oom()"),
            Source(kind="code", text="net/ipv4/tcp_timer.c: tcp_out_of_resources()"),
            Source(kind="measured", text="Linux 6.18: no such file in a new network namespace."),
        ),
    ),
)
