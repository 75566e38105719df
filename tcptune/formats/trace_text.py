"""Who closes first, as text."""

from __future__ import annotations

from tcptune.formats.style import Style
from tcptune.formats.text import paragraph, table
from tcptune.model.trace import TraceReport

MOST = 20


def trace(found: TraceReport, style: Style, width: int) -> list[str]:
    """Return what the kernel told while it was listened to."""
    lines = [style.bold(line) for line in paragraph(f"Who closed within {found.seconds:.1f} s", width)]
    if found.rows:
        cells = [
            [
                f"{row.name} {row.pid}" + (f" {row.unit}" if row.unit else ""),
                row.act,
                row.place,
                f"{row.count:,}",
                f"{row.count / found.seconds:,.1f}",
            ]
            for row in found.rows[:MOST]
        ]
        lines += table(["process", "act", "towards", "count", "a second"], cells, width, shrink=(0,))
        if len(found.rows) > MOST:
            lines.append(style.dim(f"{len(found.rows) - MOST:,} more: --format json has them all."))
    else:
        lines += paragraph("No process of this namespace closed a connection that was open.", width)
    return [*lines, *paragraph(_rest(found), width)]


def _rest(found: TraceReport) -> str:
    """Return what is blamed on nobody, and what was not to be seen."""
    parts = [f"On the whole host {found.peers:,} were closed by the peer first and {found.received:,} ended by a RST"]
    parts[0] += " that came in or by a timeout: these are nobody's act here."
    if found.elsewhere:
        parts.append(f"{found.elsewhere:,} more were closed by processes of other namespaces.")
    if found.unplaced:
        parts.append(f"{found.unplaced:,} were closed by processes that had ended before they could be looked at.")
    if found.lost:
        parts.append(f"{found.lost:,} events were lost: the numbers are too low.")
    return " ".join(parts)
