"""Edits of whole lines fitted into the file around them: a file for the loaders may stand inside of another format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tcptune.model.finding import Finding, Fix
from tcptune.model.setting import Edit


def fitting(finding: Finding, texts: Mapping[str, Sequence[str]]) -> Finding:
    """Return the finding with what its fix puts before a key as deep as the line is that it stands in.

    In YAML a line of less depth ends the block around it. Where other text shares the line with the setting (a name of
    the format, a quote, an escaped end of line), no line of its own can be made of it: then the title alone says what
    to do.
    """
    fix = finding.fix
    if fix is None or not any(_puts_in(edit) for edit in fix.edits):
        return finding
    edits = []
    for edit in fix.edits:
        rows = texts.get(edit.path, ())
        fitted = _fitted(edit, rows[edit.line - 1]) if edit.line <= len(rows) else None
        if fitted is None:
            return replace(finding, fix=Fix(fix.title))
        edits.append(fitted)
    return replace(finding, fix=replace(fix, edits=tuple(edits)))


def _puts_in(edit: Edit) -> bool:
    return (edit.line, edit.column) == (edit.end_line, edit.end_column)


def _fitted(edit: Edit, row: str) -> Edit | None:
    if not _puts_in(edit):
        return None if row[edit.end_column - 1 :].strip() else edit
    deep = row[: len(row) - len(row.lstrip())]
    # systemd-sysctl takes a dash before a key: that the line may fail.
    if row[: edit.column - 1].strip() not in ("", "-"):
        return None
    column = len(deep) + 1
    return replace(edit, column=column, end_column=column, text=edit.text.replace("\n", f"\n{deep}"))
