"""What a run of lint is asked for: files, kernels, rules and profile, from the command line and the configuration."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from tcptune.cli.config import Config
from tcptune.errors import TcptuneError

if TYPE_CHECKING:
    from tcptune.lint.check import Options
    from tcptune.lint.root import HostFiles, Root
    from tcptune.model.lint import LintReport
    from tcptune.model.version import Target
    from tcptune.profiles.policy import Policy


class Rules(NamedTuple):
    """The rules that are wanted (all, when none is named) and those that are not."""

    wanted: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


class Asked(NamedTuple):
    """A run: the kernels of the command line (None: those of the configuration), the files, and what is read around."""

    settings: Config
    kernel: list[str] | None
    rules: Rules
    profile: str | None
    files: list[str]
    around: list[str]
    root: Root | None = None

    def options(self) -> Options:
        """Return what the engine is told. Raises `TcptuneError` for a kernel, rule or profile that there is not."""
        from tcptune.lint.check import Options
        from tcptune.lint.kernels import targets
        from tcptune.lint.patterns import Patterns
        from tcptune.rules.registry import select

        settings = self.settings
        base = os.path.dirname(os.path.abspath(settings.path)) if settings.path else ""  # noqa: PTH100, PTH120
        by_path = settings.kernels.items() if self.kernel is None else ()
        judged = targets(settings.kernel if self.kernel is None else self.kernel)
        return Options(
            targets=judged,
            rules=select(*self.rules),
            thresholds=settings.thresholds,
            per_file=Patterns(tuple(settings.per_file_ignores.items()), base),
            kernels=Patterns([(pattern, targets(names)) for pattern, names in by_path], base),
            policy=_policy(self.profile) if self.profile is not None else None,
            host=_host(self.root, judged[-1]) if self.root is not None else None,
        )

    def check(self) -> None:
        """Raise `TcptuneError` for what `options` cannot give, before a file is read."""
        self.options()

    def report(self, stdin: tuple[str, bytes] | None, empty: bool) -> LintReport:
        """Return what the files hold; `stdin` and `empty` are those of the engine."""
        from tcptune.lint.engine import lint

        return lint(self.files, self.options, stdin=stdin, context=self.around, empty=empty)


def files_of(paths: list[str], name: str | None) -> tuple[list[str], list[str], Root | None]:
    """Return what is checked, what is read beside it, and the root: all as paths from here.

    Raises `TcptuneError` when nothing is named, or what is named is not there.
    """
    if name is None:
        if not paths:
            raise TcptuneError("a PATH is missing: files or folders to check", hint="tcptune lint .")
        return paths, [], None
    from tcptune.lint.root import Root

    if "-" in paths:
        raise TcptuneError("standard input is no file below --root")
    root = Root(name)
    chosen, settings = root.given(paths), root.settings()
    return chosen if paths else settings, [*(settings if paths else ()), *root.modules()], root


def _host(root: Root, target: Target) -> HostFiles:
    """Return what the loaders of a root make of its files, on the newest kernel that they are for.

    Who may write them is asked only of an image that was unpacked as root: in a checkout they are the user's own.
    """
    from tcptune.audit.access import on_disk
    from tcptune.audit.origins import origins
    from tcptune.audit.root import kernel_of
    from tcptune.lint.root import HostFiles

    stat = on_disk(root.tree) if os.stat(root.folder).st_uid == 0 else None  # noqa: PTH116
    return HostFiles(root, origins(root.tree, kernel_of(target), target, stat=stat))


def _policy(name: str) -> Policy:
    """Return the profile of that name; profiles are imported for it alone."""
    from tcptune.cli.policy import policy

    return policy(name)
