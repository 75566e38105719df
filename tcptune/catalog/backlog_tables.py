"""The hash of established connections, and requests that move between listeners."""

from tcptune.catalog.steps import U8_ALSO
from tcptune.model.history import DefaultStep, MeaningStep, RangeStep, ScopeStep, Step
from tcptune.model.parameter import Interaction, Lifetime, Myth, Parameter, Sensible, Source
from tcptune.model.version import KernelVersion as V

EHASH = Source(kind="commit", text="d1e5e6408b30 tcp: Introduce optional per-netns ehash.")
SET_HASHINFO = Source(kind="code", text="net/ipv4/tcp_ipv4.c: tcp_set_hashinfo()")

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        key="net.ipv4.tcp_migrate_req",
        family="backlog",
        meaning="Whether requests of a listener that closes move to another one of its SO_REUSEPORT group.",
        kind="bool",
        depth="full",
        lifetime=Lifetime(began=Step(since=V(5, 14), also=U8_ALSO, commit="f9ac779f881c")),
        default=(DefaultStep(since=V(5, 14), also=U8_ALSO, value=0),),
        accepted=(RangeStep(since=V(5, 14), also=U8_ALSO, handler="u8", low=0, high=1),),
        meanings=(
            MeaningStep(
                since=V(5, 14),
                also=U8_ALSO,
                meanings={0: "they are given up with the listener", 1: "they move to another listener of the group"},
            ),
        ),
        semantics=(
            (
                "It concerns half-open requests and connections that were not accepted yet, for listeners with "
                "SO_REUSEPORT on one port."
            ),
            "TCPMigrateReqSuccess and TCPMigrateReqFailure count the moves.",
            "Listeners of a group with different options may get connections they did not expect.",
        ),
        myths=(Myth(claim="Every 5.10 has it.", truth="Only later stable releases of 5.10; it was seen in 5.10.262."),),
        history=(Step(since=V(5, 14), also=U8_ALSO, commit="f9ac779f881c", note="The key appears."),),
        sources=(
            Source(kind="commit", text="f9ac779f881c net: Introduce net.ipv4.tcp_migrate_req."),
            Source(kind="doc", text="Documentation/networking/ip-sysctl.rst"),
        ),
    ),
    Parameter(
        key="net.ipv4.tcp_ehash_entries",
        family="backlog",
        meaning="The number of slots in the hash of established connections; negative where the host's is shared.",
        kind="int",
        unit="slots",
        depth="full",
        mode=0o444,
        lifetime=Lifetime(began=Step(since=V(6, 1), commit="d1e5e6408b30")),
        scope=(ScopeStep(scope="netns", child="read-only"),),
        default=(DefaultStep(since=V(6, 1), formula="ehash_entries"),),
        accepted=(RangeStep(since=V(6, 1), handler="other", note="It can only be read."),),
        semantics=(
            (
                "It can only be read. The size is chosen at boot: one slot for each 128 KiB of memory, a power of "
                "two, at most 524288, or what thash_entries= says on the kernel's command line."
            ),
            "A network namespace without a table of its own shows the host's size as a negative number.",
            "The defaults of tcp_max_tw_buckets, tcp_max_orphans and tcp_max_syn_backlog follow from it.",
        ),
        interactions=(
            Interaction(
                key="net.ipv4.tcp_child_ehash_entries", effect="Gives namespaces made later a table of their own."
            ),
            Interaction(key="net.ipv4.tcp_max_tw_buckets", effect="Is half of it by default."),
            Interaction(key="net.ipv4.tcp_max_syn_backlog", effect="Is a 128th of it by default, at least 128."),
        ),
        myths=(
            Myth(claim="A negative number is an error.", truth="It means that the namespace shares the host's table."),
            Myth(
                claim="It is how many connections there can be.",
                truth="It is the number of slots; each holds any number of connections, only more slowly.",
            ),
        ),
        history=(Step(since=V(6, 1), commit="d1e5e6408b30", note="The key appears."),),
        sources=(
            EHASH,
            Source(kind="code", text="net/ipv4/sysctl_net_ipv4.c: proc_tcp_ehash_entries()"),
            Source(kind="measured", text="Linux 6.18 with 24 GiB: 262144, and -262144 in a new namespace."),
        ),
    ),
    Parameter(
        key="net.ipv4.tcp_child_ehash_entries",
        family="backlog",
        meaning="The size of the hash of established connections that network namespaces made from here get.",
        kind="int",
        unit="slots",
        depth="full",
        lifetime=Lifetime(began=Step(since=V(6, 1), commit="d1e5e6408b30")),
        default=(DefaultStep(since=V(6, 1), value=0, note="They share the host's table."),),
        accepted=(RangeStep(since=V(6, 1), handler="uint_minmax", low=0, high=1 << 24),),
        sensible=Sensible(
            low=0, high=1 << 24, why="0 shares the host's table; any other number is rounded up to a power of two."
        ),
        semantics=(
            "It acts on namespaces that a process in this one makes afterwards; the new namespace has 0 here again.",
            "Numbers are rounded up to a power of two: 1000 gives a table of 1024.",
            (
                "A table of their own also means smaller defaults there: with 1024 slots tcp_max_tw_buckets is 512 "
                "and tcp_max_syn_backlog 128."
            ),
            "When memory for it is not to be had the new namespace shares the host's.",
        ),
        interactions=(
            Interaction(key="net.ipv4.tcp_ehash_entries", effect="Shows in the new namespace what it got."),
            Interaction(key="net.ipv4.tcp_max_tw_buckets", effect="Is half of it by default in the new namespace."),
        ),
        history=(Step(since=V(6, 1), commit="d1e5e6408b30", note="The key appears."),),
        sources=(
            EHASH,
            SET_HASHINFO,
            Source(kind="measured", text="Linux 6.18: 1000 gave a new namespace 1024, 512 and 128."),
        ),
    ),
)
