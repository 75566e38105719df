"""What is known: parameters by family, counters, distributions, topics.

`parameter(key)` and its like are the only way in; each family module is a list of literals of the model.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from tcptune.catalog.formulas import compute
from tcptune.model.history import in_force
from tcptune.model.host import Host
from tcptune.model.parameter import Parameter
from tcptune.model.value import Value
from tcptune.model.version import Target

FAMILIES = (
    "time_wait",
    "time_wait_buckets",
    "time_wait_protection",
    "closing",
    "closing_answers",
    "ports",
    "ports_bind",
    "backlog",
    "backlog_tables",
    "keepalive",
    "retries",
    "buffers",
    "options",
    "conntrack",
    "files",
    "tcp_other",
    "tcp_ecn",
    "tcp_more",
    "core_other",
    "core_more",
    "conntrack_other",
    "conntrack_sctp",
    "removed",
)
"""The modules that hold parameters; each has a tuple `PARAMETERS`. Their order is the order of tables."""


@cache
def parameters() -> dict[str, Parameter]:
    """Return every parameter of the catalogue by key, in the order of the families."""
    found: dict[str, Parameter] = {}
    for family in FAMILIES:
        for entry in import_module(f"tcptune.catalog.{family}").PARAMETERS:
            found[entry.key] = entry
    return found


def parameter(key: str) -> Parameter | None:
    """Return the parameter of that dotted key, None when the catalogue has no entry."""
    return parameters().get(key)


def default_value(entry: Parameter, target: Target, host: Host | None = None) -> Value | None:
    """Return the default of a parameter on a kernel; None where it needs a host that is not given, or is unknown."""
    step = in_force(entry.default, target)
    if step is None:
        return None
    if step.formula is None:
        return step.value
    return compute(step.formula, target, host) if host is not None else None
