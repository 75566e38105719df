"""Keepalive: probes on connections that are silent, for sockets that ask for them."""

from tcptune.catalog.steps import INT_THEN_U8, JIFFIES, U8_ALSO, U8_COMMIT, U8_SINCE, per_netns_since
from tcptune.model.history import DefaultStep, Step
from tcptune.model.parameter import Interaction, Myth, Parameter, Sensible, Source
from tcptune.model.version import KernelVersion as V

SCOPE = per_netns_since(V(4, 5), "rhel7", note="RHEL 7.9 has it too, 7.3 not.")
NETNS = Step(since=V(4, 5), vendors=("rhel7",), note="Per network namespace.")
TIMER = Source(kind="code", text="net/ipv4/tcp_timer.c: tcp_keepalive_timer()")
TIMED = Source(
    kind="measured",
    text=(
        "Linux 6.18, loopback, peer silent: 2 s idle and 3 probes 1 s apart ended after 5.1 s; idle 0 after 3.1 s; "
        "interval 0 or no probes after 2.1 s; a negative idle time or interval not within 60 s."
    ),
)

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        key="net.ipv4.tcp_keepalive_time",
        family="keepalive",
        meaning="How long a connection with SO_KEEPALIVE is silent before the first probe.",
        kind="int",
        unit="seconds",
        depth="full",
        scope=SCOPE,
        default=(DefaultStep(value=7200),),
        accepted=JIFFIES,
        sensible=Sensible(
            low=1,
            why=(
                "0 probes without a pause, and a negative time in practice never comes. A socket's own "
                "TCP_KEEPIDLE ends at 32767."
            ),
        ),
        semantics=(
            "Only sockets with SO_KEEPALIVE probe; a program that does not set it is not concerned.",
            "A dead peer is found after this time and one interval for each probe: 7200 + 9 * 75 seconds by default.",
            "TCP_KEEPIDLE sets it for one socket, between 1 and 32767 seconds.",
            "A new network namespace, such as a pod's, starts with 7200, whatever the node has.",
            "While sent data is not acknowledged no probe is sent: tcp_retries2 rules then.",
            (
                "A firewall, NAT or load balancer on the way forgets silent connections after a time of its own. "
                "To keep them this must be shorter."
            ),
        ),
        interactions=(
            Interaction(key="net.ipv4.tcp_keepalive_intvl", effect="The time between the probes that follow."),
            Interaction(key="net.ipv4.tcp_keepalive_probes", effect="How many of them go unanswered before the end."),
            Interaction(
                key="net.netfilter.nf_conntrack_tcp_timeout_established",
                effect="When it is shorter than this, the entry is gone before the first probe.",
            ),
        ),
        myths=(
            Myth(
                claim="Lowering it clears up the connections of every program.",
                truth="Only of those that set SO_KEEPALIVE.",
            ),
            Myth(
                claim="It shortens FIN-WAIT or TIME_WAIT.",
                truth="It concerns open, silent connections. Closing has limits of its own.",
            ),
        ),
        history=(NETNS,),
        sources=(TIMER, TIMED),
    ),
    Parameter(
        key="net.ipv4.tcp_keepalive_intvl",
        family="keepalive",
        meaning="The time between keepalive probes that are not answered.",
        kind="int",
        unit="seconds",
        depth="full",
        scope=SCOPE,
        default=(DefaultStep(value=75),),
        accepted=JIFFIES,
        sensible=Sensible(
            low=1,
            why=(
                "0 ends the connection at once after the idle time, a negative one practically never. A socket's "
                "own TCP_KEEPINTVL ends at 32767."
            ),
        ),
        semantics=(
            "Times tcp_keepalive_probes it is how long a peer may stay silent after the first probe.",
            "TCP_KEEPINTVL sets it for one socket, between 1 and 32767 seconds.",
            "With 0 all probes are over in an instant, and a peer that answers a moment later is lost.",
        ),
        interactions=(
            Interaction(key="net.ipv4.tcp_keepalive_time", effect="The silence before the first probe."),
            Interaction(key="net.ipv4.tcp_keepalive_probes", effect="How often this time passes before the end."),
        ),
        myths=(
            Myth(
                claim="A probe is sent at this interval all the time.",
                truth="Only after one stayed unanswered; an answer starts tcp_keepalive_time anew.",
            ),
        ),
        history=(NETNS,),
        sources=(TIMER, TIMED),
    ),
    Parameter(
        key="net.ipv4.tcp_keepalive_probes",
        family="keepalive",
        meaning="How many keepalive probes go unanswered before the connection is given up.",
        kind="int",
        unit="probes",
        depth="full",
        scope=SCOPE,
        default=(DefaultStep(value=9),),
        accepted=INT_THEN_U8,
        sensible=Sensible(
            low=1,
            why="0 ends a silent connection without a single probe. A socket's own TCP_KEEPCNT ends at 127.",
        ),
        semantics=(
            "When the last one stays unanswered the program gets ETIMEDOUT and the peer a RST.",
            "TCP_KEEPCNT sets it for one socket, between 1 and 127.",
            "With 0 the connection ends when the idle time is over.",
        ),
        interactions=(
            Interaction(key="net.ipv4.tcp_keepalive_time", effect="The silence before the first probe."),
            Interaction(key="net.ipv4.tcp_keepalive_intvl", effect="The time between two of them."),
        ),
        history=(NETNS, Step(since=U8_SINCE, also=U8_ALSO, commit=U8_COMMIT, note="Eight bits: 0 to 255.")),
        sources=(TIMER, TIMED),
    ),
)
