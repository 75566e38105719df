"""`tcptune diff`: a profile beside the running host, files, something saved, or another profile."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from tcptune.cli import config, console, unfinished
from tcptune.cli import options as o
from tcptune.cli.policy import meant as meant
from tcptune.cli.policy import policy
from tcptune.diff.engine import diff as run_diff
from tcptune.diff.where import Where
from tcptune.errors import TcptuneError
from tcptune.model.diff import DiffReport

Format = Annotated[Literal["text", "json", "markdown"], typer.Option("--format", "-f", help="How to print the result.")]
Sysctl = Annotated[bool, typer.Option("--sysctl", help="Print what is to be set as a file for sysctl.d.")]
Everything = Annotated[bool, typer.Option("--all", help="Also what is right already or does not concern this host.")]
Against = Annotated[
    str | None,
    typer.Option("--against", metavar="PROFILE", help="Compare with another profile instead of a host."),
]


def diff(
    profile: Annotated[str, typer.Argument(metavar="PROFILE", help="A profile's name, or a path with a slash.")],
    output_format: Format = "text",
    output: o.Output = None,
    everything: Everything = False,
    sysctl: Sysctl = False,
    against: Against = None,
    netns: o.Netns = None,
    pid: o.Pid = None,
    all_netns: o.AllNetns = False,
    root: o.Root = None,
    snapshot: o.SnapshotOption = None,
    kernel: o.Kernel = None,
    color: o.ColourOption = None,
    config_file: o.ConfigFile = None,
    quiet: o.Quiet = False,
) -> int:
    """Compare a profile with the running host or something else: what differs, what to set, and why.

    Exit status: 0 nothing differs, 1 something does, 2 wrong usage or an input that cannot be read.
    """
    places = {"--netns": netns, "--pid": pid, "--all-netns": all_netns, "--root": root, "--snapshot": snapshot}
    o.refuse_together({**places, "--against": against}, ": each says what to compare with")
    if kernel is not None and root is None and against is None:
        raise TcptuneError("--kernel goes with --root or --against: a host or a snapshot has its own kernel")
    if sysctl and output_format != "text":
        raise TcptuneError(f"--sysctl and --format {output_format} exclude each other")
    o.refuse_together({"--sysctl": sysctl, "--all-netns": all_netns}, ": files are for the initial namespace")
    settings = config.load(config_file)
    other = policy(against) if against is not None else None
    report = run_diff(policy(profile), Where(netns, pid, all_netns, root, snapshot, other, kernel))
    if not quiet:
        unfinished.warn()
        for line in report.problems:
            console.notice(line)
    colour = color or settings.color or "auto"
    console.emit(_rendered(report, output_format, colour, output, everything, sysctl), output)
    return int(bool(report.differences))


def _rendered(
    report: DiffReport, output_format: str, color: str, output: str | None, everything: bool, sysctl: bool
) -> str:
    if output_format == "json":
        from tcptune.formats import diff_json, json_

        return json_.dump(diff_json.diff(report))
    if sysctl:
        from tcptune.formats import diff_sysctl

        return diff_sysctl.sysctl(report, everything=everything)
    if output_format == "markdown":
        from tcptune.formats import diff_markdown

        return diff_markdown.markdown(report, everything=everything)
    from tcptune.formats import diff_text

    return diff_text.text(report, console.style(color, output), console.width(output), everything=everything)
