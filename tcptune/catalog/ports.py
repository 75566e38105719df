"""Ephemeral ports: which ones the kernel chooses from, and which it leaves alone."""

from tcptune.catalog.steps import per_netns_since
from tcptune.model.history import DefaultStep, RangeStep, Step
from tcptune.model.parameter import Condition, Interaction, Lifetime, Myth, Parameter, Risk, Sensible, Source
from tcptune.model.version import KernelVersion as V

RANGE = Source(kind="code", text="net/ipv4/sysctl_net_ipv4.c: ipv4_local_port_range()")
CONNECT = Source(kind="code", text="net/ipv4/inet_hashtables.c: __inet_hash_connect()")
PARITY = Source(kind="commit", text="07f4c90062f8 tcp/dccp: try to not exhaust ip_local_port_range in connect()")
PRIVILEGED = Source(kind="commit", text="4548b683b781 Introduce a sysctl that modifies the value of PROT_SOCK.")

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        key="net.ipv4.ip_local_port_range",
        family="ports",
        meaning="The first and the last port that the kernel chooses from when a program does not name its local port.",
        kind="pair",
        unit="port numbers",
        depth="full",
        scope=per_netns_since(V(3, 13), "rhel7"),
        default=(
            DefaultStep(value=(1024, 4999), note="32768 to 61000 on larger machines."),
            DefaultStep(since=V(2, 6, 24), value=(32768, 61000)),
            DefaultStep(
                since=V(4, 2),
                vendors=("rhel7",),
                value=(32768, 60999),
                commit="07f4c90062f8",
                note="Ends of different parity.",
            ),
        ),
        accepted=(
            RangeStep(handler="ports", low=1, high=65535, note="The first must not be above the last."),
            RangeStep(
                since=V(4, 11),
                handler="ports",
                low=1,
                high=65535,
                commit="4548b683b781",
                note="And the first must not be below ip_unprivileged_port_start, 1024 by default.",
            ),
        ),
        sensible=Sensible(
            why=(
                "Below 1024 services of the system listen; a range should begin above the ports of the services of "
                "this host and leave at least some ten thousand ports."
            ),
        ),
        semantics=(
            (
                "It limits connections from one local address to one destination address and port: the same local "
                "port serves many destinations at a time."
            ),
            (
                "Between two addresses the default of 28,232 ports gives some 470 connections a second that this "
                "side closes first, since each port then waits 60 seconds."
            ),
            (
                "connect() tries the ports with the parity of the first one before the others; bind() to port 0 "
                "the other way round. So the ends should be of different parity, or one of the two has a port "
                "less."
            ),
            "When all are taken connect() ends in EADDRNOTAVAIL, bind() to port 0 in EADDRINUSE.",
            (
                "bind() to an address and port 0 takes a port for all destinations at once; "
                "IP_BIND_ADDRESS_NO_PORT (since 4.2) leaves the choice to connect()."
            ),
            "IP_LOCAL_PORT_RANGE narrows it for one socket (since 6.3).",
            (
                "A write of one number changes the first only; three numbers lose the third; a hyphen or a comma "
                "between them is refused."
            ),
            "UDP chooses from it as well.",
            "A new network namespace, such as a pod's, starts with the default, whatever the node has.",
        ),
        risks=(
            Risk(
                rule="TT410",
                slug="port-range-low",
                severity="warning",
                when=Condition(op="low_lt", value=10000),
                reason=(
                    "Services listen on ports below 10,000, and an outgoing connection may hold the port of one of "
                    "them when it starts."
                ),
                symptom="A service sometimes fails to start with EADDRINUSE, and starts on the next try.",
                remedy="Begin at 10,000 or above, or name the ports of the services in ip_local_reserved_ports.",
                sources=(CONNECT,),
            ),
            Risk(
                rule="TT411",
                slug="port-range-small",
                severity="warning",
                when=Condition(op="span_lt", value=10000),
                reason=(
                    "Each connection that this side closes first takes a port for 60 seconds more, so fewer than "
                    "10,000 ports are fewer than 170 connections a second to one destination."
                ),
                symptom="connect() fails with EADDRNOTAVAIL while other destinations still work.",
                remedy="Widen the range; the default has 28,232 ports.",
                sources=(CONNECT,),
            ),
            Risk(
                rule="TT413",
                slug="port-range-parity",
                severity="note",
                when=Condition(op="same_parity"),
                since=V(4, 2),
                reason=(
                    "connect() and bind() each prefer ports of one parity, and the kernel asks for ends of "
                    "different parity so that both have the same number."
                ),
                symptom="The kernel's log asks once for different parity; nothing else is seen.",
                remedy="Move one end by one.",
                sources=(PARITY, RANGE),
            ),
        ),
        interactions=(
            Interaction(key="net.ipv4.ip_local_reserved_ports", effect="Takes ports out of it."),
            Interaction(
                key="net.ipv4.ip_unprivileged_port_start",
                effect=(
                    "Must not be above the first port; a write to either that would break this is refused, so the "
                    "order of writing matters."
                ),
            ),
            Interaction(
                key="net.ipv4.tcp_tw_reuse", effect="Gives back the ports in TIME_WAIT to connect() after a second."
            ),
            Interaction(
                key="net.ipv4.tcp_max_tw_buckets",
                effect="Below the number of ports TIME_WAIT is cut short before they are used up.",
            ),
            Interaction(
                key="net.ipv4.ip_local_port_step_width", effect="Spreads the search over the range (since 7.2)."
            ),
        ),
        myths=(
            Myth(
                claim="1024 65535 allows 64,512 outgoing connections in total.",
                truth="So many for each pair of a local address and a destination address with port.",
            ),
            Myth(claim="Its default is 32768 61000.", truth="32768 60999 since 4.2.", sources=(PARITY,)),
            Myth(
                claim="A range from 1024 needs no reserved ports.",
                truth="3306, 5432, 8080 and 9000 are inside, and outgoing connections take them.",
            ),
        ),
        history=(
            Step(since=V(3, 13), vendors=("rhel7",), note="Per network namespace."),
            Step(since=V(4, 2), commit="07f4c90062f8", note="connect() and bind() prefer different parities; 60999."),
            Step(since=V(4, 2), commit="90c337da1524", note="IP_BIND_ADDRESS_NO_PORT."),
            Step(since=V(4, 6), commit="1580ab63fc9a", note="First all ports of one parity, then those of the other."),
            Step(since=V(4, 11), commit="4548b683b781", note="Not below ip_unprivileged_port_start."),
            Step(since=V(6, 3), commit="91d0b78c5177", note="IP_LOCAL_PORT_RANGE for one socket."),
        ),
        sources=(
            RANGE,
            CONNECT,
            Source(kind="code", text="net/ipv4/inet_connection_sock.c: inet_csk_find_open_port()"),
            Source(
                kind="measured",
                text="Linux 6.18: 1023, reversed ends and commas refused; 5000 5000 and equal parity taken.",
            ),
        ),
    ),
    Parameter(
        key="net.ipv4.ip_local_reserved_ports",
        family="ports",
        meaning="Ports that the kernel does not choose by itself, though they are in the range.",
        kind="ports",
        unit="port numbers",
        depth="full",
        lifetime=Lifetime(began=Step(since=V(2, 6, 35), note="Not in 2.6.32.")),
        scope=per_netns_since(V(3, 16)),
        default=(DefaultStep(since=V(2, 6, 35), value=""),),
        accepted=(
            RangeStep(
                since=V(2, 6, 35),
                handler="ports",
                low=0,
                high=65535,
                note="Numbers and ranges with commas between them, no spaces.",
            ),
        ),
        semantics=(
            (
                "It keeps connect() without bind() and bind() to port 0 away from them. A program that names such "
                "a port gets it."
            ),
            (
                "A write replaces the whole list. Ranges that meet are read back as one: 40000-40010,40005-40020 "
                "becomes 40000-40020."
            ),
            (
                "Spaces are refused, and so are reversed ranges and 65536. A single newline empties the list; an "
                "empty write changes nothing."
            ),
        ),
        interactions=(
            Interaction(
                key="net.ipv4.ip_local_port_range", effect="The range they are taken out of; neither changes the other."
            ),
        ),
        myths=(
            Myth(
                claim="It keeps programs from using the port.",
                truth="An explicit bind() works as always; only the kernel's own choice leaves it out.",
            ),
            Myth(claim="Entries can be added by another write.", truth="Each write replaces the list."),
        ),
        history=(Step(since=V(2, 6, 35), note="The key appears."), Step(since=V(3, 16), note="Per network namespace.")),
        sources=(
            Source(kind="code", text="kernel/sysctl.c: proc_do_large_bitmap()"),
            Source(kind="doc", text="Documentation/networking/ip-sysctl.rst"),
            Source(kind="measured", text="Linux 6.18: lists written and read back."),
        ),
    ),
    Parameter(
        key="net.ipv4.ip_unprivileged_port_start",
        family="ports",
        meaning="The first port that a program may bind without CAP_NET_BIND_SERVICE.",
        kind="int",
        unit="port number",
        depth="full",
        lifetime=Lifetime(began=Step(since=V(4, 11), commit="4548b683b781", note="Before it 1024 was fixed.")),
        default=(DefaultStep(since=V(4, 11), value=1024),),
        accepted=(
            RangeStep(
                since=V(4, 11),
                handler="int_minmax",
                low=0,
                high=65535,
                note="And not above the first port of ip_local_port_range.",
            ),
        ),
        sensible=Sensible(low=0, high=65535, why="Ports end at 65535."),
        semantics=(
            "0 lets every program of the namespace bind any port.",
            (
                "It must not be above the first port of ip_local_port_range: a write to either that would break "
                "this is refused with EINVAL. So to lower both, write this one first; to raise both, the range."
            ),
            "It holds for the network namespace of the socket and for all protocols.",
        ),
        interactions=(
            Interaction(key="net.ipv4.ip_local_port_range", effect="Its first port must not be below this."),
        ),
        myths=(
            Myth(
                claim="Ports below 1024 always need root.",
                truth="Only by this default; 0 frees them all, and CAP_NET_BIND_SERVICE frees them for one program.",
            ),
        ),
        history=(Step(since=V(4, 11), commit="4548b683b781", note="The key appears."),),
        sources=(
            PRIVILEGED,
            Source(kind="code", text="net/ipv4/sysctl_net_ipv4.c: ipv4_privileged_ports()"),
            Source(
                kind="measured",
                text="Linux 6.18: 32768 taken with the default range, 32769 refused; 1024 refused at 80 60999.",
            ),
        ),
    ),
    Parameter(
        key="net.ipv4.ip_local_port_step_width",
        family="ports",
        meaning="How far the search for a free port jumps at random from one candidate to the next.",
        kind="int",
        unit="ports",
        lifetime=Lifetime(
            began=Step(since=V(7, 2), commit="7da62262ec96", note="Not in 6.19; 7.0 and 7.1 were not read.")
        ),
        default=(DefaultStep(since=V(7, 2), value=0),),
        accepted=(RangeStep(since=V(7, 2), handler="uint"),),
        sources=(
            Source(
                kind="commit",
                text="7da62262ec96 inet: add ip_local_port_step_width sysctl to improve port usage distribution",
            ),
        ),
    ),
)
