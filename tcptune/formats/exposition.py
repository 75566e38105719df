"""Prometheus' text format: families of samples as text, for node_exporter's textfile collector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from tcptune.model.record import dataclass

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Family:
    """Metrics of one name: its type, one sentence of help, and for each sample its labels and value.

    The name follows Prometheus' conventions: base units (`_seconds`, `_bytes`), `_total` for a counter alone.
    """

    name: str
    kind: Literal["gauge", "counter"]
    help: str
    samples: Sequence[tuple[Labels, int | float]]


def text(families: Sequence[Family]) -> str:
    """Return the families as text; one without a sample is left out, since an empty family says nothing."""
    lines: list[str] = []
    for family in families:
        if not family.samples:
            continue
        lines.append(f"# HELP {family.name} {_escaped(family.help)}")
        lines.append(f"# TYPE {family.name} {family.kind}")
        lines += [f"{family.name}{_labels(labels)} {value!r}" for labels, value in family.samples]
    return "".join(f"{line}\n" for line in lines)


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    quoted = (f'{name}="{_escaped(value).replace(chr(34), chr(92) + chr(34))}"' for name, value in labels.items())
    return "{" + ",".join(quoted) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n")
