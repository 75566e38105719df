"""Buffers: what TCP takes by itself, for the host and for a socket, and what a program may ask for."""

from tcptune.catalog.steps import HOST_WIDE, INT, per_netns_since
from tcptune.model.history import INT_MAX, DefaultStep, RangeStep, ScopeStep, Step
from tcptune.model.parameter import Interaction, Myth, Parameter, Sensible, Source
from tcptune.model.version import KernelVersion as V

TCP_INIT = Source(kind="code", text="net/ipv4/tcp.c: tcp_init()")
SOCK = Source(kind="code", text="net/core/sock.c: sock_setsockopt()")
VISIBLE = (
    *HOST_WIDE,
    ScopeStep(since=V(6, 12), scope="host", child="read-only"),
)
AUTOTUNED = RangeStep(since=V(3, 9), handler="int_minmax", low=1, high=INT_MAX, note="The order is not checked.")
"""What each number of tcp_rmem and tcp_wmem must be since 3.9."""

_HARDLY = "Less than a page holds hardly one segment with its overhead."
A_PAGE = Sensible(low=4096, free=1, hurts=True, why=_HARDLY)
A_PAGE_AT_MOST = Sensible(low=4096, free=2, hurts=True, why=_HARDLY)
"""A send buffer that begins with less grows at the handshake, up to its third number."""

