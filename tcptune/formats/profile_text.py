"""Profiles as text: the list, one of them with its reasons, and what a check found."""

from __future__ import annotations

from collections.abc import Sequence

from tcptune.formats.style import Style, visible
from tcptune.formats.text import INDENT, findings, paragraph, table
from tcptune.model.demand import Demand
from tcptune.model.finding import Finding


def listing(rows: Sequence[tuple[str, str, str]], width: int) -> str:
    """Return the profiles with name, summary and where they come from."""
    lines: list[str] = []
    for name, summary, source in rows:
        lines += [f"{visible(name)} ({visible(source)})", *paragraph(summary, width, INDENT)]
    return "\n".join(lines) + "\n" if lines else "There are no profiles.\n"


def page(
    name: str,
    summary: str,
    parents: Sequence[str],
    demands: Sequence[Demand],
    accepted: Sequence[tuple[str, str]],
    style: Style,
    width: int,
) -> str:
    """Return one profile: the table of what it wants, then the reasons and what they depend on."""
    lines = [style.bold(visible(name)), *paragraph(summary, width)]
    if parents:
        lines += paragraph(f"Builds on {', '.join(parents)}.", width)
    cells = [[item.key, item.said if item.unmet is None else "-"] for item in demands]
    if cells:
        drawn = table(["parameter", "wanted"], cells, width, shrink=(1,))
        lines += ["", style.bold(drawn[0]), *drawn[1:]]
    for item in demands:
        condition = _where(item)
        if item.why or condition:
            lines += ["", style.cyan(visible(item.key)), *paragraph(item.why, width, INDENT)]
        if condition:
            lines += [style.dim(line) for line in paragraph(f"where: {condition}", width, INDENT)]
    for rule, why in accepted:
        lines += ["", *paragraph(f"accepts {rule}: {why}", width, INDENT)]
    return "\n".join(lines) + "\n"


def _where(item: Demand) -> str:
    """Return what a demand depends on; the memory's part stands among the conditions."""
    scaled = f"{item.per_gib} for each GiB of memory" if item.per_gib is not None else ""
    return "; ".join(filter(None, [item.unmet or item.condition, scaled]))


def verdict(count: int, found: Sequence[Finding], style: Style, width: int) -> str:
    """Return what a check of so many profiles found."""
    if not found:
        return f"{count} profile{'s' if count > 1 else ''} checked, nothing found.\n"
    return "\n".join(findings(found, style, width)).rstrip("\n") + "\n"
