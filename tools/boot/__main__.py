"""Boot trees of drop-ins, and hold what `tcptune audit --root` said before against what the boot gave.

    python -m tools.boot [--suites NAME,…] [--generated N] [--seed N] [CASE…]

A suite is a Debian release with its own systemd and kernel: bookworm has systemd 252 and Linux 6.1.
Each tree is one boot of some 15 s; CASE is a part of a case's name. Printed is a line a boot, and each disagreement.
The status is 1 when there was one, 2 when no machine can be had here.
"""

from __future__ import annotations

import argparse
import sys
import time

from tcptune.errors import TcptuneError
from tools.boot import metrics
from tools.boot.cases import CASES, generated
from tools.boot.compare import Verdict, compare
from tools.boot.host import check
from tools.boot.machine import Files, Machine
from tools.boot.tree import SERIES, SUITE, runs_tcptune


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tools.boot", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--generated", type=int, default=10, help="how many trees by chance, too (10)")
    parser.add_argument("--seed", type=int, default=0, help="the first one's seed (0)")
    parser.add_argument("--suites", default=SUITE, help=f"comma-separated ({SUITE})")
    parser.add_argument("cases", nargs="*", help="parts of the names of cases (all of them)")
    asked = parser.parse_args()
    trees = {name: files for name, files in CASES.items() if _wanted(name, asked.cases)}
    if not asked.cases:
        trees |= {f"seed {seed}": generated(seed) for seed in range(asked.seed, asked.seed + asked.generated)}
    try:
        return max(max(run(suite, trees), 0 if asked.cases else hosts(suite)) for suite in asked.suites.split(","))
    except TcptuneError as error:
        print(error.message, file=sys.stderr)
        return 2


def _wanted(name: str, parts: list[str]) -> bool:
    return not parts or name == "nothing" or any(part in name for part in parts)


def run(suite: str, trees: dict[str, Files]) -> int:
    """Boot each tree, after one without any drop-in; print, and return the exit status."""
    print(f"{suite}, on {SERIES[suite]}", flush=True)
    began = time.monotonic()
    done: dict[str, Verdict] = {}
    with Machine(suite=suite) as machine:
        baseline: dict[str, str] = {}
        for name, files in trees.items():
            verdict = done[name] = compare(machine, files, baseline)
            baseline = baseline or verdict.values
            print(f"{name:54} {verdict.summary}", flush=True)
            for line in verdict.wrong:
                print(f"    {line}")
    wrong = sum(len(verdict.wrong) for verdict in done.values())
    written = sum(verdict.written for verdict in done.values())
    seconds = time.monotonic() - began
    print(f"{len(done)} boots, {written} parameters that files set, {wrong} disagreements, {seconds:.0f} s")
    return 1 if wrong else 0


def hosts(suite: str) -> int:
    """Run tcptune inside of a booted host; print, and return the exit status."""
    if not runs_tcptune(suite):
        print("inside of the booted host: not tried, its Python is older than 3.11")
        return 0
    with Machine(suite=suite) as machine:
        wrong = check(machine)
    print(f"{'inside of the booted host, and after a reboot':54} {len(wrong)} disagreements")
    with Machine(suite=suite) as machine:
        more, exposure = metrics.check(machine)
    print(f"{'the service that writes metrics':54} {len(more)} disagreements; {exposure}")
    wrong += more
    for line in wrong:
        print(f"    {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
