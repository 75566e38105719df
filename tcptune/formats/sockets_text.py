"""The report of `tcptune sockets` as text: a line or two of summary, a table with bars, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tcptune.formats.style import Style
from tcptune.formats.text import findings, paragraph, table
from tcptune.model.ports import Budget, Owner, Use, budget
from tcptune.model.sockets_report import ListenerRow, ProcessRow, SocketsPart, SocketsReport, StateRow

BAR = 10
FULL, EMPTY = "█", "░"


def sockets(
    report: SocketsReport, style: Style, width: int, *, quiet: bool = False, verbose: bool = False, ascii_only: bool
) -> str:
    """Return the report as text; `quiet` leaves out the tables, `ascii_only` draws bars without block characters."""
    lines: list[str] = []
    for part in report.parts:
        if report.everywhere and not part.states and not verbose:
            continue
        if report.everywhere or part.host.netns:
            lines += [style.bold(line) for line in paragraph(f"network namespace {part.host.netns}", width)]
        lines += _summary(part, style, width)
        if not quiet:
            lines += _rows(part, report, style, width, ascii_only=ascii_only)
        lines += _lingering(part, style, width)
        lines.append("")
    if not lines:
        lines += ["No namespace has a TCP socket.", ""]
    if report.trace is not None:
        from tcptune.formats.trace_text import trace

        lines += [*trace(report.trace, style, width), ""]
    lines += findings(report.findings, style, width, verbose=verbose)
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join(lines) + "\n"


def _summary(part: SocketsPart, style: Style, width: int) -> list[str]:
    waiting = part.count("TIME_WAIT")
    rest = [f"{row.total:,} {row.state}" for row in part.states if row.state != "TIME_WAIT"]
    text = f"{waiting.total:,} TIME_WAIT"
    if waiting.total:
        text += f" ({waiting.outbound:,} hold a port of ours, {waiting.inbound:,} of connections that came in do not)"
    lines = [style.bold(line) for line in paragraph(", ".join([text, *rest]), width)]
    ports = part.ports.ports
    if ports is not None:
        kept = f" without {ports.reserved:,} reserved" if ports.reserved else ""
        lines += paragraph(
            f"Ephemeral ports {ports.low} to {ports.high}{kept}: {ports.usable:,} for each destination. {_back(part)}",
            width,
        )
    return lines


def _back(part: SocketsPart) -> str:
    reuse = part.reuse
    if reuse.mode and not reuse.timestamps:
        return f"A port comes back 60 s after closing: tcp_tw_reuse = {reuse.mode} does nothing without timestamps."
    if reuse.mode == 1:
        return f"connect() may reuse a port in TIME_WAIT after {reuse.delay:g} s, where the peer has timestamps."
    if reuse.mode == 2:
        return f"A port comes back 60 s after closing, on loopback after {reuse.delay:g} s (tcp_tw_reuse = 2)."
    return "A port comes back 60 s after closing (tcp_tw_reuse = 0)."


def _rows(part: SocketsPart, report: SocketsReport, style: Style, width: int, *, ascii_only: bool) -> list[str]:
    sampled = report.sample_seconds is not None
    if report.by == "destination":
        lines = _destinations(part, width, sampled=sampled)
    elif report.by == "process":
        lines = _processes(part.processes, width)
    elif report.by == "listener":
        lines = _listeners(part.listeners, width)
    else:
        lines = _states(part.states, width, sampled=sampled)
    if not lines:
        return []
    if ascii_only:
        lines = [line.replace(FULL, "#").replace(EMPTY, ".") for line in lines]
    shown = {
        "destination": len(part.destinations),
        "process": len(part.processes),
        "listener": len(part.listeners),
        "state": part.number,
    }[report.by]
    more = [style.dim(f"{part.number - shown:,} more: --top N shows them.")] if part.number > shown else []
    return ["", style.bold(lines[0]), *lines[1:], *more]


def bar(share: float) -> str:
    """Return a bar of ten characters for a share of 0 to 1; anything above nothing fills at least one."""
    filled = min(BAR, max(round(share * BAR), 1 if share > 0 else 0))
    return FULL * filled + EMPTY * (BAR - filled)


def _destinations(part: SocketsPart, width: int, *, sampled: bool) -> list[str]:
    if not part.destinations:
        return []
    headers = ["destination", "from", "ports taken", "TIME_WAIT", "other", "free", "closed/s"]
    headers += ["growth/s"] if sampled else []
    rows = []
    for use in part.destinations:
        stand = budget(use, part.reuse)
        row = [use.name, use.local, taken(stand), f"{use.time_wait:,}", f"{use.live:,}", _free(stand)]
        row.append(f"{use.rate:,.1f}" if part.source == "sock_diag" else "-")
        row += [f"{use.growth:+,.1f}"] if sampled and use.growth is not None else []
        rows.append([*row, left(stand), owners(use)])
    return _fitted([*headers, "runs out", "who"], rows, width)


def _fitted(headers: list[str], rows: list[list[str]], width: int) -> list[str]:
    """Return the table; where it is too wide first without its bars, then without what can be done without."""
    lines = table(headers, rows, width, shrink=(len(headers) - 1,))
    for spared in ("", "other", "from"):
        if max(map(len, lines)) <= width:
            break
        taken_at = headers.index("ports taken")
        rows = [
            [cell.lstrip(FULL + EMPTY + " ") if n == taken_at else cell for n, cell in enumerate(row)] for row in rows
        ]
        if spared:
            gone = headers.index(spared)
            headers, rows = _without(headers, gone), [_without(row, gone) for row in rows]
        lines = table(headers, rows, width, shrink=(len(headers) - 1,))
    return lines


def _without(cells: list[str], gone: int) -> list[str]:
    return [cell for number, cell in enumerate(cells) if number != gone]


def taken(stand: Budget | None) -> str:
    """Return a bar and the part of the ports that is taken."""
    return f"{bar(stand.pressed)} {min(100, 100 * stand.pressed):.0f} %" if stand is not None else "?"


def _free(stand: Budget | None) -> str:
    return f"{max(0, stand.usable - stand.held):,}" if stand is not None else "?"


def left(stand: Budget | None) -> str:
    """Return when connect() fails at the present rate."""
    if stand is None or stand.seconds is None:
        return "-"
    return "now" if stand.seconds == 0 else f"{stand.seconds:,.0f} s" if stand.seconds < 3600 else "-"


def owners(use: Use) -> str:
    """Return who has live connections to a destination, with a question mark where that is a guess."""
    if not use.owners:
        return "-"
    sure = {"likely": "", "certain": "", "guess": "?"}[use.owners[0].confidence]
    return ", ".join(f"{_owner(owner)}{sure}" for owner in use.owners[:2])


def _owner(owner: Owner) -> str:
    inside = owner.unit or owner.container
    return f"{owner.name} {owner.pid}" + (f" {inside}" if inside else "")


def _processes(rows: Sequence[ProcessRow], width: int) -> list[str]:
    if not rows:
        return []
    most = max(row.total for row in rows)
    cells = [
        [
            _owner(row.owner) if row.owner else row.what,
            bar(row.total / most if most else 0),
            _number(row.states, "ESTABLISHED"),
            _number(row.states, "CLOSE_WAIT"),
            _told(row, row.time_wait),
            _told(row, row.orphans),
            _rest(row.states, "ESTABLISHED", "CLOSE_WAIT"),
        ]
        for row in rows
    ]
    headers = ["process", "sockets", "ESTABLISHED", "CLOSE_WAIT", "TIME_WAIT", "closing", "other"]
    legend = (
        "TIME_WAIT and closing (FIN_WAIT and the like, closed but not acknowledged) belong to no process any more:"
        " they are told by the live connections to the same destination, or by the listener."
    )
    if any(row.told == "guess" for row in rows):
        legend += " With a question mark several processes have such connections, and this one the most."
    return [*table(headers, cells, width, shrink=(0, 6)), *paragraph(legend, width)]


def _told(row: ProcessRow, number: int) -> str:
    return f"{number:,}{'?' if number and row.told == 'guess' else ''}"


def _lingering(part: SocketsPart, style: Style, width: int) -> list[str]:
    """Return what the sockets said that were asked."""
    rows = part.ports.lingering
    if rows is None:
        return []
    if not rows:
        return ["", *paragraph("No socket could be asked for SO_LINGER.", width)]
    cells = [
        [_owner(row.owner), f"{row.asked:,}", f"{row.zero:,}", f"{row.positive:,}", f"{row.reuse:,}"] for row in rows
    ]
    lines = table(["process", "asked", "SO_LINGER 0 s", "SO_LINGER > 0 s", "SO_REUSEADDR"], cells, width, shrink=(0,))
    return ["", style.bold(lines[0]), *lines[1:]]


def _number(states: Mapping[str, int], name: str) -> str:
    return f"{states.get(name, 0):,}"


def _rest(states: Mapping[str, int], *shown: str) -> str:
    rest = {name: n for name, n in states.items() if name not in shown}
    return ", ".join(f"{n:,} {name}" for name, n in rest.items()) or "-"


def _listeners(rows: Sequence[ListenerRow], width: int) -> list[str]:
    if not rows:
        return []
    cells = [
        [
            str(row.port),
            _number(row.states, "ESTABLISHED"),
            _number(row.states, "TIME_WAIT"),
            _number(row.states, "CLOSE_WAIT"),
            _rest(row.states, "ESTABLISHED", "TIME_WAIT", "CLOSE_WAIT"),
            "?" if row.waiting is None else f"{row.waiting:,} of {row.backlog or 0:,}",
            ", ".join(_owner(owner) for owner in row.owners) or "-",
        ]
        for row in rows
    ]
    headers = ["port", "ESTABLISHED", "TIME_WAIT", "CLOSE_WAIT", "other", "accept queue", "who"]
    return table(headers, cells, width, shrink=(4, 6))


def _states(rows: Sequence[StateRow], width: int, *, sampled: bool) -> list[str]:
    if not rows:
        return []
    most = max(row.total for row in rows)
    headers = ["state", "", "sockets", "in", "out", *(["growth/s"] if sampled else [])]
    cells = [
        [row.state, bar(row.total / most), f"{row.total:,}", f"{row.inbound:,}", f"{row.outbound:,}"]
        + ([f"{row.growth:+,.1f}"] if sampled and row.growth is not None else [])
        for row in rows
    ]
    return table(headers, cells, width)
