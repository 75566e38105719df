"""What protects a connection from the segments of an older one: timestamps, and TIME_WAIT against resets."""

from tcptune.catalog.steps import INT_THEN_U8, U8_ALSO, U8_COMMIT, U8_SINCE, per_netns_since
from tcptune.model.history import DefaultStep, MeaningStep, Step
from tcptune.model.parameter import Condition, Interaction, Myth, Parameter, Risk, Source
from tcptune.model.version import KernelVersion as V

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        key="net.ipv4.tcp_timestamps",
        family="time_wait",
        meaning="Whether new connections offer and accept TCP timestamps, on which PAWS and TIME_WAIT reuse rest.",
        kind="enum",
        depth="full",
        scope=per_netns_since(V(4, 13)),
        default=(DefaultStep(value=1),),
        accepted=INT_THEN_U8,
        meanings=(
            MeaningStep(meanings={0: "off", 1: "on"}, note="Any number but 0 means 1."),
            MeaningStep(
                since=V(4, 10),
                meanings={
                    0: "off",
                    1: "on, with a random offset for each connection",
                    2: "on, without the random offset",
                },
                note="Other numbers are accepted and act as 2.",
            ),
        ),
        semantics=(
            "It is negotiated in SYN and SYN-ACK, so it concerns new connections only and needs both sides.",
            (
                "Off means no PAWS (the check that rejects old duplicates and wrapped sequence numbers), no "
                "round-trip times from timestamps, and no TIME_WAIT reuse whatever tcp_tw_reuse says."
            ),
            "SYN cookies keep window scaling, SACK and ECN in the timestamp: without it such a connection loses them.",
        ),
        risks=(
            Risk(
                rule="TT402",
                slug="timestamps-off",
                severity="warning",
                when=Condition(op="eq", value=0),
                reason=(
                    "Without timestamps there is no PAWS against old duplicates, no round-trip measurement from "
                    "them, and TIME_WAIT ports are never reused."
                ),
                symptom="EADDRNOTAVAIL in spite of tcp_tw_reuse; slow recovery after loss on long fast paths.",
                remedy="Set it to 1, the default; since 4.10 it tells nobody the uptime.",
                value=1,
                sources=(
                    Source(kind="rfc", text="RFC 7323, sections 3 to 5"),
                    Source(kind="measured", text="Linux 6.18: with 0, tcp_tw_reuse 0, 1 and 2 all reused nothing."),
                ),
            ),
        ),
        interactions=(
            Interaction(key="net.ipv4.tcp_tw_reuse", effect="Cannot reuse anything while this is 0."),
            Interaction(
                key="net.ipv4.tcp_syncookies",
                effect="A connection made from a cookie has window scaling and SACK only with timestamps.",
            ),
        ),
        myths=(
            Myth(
                claim="Timestamps must be off for security, since they tell the uptime.",
                truth="Since 4.10 the value 1 adds a random offset to each connection, so the uptime is not seen.",
                sources=(Source(kind="code", text="net/core/secure_seq.c"),),
            ),
            Myth(
                claim="Valid values are 0 and 1.",
                truth="2 (no random offset) is valid since 4.10, and the kernel takes any number from 0 to 255.",
            ),
            Myth(
                claim="0 protects against sequence numbers that wrap.",
                truth="Timestamps are that protection (PAWS): by them old segments are found, and dropped.",
                sources=(Source(kind="rfc", text="RFC 7323, section 5"),),
            ),
            Myth(
                claim="It fails where the clocks of the two hosts differ.",
                truth="A connection's timestamps are compared with earlier ones of the same connection alone.",
                sources=(Source(kind="rfc", text="RFC 7323, section 5"),),
            ),
            Myth(claim="It is about ICMP timestamps.", truth="It is an option of TCP; ICMP does not ask for it."),
        ),
        history=(
            Step(since=V(4, 10), note="1 adds a random offset to each connection; 2 keeps the old way."),
            Step(since=V(4, 13), note="Per network namespace."),
            Step(since=U8_SINCE, also=U8_ALSO, commit=U8_COMMIT, note="Eight bits: 0 to 255."),
        ),
        sources=(
            Source(kind="rfc", text="RFC 7323, sections 3 and 5"),
            Source(kind="code", text="net/core/secure_seq.c: secure_tcp_ts_off()"),
            Source(kind="code", text="net/ipv4/tcp_output.c: tcp_syn_options()"),
        ),
    ),
    Parameter(
        key="net.ipv4.tcp_rfc1337",
        family="time_wait",
        meaning="Whether a valid RST leaves a TIME_WAIT socket alone instead of ending it at once.",
        kind="bool",
        depth="full",
        scope=per_netns_since(V(4, 15)),
        default=(DefaultStep(value=0),),
        accepted=INT_THEN_U8,
        meanings=(
            MeaningStep(
                meanings={0: "a valid RST ends TIME_WAIT", 1: "such a RST is ignored"},
                note="Any number but 0 means 1.",
            ),
        ),
        semantics=(
            (
                "It concerns a RST with exactly the expected sequence number in TIME_WAIT proper; in FIN-WAIT-2 a "
                "RST always ends the socket."
            ),
            "With 1 the timer goes on as it was; it is other segments in the window that restart the 60 seconds.",
            "PAWS looks first: a segment it rejects is never asked about here.",
        ),
        interactions=(
            Interaction(
                key="net.ipv4.tcp_timestamps", effect="With it PAWS rejects old segments before this is asked."
            ),
        ),
        myths=(
            Myth(
                claim="Unset means that TIME_WAIT assassination is prevented, as the kernel's documentation reads.",
                truth="The other way round: 0 lets a RST kill the socket, 1 protects it.",
                sources=(Source(kind="code", text="net/ipv4/tcp_minisocks.c: tcp_timewait_state_process()"),),
            ),
            Myth(claim="It shortens TIME_WAIT.", truth="It can only make it last longer: a RST ends it no more."),
        ),
        history=(
            Step(since=V(4, 15), note="Per network namespace."),
            Step(since=U8_SINCE, also=U8_ALSO, commit=U8_COMMIT, note="Eight bits: 0 to 255."),
        ),
        sources=(
            Source(kind="code", text="net/ipv4/tcp_minisocks.c: tcp_timewait_state_process()"),
            Source(kind="rfc", text="RFC 1337, section 3"),
        ),
    ),
)
