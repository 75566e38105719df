"""One fault in one command: what it left, and whether the next calls end it as it was before or as it should be."""

from __future__ import annotations

import json
import signal
import tempfile
from pathlib import Path
from typing import Literal, NamedTuple

from tools.faults.scenarios import KEYS, Look, Scenario, look, newest
from tools.faults.stage import DROPIN, JOURNAL, Run, leftovers, on_stage, tcptune
from tools.faults.traced import Fault, fired, traced

End = Literal["undo", "finish"]


class Trial(NamedTuple):
    """What came of a fault: whether it hit, how the command ended, and what is wrong with it (nothing, mostly)."""

    hit: bool
    status: int
    wrong: tuple[str, ...]


class Course(NamedTuple):
    """A scenario without any fault: what its undo leads to, what there was before the command, and after it."""

    origin: Look
    before: Look
    after: Look
    log: str


def course(scenario: Scenario) -> Course:
    """Run a scenario untouched under strace."""

    def work() -> Course:
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
            entry = scenario.prepare()
            before = look()
            done, log = traced(_words(scenario.words, entry), None, Path(folder))
            if done.status != 0:
                raise AssertionError(f"{scenario.name} fails without any fault: {done}")
            return Course(before, before, look(), log)

    def origin() -> Look:
        assert scenario.origin is not None
        scenario.origin()
        return look()

    found = on_stage(work)
    return found if scenario.origin is None else found._replace(origin=on_stage(origin))


def _words(words: tuple[str, ...], entry: str) -> list[str]:
    return [entry if word == "ENTRY" else word for word in words]


def trial(scenario: Scenario, fault: Fault, known: Course, end: End) -> Trial:
    """Inject a fault, judge what it left, and end the change by `end`."""

    def work() -> Trial:
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
            entry = scenario.prepare()
            done, log = traced(_words(scenario.words, entry), fault, Path(folder))
            if not fired(fault, done, log):
                return Trial(False, done.status, ())
            wrong = [*_whole(known), *_told(fault, done, known)]
            wrong += _ended(scenario, entry, done, known, end)
            return Trial(True, done.status, tuple(wrong))

    return on_stage(work)


def _whole(known: Course) -> list[str]:
    """Every value is one of before or after, and so is the drop-in."""
    now = look()
    wrong = [
        f"{key} is {value!r}"
        for key, value, *fine in zip(
            KEYS, now.values, known.origin.values, known.before.values, known.after.values, strict=True
        )
        if value not in fine
    ]
    if now.text not in (known.origin.text, known.before.text, known.after.text):
        wrong.append(f"the drop-in is neither old nor new: {now.text!r}")
    return wrong


def _told(fault: Fault, done: Run, known: Course) -> list[str]:
    """The exit status is that of what was left."""
    now = look()
    said = done.out + done.err
    status = done.status
    # Where not even /dev/null can be written to, nothing can be said, and the status is that of this.
    mute = fault.call == "write" and fault.lasting and not said
    if mute and status == 2:
        status = 4
    wrong = []
    # Where no file can be opened any more, tcptune's own cannot either.
    bare = fault.call == "openat" and fault.lasting and now == known.before
    if any(word in said for word in ("Traceback", "unexpected", "defect")) and not bare:
        wrong.append(f"it said {said[-300:]!r}")
    if status == 0 and now != known.after:
        wrong.append(f"status 0, and it is {now}")
    if status in (1, 2, 3, 130) and now != known.before and (status, now) != (3, known.origin):
        wrong.append(f"status {status}, and it is {now}: {said[-300:]}")
    if status == 4 and not mute:
        lost = [key for key, value, old in zip(KEYS, now.values, known.before.values, strict=True) if value != old]
        lost += [str(DROPIN)] if now.text != known.before.text else []
        wrong += [f"status 4 does not name {each}: {said[-300:]}" for each in lost if each not in said]
    if status not in (0, 1, 2, 3, 4, 130, -signal.SIGKILL):
        wrong.append(f"status {status}: {said[-300:]}")
    return wrong


def _ended(scenario: Scenario, entry: str, done: Run, known: Course, end: End) -> list[str]:
    """The next calls find what was left and end it, and one more change goes through and leaves nothing behind."""
    told = tcptune("history")
    wrong = [] if told.status == 0 else [f"history: {told}"]
    now = look()
    left = _open()
    killed = done.status == -signal.SIGKILL
    if killed and now not in (known.before, known.after) and not left:
        wrong.append(f"it was killed on the way and no entry is open: {now}")
    wrong += [f"history does not speak of {each}" for each in left if each not in told.err]
    which = left[-1] if left else entry or newest()
    states = {each["id"]: each["state"] for each in _entries()}
    goal = known.after if end == "finish" or scenario.back else known.origin
    if now != goal or left or states.get(which) == "pending":
        words = _words(scenario.finish if end == "finish" else scenario.undo, which)
        if words[0] == "apply" and not left:
            return wrong + _another()
        ended = tcptune(*words)
        if look() != goal:
            said = f"{ended.err[-300:]}{ended.out[-600:]}"
            wrong.append(f"{' '.join(words)} ({states.get(which)}) gave {ended.status}, {look()}: {said}")
    return wrong + _another()


def _another() -> list[str]:
    """Make one more change."""
    pending = [each["id"] for each in _entries() if each["state"] == "pending"]
    for each in pending:
        tcptune("rollback", each)
    done = tcptune("apply", "--set", "net.ipv4.tcp_syn_retries=5", "--file", str(DROPIN))
    wrong = [] if done.status == 0 else [f"the next change: {done}"]
    if told := tcptune("history").err:
        wrong.append(f"after the next change: {told}")
    return wrong + [f"{each} is left" for each in leftovers()]


def _entries() -> list[dict[str, str]]:
    if not JOURNAL.is_dir():
        return []
    found: list[dict[str, str]] = json.loads(tcptune("history", "-f", "json").out)["entries"]
    return found


def _open() -> list[str]:
    """Return the ids of the entries that are neither made nor undone, the oldest first."""
    return [each["id"] for each in reversed(_entries()) if each["state"] == "open"]
