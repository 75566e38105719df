"""`tcptune history`: the changes that were made, and what somebody changed since."""

from __future__ import annotations

from contextlib import suppress

from tcptune.cli import changes, console
from tcptune.cli import options as o


def history(
    netns: o.Netns = None,
    pid: o.Pid = None,
    state_dir: changes.StateDir = changes.DEFAULT_STATE,
    output_format: changes.Format = "text",
    output: o.Output = None,
    color: o.ColourOption = None,
) -> int:
    """List the changes that were made, the newest first, with what somebody changed since.

    Exit status: 0 done, 1 the journal cannot be read, 2 wrong usage.
    """
    from tcptune.apply.journal import journal
    from tcptune.apply.procsys import ProcSys, means
    from tcptune.apply.target import entered, require_root, same
    from tcptune.model.journal import Entry, Look

    require_root("the journal belongs to root, and nobody else may read it")
    place = entered(netns, pid)
    proc = ProcSys()
    entries: list[Entry] = []
    state = changes.state_folder(state_dir)
    if changes.exists(state):
        with journal(state, make=False) as opened:
            entries = opened.entries()
        changes.warn_of_unfinished(state)

    def now(key: str) -> str | None:
        with suppress(OSError):
            return proc.read(key)
        return None

    def here(entry: Entry) -> bool:
        return same(entry.header.place, place)

    look = Look(here, now, means)

    if output_format == "json":
        from tcptune.formats import apply_json, json_

        text = json_.dump(apply_json.history(entries, look))
    else:
        from tcptune.formats import apply_text

        style = console.style(color or "auto", output)
        text = apply_text.history(entries, look, style, console.width(output))
    console.emit(text, output)
    return 0
