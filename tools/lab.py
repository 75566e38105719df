"""`tcptune lab run` on several real kernels: the running one, and Debian's user-mode kernels as throw-away guests.

`python -m tools.lab [SERIES…]` (`make lab`) prints every experiment's verdict on each and where they differ; exit
status 1 when a verdict is not the running kernel's without the experiment saying why, 2 when a kernel could not be had.
`--runs N` runs everything on the running kernel N times instead, while twice as many busy processes as there are
processors compete with it; exit status 1 when two runs differ.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from typing import Any

from tcptune.errors import TcptuneError
from tools.kernels import RUNNING, SUITES, boot, modules_path
from tools.uml.packages import PROJECT

GUEST_SECONDS = 280


def found(series: str, *arguments: str) -> dict[str, Any]:
    """Return the document of `tcptune lab run ARGUMENTS` on a kernel series, by default of all experiments.

    Raises `Unavailable` when the kernel cannot be had, `TcptuneError` when the guest fails.
    """
    wanted = list(arguments or ("all",))
    if series == RUNNING:
        command = [sys.executable, "-m", "tcptune", "lab", "run", *wanted, "--format", "json", "-q"]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise TcptuneError(f"the lab failed: {done.stderr.strip()}")
        return dict(json.loads(done.stdout))
    inside = shlex.join([sys.executable, "-m", "tools.uml.lab", str(modules_path(series))])
    script = f"cd {shlex.quote(str(PROJECT))} && {inside} $RESULT {shlex.join(wanted)}"
    guest = boot(series, script, timeout=GUEST_SECONDS, args={"PYTHONDONTWRITEBYTECODE": "1"})
    if guest.status or not guest.result:
        said = [line for line in guest.output.splitlines() if line.strip() and "alt" not in line]
        raise TcptuneError(f"the lab failed in the guest {series}: {said[-1] if said else 'it wrote nothing'}")
    return dict(json.loads(guest.result))


def main(arguments: list[str]) -> int:
    """Run all experiments on the kernels named, all of them when none is."""
    if arguments[:1] == ["--runs"]:
        return _again(int(arguments[1]))
    documents: dict[str, dict[str, Any]] = {}
    status = 0
    for series in arguments or (RUNNING, *SUITES):
        try:
            document = found(series)
        except TcptuneError as error:
            print(f"{series}: {error.message}")
            status = 2
            continue
        documents[document["kernel"]] = document
        counts = ", ".join(f"{number} {word.replace('_', ' ')}" for word, number in document["summary"].items())
        print(f"{document['kernel']}: {counts}", flush=True)
    return status or int(_differences(documents))


def _again(runs: int) -> int:
    """Run everything several times on a busy machine and print how long each took and what differs from the first."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2 * (os.cpu_count() or 1))]
    first: dict[str, str] = {}
    differ = False
    try:
        for number in range(1, runs + 1):
            began = time.monotonic()
            document = found(RUNNING)
            verdicts = {each["name"]: each["verdict"] for each in document["experiments"]}
            first = first or verdicts
            other = [name for name, verdict in verdicts.items() if first[name] != verdict]
            differ |= bool(other)
            seconds = time.monotonic() - began
            print(
                f"run {number}: {document['summary']} in {seconds:.1f} s; differ: {', '.join(other) or 'none'}",
                flush=True,
            )
    finally:
        for each in busy:
            each.kill()
            each.wait()
    return int(differ)


def _differences(documents: dict[str, dict[str, Any]]) -> bool:
    """Print the experiments whose verdicts differ, and tell whether one of them does not say why."""
    runs: dict[str, dict[str, dict[str, Any]]] = {}
    for kernel, document in documents.items():
        for each in document["experiments"]:
            runs.setdefault(each["name"], {})[kernel] = each
    unexplained = False
    for name, kernels in runs.items():
        if len({each["verdict"] for each in kernels.values()}) < 2:
            continue
        print(f"\n{name}:")
        for kernel, each in kernels.items():
            print(f"  {kernel:<24} {each['verdict']:<9} {each['because']}")
        why = next(iter(kernels.values()))["differs"]
        unexplained |= why is None
        print(f"  why: {why or 'the experiment does not say'}")
    return unexplained


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
