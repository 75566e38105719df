"""What a value comes to, where that has to be computed: `tcp_fin_timeout` of 75 is 30 seconds."""

from __future__ import annotations

from collections.abc import Callable

from tcptune.model.value import Value
from tcptune.model.version import KernelVersion, Target

TIME_WAIT_SECONDS = 60
RTO_MIN, RTO_MAX = 0.2, 120.0
"""Seconds; the retransmission timeout that a lossless local network ends up with, and its cap."""

Effect = Callable[[Value, Target], str | None]


def effect(key: str, value: Value, target: Target) -> str | None:
    """Return in a sentence what the value comes to on the target; None where nothing has to be computed."""
    found = EFFECTS.get(key)
    return found(value, target) if found is not None else None


def fin_wait_2_seconds(value: int) -> int:
    """Return how many seconds a closed socket waits in FIN-WAIT-2 with this tcp_fin_timeout (0: the least there is).

    Up to 60 a small bucket waits for all of it. Above, the full socket waits for what exceeds 60, and a bucket for
    as long again (net/ipv4/tcp.c: __tcp_close, net/ipv4/tcp_timer.c: tcp_keepalive_timer).
    """
    if value <= TIME_WAIT_SECONDS:
        return max(value, 0)
    return 2 * (value - TIME_WAIT_SECONDS)


def backoff_seconds(retries: int, first: float) -> float:
    """Return how long `retries` retransmissions and the wait after the last one take, doubling from `first` seconds."""
    return sum(min(first * 2.0**number, RTO_MAX) for number in range(retries + 1))


def _fin_timeout(value: Value, target: Target) -> str | None:
    if not isinstance(value, int):
        return None
    seconds = fin_wait_2_seconds(value)
    if value <= 0:
        return "It does not mean 'off': a closed socket in FIN-WAIT-2 is gone after the least time, some 0.8 seconds."
    if value <= TIME_WAIT_SECONDS:
        return f"A closed socket waits {value} seconds in FIN-WAIT-2. TIME-WAIT stays at 60 seconds."
    shorter = ", which is shorter than with the default of 60" if seconds < TIME_WAIT_SECONDS else ""
    return (
        f"A closed socket waits 2 x ({value} - 60) = {seconds} seconds in FIN-WAIT-2{shorter}. "
        "TIME-WAIT stays at 60 seconds."
    )


def _tw_buckets(value: Value, target: Target) -> str | None:
    if not isinstance(value, int) or value <= 0:
        # What 0 and negative numbers mean is documented with the parameter's risks.
        return None
    return (
        f"It is reached when this side closes {-(-value // TIME_WAIT_SECONDS)} connections a second for a minute; what "
        "closes then gets no TIME-WAIT."
    )


def _orphan_retries(value: Value, target: Target) -> str | None:
    if value == 0:
        return "0 stands for 8 retransmissions, or fewer once the peer no longer answers at all."
    if isinstance(value, int) and 0 < value < 64:
        seconds = backoff_seconds(value, RTO_MIN)
        return (
            "A closed socket whose peer answers nothing is given up by the first timeout that comes "
            f"{_seconds(seconds)} or more after its first retransmission."
        )
    return None


def _retries2(value: Value, target: Target) -> str | None:
    if not isinstance(value, int) or not 0 <= value < 256:
        return None
    return (
        "A connection whose peer answers nothing ends by the first timeout that comes "
        f"{_seconds(backoff_seconds(value, RTO_MIN))} or more after its first retransmission."
    )


def _syn_retries(value: Value, target: Target) -> str | None:
    if not isinstance(value, int) or not 0 <= value < 128:
        return None
    # tcp_syn_linear_timeouts puts 4 retransmissions a second apart before the doubling begins, by default since 6.5.
    linear = 4 if target.version >= KernelVersion(6, 5) else 0
    return f"connect() to a host that does not answer fails after {_seconds(linear + backoff_seconds(value, 1.0))}."


def _port_range(value: Value, target: Target) -> str | None:
    if not isinstance(value, tuple) or len(value) != 2 or value[1] < value[0]:
        return None
    ports = value[1] - value[0] + 1
    return (
        f"{ports} ports: so many connections to one destination at a time, or {ports // TIME_WAIT_SECONDS} short "
        "ones a second where this side closes first."
    )


def _seconds(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} seconds"
    return f"{seconds:.0f} seconds" if seconds < 180 else f"{seconds / 60:.0f} minutes"


EFFECTS: dict[str, Effect] = {
    "net.ipv4.tcp_fin_timeout": _fin_timeout,
    "net.ipv4.tcp_max_tw_buckets": _tw_buckets,
    "net.ipv4.tcp_orphan_retries": _orphan_retries,
    "net.ipv4.tcp_retries2": _retries2,
    "net.ipv4.tcp_syn_retries": _syn_retries,
    "net.ipv4.ip_local_port_range": _port_range,
}
