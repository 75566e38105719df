"""Load generated trees with every real loader and its model, and count.

    python -m tools.loaders [--trees N] [--seed N] [--suites bullseye,…]

`--trees` is for each suite. Printed is one line a loader; a disagreement is made as small as it gets and printed as a
tree that a test can keep. The status is 1 when there was one, 2 when a suite's packages cannot be had.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from random import Random

from tools.loaders.kept import KEPT
from tools.loaders.programs import BACKPORTS, PACKAGES, Programs, of_suite
from tools.loaders.trees import Files, make
from tools.loaders.worker import Loaders
from tools.uml.packages import Unavailable

BATCH = 50


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tools.loaders", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--trees", type=int, default=25000, help="trees for each suite (25000)")
    parser.add_argument("--seed", type=int, default=0, help="the first tree's seed (0)")
    parser.add_argument(
        "--suites",
        default=",".join(PACKAGES),
        help=f"comma-separated (%(default)s; there is {', '.join(BACKPORTS)}, too)",
    )
    asked = parser.parse_args()
    wrong = 0
    for suite in asked.suites.split(","):
        try:
            programs = of_suite(suite)
        except Unavailable as error:
            print(f"{suite}: {error.message}", file=sys.stderr)
            return 2
        wrong += run(programs, range(asked.seed, asked.seed + asked.trees))
    print(f"{wrong} disagreements")
    return 1 if wrong else 0


def run(programs: Programs, seeds: range) -> int:
    """Load one tree for each seed with a pair of loaders, print the counts, and return how often a model was wrong."""
    began = time.monotonic()
    writes = refused = failed = 0
    wrong = {"procps": 0, "systemd": 0}
    with Loaders(programs.folder, (programs.procps, programs.systemd)) as loaders:
        for name, files in KEPT.items():
            for loader, found in loaders.check([(files, True)])[0].wrong.items():
                wrong[loader] += bool(found)
                for row in found:
                    print(f"{loader}, {name}: {row}")
        for batch in _batches(seeds):
            trees = [make(Random(f"tree {seed}")) for seed in batch]
            asked = [(files, seed % 10 == 0) for seed, files in zip(batch, trees, strict=True)]
            for seed, files, answer in zip(batch, trees, loaders.check(asked), strict=True):
                writes, refused = writes + answer.writes, refused + answer.refused
                failed += answer.failed
                for loader, found in answer.wrong.items():
                    if found:
                        wrong[loader] += 1
                        _tell(loaders, seed, loader, files)
    seconds = time.monotonic() - began
    for loader, name in (("procps", programs.procps.name), ("systemd", programs.systemd.name)):
        print(f"{programs.name:14} {loader:8} {name:8} {len(seeds):8} trees  {wrong[loader]:4} disagreements")
    print(
        f"{'':14} {writes} writes, {refused} of them without effect, {failed} loads failed; {seconds:.0f} s", flush=True
    )
    return sum(wrong.values())


def _batches(seeds: range) -> Iterator[range]:
    for start in range(0, len(seeds), BATCH):
        yield seeds[start : start + BATCH]


def _tell(loaders: Loaders, seed: int, loader: str, files: Files) -> None:
    def is_wrong(tree: Files) -> bool:
        return bool(loaders.check([(tree, True)])[0].wrong[loader])

    least = smallest(files, is_wrong) if is_wrong(files) else files
    print(f"seed {seed}, {loader}:")
    for path, held in least.items():
        print(f"    {path!r}: {held!r},")
    for row in loaders.check([(least, True)])[0].wrong[loader]:
        print(f"    {row}")


def smallest(files: Files, is_wrong: Callable[[Files], bool]) -> Files:
    """Return a tree with as few files and lines as still disagree."""
    least, shrunk = dict(files), True
    while shrunk:
        shrunk = False
        for candidate in list(_smaller(least)):
            if is_wrong(candidate):
                least, shrunk = candidate, True
                break
    return least


def _smaller(files: Files) -> Iterator[Files]:
    for path in files:
        yield {place: held for place, held in files.items() if place != path}
    for path, held in files.items():
        if isinstance(held, bytes):
            lines = held.splitlines(keepends=True)
            for index in range(len(lines)):
                yield {**files, path: b"".join(lines[:index] + lines[index + 1 :])}


if __name__ == "__main__":
    sys.exit(main())
