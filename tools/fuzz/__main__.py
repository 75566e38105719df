"""Fuzz every format for a while, and print what each run came to.

    python -m tools.fuzz [--seconds N] [TARGET…]

Each target runs in a process of its own, under libFuzzer by way of atheris, with the inputs that were found interesting
before (.cache/fuzz/TARGET). The status is 1 when one of them failed: the input is kept, and printed so that a test can
keep it too. Where atheris cannot be installed the status is 2.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from tools.fuzz.targets import TARGETS

KEPT = Path(".cache") / "fuzz"
WORDS = Path(__file__).parent / "words.dict"
LONGEST = 2048
SLOWEST = 5
MEMORY = 2048

_SUMMARY = re.compile(r"#(\d+)\s+(?:DONE|pulse|REDUCE|NEW|RELOAD|INITED)\s+cov: (\d+)")


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=int, default=60, help="for each target (60)")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    asked = parser.parse_args()
    if unknown := [name for name in asked.targets if name not in TARGETS]:
        parser.error(f"there is no target {unknown[0]!r}; there are {', '.join(TARGETS)}")
    if find_spec("atheris") is None:
        print("atheris is not installed here: pip install atheris (Linux, CPython)", file=sys.stderr)
        return 2
    failed = [name for name in asked.targets or TARGETS if not run(name, asked.seconds)]
    print(f"{len(failed)} failed" + (f": {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


def run(name: str, seconds: int) -> bool:
    """Fuzz one target; tell whether nothing was found."""
    folder = KEPT / name
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(TARGETS[name].seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", f"-timeout={SLOWEST}", f"-rss_limit_mb={MEMORY}"]
    options += [f"-dict={WORDS}", f"-artifact_prefix={folder}/", "-print_final_stats=1"]
    command = [sys.executable, "-m", "tools.fuzz.child", name, *options, str(corpus)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    output = done.stdout.decode("utf-8", "replace")
    counts = _SUMMARY.findall(output)
    runs, coverage = counts[-1] if counts else ("0", "0")
    print(
        f"{name:14} {int(runs):9} runs  {int(coverage):6} edges  {'ok' if done.returncode == 0 else 'FAILED'}",
        flush=True,
    )
    if done.returncode == 0:
        return True
    print(output[-6000:])
    for artifact in re.findall(r"Test unit written to (\S+)", output):
        print(f"{artifact}: {Path(artifact).read_bytes()!r}")
    return False


if __name__ == "__main__":
    sys.exit(main())
