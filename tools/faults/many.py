"""Many applies and rollbacks at once: they end in the state of one of them, and the journal's order explains it.

    python -m tools.faults.many [--processes N] [--folders N] [--successes N]

Printed is how many changes there were, and what the journal does not explain; the status is 1 when there is something.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from tcptune.apply.journal import journal
from tcptune.model.journal import Entry
from tools.faults.campaign import warm
from tools.faults.stage import DROPIN, FILE, on_stage, tcptune, text
from tools.stage import live

FIN, BUCKETS = "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_max_tw_buckets"


class Crowd(NamedTuple):
    """What came of it: how many entries in which states, and what is wrong."""

    states: dict[str, int]
    wrong: list[str]
    seconds: float


def crowd(processes: int, folders: int = 1, successes: int = 2, seconds: float = 60.0) -> Crowd:
    """Let that many processes change one namespace at once, each until it got through `successes` times."""
    return on_stage(lambda: _crowd(processes, folders, successes, seconds), seconds=2 * seconds + 60)


def _crowd(processes: int, folders: int, successes: int, seconds: float) -> Crowd:
    began = time.monotonic()
    states = [f"/run/state{number}" for number in range(folders)]
    for each in states:
        Path(each).mkdir(mode=0o700)
    before = {key: live(key) for key in (FIN, BUCKETS)}
    pids = []
    for number in range(processes):
        pid = os.fork()
        if pid == 0:
            _be_one(number, states[number % folders], successes, seconds)
        pids.append(pid)
    ends = Counter(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids)
    wrong = [f"{number} ended with status {status}" for status, number in ends.items() if status != 0]
    entries: list[Entry] = []
    for each in states:
        with journal(each, make=False) as opened:
            entries += opened.entries()
    wrong += _explained(sorted(entries, key=lambda entry: entry.id), before)
    wrong += [f"{path} is left" for each in (DROPIN.parent, *map(Path, states)) for path in each.rglob("*-tmp")]
    return Crowd(dict(Counter(entry.state for entry in entries)), wrong, time.monotonic() - began)


def _be_one(number: int, state: str, successes: int, seconds: float) -> None:
    """Be one of many: apply, and sometimes roll back; no other answer than done and refused is right."""
    status = 98
    try:
        chance = random.Random(number)
        wish = ["--set", f"{FIN}={100 + number}", "--set", f"{BUCKETS}={300000 + number}", *FILE, "--allow", "TT"]
        done = 0
        until = time.monotonic() + seconds
        while time.monotonic() < until and done < successes:
            words = ["rollback"] if done and chance.random() < 0.5 else ["apply", *wish]
            status = tcptune(*words, "--state-dir", state).status
            if status not in (0, 1):
                os._exit(status)
            done += status == 0
            time.sleep(chance.random() * 0.2)
        status = 0 if done else 97
    finally:
        os._exit(status)


def _explained(entries: list[Entry], before: dict[str, str]) -> list[str]:
    """Follow the journal from the first entry to the last; return what it does not explain."""
    values, kept = dict(before), None
    wrong = [f"{entry.id} is {entry.state}" for entry in entries if entry.state in ("open", "failed", "pending")]
    for entry in entries:
        if entry.state == "undone":
            continue
        for step in entry.header.steps:
            if step.before != values[step.key]:
                wrong.append(f"{entry.id}: {step.key} was {step.before}, and {values[step.key]} by the one before")
            values[step.key] = step.after
        file = entry.header.file
        if file is not None:
            wrong += [f"{entry.id}: the drop-in is not that of the one before"] if file.before != kept else []
            kept = file.after
    now = {key: live(key) for key in values}
    if now != values or text() != kept:
        wrong.append(f"it ends with {now}, and the journal with {values}")
    if values != before and int(values[BUCKETS]) - 300000 != int(values[FIN]) - 100:
        wrong.append(f"{values} is the state of no one of them")
    return wrong


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tools.faults.many", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--processes", type=int, default=50, help="how many at once (50)")
    parser.add_argument("--folders", type=int, default=2, help="how many state folders they use (2)")
    parser.add_argument("--successes", type=int, default=2, help="how often each wants to get through (2)")
    asked = parser.parse_args()
    warm()
    done = crowd(asked.processes, asked.folders, asked.successes)
    for line in done.wrong:
        print(f"    {line}")
    counts = ", ".join(f"{number} {state}" for state, number in sorted(done.states.items()))
    print(f"{asked.processes} processes, {sum(done.states.values())} entries ({counts}), {len(done.wrong)} wrong")
    return 1 if done.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
