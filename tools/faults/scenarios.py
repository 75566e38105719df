"""What is interrupted: each command that changes something, from where it begins to where it may end."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from tcptune.apply.journal import STATE_DIR
from tcptune.apply.procsys import ProcSys
from tools.faults.stage import DROPIN, FILE, JOURNAL, tcptune, text
from tools.stage import live

FIN, BUCKETS, RETRIES = "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_max_tw_buckets", "net.ipv4.tcp_retries2"
RANGE, START = "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start"
KEYS = (FIN, BUCKETS, RETRIES, RANGE, START)

FIRST = ("--set", f"{FIN}=45", "--set", f"{RETRIES}=9")
WISH = (
    *("--set", f"{FIN}=30", "--set", f"{BUCKETS}=300000"),
    *("--set", f"{RANGE}=20000 60999", "--set", f"{START}=10000"),
)


class Look(NamedTuple):
    """What there is: the values of `KEYS`, and the text of the drop-in."""

    values: tuple[str, ...]
    text: str | None


def look() -> Look:
    """Return what there is now."""
    return Look(tuple(live(key) for key in KEYS), text())


class Scenario(NamedTuple):
    """A command, what has to be there for it, and how it may end.

    `prepare` makes what it needs and returns the entry that it is about (empty: its own). `words` is the command.
    `undo` and `finish` are what ends it after a kill, with ENTRY for the entry that was left: `undo` leads to what
    `origin` makes (None: to what `prepare` makes), `finish` to what the command is for. `back` tells that the command
    is an undo itself: whatever ends it leads to what it is for.
    """

    name: str
    prepare: Callable[[], str]
    words: tuple[str, ...]
    undo: tuple[str, ...] = ("rollback", "ENTRY")
    finish: tuple[str, ...] = ("apply", "--resume", "ENTRY")
    origin: Callable[[], str] | None = None
    back: bool = False


def newest() -> str:
    """Return the id of the newest entry."""
    return max((path.stem for path in JOURNAL.glob("*.jsonl") if not path.name.startswith(".")), default="")


def _done(*words: str) -> None:
    done = tcptune(*words)
    if done.status != 0:
        raise AssertionError(f"{words}: {done}")


def _first() -> str:
    """An earlier change, with its drop-in."""
    _done("apply", *FIRST, *FILE)
    return ""


def _applied() -> str:
    _first()
    _done("apply", *WISH, *FILE)
    return newest()


def _pending() -> str:
    _first()
    _done("apply", *WISH, *FILE, "--confirm-within", "600")
    return newest()


def _late() -> str:
    """A change that waits, whose undo is about to come."""
    name = _pending()
    for line in (JOURNAL / f"{name}.jsonl").read_text().splitlines():
        with suppress(ValueError):
            row = json.loads(line)
            if row.get("event") == "armed":
                os.kill(int(row["undo"].split(":")[1].split("@")[0]), signal.SIGKILL)
    return name


class _Deadly(ProcSys):
    """Parameters whose third write kills the process."""

    written = 0

    def write(self, key: str, text: str) -> None:
        self.written += 1
        if self.written == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        super().write(key, text)


def _killed() -> str:
    """A change whose process was killed before its third write."""
    from tcptune.apply import engine, target
    from tcptune.apply.plan import Wish
    from tcptune.cli.wishes import policy

    _first()
    pid = os.fork()
    if pid == 0:
        wish = Wish(policy(None, [word for word in WISH if word != "--set"]), file=str(DROPIN))
        engine.apply(wish, target.here(), STATE_DIR, proc=_Deadly())
        os._exit(1)
    os.waitpid(pid, 0)
    return newest()


SCENARIOS = (
    Scenario("apply", _first, ("apply", *WISH, *FILE)),
    Scenario("apply, the first ever", lambda: "", ("apply", *WISH, *FILE)),
    Scenario("apply --confirm-within", _first, ("apply", *WISH, *FILE, "--confirm-within", "600")),
    Scenario("confirm", _pending, ("confirm",), finish=("confirm",), origin=_first),
    Scenario(
        "the undo's time",
        _late,
        ("rollback", "ENTRY", "--expired"),
        finish=("rollback", "ENTRY"),
        origin=_first,
        back=True,
    ),
    Scenario("rollback", _applied, ("rollback", "ENTRY"), origin=_first, back=True),
    Scenario("apply --resume", _killed, ("apply", "--resume", "ENTRY"), origin=_first),
    Scenario("apply --remove", _first, ("apply", "--remove", *FILE)),
)
