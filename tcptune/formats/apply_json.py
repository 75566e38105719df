"""What was applied, confirmed or rolled back, and the journal, as documents."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

from tcptune.catalog import parameter
from tcptune.formats import json_
from tcptune.model.diff import Change
from tcptune.model.journal import Entry, Look, Step
from tcptune.model.plan import Applied
from tcptune.model.value import as_json, parse_live

if TYPE_CHECKING:
    from tcptune.model.documents_apply import (
        AppliedChangeDocument,
        ApplyDocument,
        HistoryDocument,
        HistoryEntryDocument,
        HistoryStepDocument,
    )


def applied(done: Applied) -> ApplyDocument:
    """Return the document `tcptune/apply/1`."""
    plan = done.plan
    findings = [*plan.risks, *plan.present]
    pending = None if done.deadline is None else _utc(time.time() + done.deadline)
    kept = plan.persists if not plan.refused and done.status == 0 and pending is None else None
    return {
        "schema": "tcptune/apply/1",
        "tool": json_.tool(),
        "command": cast(Any, done.command),
        "profile": plan.profile,
        "host": json_.host_facts(plan.host),
        "dry_run": done.dry_run,
        "changed": done.changed,
        "changes": _changes(done),
        "file": None
        if plan.file is None
        else {"path": plan.file.path, "before": plan.file.before, "after": plan.file.after},
        "persisted": kept,
        "journal": None
        if done.header is None or done.journal is None
        else {"id": done.header.id, "path": done.journal},
        "pending": pending,
        "refusals": list(plan.refusals),
        "messages": list(done.lines),
        "notices": list(plan.notices),
        "findings": [json_.finding(each) for each in findings],
        "summary": json_.summary(findings),
    }


def history(entries: list[Entry], look: Look) -> HistoryDocument:
    """Return the document `tcptune/history/1`, the newest entry first."""
    return {
        "schema": "tcptune/history/1",
        "tool": json_.tool(),
        "command": "history",
        "entries": [_entry(each, look) for each in reversed(entries)],
    }


def _entry(entry: Entry, look: Look) -> HistoryEntryDocument:
    header = entry.header
    return {
        "id": entry.id,
        "at": header.at,
        "kind": header.kind,
        "state": entry.state,
        "profile": header.profile,
        "digest": header.digest,
        "user": header.user,
        "kernel": header.release,
        "netns": header.place.name,
        "here": look.here(entry),
        "of": header.of,
        "steps": [_past(entry, step, look) for step in header.steps],
        "file": header.file.path if header.file is not None else None,
        "messages": list(entry.lines),
    }


def _past(entry: Entry, step: Step, look: Look) -> HistoryStepDocument:
    found = look.found(entry, step)
    ours = None if found is None else look.means(step.key, found, step.after)
    return {"key": step.key, "before": step.before, "after": step.after, "now": found, "ours": ours}


def _changes(done: Applied) -> list[AppliedChangeDocument]:
    """Return a row for each parameter that was asked for; a rollback knows those of the journal alone."""
    steps = {step.key: step for step in done.plan.steps}
    rows = [_row(change, steps.pop(change.key, None), done) for change in done.plan.changes]
    return rows + [_step(step, done) for step in steps.values()]


def _row(change: Change, step: Step | None, done: Applied) -> AppliedChangeDocument:
    return {
        "key": change.key,
        "before": None if step is None else as_json(change.current),
        "after": None if step is None else as_json(change.wanted),
        "verified": change.key in done.verified,
        "current": as_json(change.current),
        "wanted": as_json(change.wanted),
        "default": as_json(change.default),
        "action": change.action,
        "reason": change.explanation,
        "risk": change.risk,
        "origin": json_.origin(change.origin),
    }


def _step(step: Step, done: Applied) -> AppliedChangeDocument:
    before, after = _value(step.key, step.before), _value(step.key, step.after)
    return {
        "key": step.key,
        "before": before,
        "after": after,
        "verified": step.key in done.verified,
        "current": before,
        "wanted": after,
        "default": None,
        "action": "set",
        "reason": "",
        "risk": None,
        "origin": None,
    }


def _value(key: str, text: str) -> Any:
    entry = parameter(key)
    try:
        return as_json(parse_live(entry.kind, text)) if entry is not None else text
    except ValueError:
        return text


def _utc(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
