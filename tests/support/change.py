"""Changes tried for real: a network and a mount namespace of its own for each test, with private files and journal.

`alone` runs a test in them, `as_host` one that takes them for the host's own, `on_stage` a function. What a test sees
as /etc/sysctl.d, /run and /var/lib is empty and its own.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from unittest import mock

import jsonschema

from tcptune.apply import engine, target
from tcptune.apply.journal import STATE_DIR
from tcptune.apply.plan import Wish
from tcptune.cli.schema import document_schema
from tcptune.cli.wishes import policy
from tcptune.model.journal import Header, Place, Step
from tcptune.model.plan import Applied
from tests.support.inside import inside
from tests.support.netns import in_namespace, write_sysctl
from tests.support.program import Result
from tools.stage import empty_files, live

P = ParamSpec("P")
T = TypeVar("T")

FIN = "net.ipv4.tcp_fin_timeout"
BUCKETS = "net.ipv4.tcp_max_tw_buckets"
REUSE = "net.ipv4.tcp_tw_reuse"
TIMESTAMPS = "net.ipv4.tcp_timestamps"
RANGE = "net.ipv4.ip_local_port_range"
UNPRIVILEGED = "net.ipv4.ip_unprivileged_port_start"
BACKLOG, SOMAXCONN = "net.ipv4.tcp_max_syn_backlog", "net.core.somaxconn"
CONGESTION = "net.ipv4.tcp_congestion_control"

STEPS = (Step(FIN, "60", "30"), Step(BUCKETS, "", "300000"))

DROPIN = Path("/etc/sysctl.d/80-tcptune.conf")
FILE = ("--file", str(DROPIN))
ENTRIES = Path(STATE_DIR, "journal")
STATE = ENTRIES.parent


def on_stage(function: Callable[[], T], *, initial: bool = False, timeout: float = 60.0) -> T:
    """Run a function in namespaces of its own, in a forked child; with `initial` as on the host's own namespace."""

    def performed() -> T:
        empty_files()
        if not initial:
            return function()
        with mock.patch.object(target, "in_initial_namespace", lambda: True):
            return function()

    return in_namespace(performed, mounts=True, timeout=timeout)


def alone(test: Callable[P, None]) -> Callable[P, None]:
    """Run a test in namespaces of its own."""

    @functools.wraps(test)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        on_stage(lambda: test(*args, **kwargs))

    return wrapped


def as_host(test: Callable[P, None]) -> Callable[P, None]:
    """Run a test in namespaces of its own, which tcptune takes for the host's."""

    @functools.wraps(test)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        on_stage(lambda: test(*args, **kwargs), initial=True)

    return wrapped


def set_live(**values: str | int) -> None:
    """Write parameters of net.ipv4 in this test's own namespace."""
    for name, value in values.items():
        write_sysctl(f"net.ipv4.{name}", value)


def apply(*arguments: str) -> Result:
    """Run `tcptune apply`."""
    return inside("apply", *arguments)


def assigned(**values: str | int) -> list[str]:
    """Return `--set` for parameters of net.ipv4."""
    return [word for name, value in values.items() for word in ("--set", f"net.ipv4.{name}={value}")]


def document(done: Result, name: str = "apply") -> Any:
    """Return a document, once it is what its schema promises."""
    found = json.loads(done.out)
    jsonschema.Draft202012Validator(document_schema(name)).validate(found)
    return found


def newest() -> str:
    """Return the id of the newest entry of the journal."""
    return max(path.stem for path in ENTRIES.glob("*.jsonl"))


def states() -> dict[str, str]:
    """Return the state of each entry, the newest first."""
    return {each["id"]: each["state"] for each in document(inside("history", "-f", "json"), "history")["entries"]}


def leftovers(*places: Path) -> list[str]:
    """Return what a run should not have left: temporary files beside the drop-in and in the journal."""
    where = places or (DROPIN.parent, ENTRIES, ENTRIES.parent)
    return [str(path) for folder in where if folder.is_dir() for path in folder.iterdir() if "tmp" in path.name]


def as_initial() -> Place:
    """Return this test's namespace, taken for the host's own: files count, and values are kept for the next boot."""
    return replace(target.here(), initial=True)


def header(*steps: Step, **more: Any) -> Header:
    """Return an entry for these steps; an empty old value is read."""
    known = tuple(Step(each.key, each.before or live(each.key), each.after) for each in steps)
    return Header("", "apply", "2026-01-01T00:00:00Z", target.here(), "6", "root", "test", "0", known, **more)


def apply_as_initial(
    name: str | None = None, values: list[str] | None = None, *, dry_run: bool = False, **wish: Any
) -> Applied:
    """Apply as on a host's own namespace."""
    return engine.apply(Wish(policy(name, values or []), **wish), as_initial(), STATE_DIR, dry_run=dry_run)


VICTIM = Path("/run/victim")
"""A file or an empty folder that hostile links lead to."""
SECRET = "do not touch\n"
WISH = assigned(tcp_fin_timeout=30)


def victim() -> None:
    """Make the file that nobody may touch."""
    VICTIM.write_text(SECRET)


def refused(done: Result, *, status: tuple[int, ...] = (1, 2)) -> bool:
    """Tell whether a run was refused in a clear line, and neither the parameter nor the victim was touched."""
    said = done.err or done.out
    assert done.status in status, done
    assert "Traceback" not in said
    assert "unexpected" not in said
    assert said.strip()
    assert live(FIN) == "60"
    if VICTIM.is_file():
        assert VICTIM.read_text() == SECRET
    elif VICTIM.is_dir():
        assert not list(VICTIM.iterdir())
    return True
