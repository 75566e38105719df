"""`tcptune lint`: configuration files checked without a kernel."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import Annotated, Literal

import typer

from tcptune.cli import config, console, standby
from tcptune.cli import options as o
from tcptune.cli.lint_asked import Asked, Rules, files_of
from tcptune.cli.lint_shown import Shown, changes, counted, mended, prepare, rendered
from tcptune.errors import TcptuneError
from tcptune.model.finding import reaches
from tcptune.model.lint import LintReport

Format = Annotated[
    Literal["text", "json", "sarif", "github", "gitlab", "junit"] | None,
    typer.Option("--format", "-f", help="How to print the result.", show_default="text"),
]
Kernels = Annotated[
    list[str] | None,
    typer.Option("--kernel", metavar="VERSION|DISTRO,...", help="Kernels the files are for; repeatable."),
]


def lint(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATH...", help="Files and folders; - is standard input.")
    ] = None,
    output_format: Format = None,
    output: o.Output = None,
    fail_on: o.FailOnOption = None,
    select: o.Select = None,
    ignore: o.Ignore = None,
    kernel: Kernels = None,
    root: Annotated[
        str | None,
        typer.Option("--root", metavar="DIR", help="Read DIR as a host's file system; PATHs are relative to it."),
    ] = None,
    stdin_filename: Annotated[
        str, typer.Option("--stdin-filename", metavar="NAME", help="What standard input is called, for its format.")
    ] = "stdin.conf",
    statistics: Annotated[bool, typer.Option("--statistics", help="Print how often each rule spoke, no more.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what is safe to mend in the files.")] = False,
    unsafe_fixes: Annotated[bool, typer.Option("--unsafe-fixes", help="With --fix: mend the rest too.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what --fix would change, change nothing.")] = False,
    baseline: Annotated[
        str | None, typer.Option("--baseline", metavar="FILE", help="An earlier JSON report: only what is new counts.")
    ] = None,
    profile: o.Profile = None,
    color: o.ColourOption = None,
    config_file: o.ConfigFile = None,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
) -> int:
    """Check configuration files: sysctl.d, Ansible, Kubernetes, compose, scripts, ...

    Exit status: 0 nothing at or above --fail-on, 1 findings, 2 wrong usage or a path that cannot be read.
    """
    settings = config.load(config_file)
    rules = Rules(o.names(select, settings.select), o.names(ignore, settings.ignore))
    asked = Asked(settings, kernel, rules, profile, *files_of(paths or [], root))
    if kernel or settings.kernel or settings.kernels or rules != Rules() or profile:
        standby.do(asked.check)  # What is asked for wrongly is said before anything is read.
    if fix and not diff and "-" in asked.files:
        raise TcptuneError("standard input is no file that can be mended", hint="--diff shows what would change")
    given = (stdin_filename, sys.stdin.buffer.read()) if "-" in asked.files else None
    run = partial(_found, asked, given, baseline, empty=bool(root and profile))
    report = run()
    limit = fail_on or settings.fail_on or "warning"
    if diff:
        console.emit(changes(report, unsafe=unsafe_fixes), output)
        return int(reaches(list(report.findings), limit))
    if fix:
        report = mended(report, run, unsafe=unsafe_fixes, quiet=quiet)
    if statistics:
        console.emit(counted(report), output)
    else:
        show = Shown(color or settings.color or "auto", output, quiet, verbose)
        console.emit(rendered(report, output_format or "text", show), output)
        if output_format is None and os.environ.get("GITHUB_ACTIONS") == "true":
            console.emit(rendered(report, "github", show))
    return int(reaches(list(report.findings), limit))


def _found(asked: Asked, stdin: tuple[str, bytes] | None, baseline: str | None, *, empty: bool) -> LintReport:
    """Return what the files hold, without what an earlier report has."""
    report = standby.do(asked.report, stdin, empty, meanwhile=prepare)
    if baseline is None:
        return report
    from tcptune.lint import baseline as known

    return known.only_new(report, known.load(baseline))
