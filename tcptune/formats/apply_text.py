"""What was applied, confirmed or rolled back, and the journal, for a person: what is written where, in which order."""

from __future__ import annotations

from tcptune.formats.style import Style, visible
from tcptune.formats.text import findings, paragraph, table
from tcptune.model.diff import Change
from tcptune.model.journal import Entry, FileStep, Look, Step
from tcptune.model.plan import Applied, Plan


def applied(done: Applied, style: Style, width: int, *, verbose: bool = False) -> str:
    """Return the plan and what became of it."""
    plan = done.plan
    lines = [style.bold(line) for line in paragraph(visible(_headline(done)), width)]
    lines += [f"  {visible(line)}" for line in done.lines]
    if plan.steps:
        lines += ["", *_steps(plan, done, width)]
    if plan.file is not None:
        lines += _file(plan.file, done)
    whys = [(change, change.why or change.reason) for change in plan.changes if change.action == "set"]
    for change, why in whys if not plan.refused else ():
        lines += paragraph(visible(f"{change.key}: {why}"), width, "  ") if why else []
        lines += paragraph(visible(f"risk: {change.risk}"), width, "    ") if change.risk else []
    if plan.refusals:
        lines += ["", style.red("refused:")]
        for refusal in plan.refusals:
            lines += paragraph(visible(refusal), width, "  ", "  - ")
    if plan.risks:
        lines += ["", style.red("refused for what it would bring (--allow RULE takes it on purpose):"), ""]
        lines += findings(plan.risks, style, width)
    for notice in plan.notices:
        lines += paragraph(visible(f"note: {notice}"), width)
    if plan.present and verbose:
        lines += ["", "there before, and not touched by this:", "", *findings(plan.present, style, width)]
    elif plan.present:
        lines.append(f"{len(plan.present)} findings were there before and stay (-v shows them)")
    lines += [f"skipped: {change.key}: {visible(change.reason)}" for change in _skipped(plan) if verbose]
    lines += _next(done)
    return "\n".join(lines) + "\n"


def _headline(done: Applied) -> str:
    plan = done.plan
    count = len(plan.steps)
    what = f"{count} parameter{'s' if count != 1 else ''}"
    if plan.file is not None and done.deadline is None:
        what = f"{what} and {plan.file.path}"
    if plan.refused:
        return f"Refused: nothing was changed. The plan was to change {what}."
    if done.command == "confirm" and done.status == 0:
        return f"Confirmed: {done.header.id if done.header else ''} stays."
    if plan.empty:
        return f"Nothing to do: everything is as {plan.profile} wants it." if plan.profile else "Nothing to do."
    if done.dry_run:
        return f"Dry run: would change {what}. Nothing was changed."
    if done.status == 0:
        verb = {"rollback": "Undone", "remove": "Removed"}.get(done.command, "Applied")
        pending = f", waiting {done.deadline:.0f} s to be confirmed" if done.deadline is not None else ""
        return f"{verb}: {what} changed and read back{pending}."
    if done.status == 4:
        return "FAILED, and something could not be put back:"
    return "Failed: everything was put back." if done.status == 3 else "Interrupted: everything was put back."


def _steps(plan: Plan, done: Applied, width: int) -> list[str]:
    rows = []
    risky = {change.key for change in plan.changes if change.risk}
    for number, step in enumerate(plan.steps, 1):
        planned = "a documented risk" if step.key in risky else "no documented risk"
        state = "read back" if step.key in done.verified else planned if done.dry_run and plan.changes else ""
        rows.append([str(number), step.key, _shown(step.before), _shown(step.after), state])
    after = "after" if done.status == 0 and not done.dry_run else "planned"
    return table(["", "parameter", "before", after, ""], rows, width, shrink=(2, 3))


def _shown(text: str) -> str:
    return " ".join(text.split()) or "(empty)"


def _file(file: FileStep, done: Applied) -> list[str]:
    """Return what becomes of the drop-in: of one that was given up on the way the lines of the result speak."""
    if done.deadline is not None:
        return ["", f"{file.path} is written when the change is confirmed: a reboot before undoes it"]
    what = "removed" if file.after is None else "written" if file.before is None else "changed"
    for_what = "" if file.after is None else ", for the next boot"
    if done.dry_run or done.plan.refused:
        return ["", f"{file.path}: would be {what}{for_what}"]
    return ["", f"{file.path}: {what}{for_what}"] if done.status == 0 else []


def _skipped(plan: Plan) -> list[Change]:
    return [change for change in plan.changes if change.action == "skip"]


def _next(done: Applied) -> list[str]:
    if done.header is None or done.status != 0 or done.command in ("rollback", "confirm"):
        return []
    if done.deadline is not None:
        return ["", "keep it: tcptune confirm", f"undo it now: tcptune rollback {done.header.id}"]
    return ["", f"undo it: tcptune rollback {done.header.id}"]


def history(entries: list[Entry], look: Look, style: Style, width: int) -> str:
    """Return the journal, the newest entry first, with what has changed since."""
    if not entries:
        return "No change was made yet.\n"
    lines: list[str] = []
    for entry in reversed(entries):
        header = entry.header
        where = f" in {visible(header.place.name)}" if header.place.name else ""
        of = f" of {header.of}" if header.of else ""
        lines.append(style.bold(f"{entry.id}  {header.kind}{of} {visible(header.profile)}{where}: {entry.state}"))
        lines.append(f"  {header.at} by {visible(header.user)}, Linux {visible(header.release)}")
        lines += [_past(entry, step, look) for step in header.steps]
        if header.file is not None:
            lines.append(f"  {visible(header.file.path)}")
        if not look.here(entry):
            lines.append("  it belongs to another boot or namespace")
        for line in entry.lines:
            lines += paragraph(visible(line), width, "  ")
    return "\n".join(lines) + "\n"


def _past(entry: Entry, step: Step, look: Look) -> str:
    since = f", changed since to {_shown(look.found(entry, step) or '')}" if look.drifted(entry, step) else ""
    return f"  {step.key}: {_shown(step.before)} -> {_shown(step.after)}{since}"
