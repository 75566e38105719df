"""An audit as text: the verdict, what is wrong by gravity, then the table."""

from __future__ import annotations

from tcptune.formats.style import Style, visible
from tcptune.formats.text import INDENT, findings, gibibytes, paragraph, table
from tcptune.model.host import Host, Pressure
from tcptune.model.report import AuditReport, Part, Row
from tcptune.model.value import show


def audit(report: AuditReport, style: Style, width: int, *, quiet: bool = False, verbose: bool = False) -> str:
    """Return the audit as text. `quiet` leaves out the tables, `verbose` adds every parameter and counter."""
    lines: list[str] = []
    for number, sentence in enumerate(report.verdict):
        # What is first stands right below, with all there is to say of it.
        wrapped = paragraph(sentence.partition(" First: ")[0] if report.findings else sentence, width)
        lines += [style.bold(line) for line in wrapped] if number == 0 else wrapped
    lines += ["", *findings(report.findings, style, width, verbose=verbose)]
    if verbose and report.accepted:
        for line in report.accepted:
            lines += paragraph(f"accepted: {line}", width, INDENT, first="")
        lines.append("")
    if not quiet:
        for part in report.parts if report.parts is not None else (report.part,):
            lines += [*_part(part, style, width, verbose=verbose), ""]
        lines += _end(report, style, width)
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join(lines) + "\n"


def _end(report: AuditReport, style: Style, width: int) -> list[str]:
    """Return the last lines: the tables have moved the findings out of sight on most terminals."""
    first = next(iter(report.findings), None)
    if first is None or first.severity == "note":
        return paragraph("`tcptune explain NAME` explains a parameter, a rule or a counter.", width)
    number = len(report.findings)
    said = f"{number} finding{'' if number == 1 else 's'} above (-q: without the tables)"
    lines = paragraph(f"{said}; `tcptune explain {first.rule}` says more of the first.", width)
    return [style.bold(line) for line in lines]


def _part(part: Part, style: Style, width: int, *, verbose: bool) -> list[str]:
    lines = [style.dim(line) for line in paragraph(_host(part.host), width)]
    if part.rows:
        lines += ["", *_parameters(part.rows, style, width, verbose=verbose)]
    counters = _counters(part.pressure, verbose=verbose)
    if counters:
        lines += ["", *_heading(table(_counter_headers(part.pressure), counters, width), style)]
    return lines


def _host(host: Host) -> str:
    kinds = {True: "the initial network namespace", False: "a network namespace of its own", None: ""}
    namespace = f"network namespace {host.netns}" if host.netns else kinds[host.initial]
    parts = [
        f"Linux {host.release or host.kernel}",
        host.distro,
        gibibytes(host.memory_bytes) if host.memory_bytes else "",
        namespace,
    ]
    return ", ".join(part for part in parts if part)


def _parameters(rows: tuple[Row, ...], style: Style, width: int, *, verbose: bool) -> list[str]:
    """Return a table for each folder below /proc/sys, so that the names stay short."""
    folders: dict[str, list[Row]] = {}
    for row in rows:
        if row.full or row.rules or verbose:
            folders.setdefault(row.key.rpartition(".")[0], []).append(row)
    lines: list[str] = []
    for folder, members in folders.items():
        cells = [[_name(row), show(row.value), show(row.default), row.unit or "", _status(row)] for row in members]
        drawn = table([f"{folder}.", "value", "default", "unit", "status"], cells, width, shrink=(1, 2, 3, 4))
        lines += [*(("",) if lines else ()), *_heading(_paint(drawn, style), style)]
    return lines


def _name(row: Row) -> str:
    return row.key.rpartition(".")[2]


def _status(row: Row) -> str:
    word = {"default": "default", "changed": "changed", "unknown": "-"}[row.status]
    if row.note:
        between = "" if row.note.startswith(";") else ": "
        word = f"{word}{between}{row.note}" if row.status != "unknown" else row.note.lstrip("; ")
    if row.rules:
        return " ".join([*([word] if row.status == "changed" or row.note else []), *row.rules])
    return word


def _paint(lines: list[str], style: Style) -> list[str]:
    if not style.colour:
        return lines
    return [style.yellow(line) if " TT" in line else style.cyan(line) if " changed" in line else line for line in lines]


def _heading(lines: list[str], style: Style) -> list[str]:
    return [style.bold(lines[0]), *lines[1:]]


def _counter_headers(pressure: Pressure) -> list[str]:
    if pressure.growth is None:
        return ["counter", "since boot"]
    return ["counter", "since boot", f"in {pressure.sample_seconds or 0:.1f} s", "per second"]


def _counters(pressure: Pressure, *, verbose: bool) -> list[list[str]]:
    """Return the counters worth a line: those that grew in a sample, and with `verbose` all that are not zero."""
    growth = pressure.growth
    rows: list[list[str]] = []
    for name, number in sorted(pressure.counters.items()):
        grown = growth.get(name, 0) if growth is not None else 0
        if not (grown or (verbose and number)):
            continue
        row = [visible(name), f"{number:,}"]
        if growth is not None:
            seconds = pressure.sample_seconds or 0
            row += [f"{grown:,}", f"{grown / seconds:,.1f}" if seconds else "-"]
        rows.append(row)
    return rows