KEPT = (
    "The first number is what a socket may still take while memory is under pressure; a smaller one lowers just that."
)
PRESSURE = Source(kind="code", text="net/core/sock.c: __sk_mem_raise_allocated()")

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        key="net.ipv4.tcp_mem",
        family="buffers",
        meaning="How much memory all TCP sockets of the host may use together: relaxed, under pressure, at the end.",
        kind="triple",
        unit="pages",
        depth="full",
        scope=(
            *HOST_WIDE,
            ScopeStep(since=V(3, 3), scope="netns", note="With the memory controller's accounting."),
            ScopeStep(
                since=V(3, 13), scope="host", child="absent", note="Each network namespace had its own from 3.3 on."
            ),
        ),
        default=(
            DefaultStep(
                since=V(3, 0),
                formula="free_at_boot",
                note="Pressure from an eighth of the memory that was free at boot; the others are 3/4 and 3/2 of it.",
            ),
            DefaultStep(
                since=V(4, 2),
                formula="free_at_boot",
                note="Pressure from a sixteenth of the memory that was free at boot; the others are 3/4 and 3/2 of it.",
            ),
        ),
        accepted=(
            INT,
            RangeStep(since=V(2, 6, 38), handler="ulong", note="Neither bounds nor the order are checked."),
        ),
        sensible=Sensible(low=1, why="With 0 every socket is under pressure from its first byte on."),
        semantics=(
            (
                "Below the first number TCP takes what it needs. Above the second it is under pressure: sockets get "
                "less, and TCPMemoryPressures counts the beginning of it. It ends below the first."
            ),
            (
                "Above the third, sockets get no memory any more, and connections nobody owns are given up with a "
                "RST, which TCPAbortOnMemory counts."
            ),
            "The unit is a page (`getconf PAGESIZE`), mostly 4096 bytes, whereas tcp_rmem and tcp_wmem are in bytes.",
            "`mem` in the TCP line of /proc/net/sockstat is what is used now, in pages as well.",
            "It is the host's: a container does not see the key.",
        ),
        interactions=(
            Interaction(key="net.ipv4.tcp_rmem", effect="Under pressure sockets are held near its first number."),
            Interaction(key="net.ipv4.tcp_wmem", effect="Under pressure sockets are held near its first number."),
            Interaction(
                key="net.ipv4.tcp_max_orphans",
                effect="Closed connections are given up when either limit is passed.",
            ),
        ),
        myths=(
            Myth(claim="It is in bytes.", truth="In pages: a number of bytes allows 4096 times what was meant."),
            Myth(
                claim="Every container can have its own.",
                truth="There is one for the host; only kernels 3.3 to 3.12 had it per network namespace.",
            ),
        ),
        history=(
            Step(since=V(3, 3), note="Per network namespace."),
            Step(since=V(3, 13), note="Of the host again."),
            Step(since=V(4, 2), note="Half of the default before; 4.1 has the old one."),
        ),
        sources=(
            Source(kind="code", text="net/ipv4/tcp.c: tcp_init_mem()"),
            PRESSURE,
            Source(kind="measured", text="Linux 6.18: no such file in a new network namespace."),
        ),
    ),
    Parameter(
        key="net.ipv4.tcp_rmem",
        family="buffers",
        meaning="The receive buffer of a TCP socket: what it keeps under pressure, starts with, and may grow to.",
        kind="triple",
        unit="bytes",
        depth="full",
        scope=per_netns_since(V(4, 15)),
        inherited=True,
        default=(
            DefaultStep(note="4096, 87380 and up to 4 MiB, by memory."),
            DefaultStep(since=V(3, 3), formula="rmem_87380", note="Up to 6 MiB; less below 1 GiB of memory."),
            DefaultStep(
                since=V(4, 20),
                also=(V(4, 19, 95),),
                commit="a337531b942b",
                formula="rmem_6_mib",
                note="It starts with 128 KiB; up to 6 MiB, less below 1 GiB of memory.",
            ),
            DefaultStep(
                since=V(6, 16),
                commit="572be9bf9d0d",
                formula="rmem_32_mib",
                note="Up to 32 MiB; a 128th of the free memory where there is less than about 4 GiB.",
            ),
        ),
        accepted=(
            INT,
            AUTOTUNED,
            RangeStep(
                since=V(7, 3),
                also=(V(7, 2, 13), V(6, 12, 117), V(6, 1, 192)),
                handler="int_minmax",
                low=4096,
                high=INT_MAX,
                note="4096 is the least for each number; the stable releases are the oldest in which it was seen.",
            ),
        ),
        sensible=A_PAGE,
        semantics=(
            (
                "While tcp_moderate_rcvbuf is on, a buffer grows with the rate at which the program reads, up to the "
                "third number. A program that sets SO_RCVBUF switches that off for its socket and falls under "
                "rmem_max instead."
            ),
            KEPT,
            "The second number is what a new socket gets; it goes before net.core.rmem_default.",
            "A write of fewer than three numbers changes the first ones only, and 131072 4096 1024 is taken as well.",
            (
                "A new network namespace copies the initial namespace's numbers when it is made, unlike most of "
                "net.ipv4; later changes do not reach it."
            ),
            "It holds for IPv6 as well.",
        ),
        interactions=(
            Interaction(key="net.core.rmem_max", effect="Limits SO_RCVBUF; growth by itself does not look at it."),
            Interaction(key="net.ipv4.tcp_mem", effect="What all sockets of the host may use together, in pages."),
        ),
        myths=(
            Myth(
                claim="Its third number must not be above net.core.rmem_max.",
                truth="The two do not know each other: rmem_max is for what a program asks for with SO_RCVBUF.",
            ),
            Myth(
                claim="A new namespace starts with the kernel's default.",
                truth="It copies what the initial namespace has at that moment, as it does with tcp_wmem.",
                sources=(Source(kind="code", text="net/ipv4/tcp_ipv4.c: tcp_sk_init()"),),
            ),
            Myth(claim="Its unit is the page.", truth="Bytes; it is tcp_mem that is in pages."),
        ),
        history=(
            Step(since=V(3, 3), note="Up to 6 MiB instead of 4."),
            Step(since=V(4, 15), note="Per network namespace."),
            Step(
                since=V(4, 20),
                also=(V(4, 19, 95),),
                commit="a337531b942b",
                note="The second number is 131072, before 87380; 4.19.95 is the oldest 4.19 in which it was seen.",
            ),
            Step(since=V(6, 16), commit="572be9bf9d0d", note="Up to 32 MiB instead of 6."),
        ),
        sources=(
            TCP_INIT,
            PRESSURE,
            Source(kind="code", text="net/ipv4/tcp_ipv4.c: tcp_sk_init()"),
            Source(kind="commit", text="a337531b942b tcp: up initial rmem to 128KB and SYN rwin to around 64KB"),
            Source(kind="commit", text="572be9bf9d0d tcp: increase tcp_rmem[2] to 32 MB"),
            Source(kind="measured", text="Linux 6.18: descending and incomplete triples were taken."),
        ),
    ),
    Parameter(
        key="net.ipv4.tcp_wmem",
        family="buffers",
        meaning="The send buffer of a TCP socket: what it keeps under pressure, starts with, and may grow to.",
        kind="triple",
        unit="bytes",
        depth="full",
        scope=per_netns_since(V(4, 15)),
        inherited=True,
        default=(
            DefaultStep(
                since=V(2, 6, 18), formula="wmem_4_mib", note="Up to 4 MiB; less below about 512 MiB of memory."
            ),
        ),
        accepted=(INT, AUTOTUNED),
        sensible=A_PAGE_AT_MOST,
        semantics=(
            (
                "The kernel lets a buffer grow with the congestion window, up to the third number. A program that "
                "sets SO_SNDBUF switches that off for its socket and falls under wmem_max instead."
            ),
            KEPT,
            "The second number is what a new socket gets; it goes before net.core.wmem_default.",
            "A write of fewer than three numbers changes the first ones only; their order is not checked.",
            (
                "A new network namespace copies the initial namespace's numbers when it is made; later changes do "
                "not reach it."
            ),
            "It holds for IPv6 as well.",
        ),
        interactions=(
            Interaction(key="net.core.wmem_max", effect="Limits SO_SNDBUF; growth by itself does not look at it."),
            Interaction(key="net.ipv4.tcp_mem", effect="What all sockets of the host may use together, in pages."),
        ),
        myths=(
            Myth(
                claim="Its third number must not be above net.core.wmem_max.",
                truth="The two do not know each other: wmem_max is for what a program asks for with SO_SNDBUF.",
            ),
        ),
        history=(Step(since=V(4, 15), note="Per network namespace."),),
        sources=(TCP_INIT, PRESSURE, Source(kind="code", text="net/ipv4/tcp_ipv4.c: tcp_sk_init()")),
    ),
    Parameter(
        key="net.core.optmem_max",
        family="buffers",
        meaning="How much memory a socket may use beside its data: for filters, options and control messages.",
        kind="int",
        unit="bytes per socket",
        depth="full",
        scope=per_netns_since(V(6, 8), note="6.6 has it for the host; 6.7 was not read."),
        default=(
            DefaultStep(since=V(2, 6, 32), value=20480, note="On 64-bit machines."),
            DefaultStep(since=V(6, 8), value=131072, note="6.6 has 20480; 6.7 was not read."),
        ),
        accepted=(INT, RangeStep(since=V(6, 8), handler="int_minmax", low=0, high=INT_MAX)),
        semantics=(
            "Attached filters, lists of multicast sources, control messages and notes on zero-copy sends count.",
            "Who passes it gets ENOBUFS or ENOMEM from setsockopt() or sendmsg(). It does not concern the data.",
        ),
        myths=(Myth(claim="It has to do with TIME_WAIT.", truth="A connection in TIME_WAIT has no socket left."),),
        history=(Step(since=V(6, 8), note="Per network namespace, and 131072 instead of 20480."),),
        sources=(
            Source(kind="code", text="net/core/sock.c: sock_kmalloc()"),
            Source(kind="code", text="net/core/net_namespace.c"),
        ),
    ),
    Parameter(
        key="net.core.rmem_max",
        family="buffers",
        meaning="The largest receive buffer that a program may ask for with SO_RCVBUF.",
        kind="int",
        unit="bytes per socket",
        depth="full",
        scope=VISIBLE,
        default=(
            DefaultStep(since=V(3, 8), value=212992, note="On 64-bit machines."),
            DefaultStep(since=V(6, 18), value=4194304, commit="a6d4f25888b8", note="6.13 still has 212992."),
        ),
        accepted=(
            INT,
            RangeStep(since=V(3, 9), handler="int_minmax", low=1, high=INT_MAX),
            RangeStep(since=V(3, 18), also=(V(3, 10, 108),), handler="int_minmax", low=2304, high=INT_MAX),
        ),
        semantics=(
            "A greater request is cut to this without an error. The kernel doubles what it grants, for overhead.",
            "SO_RCVBUFFORCE passes it, with CAP_NET_ADMIN.",
            "TCP buffers that grow by themselves do not look at it: tcp_rmem limits those.",
            "It is the host's: containers do not see it, or may only read it since 6.12.",
        ),
        interactions=(
            Interaction(key="net.ipv4.tcp_rmem", effect="Its third number limits TCP sockets without SO_RCVBUF."),
        ),
        myths=(
            Myth(
                claim="It must be at least the third number of tcp_rmem.",
                truth="Growth by itself goes up to tcp_rmem's third number, whatever stands here.",
            ),
        ),
        history=(
            Step(since=V(6, 12), note="Network namespaces may read it."),
            Step(since=V(6, 18), commit="a6d4f25888b8", note="4 MiB instead of 212992."),
        ),
        sources=(
            SOCK,
            Source(kind="commit", text="a6d4f25888b8 net: set net.core.rmem_max and net.core.wmem_max to 4 MB"),
        ),
    ),
    Parameter(
        key="net.core.wmem_max",
        family="buffers",
        meaning="The largest send buffer that a program may ask for with SO_SNDBUF.",
        kind="int",
        unit="bytes per socket",
        depth="full",
        scope=VISIBLE,
        default=(
            DefaultStep(since=V(3, 8), value=212992, note="On 64-bit machines."),
            DefaultStep(since=V(6, 18), value=4194304, commit="a6d4f25888b8", note="6.13 still has 212992."),
        ),
        accepted=(
            INT,
            RangeStep(since=V(3, 9), handler="int_minmax", low=1, high=INT_MAX),
            RangeStep(since=V(3, 18), also=(V(3, 10, 108),), handler="int_minmax", low=4608, high=INT_MAX),
        ),
        semantics=(
            "A greater request is cut to this without an error. The kernel doubles what it grants, for overhead.",
            "SO_SNDBUFFORCE passes it, with CAP_NET_ADMIN.",
            "TCP buffers that grow by themselves do not look at it: tcp_wmem limits those.",
            "It is the host's: containers do not see it, or may only read it since 6.12.",
        ),
        interactions=(
            Interaction(key="net.ipv4.tcp_wmem", effect="Its third number limits TCP sockets without SO_SNDBUF."),
        ),
        myths=(
            Myth(
                claim="It must be at least the third number of tcp_wmem.",
                truth="Growth by itself goes up to tcp_wmem's third number, whatever stands here.",
            ),
        ),
        history=(
            Step(since=V(6, 12), note="Network namespaces may read it."),
            Step(since=V(6, 18), commit="a6d4f25888b8", note="4 MiB instead of 212992."),
        ),
        sources=(
            SOCK,
            Source(kind="commit", text="a6d4f25888b8 net: set net.core.rmem_max and net.core.wmem_max to 4 MB"),
        ),
    ),
)
