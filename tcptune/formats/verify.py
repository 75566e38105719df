"""The catalogue compared with the running kernel, as text or a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tcptune.formats.json_ import tool
from tcptune.formats.text import paragraph

if TYPE_CHECKING:
    from tcptune.model.documents import VerifyDocument


def document(report: Mapping[str, Any]) -> VerifyDocument:
    """Return a comparison as a document; `report` is what it says of itself (`as_json`)."""
    return {
        "schema": "tcptune/verify/1",
        "tool": tool(),
        "command": "params",
        "kernel": report["release"],
        "entries": report["entries"],
        "checks": report["checks"],
        "probes": report["probes"],
        "mismatches": [
            {"key": one["key"], "aspect": one["aspect"], "catalogue": one["catalogue"], "kernel": one["kernel"]}
            for one in report["mismatches"]
        ],
        "unknown": list(report["unknown"]),
        "notes": list(report["notes"]),
    }


def text(report: Mapping[str, Any], mismatches: Sequence[str], width: int) -> str:
    """Return a comparison as text: the differences, what the catalogue lacks, then the count."""
    lines: list[str] = []
    for mismatch in mismatches:
        lines += paragraph(mismatch, width, "  ", first="")
    for key in report["unknown"]:
        lines += paragraph(f"{key}: this kernel has it, the catalogue does not", width, "  ", first="")
    for note in report["notes"]:
        lines += paragraph(f"note: {note}", width, "  ", first="")
    number = len(mismatches)
    told = "no difference" if not number else f"{number} difference{'' if number == 1 else 's'}"
    lines += paragraph(
        f"Linux {report['release']}: {report['entries']} parameters compared ({report['checks']} facts,"
        f" {report['probes']} values written in namespaces made for it): {told}.",
        width,
    )
    return "\n".join(lines) + "\n"
