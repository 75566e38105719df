"""The undo that waits, on a real systemd as init: armed, fired, disarmed, and what a reboot leaves of it.

    python -m tools.faults.boots

Four boots of one machine, a minute or three each. Printed is a line for each promise that was tried; the status is 1
when one does not hold, 2 when no machine can be had here.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from tcptune.errors import TcptuneError
from tools.boot.machine import Machine
from tools.boot.tree import PLACE
from tools.faults.guest import BOOTS

GUEST = f"{PLACE}/run/guest.py"
INSTALLED = "/usr/lib/python3/dist-packages/tcptune.pth"
SOURCES = f"{PLACE}/source\n{PLACE}/packages\n"
"""An installed tcptune, which an interpreter finds without any environment: that is what a timer can start."""


def run(words: list[str]) -> int:
    """Boot for each of these words (all of them, when there are none); print, and return how much does not hold."""
    wrong = 0
    with Machine() as machine:
        machine.write({GUEST: Path(__file__).with_name("guest.py").read_text("utf-8"), INSTALLED: SOURCES})
        for word in words or list(BOOTS):
            began = time.monotonic()
            done = machine.boot(f"python3 {GUEST} {word} > $RESULT\n", timeout=300)
            checks = json.loads(done.result or "[]")
            print(f"{word}: {time.monotonic() - began:.0f} s", flush=True)
            if not checks:
                wrong += 1
                print(f"    it ended with status {done.status}: {done.output[-500:]}")
            for name, holds, said in checks:
                wrong += not holds
                print(f"    {'holds' if holds else 'WRONG'}  {name}" + ("" if holds else f": {said}"))
    return wrong


def main() -> int:
    """Run what the command line asks for."""
    try:
        wrong = run(sys.argv[1:])
    except TcptuneError as error:
        print(error.message, file=sys.stderr)
        return 2
    print(f"{wrong} promises do not hold")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
