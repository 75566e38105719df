"""The JSON document that `tcptune lint --format json` prints, field by field."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from tcptune.model.documents import FindingDocument, Summary, Tool


class LintDocument(TypedDict):
    """What lint found; `skipped` says which files were not read and why."""

    schema: Literal["tcptune/lint/1"]
    tool: Tool
    command: Literal["lint"]
    findings: list[FindingDocument]
    summary: Summary
    skipped: list[str]
    unused_suppressions: list[str]
    suppressed: int
