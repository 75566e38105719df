"""Defaults that the kernel computes from memory, table sizes or processors, as functions over a host."""

from __future__ import annotations

from collections.abc import Callable

from tcptune.catalog import formulas_memory, formulas_tcp
from tcptune.model.host import Host
from tcptune.model.value import Value
from tcptune.model.version import Target

Formula = Callable[[Target, Host], Value | None]

FORMULAS: dict[str, Formula] = {**formulas_tcp.FORMULAS, **formulas_memory.FORMULAS}


def compute(name: str, target: Target, host: Host) -> Value | None:
    """Return what the named formula gives for a host on a kernel. Raises `KeyError` for a formula nobody wrote."""
    return FORMULAS[name](target, host)
