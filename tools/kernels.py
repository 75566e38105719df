"""The catalogue proven against real kernels: the running one, and Debian's user-mode kernels as throw-away guests.

`python -m tools.kernels [SERIES…]` (`make kernels`) prints a table and each mismatch; exit status 1 on a mismatch, 2
when a kernel could not be had. `kernel_path` and `boot` serve other tests.
"""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

from tcptune.audit.verify import VerifyReport, verify_running
from tcptune.errors import TcptuneError
from tools.uml.guest import CompletedBoot, boot
from tools.uml.packages import PROJECT, Unavailable
from tools.uml.programs import SUITES, kernel_path

__all__ = ["RUNNING", "SUITES", "CompletedBoot", "Unavailable", "boot", "kernel_path", "modules_path", "prove"]

RUNNING = "running"
GUEST_SECONDS = 180


def modules_path(series: str) -> Path:
    """Return the folder with the modules of a kernel series, fetched on the first call."""
    program = kernel_path(series)
    return program.parents[1] / "lib" / "uml" / "modules"


def prove(series: str, *, python: str = sys.executable, mem: str = "512M") -> VerifyReport:
    """Compare the whole catalogue with a kernel series in a guest, or with the running kernel.

    Raises `Unavailable` when the kernel cannot be had, `TcptuneError` when the guest fails.
    """
    if series == RUNNING:
        return verify_running()
    command = shlex.join([python, "-m", "tools.uml.prove", str(modules_path(series))])
    script = f"cd {shlex.quote(str(PROJECT))} && {command} $RESULT"
    done = boot(series, script, mem=mem, timeout=GUEST_SECONDS, args={"PYTHONDONTWRITEBYTECODE": "1"})
    if done.status or not done.result:
        said = [
            line for line in done.output.splitlines() if line.strip() and line != "Halting." and "halted" not in line
        ]
        raise TcptuneError(f"the comparison failed in the guest {series}: {said[-1] if said else 'it wrote no report'}")
    return VerifyReport.from_json(json.loads(done.result))


def main(arguments: list[str]) -> int:
    """Prove the catalogue against the kernels named, all of them when none is."""
    status = 0
    lines: list[str] = []
    print(f"{'kernel':<24}{'entries':>8}{'checks':>8}{'probes':>8}{'mismatches':>12}")
    for series in arguments or (RUNNING, *SUITES):
        try:
            report = prove(series)
        except TcptuneError as error:
            print(f"{series:<24}{error.message}" + (f" ({error.hint})" if error.hint else ""))
            status = 2
            continue
        counts = f"{report.entries:>8}{report.checks:>8}{report.probes:>8}{len(report.mismatches):>12}"
        print(f"{report.release:<24}{counts}", flush=True)
        lines += [f"{report.release}: {line}" for line in report.lines()[1:]]
        if report.mismatches:
            status = status or 1
    print("\n".join(["", *lines]) if lines else "", end="\n" if lines else "")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
