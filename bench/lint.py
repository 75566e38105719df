"""Whole-process times of `tcptune lint` against a bare walk, grep and yamllint, as ratios: a part of `make bench`.

The trees are made anew for each run in a temporary folder, always the same ones: YAML, shell, conf, JSON and
source code in equal parts, one file in fifty with settings. The pages of their files are in memory for both sides.
"""

from __future__ import annotations

import compileall
import shutil
import sys
import tempfile
from pathlib import Path

from tabulate import tabulate

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.run import HEADERS, HERE, TCPTUNE, Pair, measure
from bench.trees import make

HINT = "sysctl|net[./]ipv4"


def pairs(top: Path) -> list[tuple[Pair, int]]:
    """Return what is compared with what, and in how many rounds; the trees are made below `top`."""
    small, large, yaml = (str(top / name) for name in ("small", "large", "yaml"))
    make(Path(small), 10_000)
    make(Path(large), 100_000)
    make(Path(yaml), 500, kinds=(".yaml",))
    lint = [TCPTUNE, "lint", "--fail-on", "never"]
    walk = [sys.executable, str(HERE / "walk.py")]
    grep, yamllint = shutil.which("grep"), shutil.which("yamllint", path=str(Path(TCPTUNE).parent))
    found = [(Pair("lint, 10,000 files / a bare typer walk that reads them", [*lint, small], [*walk, small], 1.5), 15)]
    if grep:
        peer = [grep, "-rIlE", HINT, large]
        found.append((Pair(f"lint, 100,000 files / grep -rIlE '{HINT}'", [*lint, large], peer, 3.0), 5))
    if yamllint:
        found.append((Pair("lint, 500 YAML files / yamllint", [*lint, yaml], [yamllint, yaml], 1 / 20), 3))
    return found


def main() -> None:
    """Make the trees, print the table, and remove them."""
    compileall.compile_dir(str(HERE.parent / "tcptune"), quiet=2)
    with tempfile.TemporaryDirectory(prefix="tcptune-bench-") as folder:
        rows = [measure(pair, rounds) for pair, rounds in pairs(Path(folder))]
    print(tabulate(rows, headers=HEADERS, disable_numparse=True))


if __name__ == "__main__":
    main()
