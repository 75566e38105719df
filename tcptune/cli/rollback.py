"""`tcptune rollback`: a change undone by its journal."""

from __future__ import annotations

from typing import Annotated

import typer

from tcptune.cli import changes
from tcptune.cli import options as o
from tcptune.errors import TcptuneError

Name = Annotated[
    str | None, typer.Argument(metavar="ID", help="The entry to undo; the newest one by default.", show_default=False)
]
Expired = Annotated[
    bool, typer.Option("--expired", help="Undo only what was not confirmed in time; the armed undo calls it so.")
]


def rollback(
    name: Name = None,
    dry_run: changes.DryRun = False,
    force: changes.Force = False,
    expired: Expired = False,
    netns: o.Netns = None,
    pid: o.Pid = None,
    state_dir: changes.StateDir = changes.DEFAULT_STATE,
    output_format: changes.Format = "text",
    output: o.Output = None,
    color: o.ColourOption = None,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
) -> int:
    """Undo a change: its values and its file, unless somebody changed them since.

    Exit status: 0 done, 1 refused and nothing was changed, 2 wrong usage, 3 failed and everything was put back, 4
    failed and something could not be put back.
    """
    from tcptune.apply import rollback as engine
    from tcptune.apply.confirm import expire
    from tcptune.apply.journal import journal
    from tcptune.apply.signals import answered
    from tcptune.apply.target import entered, entered_again, require_root

    require_root()
    changes.ready(output_format, output, quiet=quiet or expired)
    if expired and name is None:
        raise TcptuneError("--expired needs the ID of a change")
    with answered():
        with journal(changes.state_folder(state_dir), make=False) as opened:
            if name is not None and netns is None and pid is None:
                place = entered_again(opened.entry(name).header.place)
            else:
                place = entered(netns, pid)
            if expired and name is not None:
                undone = expire(name, place, opened)
                return 0 if undone is None else changes.tell(undone, "text", None, "never", quiet=True, verbose=False)
            entry = engine.choose(opened, place, name)
            changes.warn_of_unfinished(state_dir, except_for=entry.id)
            done = engine.rollback(entry, place, opened, dry_run=dry_run, force=force)
        return changes.tell(done, output_format, output, color or "auto", quiet=quiet, verbose=verbose)
