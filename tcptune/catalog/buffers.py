"""Buffers of sockets: what TCP takes by itself, and what a program may ask for."""

from tcptune.model.parameter import Parameter

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        key="net.ipv4.tcp_mem",
        family="buffers",
        meaning="Memory of all TCP sockets of the host together.",
        kind="triple",
    ),
    Parameter(key="net.ipv4.tcp_rmem", family="buffers", meaning="The receive buffer of a TCP socket.", kind="triple"),
    Parameter(key="net.ipv4.tcp_wmem", family="buffers", meaning="The send buffer of a TCP socket.", kind="triple"),
    Parameter(
        key="net.core.optmem_max",
        family="buffers",
        meaning="Memory for options and control data of a socket.",
        kind="int",
    ),
    Parameter(
        key="net.core.rmem_max",
        family="buffers",
        meaning="The largest receive buffer that a program may ask for.",
        kind="int",
    ),
    Parameter(
        key="net.core.wmem_max",
        family="buffers",
        meaning="The largest send buffer that a program may ask for.",
        kind="int",
    ),
)
