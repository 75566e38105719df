"""Values that are texts, compared by what they mean: the kernel prints lists and masks in a form of its own."""

from __future__ import annotations

from contextlib import suppress

from tcptune.model.parameter import Parameter
from tcptune.model.value import Value
from tcptune.rules.portlist import canonical

MASKS = frozenset({"net.core.flow_limit_cpu_bitmap", "net.core.rps_default_mask"})
SETS = frozenset({"net.ipv4.tcp_allowed_congestion_control"})


def meaning(entry: Parameter, value: Value) -> Value:
    """Return a value in the one form in which equal ones are equal; `8081,8080` and `8080-8081` are the same ports."""
    if not isinstance(value, str):
        return value
    if entry.kind == "ports":
        return canonical(value)
    if entry.key in SETS:
        return " ".join(sorted(value.split()))
    if entry.key in MASKS:
        with suppress(ValueError):
            return int(value.replace(",", ""), 16)
    return value


def same(entry: Parameter, one: Value, other: Value) -> bool:
    """Tell whether two values of a parameter come to the same."""
    return one == other or meaning(entry, one) == meaning(entry, other)
