"""The way of a lint run: files are found and looked at quickly; only what may hold settings is read and judged.

Rules, catalogue and formats are imported when the first such file is met: most files of a repository hold none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from tcptune.lint import discover
from tcptune.model.lint import LintReport
from tcptune.sources.hints import worth

if TYPE_CHECKING:
    from tcptune.lint.check import Options


def lint(paths: Sequence[str], options: Callable[[], Options], *, stdin: tuple[str, bytes] | None = None) -> LintReport:
    """Check files and folders; `stdin` is a name and the bytes read for the path `-`.

    `options` is asked once there is something to judge. Raises `TcptuneError` for a path given that cannot be read;
    what is found below a folder never ends the run.
    """
    found = discover.Found()
    seen = 0
    worthy: list[tuple[str, bytes, bool]] = []
    for path, data, named in _inputs(paths, found, stdin):
        seen += 1
        if data is not None and worth(path, data):
            worthy.append((path, data, named))
    if not worthy:
        return LintReport((), seen=seen, skipped=tuple(found.skipped))
    from tcptune.lint.check import Candidate, check

    return check([Candidate(*each) for each in worthy], options(), seen, found.skipped)


def _inputs(
    paths: Sequence[str], found: discover.Found, stdin: tuple[str, bytes] | None
) -> Iterator[tuple[str, bytes | None, bool]]:
    rest = [path for path in paths if path != "-"]
    if stdin is not None and "-" in paths:
        yield stdin[0], stdin[1], True
    for path, named in discover.find(rest, found):
        yield path, discover.load(path, named, found), named
