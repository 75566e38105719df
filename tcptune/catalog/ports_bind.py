"""What bind() may do: share ephemeral ports, and take addresses the host does not have."""

from tcptune.catalog.steps import INT_THEN_U8, U8_ALSO, U8_COMMIT, U8_SINCE, per_netns_since
from tcptune.model.history import DefaultStep, MeaningStep, RangeStep, Step
from tcptune.model.parameter import Interaction, Lifetime, Myth, Parameter, Source
from tcptune.model.version import KernelVersion as V

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        key="net.ipv4.ip_autobind_reuse",
        family="ports",
        meaning="Whether bind() to port 0 may share a port among sockets with SO_REUSEADDR once none is free.",
        kind="bool",
        depth="full",
        lifetime=Lifetime(began=Step(since=V(5, 7), commit="4b01a9674231")),
        default=(DefaultStep(since=V(5, 7), value=0),),
        accepted=(
            RangeStep(since=V(5, 7), handler="int_minmax", low=0, high=1),
            RangeStep(since=U8_SINCE, also=U8_ALSO, handler="u8", low=0, high=1, commit=U8_COMMIT),
        ),
        meanings=(
            MeaningStep(
                since=V(5, 7), meanings={0: "bind() fails when no port is free", 1: "such ports may be shared"}
            ),
        ),
        semantics=(
            "It acts only when a first search found no free port. All sockets on the port must have set SO_REUSEADDR.",
            "Whether two of them collide is seen later, in connect() or listen().",
        ),
        interactions=(
            Interaction(key="net.ipv4.ip_local_port_range", effect="It acts only when this range is used up."),
        ),
        myths=(
            Myth(
                claim="It lets connect() reuse ports in TIME_WAIT.",
                truth=(
                    "That is tcp_tw_reuse. For programs that bind an address first, IP_BIND_ADDRESS_NO_PORT is the "
                    "cure."
                ),
            ),
        ),
        history=(
            Step(since=V(5, 7), commit="4b01a9674231", note="The key appears."),
            Step(since=U8_SINCE, also=U8_ALSO, commit=U8_COMMIT, note="Eight bits, still 0 to 1."),
        ),
        sources=(
            Source(
                kind="commit",
                text=(
                    "4b01a9674231 tcp: bind(0) remove the SO_REUSEADDR restriction when ephemeral ports are exhausted."
                ),
            ),
            Source(kind="code", text="net/ipv4/inet_connection_sock.c: inet_csk_find_open_port()"),
            Source(kind="doc", text="Documentation/networking/ip-sysctl.rst"),
        ),
    ),
    Parameter(
        key="net.ipv4.ip_nonlocal_bind",
        family="ports",
        meaning="Whether a program may bind an address that the host does not have.",
        kind="bool",
        depth="full",
        scope=per_netns_since(V(3, 18), "rhel7"),
        default=(DefaultStep(value=0),),
        accepted=INT_THEN_U8,
        meanings=(
            MeaningStep(
                meanings={0: "bind() fails with EADDRNOTAVAIL", 1: "any address may be bound"},
                note="Any number but 0 means 1.",
            ),
        ),
        semantics=(
            "A proxy can listen on an address that moves to this host later, on failover.",
            "Without it IP_FREEBIND and IP_TRANSPARENT allow the same for one socket.",
        ),
        myths=(
            Myth(claim="TIME_WAIT tuning needs it.", truth="The two have nothing to do with each other."),
            Myth(
                claim="It cures EADDRNOTAVAIL of connect().",
                truth="There the ports are used up; this is about addresses in bind().",
            ),
        ),
        history=(
            Step(since=V(3, 18), vendors=("rhel7",), note="Per network namespace."),
            Step(since=U8_SINCE, also=U8_ALSO, commit=U8_COMMIT, note="Eight bits: 0 to 255."),
        ),
        sources=(
            Source(kind="code", text="net/ipv4/af_inet.c: __inet_bind()"),
            Source(kind="doc", text="Documentation/networking/ip-sysctl.rst"),
        ),
    ),
)
