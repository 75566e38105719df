"""What the lab found, for a person: a line for each experiment, its ladder and figures on request, or a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tcptune.formats.lab_ladder import ladder
from tcptune.formats.style import Style, visible
from tcptune.formats.text import INDENT, paragraph, table
from tcptune.model.lab import WORDS, Event, Measure, Trial

HEADERS = ("claim", "verdict", "measured")

Links = Mapping[str, Sequence[str]]
"""What to read on with, by the experiment's name: rules, parameters, topics."""


def text(
    trials: Sequence[Trial],
    kernel: str,
    style: Style,
    width: int,
    *,
    ladders: bool,
    everything: bool = False,
    links: Links | None = None,
) -> str:
    """Return the runs: with their ladders, figures and what follows, or each in a few lines.

    `links` asks for the whole page: where the claim is made, how it is tried, and what to read on with.
    """
    lines: list[str] = []
    for trial in trials:
        lines += _trial(trial, style, width, ladders=ladders, everything=everything, links=links)
        lines.append("")
    return "\n".join([*lines, *_beside(trials, style, width), *_summary(trials, kernel, width)]) + "\n"


def _trial(
    trial: Trial, style: Style, width: int, *, ladders: bool, everything: bool, links: Links | None
) -> list[str]:
    paint = {"holds": style.green, "refuted": style.red, "not-here": style.yellow}[trial.verdict]
    lines = [style.bold(visible(f"{_named(trial)}: ")) + paint(WORDS[trial.verdict])]
    lines += _said("claim", trial.claim, width)
    if links is not None:
        lines += _said("made in", "; ".join(trial.source), width)
        lines += _said("set-up", trial.setup, width)
        lines += _said("looked at", trial.measures, width)
    if trial.settings:
        changed = ", ".join(f"{key} {value}" for key, value in sorted(trial.settings.items()))
        lines += _said("settings", changed, width) if links is not None or everything else []
    lines += _said("seen", trial.because, width)
    if ladders:
        drawn = ladder(trial, style, width, everything=everything)
        lines += ["", *drawn, ""] if drawn else []
        lines += _said("measured", figures(trial), width)
        lines += _said("so", trial.practice, width)
    if links is not None:
        lines += _said("other kernels", trial.differs, width)
        lines += _said("see", ", ".join(links.get(trial.name, ())), width)
    return lines


def _said(label: str, sentence: str, width: int) -> list[str]:
    return paragraph(sentence, width, " " * (len(label) + 4), first=f"{INDENT}{label}: ") if sentence else []


def figures(trial: Trial) -> str:
    """Return all that was measured in one line."""
    return ", ".join(f"{name} {_shown(value)}" for name, value in trial.measured.items())


def _shown(value: Measure) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "/".join(map(str, value)) if isinstance(value, list) else str(value)


def _beside(trials: Sequence[Trial], style: Style, width: int) -> list[str]:
    """Return verdicts side by side where each experiment was run under several settings."""
    titles = list(dict.fromkeys(trial.under for trial in trials if trial.under))
    if not titles:
        return []
    found: dict[str, dict[str | None, Trial]] = {}
    for trial in trials:
        found.setdefault(trial.name, {})[trial.under] = trial
    rows = []
    for name, runs in found.items():
        told = [WORDS[runs[title].verdict] if title in runs else "" for title in titles]
        measured = [figures(runs[title]) for title in titles if title in runs]
        word = "otherwise" if len(set(told)) > 1 else "" if len(set(measured)) < 2 else "other figures"
        rows.append([name, *told, word])
    drawn = table(("experiment", *titles, ""), rows, width, shrink=(0,))
    return [style.bold(drawn[0]), *drawn[1:], "", *_changed(trials, titles, width), ""]


def _changed(trials: Sequence[Trial], titles: Sequence[str], width: int) -> list[str]:
    """Say which settings the first and the last of the runs do not share."""
    settings = {trial.under: trial.settings for trial in trials}
    one, other = settings[titles[0]], settings[titles[-1]]
    said = [f"{key} {one.get(key)} -> {other.get(key)}" for key in sorted(other) if one.get(key) != other.get(key)]
    if not said:
        return ["Both have the same settings in what a network namespace has of its own."]
    return paragraph(f"What differs: {', '.join(said)}.", width, INDENT)


def _summary(trials: Sequence[Trial], kernel: str, width: int) -> list[str]:
    counts = [(WORDS[verdict], sum(each.verdict == verdict for each in trials)) for verdict in WORDS]
    said = ", ".join(
        f"{number} {'hold' if word == 'holds' and number != 1 else word}" for word, number in counts if number
    )
    what = "runs" if any(each.under for each in trials) else "claims"
    return paragraph(
        f"Linux {kernel}: of {len(trials)} {what} {said}." if len(trials) != 1 else f"Linux {kernel}.", width
    )


def summary_table(trials: Sequence[Trial], kernel: str, style: Style, width: int) -> str:
    """Return a row for each experiment: name, verdict, and what was seen in as many lines as it needs."""
    name = max((len(_named(each)) for each in trials), default=0)
    verdict = max(len(word) for word in (*(WORDS[each.verdict] for each in trials), HEADERS[1]))
    lines = [style.bold(f"{'experiment':<{name}}  {HEADERS[1]:<{verdict}}  {HEADERS[2]}")]
    for each in trials:
        first = f"{visible(_named(each)):<{name}}  {WORDS[each.verdict]:<{verdict}}  "
        lines += paragraph(each.because, max(width, len(first) + 24), " " * len(first), first=first)
    return "\n".join([*lines, "", *_summary(trials, kernel, width)]) + "\n"


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


def event(each: Event, style: Style) -> str:
    """Return one step of an end that is used by hand as a line: time, connection, what happened, the state."""
    left = f", {each.timer:.1f} s left" if each.timer is not None else ""
    state = f": {style.cyan(each.state)}{left}" if each.state else ""
    said = visible(each.text)
    number = each.connection or ""
    return f"{each.time:>9.4f}  {number:<3} {style.red(said) if each.failed else said}{state}\n"


def _named(trial: Trial) -> str:
    return trial.name + (f" under {trial.under}" if trial.under else "")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    return visible(text).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
