"""Options of TCP that change how connections start and resume."""

from tcptune.model.parameter import Parameter

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(key="net.ipv4.tcp_fastopen", family="options", meaning="Whether data may travel in a SYN.", kind="int"),
    Parameter(
        key="net.ipv4.tcp_slow_start_after_idle",
        family="options",
        meaning="Whether a connection that paused starts slowly again.",
        kind="int",
    ),
    Parameter(
        key="net.ipv4.tcp_no_metrics_save",
        family="options",
        meaning="Whether a closing connection leaves its measurements for the next one.",
        kind="int",
    ),
)
