"""The catalogue as a table or a document, for one kernel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tcptune.catalog import default_value
from tcptune.formats.json_ import tool
from tcptune.formats.style import Style
from tcptune.formats.text import paragraph, table
from tcptune.model.history import INT_MAX, INT_MIN, LONG_MAX, UINT_MAX, ULONG_MAX
from tcptune.model.host import Host
from tcptune.model.parameter import Parameter
from tcptune.model.value import as_json, show
from tcptune.model.version import OLDEST, KernelVersion, Target

if TYPE_CHECKING:
    from tcptune.model.documents import CatalogueParameter, ParamsDocument


NO_BOUND = frozenset({INT_MAX, UINT_MAX, LONG_MAX, ULONG_MAX})
"""Greatest numbers of C's types: not a bound that anybody chose."""


def document(entries: Sequence[Parameter], target: Target, host: Host | None) -> ParamsDocument:
    """Return the parameters as a document; formulas are computed where the host is known."""
    return {
        "schema": "tcptune/params/1",
        "tool": tool(),
        "command": "params",
        "kernel": str(target.version),
        "parameters": [_record(entry, target, host) for entry in entries],
    }


def _record(entry: Parameter, target: Target, host: Host | None) -> CatalogueParameter:
    scope, step, accepted = entry.scope_on(target), entry.default_on(target), entry.accepted_on(target)
    low, high = accepted.bounds(_hz(host)) if accepted is not None else (None, None)
    life = entry.lifetime
    return {
        "key": entry.key,
        "family": entry.family,
        "meaning": entry.meaning,
        "kind": entry.kind,
        "depth": entry.depth,
        "unit": entry.unit,
        "exists": entry.exists(target),
        "scope": scope.scope if scope is not None else None,
        "default": as_json(default_value(entry, target, host)),
        "formula": step.formula if step is not None else None,
        "low": low,
        "high": high,
        "since": _since(life.began.since),
        "removed": str(life.removed.since) if life.removed is not None else None,
        "module": life.module,
    }


def _since(version: KernelVersion) -> str | None:
    return None if version == OLDEST else str(version)


def text(entries: Sequence[Parameter], target: Target, host: Host | None, style: Style, width: int) -> str:
    """Return the parameters as a table, one for each folder below /proc/sys."""
    folders: dict[str, list[Parameter]] = {}
    for entry in entries:
        folders.setdefault(entry.key.rpartition(".")[0], []).append(entry)
    lines = paragraph(f"{len(entries)} parameters of Linux {target}", width)
    for folder, members in folders.items():
        cells = [_cells(entry, target, host) for entry in members]
        drawn = table([f"{folder}.", "default", "unit", "accepted", "scope"], cells, width, shrink=(1, 2, 3))
        lines += ["", style.bold(drawn[0]), *drawn[1:]]
    return "\n".join(lines) + "\n"


def _cells(entry: Parameter, target: Target, host: Host | None) -> list[str]:
    step = entry.default_on(target)
    default = default_value(entry, target, host)
    computed = default is None and step is not None and step.formula is not None
    scope = entry.scope_on(target)
    return [
        entry.key.rpartition(".")[2],
        "computed" if computed else show(default),
        entry.unit or "",
        _accepted(entry, target, host),
        scope.scope if scope is not None else "-",
    ]


def _accepted(entry: Parameter, target: Target, host: Host | None) -> str:
    accepted = entry.accepted_on(target)
    if accepted is None:
        return "-"
    low, high = accepted.bounds(_hz(host))
    if low is None and high is None:
        return entry.kind
    if (low, high) == (INT_MIN, INT_MAX):
        return "any int"
    if low is not None and low == -(high or 0):
        return f"±{high}"
    if high is None or high in NO_BOUND:
        return f"{low} or more"
    return f"{'-' if low is None else low} to {high}"


def _hz(host: Host | None) -> int:
    """Return the tick rate that times in jiffies are bounded by; the most usual one where the host is not known."""
    return host.hz if host is not None else 250
