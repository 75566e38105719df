"""What TCP has for explicit congestion notification and Fast Open beside its switch."""

from __future__ import annotations

from tcptune.catalog.steps import PER_NETNS, per_netns_since
from tcptune.model.history import DefaultStep, MeaningStep, RangeStep, Step
from tcptune.model.parameter import Lifetime, Parameter
from tcptune.model.version import KernelVersion as V

MIN_SND_MSS_ALSO = (V(4, 4, 182), V(4, 9, 182), V(4, 14, 127), V(4, 19, 52), V(5, 1, 11))
"""The stable releases of June 2019 that answered the attacks with tiny segments."""

PARAMETERS = (
    Parameter(
        key="net.ipv4.tcp_ecn",
        family="tcp_ecn",
        meaning="Whether congestion notification is asked for or only answered.",
        kind="enum",
        scope=per_netns_since(V(3, 9)),
        default=(DefaultStep(value=0), DefaultStep(since=V(2, 6, 31), value=2)),
        accepted=(
            RangeStep(handler="int"),
            RangeStep(since=V(5, 13), also=(V(5, 10, 262),), handler="u8"),
            RangeStep(since=V(5, 19), handler="u8", high=2),
            RangeStep(since=V(6, 19), handler="u8", high=5, note="Seen on 7.2; 6.18 still refuses 3."),
        ),
        meanings=(
            MeaningStep(
                meanings={
                    0: "neither asked for nor answered",
                    1: "asked for and answered",
                    2: "answered, not asked for",
                }
            ),
            MeaningStep(
                since=V(6, 19),
                meanings={
                    0: "neither asked for nor answered",
                    1: "asked for and answered",
                    2: "answered, not asked for",
                    3: "AccECN asked for and answered",
                    4: "AccECN answered, plain ECN asked for",
                    5: "AccECN answered, nothing asked for",
                },
            ),
        ),
    ),
    Parameter(
        key="net.ipv4.tcp_ecn_fallback",
        family="tcp_ecn",
        meaning="Ask again without congestion notification when the first SYN is lost.",
        kind="bool",
        lifetime=Lifetime(began=Step(since=V(4, 2))),
        scope=PER_NETNS,
        default=(DefaultStep(since=V(4, 2), value=1),),
        accepted=(
            RangeStep(since=V(4, 2), handler="int"),
            RangeStep(since=V(5, 13), also=(V(5, 10, 262),), handler="u8"),
            RangeStep(since=V(5, 19), handler="u8", high=1),
        ),
    ),
    Parameter(
        key="net.ipv4.tcp_ecn_option",
        family="tcp_ecn",
        meaning="When the option of accurate congestion notification is sent.",
        kind="int",
        lifetime=Lifetime(began=Step(since=V(6, 18))),
        scope=PER_NETNS,
        default=(DefaultStep(since=V(6, 18), value=2),),
        accepted=(RangeStep(since=V(6, 18), handler="u8", high=2), RangeStep(since=V(7, 2), handler="u8", high=3)),
    ),
    Parameter(
        key="net.ipv4.tcp_ecn_option_beacon",
        family="tcp_ecn",
        meaning="How often in a round trip that option is sent at least.",
        kind="int",
        lifetime=Lifetime(began=Step(since=V(6, 18))),
        scope=PER_NETNS,
        default=(DefaultStep(since=V(6, 18), value=3),),
        accepted=(RangeStep(since=V(6, 18), handler="u8", high=3),),
    ),
    Parameter(
        key="net.ipv4.tcp_fastopen_blackhole_timeout_sec",
        family="tcp_ecn",
        meaning="How long Fast Open is left off after a path was seen to swallow it; 0 never leaves it off.",
        kind="int",
        unit="seconds",
        lifetime=Lifetime(began=Step(since=V(4, 12))),
        scope=per_netns_since(V(4, 15)),
        default=(DefaultStep(since=V(4, 12), value=3600), DefaultStep(since=V(5, 14), value=0)),
        accepted=(RangeStep(since=V(4, 12), handler="int_minmax", low=0),),
    ),
    Parameter(
        key="net.ipv4.tcp_fastopen_key",
        family="tcp_ecn",
        meaning="The keys of the cookies that a Fast Open server gives out.",
        kind="text",
        default=(
            DefaultStep(
                since=V(4, 15),
                value="00000000-00000000-00000000-00000000",
                note="No key yet: the first socket that needs one makes it.",
            ),
        ),
        lifetime=Lifetime(began=Step(since=V(3, 8))),
        mode=0o600,
        scope=per_netns_since(V(4, 15)),
        accepted=(RangeStep(since=V(3, 8), handler="text"),),
    ),
)
