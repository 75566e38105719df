"""`tcptune diff`: the running host beside a profile."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from tcptune.cli import config, console
from tcptune.cli import options as o
from tcptune.errors import TcptuneError
from tcptune.model.diff import DiffReport

Format = Annotated[Literal["text", "json", "markdown"], typer.Option("--format", "-f", help="How to print the result.")]
Sysctl = Annotated[bool, typer.Option("--sysctl", help="Print what is to be set as a file for sysctl.d.")]
Everything = Annotated[bool, typer.Option("--all", help="Also what is right already or does not concern this host.")]


def diff(
    profile: Annotated[str, typer.Argument(metavar="PROFILE", help="A profile's name, or a path with a slash.")],
    output_format: Format = "text",
    output: o.Output = None,
    everything: Everything = False,
    sysctl: Sysctl = False,
    netns: o.Netns = None,
    pid: o.Pid = None,
    color: o.ColourOption = None,
    config_file: o.ConfigFile = None,
    quiet: o.Quiet = False,
) -> int:
    """Compare the running host with a profile: what differs, what to set, and why.

    Exit status: 0 nothing differs, 1 something does, 2 wrong usage or a profile that cannot be read.
    """
    if netns is not None and pid is not None:
        raise TcptuneError("--netns and --pid exclude each other")
    if sysctl and output_format != "text":
        raise TcptuneError(f"--sysctl and --format {output_format} exclude each other")
    settings = config.load(config_file)
    from tcptune.diff.engine import diff as run_diff
    from tcptune.profiles.load import load

    report = run_diff(load(profile, config.refuse_writable, meant), netns, pid)
    if not quiet:
        for line in report.problems:
            console.notice(line)
    console.emit(
        _rendered(report, output_format, color or settings.color or "auto", output, everything, sysctl), output
    )
    return int(bool(report.differences))


def meant(key: str) -> str | None:
    """Return the parameter that was most likely meant by an unknown one."""
    from tcptune.rules.nearest import meant as nearest

    return nearest(key)


def _rendered(
    report: DiffReport, output_format: str, color: str, output: str | None, everything: bool, sysctl: bool
) -> str:
    if output_format == "json":
        from tcptune.formats import json_

        return json_.dump(json_.diff(report))
    from tcptune.formats import diff_text

    if sysctl:
        return diff_text.sysctl(report)
    if output_format == "markdown":
        return diff_text.markdown(report, everything=everything)
    return diff_text.text(report, console.style(color, output), console.width(output), everything=everything)
