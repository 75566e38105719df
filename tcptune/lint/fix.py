"""Findings mended in their files: only what they name changes, everything else stays byte for byte."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tcptune.errors import TcptuneError
from tcptune.model.finding import Finding
from tcptune.model.lint import LintReport
from tcptune.model.record import dataclass
from tcptune.model.setting import Edit


@dataclass(frozen=True, slots=True)
class Mended:
    """One file before and after, and the findings that this settles."""

    path: str
    before: str
    after: str
    settled: tuple[Finding, ...]


def plan(report: LintReport, *, unsafe: bool = False) -> list[Mended]:
    """Return what the files become: with the safe fixes, or with all of them.

    Where two findings would change the same place, the first one does and the other waits for the next run.
    """
    found: list[Mended] = []
    for path, text in sorted(report.texts.items()):
        chosen = [
            finding
            for finding in report.findings
            if finding.fix is not None
            and finding.fix.edits
            and (finding.fix.safe or unsafe)
            and all(edit.path == path for edit in finding.fix.edits)
        ]
        after, settled = _apply(text, chosen)
        if after != text:
            found.append(Mended(path, text, after, tuple(settled)))
    return found


def _apply(text: str, findings: Sequence[Finding]) -> tuple[str, list[Finding]]:
    starts = _starts(text)
    taken: list[tuple[int, int, str]] = []
    settled: list[Finding] = []
    for finding in findings:
        assert finding.fix is not None
        spans = [_span(edit, starts, text) for edit in finding.fix.edits]
        if any(_overlap(span, other) for span in spans for other in taken):
            continue
        taken += spans
        settled.append(finding)
    for start, end, new in sorted(taken, key=lambda span: (span[0], span[1]), reverse=True):
        text = text[:start] + new + text[end:]
    return text, settled


def _starts(text: str) -> list[int]:
    starts = [0]
    while (end := text.find("\n", starts[-1])) >= 0:
        starts.append(end + 1)
    return starts


def _span(edit: Edit, starts: Sequence[int], text: str) -> tuple[int, int, str]:
    start = starts[edit.line - 1] + edit.column - 1
    end = starts[edit.end_line - 1] + edit.end_column - 1
    # A line that is added ends as the one that it comes from; the last line of a file, as the one before.
    ends = text.find("\n", start)
    ends = text.rfind("\n") if ends < 0 else ends
    new = edit.text.replace("\n", "\r\n") if text[:ends].endswith("\r") else edit.text
    return start, end, new


def _overlap(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    if one[0] == one[1] == other[0] == other[1]:
        return True
    return one[0] < other[1] and other[0] < one[1]


def diff(changes: Sequence[Mended]) -> str:
    """Return the changes as a unified diff."""
    from difflib import unified_diff

    rows: list[str] = []
    for change in changes:
        before, after = _rows(change.before), _rows(change.after)
        for row in unified_diff(before, after, f"a/{change.path}", f"b/{change.path}"):
            rows.append(row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n")
    return "".join(rows)


def _rows(text: str) -> list[str]:
    """Return the lines with their ends; to a patch a form feed ends none."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def write(changes: Sequence[Mended]) -> None:
    """Replace the files, each in one step; one that changed since it was read is refused and left as it is."""
    for change in changes:
        path = Path(change.path).resolve()
        before = change.before.encode("utf-8", "surrogateescape")
        try:
            if not os.access(path, os.W_OK):
                raise TcptuneError(f"{change.path}: is read-only", hint=f"chmod u+w {change.path}")
            if path.read_bytes() != before:
                raise TcptuneError(f"{change.path}: changed while it was checked", hint="run lint --fix again")
            _replace(path, change.after.encode("utf-8", "surrogateescape"))
        except OSError as error:
            raise TcptuneError(f"{change.path}: cannot be written: {error.strerror}") from None


def _own(path: str, was: os.stat_result) -> None:
    """Give a file the owner and the group that it replaces, as far as this user may."""
    if hasattr(os, "chown"):
        for owner, group in ((was.st_uid, was.st_gid), (-1, was.st_gid)):
            try:
                os.chown(path, owner, group)
            except PermissionError:
                continue
            return


def _replace(path: Path, data: bytes) -> None:
    was = path.stat()
    descriptor, temporary = tempfile.mkstemp(prefix=".tcptune-", dir=path.parent)
    try:
        with open(descriptor, "wb") as stream:  # noqa: PTH123
            stream.write(data)
            _own(temporary, was)
            Path(temporary).chmod(stat.S_IMODE(was.st_mode))
            stream.flush()
            os.fsync(descriptor)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink()
        raise
