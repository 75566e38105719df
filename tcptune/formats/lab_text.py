"""What the lab found, for a person: a line for each experiment, its ladder and figures on request, or a table."""

from __future__ import annotations

from collections.abc import Sequence

from tcptune.formats.lab_ladder import ladder
from tcptune.formats.style import Style, visible
from tcptune.formats.text import INDENT, paragraph, table
from tcptune.model.lab import WORDS, Measure, Trial

HEADERS = ("claim", "verdict", "measured")


def text(
    trials: Sequence[Trial], kernel: str, style: Style, width: int, *, ladders: bool, everything: bool = False
) -> str:
    """Return the runs: with their ladders, figures and what follows, or each in a few lines."""
    lines: list[str] = []
    for trial in trials:
        lines += _trial(trial, style, width, ladders=ladders, everything=everything)
        lines.append("")
    return "\n".join([*lines, *_summary(trials, kernel, width)]) + "\n"


def _trial(trial: Trial, style: Style, width: int, *, ladders: bool, everything: bool) -> list[str]:
    under = f" under {trial.under}" if trial.under else ""
    paint = {"holds": style.green, "refuted": style.red, "not-here": style.yellow}[trial.verdict]
    lines = [style.bold(visible(f"{trial.name}{under}: ")) + paint(WORDS[trial.verdict])]
    lines += paragraph(trial.claim, width, "         ", first=f"{INDENT}claim: ")
    lines += paragraph(trial.because, width, "        ", first=f"{INDENT}seen: ")
    if not ladders:
        return lines
    drawn = ladder(trial, style, everything=everything)
    lines += ["", *drawn, ""] if drawn else []
    if trial.measured:
        lines += paragraph(figures(trial), width, "            ", first=f"{INDENT}measured: ")
    if trial.practice:
        lines += paragraph(trial.practice, width, "        ", first=f"{INDENT}so: ")
    return lines


def figures(trial: Trial) -> str:
    """Return all that was measured in one line."""
    return ", ".join(f"{name} {_shown(value)}" for name, value in trial.measured.items())


def _shown(value: Measure) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "/".join(map(str, value)) if isinstance(value, list) else str(value)


def _summary(trials: Sequence[Trial], kernel: str, width: int) -> list[str]:
    counts = [(WORDS[verdict], sum(each.verdict == verdict for each in trials)) for verdict in WORDS]
    said = ", ".join(
        f"{number} {'hold' if word == 'holds' and number != 1 else word}" for word, number in counts if number
    )
    return paragraph(
        f"Linux {kernel}: of {len(trials)} claims {said}." if len(trials) != 1 else f"Linux {kernel}.", width
    )


def summary_table(trials: Sequence[Trial], kernel: str, style: Style, width: int) -> str:
    """Return one line an experiment: name, verdict, what was seen."""
    rows = [[_named(each), WORDS[each.verdict], each.because] for each in trials]
    drawn = table(("experiment", "verdict", "measured"), rows, width, shrink=(2,))
    return "\n".join([style.bold(drawn[0]), *drawn[1:], "", *_summary(trials, kernel, width)]) + "\n"


def markdown(trials: Sequence[Trial], kernel: str) -> str:
    """Return the table "claim, verdict, measured" in Markdown."""
    lines = [f"Measured on Linux {_escaped(kernel)}.", "", _row(["experiment", *HEADERS]), _row(["---"] * 4)]
    for each in trials:
        lines.append(_row([f"`{_named(each)}`", _escaped(each.claim), WORDS[each.verdict], _escaped(each.because)]))
    return "\n".join(lines) + "\n"


def listing(rows: Sequence[tuple[str, str]], width: int) -> str:
    """Return names and claims in two columns."""
    column = max((len(name) for name, _ in rows), default=0) + 2
    lines: list[str] = []
    for name, claim in rows:
        lines += paragraph(claim, width, " " * column, first=name.ljust(column))
    return "\n".join(lines) + "\n"


def _named(trial: Trial) -> str:
    return trial.name + (f" under {trial.under}" if trial.under else "")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    return visible(text).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
