"""Whole-process times against peers, as ratios: `make bench`.

Each pair runs in turn (A B A B ...), so that what else the machine does meets both; the table gives the median of the
ratios of wall-clock and of processor time, and the greatest peak memory. Absolute times are shown, never judged.
"""

from __future__ import annotations

import atexit
import compileall
import os
import shutil
import statistics
import sys
import sysconfig
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tabulate import tabulate

ROUNDS = 15
HERE = Path(__file__).parent
PYZ = HERE.parent / "dist" / "tcptune.pyz"
"""What `make pyz` has built; without it that pair is left out."""

TCPTUNE = str(Path(sysconfig.get_path("scripts")) / "tcptune")


HEADERS = ["pair", "ours", "peer", "wall ratio", "cpu ratio", "bound", "peak memory"]


@dataclass(frozen=True, slots=True)
class Run:
    """One process: seconds of wall clock and of processor (user and system), peak memory in MiB."""

    wall: float
    processor: float
    memory: float


@dataclass(frozen=True, slots=True)
class Pair:
    """A command, its peer, and the greatest ratio that is promised (None: for comparison only)."""

    title: str
    command: Sequence[str]
    peer: Sequence[str]
    bound: float | None


def run(command: Sequence[str]) -> Run:
    """Run a command with its output thrown away and return what it used.

    `sysctl -a` ends in 255 without root, and `diff` in 1 on a host that is not as the profile wants it.
    """
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    away = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_WRONLY, 0) for descriptor in (1, 2)]
    started = time.perf_counter()
    pid = os.posix_spawn(command[0], list(command), environment, file_actions=away)
    _, status, used = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1, 255):
        raise SystemExit(f"{' '.join(command)} failed: nothing was measured")
    return Run(time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def measure(pair: Pair, rounds: int = ROUNDS) -> list[str]:
    """Return one line of the table: medians of the pair's runs in turn."""
    run(pair.command), run(pair.peer)
    runs = [(run(pair.command), run(pair.peer)) for _ in range(rounds)]
    wall = statistics.median(mine.wall / peer.wall for mine, peer in runs)
    processor = statistics.median(mine.processor / max(peer.processor, 0.001) for mine, peer in runs)
    return [
        pair.title,
        f"{1000 * statistics.median(mine.wall for mine, _ in runs):.0f} ms",
        f"{1000 * statistics.median(peer.wall for _, peer in runs):.0f} ms",
        f"{wall:.2f}",
        f"{processor:.2f}",
        f"{pair.bound:.2f}" if pair.bound is not None else "-",
        f"{max(mine.memory for mine, _ in runs):.1f} MiB",
    ]


def pairs() -> list[Pair]:
    """Return what is compared with what."""
    python = sys.executable
    audit = [TCPTUNE, "audit", "--fail-on", "never"]
    found = [
        Pair("audit / a bare typer and pydantic command", audit, [python, str(HERE / "bare.py")], 1.3),
        Pair("diff PROFILE / audit", [TCPTUNE, "diff", "outbound-heavy"], audit, 1.15),
        Pair("--version / python -c 'import typer'", [TCPTUNE, "--version"], [python, "-c", "import typer"], 1.15),
        Pair("--help / python -c 'import typer'", [TCPTUNE, "--help"], [python, "-c", "import typer"], None),
    ]
    if PYZ.is_file():
        found += [
            Pair(f"tcptune.pyz {words[0]} / installed", [python, str(PYZ), *words], [TCPTUNE, *words], 1.1)
            for words in (["audit", "--fail-on", "never"], ["explain", "tcp_fin_timeout"])
        ]
    sysctl = shutil.which("sysctl") or shutil.which("sysctl", path="/usr/sbin:/sbin")
    if sysctl:
        found.append(Pair("audit / sysctl -a", audit, [sysctl, "-a"], None))
    if os.geteuid() == 0 and shutil.which("unshare") and Path("/etc/sysctl.d").is_dir():
        found.append(
            Pair("audit, 40 drop-ins of 100 lines / none", with_drop_ins(audit, 40), with_drop_ins(audit, 0), 1.25)
        )
    return found


def with_drop_ins(command: Sequence[str], number: int) -> list[str]:
    """Return a command that sees so many drop-ins in /etc/sysctl.d, bound there in a mount namespace of its own."""
    folder = Path(tempfile.mkdtemp(prefix="tcptune-bench-"))
    atexit.register(shutil.rmtree, folder)
    folder.chmod(0o755)
    paths = [path for path in sorted(Path("/proc/sys/net/ipv4").glob("tcp_*")) if path.stat().st_mode & 0o200]
    values = {path.name: path.read_text().strip() for path in paths if not path.name.endswith("_key")}
    lines = [f"# why it is so\nnet.ipv4.{name} = {value}\n" for name, value in values.items()]
    for file in range(number):
        (folder / f"{file:02}-bench.conf").write_text("".join((lines * 2)[file : file + 50]))
    script = f'mount --make-rprivate / && mount --bind {folder} /etc/sysctl.d && exec "$@"'
    return [str(shutil.which("unshare")), "-m", "sh", "-c", script, "sh", *command]


def main() -> None:
    """Compile everything first, then print the table."""
    for folder in {sysconfig.get_path("purelib"), str(HERE.parent / "tcptune"), str(HERE)}:
        compileall.compile_dir(folder, quiet=2)
    print(tabulate([measure(pair) for pair in pairs()], headers=HEADERS, disable_numparse=True))
    print(f"\nmedians of {ROUNDS} runs in turn; peak memory of our process (at most 45 MiB is promised for audit)")


if __name__ == "__main__":
    main()
