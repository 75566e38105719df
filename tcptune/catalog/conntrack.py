"""Connection tracking: the size of its table, how long TCP entries stay, and what counts as valid."""

from tcptune.catalog.steps import JIFFIES, per_netns_since
from tcptune.model.history import INT_MAX, DefaultStep, MeaningStep, RangeStep, ScopeStep, Step
from tcptune.model.parameter import Interaction, Lifetime, Myth, Parameter, Sensible, Source
from tcptune.model.version import KernelVersion as V

BEGAN = V(2, 6, 18)
LOADED = Lifetime(
    began=Step(since=BEGAN, note="2.6.11 does not have it; nothing in between was read."), module="nf_conntrack"
)
PER_NETNS = per_netns_since(V(3, 6), note="3.5 has one table for the host.")
SHARED = (
    ScopeStep(scope="host", note="A network namespace's file is the host's value, and a write there changes it."),
    ScopeStep(since=V(5, 13), also=(V(5, 10, 46),), commit="2671fa4dc010", scope="host", child="read-only"),
)
"""One value for the host, which namespaces could write until it was made read-only for them."""

CORE = Source(kind="code", text="net/netfilter/nf_conntrack_core.c: nf_conntrack_init_start()")
STANDALONE = Source(kind="code", text="net/netfilter/nf_conntrack_standalone.c")
PROTO_TCP = Source(kind="code", text="net/netfilter/nf_conntrack_proto_tcp.c: nf_conntrack_tcp_packet()")
NF_SYSCTL = Source(kind="doc", text="Documentation/networking/nf_conntrack-sysctl.rst")
READ_ONLY = Source(
    kind="commit", text="2671fa4dc010 netfilter: conntrack: Make global sysctls readonly in non-init netns"
)
SIZES = Source(kind="commit", text="d532bcd0b269 netfilter: conntrack: sanitize table size default settings")

WHEN_LOADED = "The key is there only once the module nf_conntrack is: a boot-time setting can come too early for it."
EACH_PACKET = (
    "Each packet of the connection starts the time anew. Entries that are there keep their time until the next packet."
)
ENTRIES_ONLY = "It is about entries of tracked connections, own and forwarded ones; no socket's timer changes."


def _timeout(
    state: str,
    seconds: int,
    meaning: str,
    *semantics: str,
    interactions: tuple[Interaction, ...] = (),
    myths: tuple[Myth, ...] = (),
) -> Parameter:
    """Return the entry of one state's timeout: all of them are stored, scoped and begun alike."""
    return Parameter(
        key=f"net.netfilter.nf_conntrack_tcp_timeout_{state}",
        family="conntrack",
        meaning=meaning,
        kind="int",
        unit="seconds",
        depth="full",
        lifetime=LOADED,
        scope=PER_NETNS,
        default=(DefaultStep(since=BEGAN, value=seconds),),
        accepted=tuple(step.but(since=BEGAN) for step in JIFFIES),
        sensible=Sensible(low=1, why="With 0 or less an entry is over as soon as it has come into this state."),
        semantics=(*semantics, EACH_PACKET, ENTRIES_ONLY, WHEN_LOADED),
        interactions=interactions,
        myths=myths,
        history=(Step(since=V(3, 6), note="Per network namespace."),),
        sources=(PROTO_TCP, NF_SYSCTL),
    )


PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        key="net.netfilter.nf_conntrack_max",
        family="conntrack",
        meaning="How many entries connection tracking may hold, counted in each network namespace.",
        kind="int",
        unit="entries",
        depth="full",
        lifetime=LOADED,
        scope=SHARED,
        default=(
            DefaultStep(
                since=V(2, 6, 32),
                formula="conntrack_max_4_0",
                note="Four for each slot of the hash: 65536 above 1 GiB of memory. With hashsize= it is eight.",
            ),
            DefaultStep(
                since=V(4, 1),
                formula="conntrack_max",
                note="65536 above 1 GiB of memory, 262144 above 4 GiB. With hashsize= it is eight for each slot.",
            ),
        ),
        accepted=(
            RangeStep(since=BEGAN, handler="int"),
            RangeStep(
                since=V(6, 18),
                also=(V(6, 12, 101), V(6, 1, 176), V(5, 10, 262)),
                handler="int_minmax",
                low=0,
                high=INT_MAX,
                note="6.13 has no bounds; the stable releases are the oldest in which it was seen.",
            ),
            RangeStep(since=V(6, 19), handler="int_minmax", low=1, high=INT_MAX),
        ),
        sensible=Sensible(low=1, why="0 is no limit at all where it is taken: memory is what ends it."),
        semantics=(
            (
                "When it is reached, an entry whose handshake is not complete, or whose connection is ending, is "
                "dropped early; where there is none, the new connection's packet is."
            ),
            (
                "The kernel then logs 'nf_conntrack: table full, dropping packet', and the column drop of "
                "/proc/net/stat/nf_conntrack grows. Connections that have an entry go on."
            ),
            "The number is the host's; each namespace's own entries are compared with it, not the sum of all.",
            "nf_conntrack_count is what a namespace holds now.",
            "net.nf_conntrack_max is the same number under another name, which only the initial namespace has.",
            WHEN_LOADED,
        ),
        interactions=(
            Interaction(
                key="net.netfilter.nf_conntrack_buckets",
                effect="Does not follow: raising only the entries makes the hash's chains longer.",
            ),
            Interaction(
                key="net.netfilter.nf_conntrack_tcp_timeout_time_wait",
                effect="Says how long finished connections keep their places in the table.",
            ),
            Interaction(
                key="net.netfilter.nf_conntrack_tcp_timeout_established",
                effect="Says how long connections that vanished without an end keep theirs.",
            ),
        ),
        myths=(
            Myth(
                claim="Its default is 65536.",
                truth="It depends on memory, and on a module option: above 4 GiB it is 262144 since 4.1.",
                sources=(CORE, SIZES),
            ),
            Myth(
                claim="A line in sysctl.conf is enough at boot.",
                truth="Only when nf_conntrack is loaded by then; before, the key does not exist and the line is lost.",
            ),
            Myth(
                claim="A missing key means that the kernel is too old.",
                truth="The module is not loaded.",
            ),
        ),
        history=(
            Step(since=V(4, 1), note="262144 above 4 GiB of memory; 65536 before."),
            Step(since=V(5, 13), also=(V(5, 10, 46),), commit="2671fa4dc010", note="Read-only in other namespaces."),
            Step(since=V(5, 15), commit="d532bcd0b269", note="One entry for each slot instead of four, of more slots."),
        ),
        sources=(
            CORE,
            STANDALONE,
            SIZES,
            READ_ONLY,
            NF_SYSCTL,
            Source(kind="measured", text="Linux 6.18: mode 0444 in a new network namespace."),
        ),
    ),
    Parameter(
        key="net.netfilter.nf_conntrack_buckets",
        family="conntrack",
        meaning="The number of slots in the hash of connection tracking.",
        kind="int",
        unit="slots",
        depth="full",
        lifetime=LOADED,
        scope=SHARED,
        default=(
            DefaultStep(since=V(2, 6, 32), formula="conntrack_buckets_4_0", note="16384 above 1 GiB of memory."),
            DefaultStep(
                since=V(4, 1),
                formula="conntrack_buckets_5_14",
                note="16384 above 1 GiB of memory, 65536 above 4 GiB.",
            ),
            DefaultStep(
                since=V(5, 15),
                formula="conntrack_buckets",
                commit="d532bcd0b269",
                note="65536 above 1 GiB of memory, 262144 above 4 GiB, at least 1024.",
            ),
        ),
        accepted=(
            RangeStep(since=BEGAN, handler="other", note="It can only be read; hashsize= of the module sets it."),
            RangeStep(
                since=V(4, 7),
                handler="int",
                low=1,
                high=INT_MAX,
                multiple=512,
                commit="3183ab8997a4",
                note="Rounded up to whole pages of slots: to a multiple of 512 where a page has 4096 bytes.",
            ),
        ),
        sensible=Sensible(low=1024, why="Fewer slots make chains that every packet has to walk along.", hurts=True),
        semantics=(
            "A write makes a new table and moves all entries; what is read back is rounded up to whole pages.",
            "Each entry is in the hash twice, once for each direction.",
            "nf_conntrack_max does not follow.",
            "It is the host's: all network namespaces use one table.",
            WHEN_LOADED,
        ),
        interactions=(
            Interaction(
                key="net.netfilter.nf_conntrack_max",
                effect="Its entries share these slots: between one and four times as many are usual.",
            ),
        ),
        myths=(
            Myth(
                claim="It can be changed only by loading the module anew.",
                truth=(
                    "It can be written since 4.7, and /sys/module/nf_conntrack/parameters/hashsize on older kernels."
                ),
                sources=(
                    Source(
                        kind="commit",
                        text="3183ab8997a4 netfilter: conntrack: allow increasing bucket size via sysctl too",
                    ),
                ),
            ),
        ),
        history=(
            Step(since=V(4, 7), commit="3183ab8997a4", note="It can be written; 4.8 is the first that was read."),
            Step(since=V(5, 13), also=(V(5, 10, 46),), commit="2671fa4dc010", note="Read-only in other namespaces."),
            Step(since=V(5, 15), commit="d532bcd0b269", note="Four times as many by default."),
        ),
        sources=(
            Source(kind="code", text="net/netfilter/nf_conntrack_standalone.c: nf_conntrack_hash_sysctl()"),
            CORE,
            READ_ONLY,
        ),
    ),
    _timeout(
        "time_wait",
        120,
        "How long the entry of a connection stays after both sides' FINs were acknowledged.",
        "It is twice a socket's TIME_WAIT, so a router or firewall holds more of these than its hosts do.",
        "A SYN with the same addresses and ports replaces the entry: it keeps no new connection away.",
        "When the table is full, entries in this state may be dropped early.",
        interactions=(
            Interaction(key="net.netfilter.nf_conntrack_max", effect="Entries in this state count."),
            Interaction(key="net.ipv4.tcp_fin_timeout", effect="None: that is FIN_WAIT2 of the host's own sockets."),
        ),
        myths=(
            Myth(
                claim="It shortens TIME_WAIT of sockets.",
                truth="It is about the table's entries alone; the sockets' 60 seconds cannot be changed.",
            ),
        ),
    ),
    _timeout(
        "fin_wait",
        120,
        "How long an entry stays after the first FIN, until that is acknowledged.",
        "When the table is full, entries in this state may be dropped early.",
        interactions=(Interaction(key="net.ipv4.tcp_fin_timeout", effect="None: that is about the host's sockets."),),
    ),
    _timeout(
        "close_wait",
        60,
        "How long an entry stays after the first FIN was acknowledged, while the other side has not closed.",
        "When the table is full, entries in this state may be dropped early.",
        ("A connection that is closed on one side and silent for longer loses its entry, though both sockets live on."),
    ),
    _timeout(
        "last_ack",
        30,
        "How long an entry stays while the acknowledgement of the second FIN is missing.",
        "When the table is full, entries in this state may be dropped early.",
    ),
    _timeout(
        "close",
        10,
        "How long an entry stays after a RST.",
        "When the table is full, entries in this state may be dropped early.",
    ),
    _timeout(
        "established",
        432000,
        "How long the entry of an open connection stays when nothing passes: five days.",
        "Entries in this state are not dropped early when the table is full.",
        (
            "While data waits for its acknowledgement, nf_conntrack_tcp_timeout_unacknowledged holds instead, where "
            "it is shorter."
        ),
        interactions=(
            Interaction(
                key="net.ipv4.tcp_keepalive_time",
                effect="A probe keeps the entry alive, if it comes before this has passed.",
            ),
        ),
        myths=(
            Myth(
                claim="Five days are a leak.",
                truth=(
                    "An open connection may be silent as long as it likes; with less, those without keepalive lose "
                    "their entry, and behind NAT their connection."
                ),
            ),
        ),
    ),
    _timeout("syn_sent", 120, "How long an entry stays after a SYN that got no answer."),
    _timeout("syn_recv", 60, "How long an entry stays after the SYN-ACK, while the handshake's last ACK is missing."),
    Parameter(
        key="net.netfilter.nf_conntrack_tcp_loose",
        family="conntrack",
        meaning="Whether a connection whose handshake was not seen may be picked up in the middle.",
        kind="bool",
        depth="full",
        lifetime=LOADED,
        scope=PER_NETNS,
        default=(
            DefaultStep(since=BEGAN, value=3, note="A number of packets at that time."),
            DefaultStep(since=V(2, 6, 32), value=1, note="3 in 2.6.18."),
        ),
        accepted=(
            RangeStep(since=BEGAN, handler="int"),
            RangeStep(since=V(5, 2), handler="int_minmax", low=0, high=1, note="5.0 has no bounds."),
            RangeStep(since=V(5, 13), handler="u8", low=0, high=1),
        ),
        meanings=(
            MeaningStep(
                since=BEGAN,
                meanings={0: "only a SYN makes an entry", 1: "a segment in the middle makes an entry, too"},
                note="Where other numbers are taken, any but 0 means 1.",
            ),
        ),
        semantics=(
            (
                "With 0, segments of connections that are not in the table are invalid, and rules that drop invalid "
                "ones cut them."
            ),
            "So after a restart of a firewall, or when its table is flushed, open connections go on only with 1.",
            "SYNPROXY asks for 0.",
            WHEN_LOADED,
        ),
        history=(
            Step(since=V(3, 6), note="Per network namespace."),
            Step(since=V(5, 2), note="0 and 1 only; any integer in 5.0."),
        ),
        sources=(
            Source(kind="code", text="net/netfilter/nf_conntrack_proto_tcp.c: tcp_new()"),
            NF_SYSCTL,
        ),
    ),
    Parameter(
        key="net.netfilter.nf_conntrack_tcp_be_liberal",
        family="conntrack",
        meaning="Whether segments outside the window count as part of their connection.",
        kind="bool",
        depth="full",
        lifetime=LOADED,
        scope=PER_NETNS,
        default=(DefaultStep(since=BEGAN, value=0),),
        accepted=(
            RangeStep(since=BEGAN, handler="int"),
            RangeStep(since=V(5, 2), handler="int_minmax", low=0, high=1, note="5.0 has no bounds."),
            RangeStep(since=V(5, 13), handler="u8", low=0, high=1),
        ),
        meanings=(
            MeaningStep(
                since=BEGAN,
                meanings={
                    0: "every segment outside the window is invalid",
                    1: "only a RST outside the window is invalid",
                },
                note="Where other numbers are taken, any but 0 means 1.",
            ),
        ),
        semantics=(
            (
                "Packets that are invalid are not translated by NAT, so an endpoint can see them with an address "
                "that it has no connection with, and answer with a RST."
            ),
            "1 is for paths on which the tracker does not see all packets; it makes the filter weaker.",
            WHEN_LOADED,
        ),
        history=(
            Step(since=V(3, 6), note="Per network namespace."),
            Step(since=V(5, 2), note="0 and 1 only; any integer in 5.0."),
        ),
        sources=(
            Source(kind="code", text="net/netfilter/nf_conntrack_proto_tcp.c: tcp_in_window()"),
            NF_SYSCTL,
        ),
    ),
)
