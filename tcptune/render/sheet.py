"""What is to be written, independent of the target's format: the record between the plan and the writers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from tcptune.model.record import dataclass
from tcptune.model.value import Value, show
from tcptune.model.version import Target

FORMATS = ("sysctl.d", "ansible-vars", "kubernetes", "compose", "tuned", "nixos", "docker-run", "machineconfig")
"""The targets by the names that users give them; each has a module of this package, with `_` for `-` and `.`."""

Name = Literal["sysctl.d", "ansible-vars", "kubernetes", "compose", "tuned", "nixos", "docker-run", "machineconfig"]


@dataclass(frozen=True, slots=True)
class Silence:
    """A rule that lint would raise although it is on purpose, and why; `about` is where its finding stands."""

    rule: str
    why: str
    about: Literal["key", "value"] = "value"


@dataclass(frozen=True, slots=True)
class Entry:
    """One parameter to be set: its value, the profile's reason, the module that has to be loaded before (if any)."""

    key: str
    value: Value
    why: str
    module: str | None = None
    silenced: tuple[Silence, ...] = ()

    @property
    def text(self) -> str:
        """The value as the kernel is given it: numbers of a pair or triple with one blank between."""
        return show(self.value)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A parameter that the target cannot express, or whose value needs a fact that is not known."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A profile ready to be written.

    `circumstances` says in words what it was resolved for. `satisfied` are the parameters that the kernel's default
    has right already, `passed` those that do not concern this kernel or host, each with the reason.
    """

    profile: str
    summary: str
    kernel: str
    circumstances: str
    entries: tuple[Entry, ...]
    satisfied: tuple[str, ...] = ()
    passed: tuple[Refusal, ...] = ()
    refused: tuple[Refusal, ...] = ()

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules that have to be loaded before, each once, sorted."""
        return tuple(sorted({entry.module for entry in self.entries if entry.module is not None}))


@dataclass(frozen=True, slots=True)
class Writer:
    """One target: how it is written, and whether it is for a network namespace of its own (pod, container).

    `surroundings` are the facts of `sources.base` that hold for its settings, so that the rules judge them as lint
    does.
    """

    name: str
    write: Callable[[Sheet], str]
    surroundings: frozenset[str] = frozenset()

    @property
    def contained(self) -> bool:
        """Tell whether the settings are for a container, which has a network namespace of its own."""
        return bool(self.surroundings & {"pod", "container"})


def writer(name: str) -> Writer:
    """Return the writer of a target. `name` is one of `FORMATS`."""
    from importlib import import_module

    module = import_module(f"tcptune.render.{name.replace('-', '_').replace('.', '_')}")
    found: Writer = module.WRITER
    return found


def label(target: Target) -> str:
    """Return a kernel in words: `Linux 6.1`, `rhel9 (Linux 5.14)`."""
    version = f"Linux {target.version}"
    return version if str(target) in ("", str(target.version)) else f"{target} ({version})"
