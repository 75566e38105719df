"""What is asked of every input: it is read without any exception but our own, and every place lies in the file."""

from __future__ import annotations

import re

from tcptune.errors import TcptuneError
from tcptune.lint import reading
from tcptune.model.setting import Location
from tools.fuzz.targets import Target

WRITTEN = {
    "sysctl.d": "etc/sysctl.d/80-tcptune.conf",
    "ansible-vars": "vars.yml",
    "kubernetes": "pod.yaml",
    "compose": "compose.yaml",
    "tuned": "tuned.conf",
    "nixos": "sysctl.nix",
    "docker-run": "run.sh",
    "machineconfig": "machineconfig.yaml",
}
"""What a file of each format that profiles are written in may be called."""


def trial(target: Target, data: bytes) -> None:
    """Read the bytes as a file of one of the target's names; the first byte chooses where there are several."""
    path = target.paths[data[0] % len(target.paths)] if data else target.paths[0]
    data = data[1:] if len(target.paths) > 1 else data
    try:
        (profile if target.profile else whole if target.whole else read)(path, data)
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


_REFUSED = re.compile(r"a\.yaml:(\d+):(\d+): ")
_NOT_IN_PLACE = re.compile(r"a\.yaml: larger than ")


def profile(path: str, data: bytes) -> None:
    """Read a profile, judge it and write it for every target on two kernels: what is refused has its place."""
    from tcptune.catalog.targets import resolve
    from tcptune.lint import reading
    from tcptune.profiles.facts import Facts
    from tcptune.profiles.load import Chain, parse
    from tcptune.profiles.view import judge
    from tcptune.render.plan import plan
    from tcptune.render.sheet import FORMATS, writer

    try:
        chain = Chain((parse(path, data),))
        for kernel in ("4.18", "6.18"):
            known = Facts(resolve(kernel), 8 << 30, distro="debian12", loaded=lambda _: True, loader="systemd")
            judge(chain, known)
            for name in FORMATS:
                sheet = plan(chain, known, writer(name), everything=True)
                file = reading.read(WRITTEN[name], writer(name).write(sheet).encode("utf-8"), named=True)
                found = {setting.key: setting.value for setting in file.reading.settings} if file is not None else {}
                assert found == {entry.key: entry.value for entry in sheet.entries}, name
    except TcptuneError as error:
        assert error.message.isprintable(), error.message
        place = _REFUSED.match(error.message)
        assert place is not None or _NOT_IN_PLACE.match(error.message), error.message
        if place is not None:
            lines = re.split(r"\r\n|\n", data.decode("utf-8-sig", "replace"))
            inside(Location(path, int(place[1]), int(place[2])), lines)
