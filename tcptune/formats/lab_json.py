"""What the lab found as a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, cast

from tcptune.formats.json_ import tool
from tcptune.model.lab import Event, Segment, Trial

if TYPE_CHECKING:
    from tcptune.model.documents_lab import (
        ExperimentDocument,
        LabDocument,
        LabEndDocument,
        LabListDocument,
        Listed,
        SegmentDocument,
    )

Links = Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
"""The rules and parameters of each experiment."""


def document(trials: Sequence[Trial], kernel: str, links: Links) -> LabDocument:
    """Return the runs as a document, in their order."""
    ended = [trial.verdict for trial in trials]
    return {
        "schema": "tcptune/lab/1",
        "tool": tool(),
        "command": "lab",
        "kernel": kernel,
        "experiments": [_trial(each, *links.get(each.name, ((), ()))) for each in trials],
        "summary": {
            "holds": ended.count("holds"),
            "refuted": ended.count("refuted"),
            "not_here": ended.count("not-here"),
        },
    }


def listed(
    name: str,
    claim: str,
    source: Sequence[str],
    twists: Mapping[str, str],
    rules: Sequence[str],
    parameters: Sequence[str],
) -> Listed:
    """Return one experiment of the list."""
    return {
        "name": name,
        "claim": claim,
        "source": list(source),
        "twists": dict(twists),
        "rules": list(rules),
        "parameters": list(parameters),
    }


def listing(rows: Sequence[Listed]) -> LabListDocument:
    """Return what can be run as a document."""
    return {"schema": "tcptune/lab-list/1", "tool": tool(), "command": "lab", "experiments": list(rows)}


def _trial(trial: Trial, rules: tuple[str, ...], parameters: tuple[str, ...]) -> ExperimentDocument:
    return {
        "name": trial.name,
        "claim": trial.claim,
        "source": list(trial.source),
        "verdict": trial.verdict,
        "because": trial.because,
        "measured": dict(sorted(trial.measured.items())),
        "segments": [_segment(each) for each in trial.segments],
        "notes": [{"time": each.time, "text": each.text} for each in trial.notes],
        "seconds": trial.seconds,
        "under": trial.under,
        "settings": dict(sorted(trial.settings.items())),
        "setup": trial.setup,
        "measures": trial.measures,
        "practice": trial.practice,
        "differs": trial.differs or None,
        "rules": list(rules),
        "parameters": list(parameters),
    }


def _segment(segment: Segment) -> SegmentDocument:
    return cast(
        "SegmentDocument",
        {
            "time": segment.time,
            "source": segment.source,
            "target": segment.target,
            "source_port": segment.source_port,
            "target_port": segment.target_port,
            "flags": list(segment.flags),
            "seq": segment.seq,
            "ack": segment.ack,
            "length": segment.length,
            "fate": segment.fate,
            "states": list(segment.states),
        },
    )


def end(role: Literal["server", "client"], events: Sequence[Event]) -> LabEndDocument:
    """Return what an end did by hand as a document."""
    return {
        "schema": "tcptune/lab-end/1",
        "tool": tool(),
        "command": "lab",
        "role": role,
        "events": [
            {
                "time": each.time,
                "connection": each.connection,
                "text": each.text,
                "state": each.state or None,
                "timer": each.timer,
                "failed": each.failed,
            }
            for each in events
        ],
    }
