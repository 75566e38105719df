"""`tcptune sockets` against `ss | awk | sort | head` with a million sockets in TIME_WAIT: `make bench` runs it as root.

`python bench/sockets.py [SOCKETS [DESTINATIONS]]` alone does the same. It starts itself again in a network namespace of
its own and fails rather than touch any other.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tabulate import tabulate

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import fill
from bench.run import TCPTUNE, Run, run

PEER = "ss -Htan state time-wait | awk '{n[$4]++} END {for (k in n) print n[k], k}' | sort -rn | head"
SOCKETS, DESTINATIONS = 1_000_000, 1000
ROUNDS = 9


def namespace() -> int:
    """Return the inode of this process's network namespace."""
    return Path("/proc/self/ns/net").stat().st_ino


def waiting() -> int:
    """Return how many sockets are in TIME_WAIT."""
    words = Path("/proc/net/sockstat").read_text().split("TCP:")[1].split()
    return int(words[words.index("tw") + 1])


def measure(wanted: int, number: int) -> None:
    """Make the sockets, run both in turn while they last, print one line."""
    fill.prepare(wanted)
    begin = time.monotonic()
    fill.fill(fill.destinations(number), wanted // number, processes=os.cpu_count() or 1)
    made, took = waiting(), time.monotonic() - begin
    runs: list[tuple[Run, Run]] = []
    while len(runs) < ROUNDS and waiting() > 0.99 * made:
        runs.append((run([TCPTUNE, "sockets"]), run(["/bin/sh", "-c", PEER])))
    if len(runs) < 2:
        raise SystemExit("the sockets ended before they could be measured")
    runs, left = runs[1:], waiting()
    row = [
        f"{made:,} to {number:,} destinations ({left:,} at the end), made in {took:.0f} s",
        f"{1000 * statistics.median(mine.wall for mine, _ in runs):.0f} ms",
        f"{1000 * statistics.median(peer.wall for _, peer in runs):.0f} ms",
        f"{statistics.median(mine.wall / peer.wall for mine, peer in runs):.2f}",
        f"{statistics.median(mine.processor / peer.processor for mine, peer in runs):.2f}",
        "0.80",
        f"{max(mine.memory for mine, _ in runs):.1f} MiB (bound 60)",
    ]
    headers = ["sockets in TIME_WAIT", "ours", "ss|awk|sort", "wall ratio", "cpu ratio", "bound", "peak memory"]
    print(tabulate([row], headers=headers, disable_numparse=True))
    print(f"\nmedians of {len(runs)} runs in turn")


def main(arguments: list[str]) -> int:
    """Start again in a namespace of our own, or measure when we are in it."""
    if len(arguments) == 3:
        outside, wanted, number = map(int, arguments)
        if namespace() == outside:
            raise SystemExit("still in the caller's network namespace: nothing was done")
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        measure(wanted, number)
        return 0
    if os.geteuid() != 0:
        print("tcptune sockets / ss | awk: not measured, since the sockets are made in a namespace, which needs root")
        return 0
    wanted, number = (*map(int, arguments), *(SOCKETS, DESTINATIONS)[len(arguments) :])
    again = [sys.executable, __file__, str(namespace()), str(wanted), str(number)]
    return subprocess.run(["unshare", "-n", "--", *again], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
