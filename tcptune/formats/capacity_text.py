"""What settings sustain, for a person: limits, what a wanted rate needs, how long closing takes."""

from __future__ import annotations

from tcptune.formats.style import Style
from tcptune.formats.text import paragraph, table
from tcptune.model.capacity import Capacity, Limit, Need
from tcptune.model.value import show


def capacity(found: Capacity, style: Style, width: int) -> str:
    """Return the text."""
    lines = [style.bold("Connections a second that last for ever, when this side closes first")]
    rows = [[each.scope, f"{each.per_second:,.0f}", f"{each.count:,} / {each.seconds:g} s"] for each in found.limits]
    lines += table(["towards, or in", "a second", "because"], rows, width)
    for each in found.limits:
        lines += paragraph(f"{each.scope}: {each.why}{_room(each)} ({', '.join(each.keys)})", width, "  ", "- ")
    if found.wanted is not None:
        lines += ["", *_wanted(found, style, width)]
    lines += ["", style.bold("How long a closed socket stays, when the far end is silent")]
    for stay in found.stays:
        lines += paragraph(f"{stay.state}: {_duration(stay.seconds)}. {stay.why}", width, "  ", "- ")
    return "\n".join(lines) + "\n"


def _room(limit: Limit) -> str:
    if limit.destinations is None:
        return ""
    noun = "destination" if limit.destinations == 1 else "destinations"
    return f"; there is room for all ports of {limit.destinations:,} {noun} at once, whatever the rate"


def _wanted(found: Capacity, style: Style, width: int) -> list[str]:
    wanted = found.wanted
    if wanted is None:
        return []
    many = f"{wanted.destinations} destination{'s' if wanted.destinations != 1 else ''}"
    verdict = "enough" if found.enough else "NOT enough"
    asked = f"{wanted.rate:g} connections a second to {many}"
    if wanted.open_seconds:
        asked += f", each open for {wanted.open_seconds:g} s"
    lines = [style.bold(f"{asked}: {verdict}")]
    rows = [[need.key, f"{need.count:,}", show(need.now), "yes" if need.enough else "NO"] for need in found.needs]
    lines += table(["parameter", "needed", "now", "enough"], rows, width)
    for need in found.needs:
        lines += paragraph(_need(need), width, "  ", "- ")
    if found.memory is not None and found.bytes_each is not None:
        size = f"{found.memory / 1048576:.1f} MiB"
        lines += paragraph(
            f"TIME_WAIT takes {size} of the kernel's memory then, {found.bytes_each} bytes each", width, "  ", "- "
        )
    return lines


def _need(need: Need) -> str:
    told = f"{need.key}: {need.why}"
    return f"{told}; {need.advice}" if need.advice else told


def _duration(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s"
    return f"{seconds:.0f} s" if seconds < 300 else f"{seconds / 60:.0f} minutes"
