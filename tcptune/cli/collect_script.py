"""`tcptune collect-script`: the script that collects a host's facts where nothing can be installed."""

from __future__ import annotations

from tcptune.cli import console
from tcptune.cli import options as o


def collect_script(output: o.Output = None) -> int:
    """Print a POSIX sh script that collects what `tcptune audit --snapshot FILE` reads.

    It runs on any Linux without Python: `tcptune collect-script | ssh HOST sh > host.txt`.

    Exit status: 0 done, 2 wrong usage.
    """
    from tcptune.audit.collected import script

    console.emit(script(), output)
    return 0
