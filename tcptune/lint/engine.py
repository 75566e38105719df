"""The way of a lint run: files are found and looked at quickly; only what may hold settings is read and judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from tcptune.lint import ahead, crew
from tcptune.lint.around import beside
from tcptune.model.lint import LintReport

if TYPE_CHECKING:
    from tcptune.lint.check import Options


def lint(
    paths: Sequence[str],
    options: Callable[[], Options],
    *,
    stdin: tuple[str, bytes] | None = None,
    context: Sequence[str] = (),
    empty: bool = False,
) -> LintReport:
    """Check files and folders; `stdin` is a name and the bytes read for the path `-`.

    `options` is asked once there is something to judge. `context` are files that surround the given ones; nothing is
    told of them. The drop-in folder of a file that was named itself is such a context, too. With `empty` the judges are
    asked even where no file holds settings, as for a whole host and a profile. Raises `TcptuneError` for a path given
    that cannot be read; what is found below a folder never ends the run.
    """
    begun, asked = ahead.take([path for path in paths if path != "-"]), cache(options)
    look = begun.look
    given = stdin if "-" in paths else None
    if given is not None:
        look.add(*given, True)
    files = begun.files + crew.look(look, begun.others, asked)
    named = [path for path, itself in files if itself] + ([given[0]] if given is not None else [])
    around = beside(named, [path for path, _ in files], context) if named or context else []
    look.files((path, False) for path in around)
    report = LintReport(())
    if look.candidates or empty:
        report = crew.judge(look.candidates, asked(), look.share(around))
    return replace(
        report,
        seen=len(files) + (given is not None),
        skipped=(*sorted(begun.found.skipped), *sorted({*look.skipped, *report.skipped})),
    )
