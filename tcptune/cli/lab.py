"""`tcptune lab`: claims about closing connections, tried on the running kernel."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tcptune.cli import config, console, lab_ends
from tcptune.cli import options as o
from tcptune.errors import TcptuneError

if TYPE_CHECKING:
    from tcptune.lab.runner import Task
    from tcptune.model.lab import Trial
    from tcptune.model.version import Target

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
    help="Experiments on this kernel, in throw-away network namespaces: what holds of what is said about TIME_WAIT.",
)

Format = Annotated[
    Literal["text", "json", "table", "markdown"], typer.Option("--format", "-f", help="How to print the result.")
]
Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="NAME...|all", help="Experiments (see `lab list`); all of them with --profile.", show_default=False
    ),
]
Profile = Annotated[
    str | None,
    typer.Option("--profile", metavar="PROFILE", help="Run under this profile's settings too, beside this host's."),
]
Pcap = Annotated[
    str | None, typer.Option("--pcap", metavar="FILE", help="Write all that crossed the wires for Wireshark (pcapng).")
]
Explain = Annotated[
    bool,
    typer.Option(
        "--explain",
        help="The whole page of each: where the claim is made, the set-up, segments, figures, what follows.",
    ),
]
Full = Annotated[bool, typer.Option("--full", help="Wait for what the kernel's timers announce; takes minutes.")]
Twist = Annotated[
    str | None,
    typer.Option("--twist", metavar="NAME", help="Break one setting on purpose, to see the verdict change."),
]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", metavar="N", min=1, max=64, help="How many run side by side.")
]


@app.command("list")
def list_(output_format: o.TextOrJson = "text", output: o.Output = None) -> int:
    """List the experiments with their claims.

    Exit status: 0 done, 2 wrong usage.
    """
    from tcptune.lab.registry import experiments

    known = experiments()
    if output_format == "json":
        from tcptune.formats import json_, lab_json

        rows = [
            lab_json.listed(name, each.claim, each.source, each.twists, each.rules, each.parameters)
            for name, each in known.items()
        ]
        console.emit(json_.dump(lab_json.listing(rows)), output)
        return 0
    from tcptune.formats import lab_text

    claims = [(name, each.claim) for name, each in known.items()]
    console.emit(lab_text.listing(claims, console.width(output)), output)
    return 0


@app.command("run")
def run(
    name: Names = None,
    profile: Profile = None,
    pcap: Pcap = None,
    explain: Explain = False,
    full: Full = False,
    twist: Twist = None,
    jobs: Jobs = None,
    output_format: Format = "text",
    output: o.Output = None,
    color: o.ColourOption = None,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
) -> int:
    """Run experiments, each in network namespaces of its own; nothing of this host is touched.

    Exit status: 0 they ran, whatever they found; 2 wrong usage, or no namespaces can be made here, 129
    hung up, 143 told to end.
    """
    from tcptune.lab import runner
    from tcptune.live.host import live_host

    if sys.platform != "linux":
        raise TcptuneError("the lab runs on Linux: it tries what the running kernel does")
    named = name or (["all"] if profile is not None else [])
    if not named:
        raise TcptuneError(
            "no experiment was named", hint="`tcptune lab list` lists them; `tcptune lab run all` runs all"
        )
    host = live_host()
    for path in (pcap, output):
        _refuse_unwritable(path)
    _end_in_order()
    tasks = _tasks(named, profile, twist, host.target, full=full)
    trials = runner.run(tasks, host.target, jobs or runner.workers(), _silent if quiet else _progress)
    if pcap is not None:
        from tcptune.formats import lab_pcap

        console.write_bytes(pcap, lab_pcap.dump(trials))
    if output_format == "text":
        text = _text(
            trials,
            host.release,
            color or "auto",
            output,
            ladders="all" not in named,
            explain=explain,
            everything=verbose,
        )
    else:
        text = _rendered(trials, host.release, output_format, color or "auto", output)
    console.emit(text, output)
    return 0


def _refuse_unwritable(path: str | None) -> None:
    """Raise `TcptuneError` before anything is tried where the result could not be written afterwards."""
    folder = Path(path).resolve().parent if path not in (None, "-") else None
    if folder is not None and not (folder.is_dir() and os.access(folder, os.W_OK)):
        why = "it is not writable" if folder.is_dir() else "there is no such folder"
        raise TcptuneError(f"{path}: cannot be written: {folder}: {why}")


def _end_in_order() -> None:
    """Have SIGTERM and SIGHUP end this process as an exit does, so that half-written files are taken away."""
    import signal

    def end(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)


def _progress(trial: Trial, done: int, total: int) -> None:
    from tcptune.model.lab import WORDS

    under = f" under {trial.under}" if trial.under else ""
    console.notice(f"{done}/{total} {trial.name}{under}: {WORDS[trial.verdict]} ({trial.seconds:.1f} s)")


def _silent(*_: object) -> None:
    """Say nothing."""


def _tasks(names: list[str], profile: str | None, twist: str | None, target: Target, *, full: bool) -> list[Task]:
    """Return what is to be run. Raises `TcptuneError` for unknown names."""
    from tcptune.lab.registry import chosen
    from tcptune.lab.runner import Task

    found = chosen(names)
    if twist is not None:
        for name, each in found.items():
            if twist not in each.twists:
                raise TcptuneError(
                    f"{name} has no setting {twist!r} to break", hint=f"it has: {', '.join(each.twists) or 'none'}"
                )
    if profile is None:
        return [Task(name, each, {}, twist, None, full) for name, each in found.items()]
    current, wanted, title = _settings(profile)
    return [
        Task(name, each, settings, twist, under, full)
        for name, each in found.items()
        for settings, under in ((current, "this host's settings"), (wanted, f"the profile {title}"))
    ]


def _settings(profile: str) -> tuple[dict[str, str], dict[str, str], str]:
    """Return what this host has and what the profile wants, for all that a namespace can have of its own."""
    from tcptune.lab.settings import both
    from tcptune.profiles.load import load
    from tcptune.rules.nearest import meant

    chain = load(profile, config.refuse_writable, meant)
    return *both(chain), chain.last.profile.name


def _text(
    trials: list[Trial],
    kernel: str,
    color: str,
    output: str | None,
    *,
    ladders: bool,
    explain: bool,
    everything: bool,
) -> str:
    """Return the text: everything with `explain`, ladders for experiments that were named, lines for `all`."""
    from tcptune.formats import lab_text
    from tcptune.lab.registry import experiments

    links = {name: (*each.rules, *each.parameters, *each.topics) for name, each in experiments().items()}
    return lab_text.text(
        trials,
        kernel,
        console.style(color, output),
        console.width(output),
        ladders=ladders or explain,
        everything=everything,
        links=links if explain else None,
    )


def _rendered(trials: list[Trial], kernel: str, output_format: str, color: str, output: str | None) -> str:
    """Return the other formats: the document, the table for a terminal or for a README."""
    if output_format == "json":
        from tcptune.formats import json_, lab_json
        from tcptune.lab.registry import experiments

        links = {name: (each.rules, each.parameters) for name, each in experiments().items()}
        return json_.dump(lab_json.document(trials, kernel, links))
    from tcptune.formats import lab_text

    if output_format == "markdown":
        return lab_text.markdown(trials, kernel)
    return lab_text.summary_table(trials, kernel, console.style(color, output), console.width(output))


app.command("serve")(lab_ends.serve)
app.command("connect")(lab_ends.connect)
