"""Profiles for tests: written to a file, loaded, and held against values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tcptune.model.diff import Change
from tcptune.model.host import Host
from tcptune.model.setting import Setting
from tcptune.model.value import Value, show
from tcptune.model.version import KernelVersion
from tcptune.profiles.compare import Seen, compare
from tcptune.profiles.facts import Facts
from tcptune.profiles.load import load
from tcptune.profiles.policy import Policy

GIB = 1 << 30


def write(folder: Path, settings: str, more: str = "", *, name: str = "mine") -> Path:
    """Write a profile with these lines of settings; `more` are lines at the end of the file."""
    path = folder / f"{name}.yaml"
    head = f"schema: tcptune/profile/1\nname: {name}\nsummary: a test\n"
    path.write_text(head + "settings:\n" + "".join(f"  {line}\n" for line in settings.splitlines()) + more, "utf-8")
    return path


def policy(folder: Path, settings: str, more: str = "") -> Policy:
    """Write a profile and load it."""
    return Policy(load(str(write(folder, settings, more))))


def seen(
    values: Mapping[str, Value],
    *,
    kernel: str = "6.18",
    memory: int = 24 * GIB,
    initial: bool = True,
    running: bool = True,
    modules: tuple[str, ...] | None = None,
    locked: bool = False,
) -> Seen:
    """Return a host, or with `running=False` what files give, that has these values and nothing else."""
    host = Host(kernel=KernelVersion.parse(kernel), memory_bytes=memory if running else 0, initial=initial)
    known = memory if running else None
    loaded = None if modules is None else modules.__contains__
    settings = {key: Setting(key, show(value), value) for key, value in values.items()}
    facts = Facts(host.target, known, initial=initial, loaded=loaded, host=host)
    return Seen(facts, host, settings, running=running, locked=lambda _: locked)


def changes(found: Policy, where: Seen) -> dict[str, Change]:
    """Return what differs and what does not, by key."""
    return {change.key: change for change in compare(found, where)}
