"""Run a guest as a child, and see that none of its processes outlives it, whatever becomes of the caller.

`python -m tools.uml.keeper SECONDS PROGRAM [ARGUMENT…]`; exit status 124 when the time was over.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys

TIMED_OUT = 124
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def main() -> int:
    """Start the guest in a session of its own, wait for it, kill and reap all that it left."""
    libc = ctypes.CDLL(None)
    # What a killed kernel leaves behind becomes our child instead of init's, so that we can wait for it.
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    guest = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        guest.wait(float(sys.argv[1]))
    except subprocess.TimeoutExpired:
        return TIMED_OUT
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(guest.pid, signal.SIGKILL)
        guest.wait()
        with contextlib.suppress(ChildProcessError):
            while True:
                os.waitpid(-1, 0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
