"""How connections start and go on after a pause: data in the SYN, idle restart, remembered measurements."""

from tcptune.catalog.steps import INT_THEN_U8, U8_ALSO, U8_COMMIT, U8_SINCE, per_netns_since
from tcptune.model.history import DefaultStep, MeaningStep, RangeStep, Step
from tcptune.model.parameter import Interaction, Lifetime, Myth, Parameter, Source
from tcptune.model.version import KernelVersion as V

IP_SYSCTL = Source(kind="doc", text="Documentation/networking/ip-sysctl.rst")

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        key="net.ipv4.tcp_fastopen",
        family="options",
        meaning="Whether data may travel in the SYN, on the client's side and on the server's.",
        kind="int",
        unit="sum of flags",
        depth="full",
        lifetime=Lifetime(began=Step(since=V(3, 6))),
        scope=per_netns_since(V(4, 15)),
        default=(
            DefaultStep(since=V(3, 6), value=0),
            DefaultStep(since=V(3, 13), value=1, note="0 in 3.11; 3.12 was not read."),
        ),
        accepted=(RangeStep(since=V(3, 6), handler="int", note="Flags that do not exist are taken as well."),),
        semantics=(
            "1 allows it to clients: a program asks with sendto() and MSG_FASTOPEN, or with TCP_FASTOPEN_CONNECT.",
            "2 allows it to servers: a listener asks with the socket option TCP_FASTOPEN.",
            "4 lets clients send data without a cookie, and 512 lets servers take it; each needs its side's flag.",
            "1024 turns it on for every listener, without the socket option; it needs 2 as well.",
            (
                "A first connection fetches a cookie, and only later ones carry data in the SYN. Who does not know it "
                "connects as ever."
            ),
            "Data in a SYN can arrive twice, so it suits only requests that may be repeated.",
            "A new network namespace, such as a pod's, starts with the default, whatever the node has.",
        ),
        interactions=(
            Interaction(
                key="net.ipv4.tcp_syn_retries",
                effect="A SYN that is sent again carries no data, so that it passes what dropped the first one.",
            ),
        ),
        myths=(
            Myth(
                claim="3 turns it on for every server.",
                truth="A listener must ask with TCP_FASTOPEN, or the flag 1024 must be set.",
                sources=(IP_SYSCTL,),
            ),
            Myth(
                claim="It works between any two programs.",
                truth="Client and server must both ask for it; a plain connect() sends no data in the SYN.",
            ),
        ),
        history=(
            Step(since=V(3, 6), note="The key appears."),
            Step(since=V(3, 13), note="1 instead of 0: clients may."),
            Step(since=V(4, 15), note="Per network namespace."),
        ),
        sources=(
            IP_SYSCTL,
            Source(kind="rfc", text="RFC 7413"),
            Source(kind="code", text="net/ipv4/tcp_fastopen.c: tcp_try_fastopen()"),
        ),
    ),
    Parameter(
        key="net.ipv4.tcp_slow_start_after_idle",
        family="options",
        meaning="Whether a connection that sent nothing for a while starts with a small congestion window again.",
        kind="bool",
        depth="full",
        lifetime=Lifetime(began=Step(since=V(2, 6, 18), note="2.6.11 does not have it; nothing in between was read.")),
        scope=per_netns_since(V(4, 15)),
        default=(DefaultStep(since=V(2, 6, 18), value=1),),
        accepted=(
            RangeStep(since=V(2, 6, 18), handler="int"),
            RangeStep(since=U8_SINCE, also=U8_ALSO, handler="u8", commit=U8_COMMIT),
        ),
        meanings=(
            MeaningStep(
                since=V(2, 6, 18),
                meanings={0: "the window stays as it was", 1: "the window shrinks with the length of the pause"},
                note="Any number but 0 means 1.",
            ),
        ),
        semantics=(
            (
                "A pause counts when it is longer than the retransmission timeout: the window is halved for each "
                "timeout that went by, but not below the initial window."
            ),
            "Only the sender of the data is concerned, so it is set where the large answers come from.",
            "Congestion controls that pace by themselves, such as bbr, are exempt.",
            "It helps requests on connections that are kept open, at the price of bursts into a path that has changed.",
        ),
        myths=(
            Myth(
                claim="It has to do with new connections.",
                truth="Those start with the initial window, a property of the route; this is about pauses.",
            ),
        ),
        history=(
            Step(since=V(4, 15), note="Per network namespace."),
            Step(since=U8_SINCE, also=U8_ALSO, commit=U8_COMMIT, note="Eight bits: 0 to 255."),
        ),
        sources=(
            Source(kind="code", text="include/net/tcp.h: tcp_slow_start_after_idle_check()"),
            Source(kind="code", text="net/ipv4/tcp_output.c: tcp_cwnd_restart()"),
            Source(kind="rfc", text="RFC 2861"),
            IP_SYSCTL,
        ),
    ),
    Parameter(
        key="net.ipv4.tcp_no_metrics_save",
        family="options",
        meaning="Whether a connection that closes leaves its measurements for the next one to the same destination.",
        kind="bool",
        depth="full",
        scope=per_netns_since(V(4, 15)),
        default=(DefaultStep(value=0),),
        accepted=INT_THEN_U8,
        meanings=(
            MeaningStep(
                meanings={0: "they are kept for each destination", 1: "nothing is kept"},
                note="Any number but 0 means 1.",
            ),
        ),
        semantics=(
            (
                "Round-trip time, congestion window, slow-start threshold and reordering are what is kept, when the "
                "connection enters TIME_WAIT or its last ACK has come."
            ),
            "1 only ends the writing: what is kept already is used until `ip tcp_metrics flush`.",
            "Until 4.11 the timestamps of tcp_tw_recycle were in the same place.",
        ),
        interactions=(
            Interaction(
                key="net.ipv4.tcp_tw_recycle", effect="Until 4.11 it used the same memory of each destination."
            ),
        ),
        myths=(
            Myth(claim="1 does away with remembered measurements.", truth="Those that are there are read on."),
            Myth(
                claim="One bad connection slows down all later ones unless this is 1.",
                truth=(
                    "What did that is the slow-start threshold, and it is no longer kept by default: "
                    "tcp_no_ssthresh_metrics_save is 1 on kernels that have it, 5.6 and later."
                ),
            ),
        ),
        history=(
            Step(since=V(4, 15), note="Per network namespace."),
            Step(since=U8_SINCE, also=U8_ALSO, commit=U8_COMMIT, note="Eight bits: 0 to 255."),
        ),
        sources=(Source(kind="code", text="net/ipv4/tcp_metrics.c: tcp_update_metrics()"), IP_SYSCTL),
    ),
)
