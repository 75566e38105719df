"""From a host, or from the files of one: what somebody set, with what stands beside it in the file that did."""

from __future__ import annotations

from pathlib import Path

from tcptune.audit.engine import audit
from tcptune.audit.gather import Request
from tcptune.audit.refused import OF_LINES
from tcptune.catalog import parameter
from tcptune.draft.item import Draft, Item, obstacle, reason
from tcptune.lint import reading
from tcptune.model.report import AuditReport, Row
from tcptune.model.value import Value, show
from tcptune.rules.written import interpret

LARGEST = 1 << 20
"""Bytes of a file that is read for its comments."""


def draft(request: Request) -> Draft:
    """Return what a host has otherwise than its kernel's defaults; below a root what its files set.

    Raises `TcptuneError` when it cannot be looked at.
    """
    report = audit(request)
    # A saved audit names the files of its own host, which are not here.
    comments = Comments(request.root or "") if request.snapshot is None else None
    items: list[Item] = []
    left: list[str] = []
    for row in report.part.rows:
        entry = parameter(row.key)
        given = _value(row, files_only=request.root is not None)
        if entry is None or given is None:
            continue
        place = str(row.origin.at) if row.origin is not None else "this host"
        value = interpret(entry, show(given)).value
        if value is None:
            left.append(f"{place}: {row.key}: it does not take {show(given)!r}")
        elif (hindrance := obstacle(entry, value)) is None:
            items.append(Item(row.key, value, place, why(row, comments), contained=_contained(report)))
        elif entry.mode & 0o222:
            # What the kernel alone counts is no choice of anybody, and so is not missed.
            left.append(f"{place}: {row.key}: {hindrance}")
    if request.root is not None:
        left += _in_vain(report, {item.key for item in items})
    return Draft(_source(report, request), tuple(items), tuple(left))


def _in_vain(report: AuditReport, taken: set[str]) -> list[str]:
    """Return what is wrong with the lines that set nothing, with their places."""
    wrong = (each for each in report.findings if each.rule in OF_LINES and each.severity == "error")
    return [f"{each.at}: {each.message}" for each in wrong if each.at is not None and each.key not in taken]


def _value(row: Row, *, files_only: bool) -> Value | None:
    """Return the value to be carried over; None for one that nobody is known to have set."""
    if not files_only:
        return row.value if row.status == "changed" else None
    given = row.persisted or (None, None)
    return given[0] if given[0] is not None else given[1]


def _contained(report: AuditReport) -> bool:
    return report.part.host.initial is False


def why(row: Row, comments: Comments | None) -> str:
    """Return the reason of a value: what stands beside it in the file that set it, else which file that was."""
    if row.origin is None:
        return "Found on a host; no file there sets it."
    told = comments.beside(row.origin.at.path, row.origin.at.line) if comments is not None else ""
    return told or f"Set in {row.origin.at.path}."


def _source(report: AuditReport, request: Request) -> str:
    host = report.part.host
    if request.root is not None:
        return f"the files of {request.root}"
    return f"a host with Linux {host.kernel}"


class Comments:
    """The comments of a host's files, each file read once; what cannot be read has none."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.files: dict[str, dict[int, str]] = {}

    def beside(self, path: str, line: int) -> str:
        """Return the reason that stands above or beside a line, empty where there is none."""
        if path not in self.files:
            self.files[path] = self._read(path)
        return reason(self.files[path].get(line, ""))

    def _read(self, path: str) -> dict[int, str]:
        try:
            with Path(self.root + path).open("rb") as stream:
                data = stream.read(LARGEST)
        except OSError:
            return {}
        file = reading.read(path, data, named=True)
        settings = file.reading.settings if file is not None else []
        return {each.key_at.line: each.comment for each in settings if each.key_at is not None}
