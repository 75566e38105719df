"""What is asked of every input: it is read without any exception but our own, and every place lies in the file."""

from __future__ import annotations

from tcptune.errors import TcptuneError
from tcptune.lint import reading
from tcptune.model.setting import Location
from tools.fuzz.targets import Target


def trial(target: Target, data: bytes) -> None:
    """Read the bytes as a file of one of the target's names; the first byte chooses where there are several."""
    path = target.paths[data[0] % len(target.paths)] if data else target.paths[0]
    data = data[1:] if len(target.paths) > 1 else data
    try:
        (whole if target.whole else read)(path, data)
    except TcptuneError:
        return


def read(path: str, data: bytes) -> None:
    """Read settings, comments and problems, and check where they are said to stand."""
    file = reading.read(path, data, named=True)
    if file is None:
        return
    lines = file.text.lines
    for setting in file.reading.settings:
        assert setting.key_at is not None
        for at in filter(None, (setting.key_at, setting.value_at)):
            inside(at, lines)
    for problem in file.problems:
        inside(problem.at, lines)
    for comment in file.reading.comments:
        inside(comment.at, lines)
        assert comment.text.strip()


def inside(at: Location, lines: list[str]) -> None:
    """Fail for a place that is not in these lines."""
    assert 1 <= at.line <= len(lines), at
    assert 1 <= at.column <= len(lines[at.line - 1]) + 1, at
    if at.end_line is not None and at.end_column is not None:
        assert at.line <= at.end_line <= len(lines), at
        assert 1 <= at.end_column <= len(lines[at.end_line - 1]) + 1, at
        assert (at.end_line, at.end_column) >= (at.line, at.column), at


def whole(path: str, data: bytes) -> None:
    """Lint, mend and print: every format takes the report, and what was mended is mended."""
    import json
    from xml.etree import ElementTree

    from tcptune.formats import github, gitlab, json_, junit, lint_json, lint_text, sarif
    from tcptune.formats.style import Style
    from tcptune.lint import engine, fix
    from tcptune.lint.check import Options
    from tcptune.lint.kernels import targets
    from tcptune.rules.registry import rules

    report = engine.lint(["-"], lambda: Options(targets(("6.1",)), rules()), stdin=(path, data))
    for finding in report.findings:
        assert finding.message
        if finding.at is not None and finding.at.path in report.texts:
            inside(finding.at, [row.removesuffix("\r") for row in report.texts[finding.at.path].split("\n")])
    json.loads(sarif.lint(report, {}).encode())
    json.loads(gitlab.lint(report).encode())
    json.loads(json_.dump(lint_json.lint(report)).encode("utf-8", "backslashreplace"))
    ElementTree.fromstring(junit.lint(report).encode())
    assert github.lint(report).count("\n") == len(report.findings)
    lint_text.lint(report, Style(False), 80, verbose=True).encode("utf-8", "backslashreplace")
    fix.diff(fix.plan(report, unsafe=True)).encode("utf-8", "surrogateescape")
