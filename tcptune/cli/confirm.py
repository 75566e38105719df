"""`tcptune confirm`: the change that waits is kept."""

from __future__ import annotations

from tcptune.cli import changes
from tcptune.cli import options as o


def confirm(
    netns: o.Netns = None,
    pid: o.Pid = None,
    state_dir: changes.StateDir = changes.DEFAULT_STATE,
    output_format: changes.Format = "text",
    output: o.Output = None,
    color: o.ColourOption = None,
    quiet: o.Quiet = False,
) -> int:
    """Keep a change that was applied with --confirm-within: its drop-in is written, its undo disarmed.

    Exit status: 0 done, 1 refused: nothing waits, the time is over, or somebody changed a value since, 2 wrong usage,
    3 failed and everything was put back, 4 failed and something could not be put back.
    """
    from tcptune.apply.confirm import confirm as keep
    from tcptune.apply.journal import journal
    from tcptune.apply.signals import answered
    from tcptune.apply.target import entered, require_root

    require_root()
    changes.ready(output_format, output, quiet=quiet)
    place = entered(netns, pid)
    with answered():
        with journal(changes.state_folder(state_dir), make=False) as opened:
            done = keep(place, opened)
        return changes.tell(done, output_format, output, color or "auto", quiet=quiet, verbose=False)
