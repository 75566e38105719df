"""What every text output shares: wrapped paragraphs, findings, tables that fit the width."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from functools import lru_cache

from tcptune.formats.style import Style, visible
from tcptune.model.finding import Finding

INDENT = "  "
NARROW = 60
"""Columns below which a terminal breaks tables; wider ones show what does not fit on long lines."""
TERSE_CELLS = (16, 12, 8)
"""How narrow a column may be folded, tried in turn until a table fits."""


def paragraph(text: str, width: int, indent: str = "", first: str | None = None) -> list[str]:
    """Return the text as lines of at most `width` columns; a word that is longer stands alone."""
    return [*_wrapped(text, width, indent, indent if first is None else first)]


@lru_cache(maxsize=1000)
def _wrapped(text: str, width: int, indent: str, first: str) -> tuple[str, ...]:
    """Fold a text: in a long report the same reasons stand again and again, and folding them is most of its time."""
    lines = textwrap.wrap(
        visible(text),
        width,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return tuple(lines)


def findings(items: Sequence[Finding], style: Style, width: int, *, verbose: bool = False) -> list[str]:
    """Return the findings as a person reads them: what, why, what to do; an empty line between two."""
    lines: list[str] = []
    for item, places in _grouped(items):
        lines += _finding(item, places, style, width, verbose=verbose)
        lines.append("")
    return lines


def _grouped(items: Iterable[Finding]) -> list[tuple[Finding, list[str]]]:
    """Gather findings that differ in their namespace alone: one text, and the namespaces it holds for."""
    groups: dict[tuple[object, ...], tuple[Finding, list[str]]] = {}
    for item in items:
        key = (item.rule, item.severity, item.key, item.value, item.message, item.at)
        places = groups.setdefault(key, (item, []))[1]
        if item.netns is not None:
            places.append(item.netns)
    return list(groups.values())


def _finding(item: Finding, places: list[str], style: Style, width: int, *, verbose: bool) -> list[str]:
    tag = f"{item.severity} {item.rule}"
    head = paragraph(item.message, width, INDENT, first=f"{tag} ")
    head[0] = style.severity(item.severity, tag) + head[0][len(tag) :]
    lines = head
    if places:
        lines += paragraph(f"in namespace: {', '.join(places)}", width, INDENT)
    if item.kernels:
        lines += paragraph(f"kernels: {', '.join(item.kernels)}", width, INDENT)
    for place in (item.at, *(other.at for other in item.related)):
        if place is not None:
            lines += paragraph(f"at {place}", width, INDENT)
    if item.why:
        lines += _labelled("why", item.why, style, width)
    if item.fix is not None:
        lines += _labelled("fix", item.fix.title, style, width)
    if verbose:
        for reference in item.references:
            lines += _labelled("see", reference, style, width)
        lines += _labelled("rule", f"{item.slug}; `tcptune explain {item.rule}` says more", style, width)
    return lines


def _labelled(label: str, text: str, style: Style, width: int) -> list[str]:
    lines = paragraph(text, width, INDENT + "     ", first=f"{INDENT}{label}: ")
    lines[0] = INDENT + style.dim(f"{label}:") + lines[0][len(INDENT) + len(label) + 1 :]
    return lines


def table(
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    width: int,
    shrink: Sequence[int] = (),
    *,
    columns_only: bool = False,
) -> list[str]:
    """Return rows in columns, the header first, at most `width` wide where the cells let it.

    While it is too wide, the columns numbered in `shrink` are folded, ever narrower; where even that does not fit a
    narrow terminal, every row is a paragraph, unless it is to be `columns_only`, for who has another way to make room.
    """
    from tabulate import tabulate

    cells = whole = [[visible(cell) for cell in row] for row in rows]
    for limit in TERSE_CELLS:
        if _drawn_width(headers, cells) <= width:
            break
        cells = [[_folded(cell, limit) if n in shrink else cell for n, cell in enumerate(row)] for row in whole]
    if width < NARROW and not columns_only and _drawn_width(headers, cells) > width:
        return _records(headers, whole, width)
    # The header goes in as a row: tabulate would widen every column for it by two.
    text = tabulate([list(headers), *cells], tablefmt="plain", disable_numparse=True, stralign="left")
    return [line.rstrip() for line in text.splitlines()]


def _records(headers: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Return the first header, and of each row its first cell and below it the others behind their headers."""
    lines = [headers[0]]
    for first, *others in rows:
        told = (f"{header} {cell}".strip() for header, cell in zip(headers[1:], others, strict=True) if cell)
        lines += [first, *paragraph(", ".join(told), width, INDENT)]
    return lines


def _drawn_width(headers: Sequence[str], cells: Sequence[Sequence[str]]) -> int:
    columns = zip(headers, *cells, strict=True)
    widest = [max(len(line) for cell in column for line in cell.split("\n")) for column in columns]
    return sum(widest) + 2 * (len(widest) - 1)


def _folded(cell: str, limit: int) -> str:
    return "\n".join(textwrap.wrap(cell, limit, break_on_hyphens=False))


def gibibytes(size: int) -> str:
    """Return a memory size for a person: `512 MiB`, `7.8 GiB`."""
    if size >= 1 << 30:
        return f"{size / (1 << 30):.1f} GiB"
    return f"{size / (1 << 20):.0f} MiB"
