"""`tcptune lint`: configuration files checked without a kernel."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tcptune.cli import config, console
from tcptune.cli import options as o
from tcptune.errors import TcptuneError
from tcptune.lint.engine import lint as run_lint
from tcptune.model.finding import reaches
from tcptune.model.lint import LintReport

if TYPE_CHECKING:
    from tcptune.lint.check import Options
    from tcptune.profiles.policy import Policy

Format = Annotated[
    Literal["text", "json", "sarif", "github", "gitlab", "junit"] | None,
    typer.Option("--format", "-f", help="How to print the result.", show_default="text"),
]
Kernels = Annotated[
    list[str] | None,
    typer.Option("--kernel", metavar="VERSION|DISTRO,...", help="Kernels the files are for; repeatable."),
]


def lint(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files and folders; - is standard input.")],
    output_format: Format = None,
    output: o.Output = None,
    fail_on: o.FailOnOption = None,
    select: o.Select = None,
    ignore: o.Ignore = None,
    kernel: Kernels = None,
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
    """Check configuration files: sysctl.d, Ansible, Kubernetes, compose, scripts and more.

    Exit status: 0 nothing at or above --fail-on, 1 findings, 2 wrong usage or a path that cannot be read.
    """
    settings = config.load(config_file)
    kernels = tuple(kernel) if kernel is not None else settings.kernel
    wanted, dropped = o.names(select, settings.select), o.names(ignore, settings.ignore)

    def options() -> Options:
        return _options(settings, kernels, wanted, dropped, profile)

    if kernels or wanted or dropped or profile:
        options()
    given = (stdin_filename, sys.stdin.buffer.read()) if "-" in paths else None
    report = run_lint(paths, options, stdin=given)
    if baseline is not None:
        from tcptune.lint import baseline as known

        report = known.only_new(report, known.load(baseline))
    if diff or fix:
        report = _mended(report, unsafe=unsafe_fixes, write=fix and not diff, output=output, quiet=quiet)
        if diff:
            return int(reaches(list(report.findings), fail_on or settings.fail_on or "warning"))
    chosen = output_format or "text"
    if statistics:
        from tcptune.formats.lint_text import statistics as table

        console.emit(table(report), output)
    else:
        colour = color or settings.color or "auto"
        console.emit(_rendered(report, chosen, colour, output, quiet, verbose), output)
        if output_format is None and os.environ.get("GITHUB_ACTIONS") == "true":
            console.emit(_rendered(report, "github", colour, None, quiet, verbose))
    return int(reaches(list(report.findings), fail_on or settings.fail_on or "warning"))


def _options(
    settings: config.Config,
    kernels: tuple[str, ...],
    wanted: tuple[str, ...],
    dropped: tuple[str, ...],
    profile: str | None = None,
) -> Options:
    from tcptune.lint.check import Options
    from tcptune.lint.kernels import targets
    from tcptune.rules.registry import select

    return Options(
        targets=targets(kernels),
        rules=select(wanted, dropped),
        thresholds=settings.thresholds,
        per_file=settings.per_file_ignores,
        policy=_policy(profile) if profile is not None else None,
    )


def _policy(name: str) -> Policy:
    """Return the profile of that name; profiles are imported for it alone."""
    from tcptune.cli.policy import policy

    return policy(name)


def _mended(report: LintReport, *, unsafe: bool, write: bool, output: str | None, quiet: bool) -> LintReport:
    """Show or make the changes; with them made, return the report of what is left."""
    from dataclasses import replace

    from tcptune.lint import fix

    changes = [change for change in fix.plan(report, unsafe=unsafe) if os.path.exists(change.path)]  # noqa: PTH110
    if not write:
        console.emit(fix.diff(changes), output)
        return report
    fix.write(changes)
    settled = [finding for change in changes for finding in change.settled]
    if settled and not quiet:
        console.notice(f"mended {len(settled)} finding{'' if len(settled) == 1 else 's'} in {len(changes)} file(s)")
    left = tuple(finding for finding in report.findings if finding not in settled)
    return replace(report, findings=left)


def _rendered(
    report: LintReport, output_format: str, color: str, output: str | None, quiet: bool, verbose: bool
) -> str:
    if output_format == "text":
        from tcptune.formats import lint_text

        width = console.width(output)
        return lint_text.lint(report, console.style(color, output), width, quiet=quiet, verbose=verbose)
    if output_format == "json":
        from tcptune.formats import json_, lint_json

        return json_.dump(lint_json.lint(report))
    if output_format == "sarif":
        from tcptune.formats import sarif
        from tcptune.rules.registry import rules

        described = {
            rule.code: (rule.slug, rule.severity, rule.summary, sys.modules[rule.check.__module__].__doc__ or "")
            for rule in rules()
        }
        return sarif.lint(report, described)
    from tcptune.formats import github, gitlab, junit

    writers = {"github": github.lint, "gitlab": gitlab.lint, "junit": junit.lint}
    if output_format not in writers:
        raise TcptuneError(f"there is no format {output_format!r}")
    return writers[output_format](report)
