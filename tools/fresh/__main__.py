"""Run the README's two commands and the one file in a fresh tree of each suite, and print a line for each step.

    python -m tools.fresh [--skip-tests] [SUITE…]

What runs is what is committed. The status is 1 when a step did not end as it must, 2 when no tree can be made here.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tcptune.errors import TcptuneError
from tools.fresh.tree import copied, inside
from tools.uml.packages import PROJECT

SUITES = ("bookworm", "trixie")
WRONG = "net.ipv4.tcp_tw_recycle = 1\\nnet.ipv4.tcp_fin_timout = 30\\n"


@dataclass(frozen=True, slots=True)
class Step:
    """A command in the tree, the exit statuses that are right, and what must stand in its output."""

    command: str
    statuses: tuple[int, ...]
    says: str


ONE_FILE = (
    Step("python3 /root/tcptune.pyz --version", (0,), "tcptune "),
    Step("python3 /root/tcptune.pyz audit", (0, 1), "TIME_WAIT"),
    Step(f"printf '{WRONG}' > /root/90.conf; cd /root; python3 tcptune.pyz lint 90.conf", (1,), "TT101"),
    Step("python3 /root/tcptune.pyz diff outbound-heavy", (0, 1), "outbound-heavy"),
)


def two_commands() -> list[str]:
    """Return the commands of the first block of the README that begins with `make`."""
    text = (PROJECT / "README.md").read_text("utf-8")
    block = next(found for found in re.findall(r"(?ms)^```\w*\n(.*?)^```$", text) if found.startswith("make "))
    return [re.sub(r"\s+#.*", "", line) for line in block.splitlines()]


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tools.fresh", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--skip-tests", action="store_true", help="leave `make test` out")
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=f"{' and '.join(SUITES)} unless named")
    asked = parser.parse_args()
    failed = 0
    try:
        for suite in asked.suites or SUITES:
            failed += one_file(suite) + from_a_clone(suite, without_tests=asked.skip_tests)
    except TcptuneError as error:
        print(error.message, file=sys.stderr)
        return 2
    return 1 if failed else 0


def one_file(suite: str) -> int:
    """Try tcptune.pyz in a tree that has nothing but Python; return how many steps failed."""
    with copied(suite) as root, TemporaryDirectory() as folder:
        _clone(Path(folder, "clone"))
        command = [sys.executable, "-m", "tools.pyz", "--output", str(root / "root" / "tcptune.pyz")]
        done = subprocess.run(command, cwd=Path(folder, "clone"), capture_output=True, text=True, timeout=600)
        if done.returncode:
            raise TcptuneError(f"tcptune.pyz cannot be built: {done.stderr.strip()[-500:]}")
        return _steps(suite, root, ONE_FILE)


def from_a_clone(suite: str, *, without_tests: bool) -> int:
    """Clone what is committed into a tree and run the README's commands there; return how many failed."""
    with copied(suite) as root:
        _clone(root / "srv" / "tcptune")
        wanted = [line for line in two_commands() if not (without_tests and line == "make test")]
        says = {"make audit": "TIME_WAIT", "make test": " passed"}
        return _steps(suite, root, [Step(f"cd /srv/tcptune; {line}", (0,), says[line]) for line in wanted])


def _clone(target: Path) -> None:
    command = ["git", "clone", "--quiet", "--no-hardlinks", str(PROJECT), str(target)]
    subprocess.run(command, check=True, timeout=120)


def _steps(suite: str, root: Path, steps: Iterable[Step]) -> int:
    failed = 0
    for step in steps:
        began = time.monotonic()
        done = inside(root, step.command)
        good = done.returncode in step.statuses and step.says in done.stdout and "Traceback" not in done.stderr
        last = (done.stdout.strip().splitlines() or [""])[-1]
        shown = step.command.rsplit("; ", 1)[-1]
        seconds = time.monotonic() - began
        verdict = "good" if good else "WRONG"
        print(f"{suite:10} {shown:45} status {done.returncode}  {seconds:4.0f} s  {verdict}: {last[:70]}")
        if not good:
            failed += 1
            print("\n".join(f"    {line}" for line in (done.stdout + done.stderr).splitlines()[-60:]))
        sys.stdout.flush()
    return failed


if __name__ == "__main__":
    sys.exit(main())
