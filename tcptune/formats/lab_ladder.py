"""Segments as a ladder: two hosts, an arrow for each segment, and the states of both right afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tcptune.formats.style import Style, visible
from tcptune.formats.text import paragraph
from tcptune.model.lab import Note, Segment, Trial

MOST = 40
"""How many lines are drawn before the middle is left out."""

_ARROW = 42
_STATE = 12

Ends = frozenset[tuple[str, int]]


def ladder(trial: Trial, style: Style, width: int, *, everything: bool = False) -> list[str]:
    """Return the lines of the ladder; long ones lose their middle unless `everything` is wanted.

    Where several connections cross, each line begins with the number of its own, and their ports are listed above.
    """
    if not trial.segments:
        return []
    left = trial.segments[0].source
    numbers = _connections(trial.segments)
    column = len(str(len(numbers))) + 2 if len(numbers) > 1 else 0
    head = f"  {'time':>9}  {'':<{column}}{left:<{_STATE}}  {'':<{_ARROW}}  {_right(trial.segments, left)}"
    lines = [*_legend(numbers, left, width), style.dim(head)]
    drawn = [_line(item, left, numbers, column, style) for item in _merged(trial.segments, trial.notes)]
    if len(drawn) > MOST and not everything:
        cut = len(drawn) - MOST
        drawn[MOST // 2 : MOST // 2 + cut] = [style.dim(f"  {'':>9}  ... {cut} more lines; -v shows them")]
    return lines + drawn


def _connections(segments: Sequence[Segment]) -> dict[Ends, int]:
    """Number the connections by their ends, in the order in which they begin."""
    found: dict[Ends, int] = {}
    for item in segments:
        found.setdefault(_ends(item), len(found) + 1)
    return found


def _ends(item: Segment) -> Ends:
    return frozenset({(item.source, item.source_port), (item.target, item.target_port)})


def _legend(numbers: Mapping[Ends, int], left: str, width: int) -> list[str]:
    """Say which ports each connection has, the left host's first."""
    if len(numbers) < 2:
        return []
    said = []
    for ends, number in numbers.items():
        ordered = sorted(ends, key=lambda end: (end[0] != left, -end[1]))
        within = f" within {ordered[0][0]}" if ordered[0][0] == ordered[-1][0] else ""
        said.append(f"{number} = {' to '.join(str(port) for _, port in ordered)}{within}")
    return paragraph(f"ports: {', '.join(said)}", width, "         ", first="  ")


def _right(segments: Sequence[Segment], left: str) -> str:
    return next((name for item in segments for name in (item.source, item.target) if name != left), left)


def _merged(segments: Sequence[Segment], notes: Sequence[Note]) -> list[Segment | Note]:
    return sorted([*segments, *notes], key=lambda item: item.time)


def _line(item: Segment | Note, left: str, numbers: Mapping[Ends, int], column: int, style: Style) -> str:
    if isinstance(item, Note):
        return f"  {item.time:>9.4f}  {style.cyan(f'-- {visible(item.text)}')}"
    # Within one host the end that listens is drawn on the right: its port is the lower one.
    forwards = item.source_port > item.target_port if item.source == item.target else item.source == left
    states = item.states if forwards else item.states[::-1]
    what = _words(item)
    arrow = what.center(_ARROW - 4, "-")
    arrived = item.fate in ("delivered", "injected")
    arrow = f" {arrow}-{'>' if arrived else 'x'} " if forwards else f" {'<' if arrived else 'x'}-{arrow} "
    if not arrived:
        arrow = style.yellow(arrow)
    elif item.fate == "injected":
        arrow = style.cyan(arrow)
    elif "RST" in item.flags:
        arrow = style.red(arrow)
    tail = {"delivered": "", "dropped": "  lost", "held": "  kept back", "injected": "  sent by the lab"}[item.fate]
    number = f"{numbers[_ends(item)]:<{column}}" if column else ""
    return f"  {item.time:>9.4f}  {number}{states[0]:<{_STATE}} {arrow} {states[1]}{tail}".rstrip()


def _words(item: Segment) -> str:
    """Return flags, sequence, acknowledgement and length, as tcpdump would put them."""
    said = " ".join(item.flags) + f" seq {item.seq}"
    if item.ack is not None:
        said += f" ack {item.ack}"
    return f" {said} len {item.length} " if item.length else f" {said} "
