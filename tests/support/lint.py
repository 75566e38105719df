"""Lint runs for tests: files written into a folder, checked as a user would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tcptune.lint import engine
from tcptune.lint.check import Options
from tcptune.lint.kernels import targets
from tcptune.lint.patterns import Patterns
from tcptune.model.lint import LintReport
from tcptune.rules.registry import rules


def options(*kernels: str, per_file: Mapping[str, Sequence[str]] | None = None, base: Path | None = None) -> Options:
    """Return the options of a run with all rules, for 6.1 when no kernel is named; patterns are below `base`."""
    ignored = Patterns(tuple((per_file or {}).items()), str(base or ""))
    return Options(targets(kernels or ("6.1",)), rules(), per_file=ignored)


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files below a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def lint(paths: Sequence[str], chosen: Options, stdin: tuple[str, bytes] | None = None) -> LintReport:
    """Lint paths with these options."""
    return engine.lint(paths, lambda: chosen, stdin=stdin)


def run(folder: Path, files: Mapping[str, str | bytes], *kernels: str) -> LintReport:
    """Write the files and lint the folder."""
    write(folder, files)
    return lint([str(folder)], options(*kernels))


def told(report: LintReport, folder: Path) -> list[tuple[str, str, int, int]]:
    """Return rule, path below the folder, line and column of every finding."""
    return [
        (item.rule, str(Path(item.at.path).relative_to(folder)), item.at.line, item.at.column)
        for item in report.findings
        if item.at is not None
    ]
