"""Kill and refuse `tcptune apply` and its kin at every system call that changes something, and end what is left.

    python -m tools.faults [--count N] [--seed N] [--call NAME] [SCENARIO…]

Each fault is one run on a stage of its own, some 0.4 s; N of them are chosen by chance (0: all of them, 20 min).
SCENARIO is a part of a scenario's name. Printed is a line a scenario, and everything that is lost. The status is 1 when
something is, 2 when nothing can be tried here.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import Counter

from tcptune.errors import TcptuneError
from tools.faults.campaign import Campaign, warm
from tools.faults.scenarios import SCENARIOS
from tools.faults.traced import attach_works


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tools.faults", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=300, help="how many faults, 0 for all of them (300)")
    parser.add_argument("--seed", type=int, default=0, help="which ones (0)")
    parser.add_argument("--call", help="only at this system call")
    parser.add_argument("scenarios", nargs="*", help="parts of the names of scenarios (all of them)")
    asked = parser.parse_args()
    if os.geteuid() != 0 or not attach_works():
        print("faults are injected by strace, as root", file=sys.stderr)
        return 2
    warm()
    began = time.monotonic()
    chosen = [each for each in SCENARIOS if not asked.scenarios or any(part in each.name for part in asked.scenarios)]
    try:
        campaign = Campaign(chosen, asked.call)
        lost = campaign.run(asked.count, random.Random(asked.seed), lambda line: print(line, flush=True))
    except TcptuneError as error:
        print(error.message, file=sys.stderr)
        return 2
    kinds = Counter(fault.kind for _, fault, _ in campaign.tried)
    print(", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())))
    print(f"{len(campaign.tried)} faults of {campaign.possible} tried, {lost} lost, {time.monotonic() - began:.0f} s")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
