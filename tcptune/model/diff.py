"""What a comparison with a profile ends in: the records that every output format, the policy's rule and a plan read."""

from __future__ import annotations

from typing import Literal

from tcptune.model.finding import Finding
from tcptune.model.host import Host
from tcptune.model.origin import Line
from tcptune.model.record import dataclass
from tcptune.model.setting import Location
from tcptune.model.value import Value
from tcptune.model.version import Target

Action = Literal["set", "keep", "skip", "blocked"]
"""`keep`: it is right already; `skip`: the profile does not concern this host; `blocked`: it cannot be set here."""


@dataclass(frozen=True, slots=True)
class Change:
    """One parameter of the profile.

    `wanted` is what it would be set to, or stays at; `wish` is the profile's demand in words (`at least 262144`),
    `why` the profile's reason, `at` its place there, `condition` what the demand depends on. `reason` is the profile's
    for `set` and `keep`, else what stands in the way; `remedy` is the next step then. `risk` is the documented risk of
    the value wanted, None where there is none. `origin` is the line that explains the current value, `candidates` are
    managers that may have written a value that no line explains. `absent` marks what this kernel does not have at all.
    """

    key: str
    current: Value | None
    wanted: Value | None
    default: Value | None
    action: Action
    reason: str
    wish: str
    risk: str | None = None
    why: str = ""
    remedy: str = ""
    origin: Line | None = None
    candidates: tuple[str, ...] = ()
    at: Location | None = None
    condition: str = ""
    absent: bool = False

    @property
    def differs(self) -> bool:
        """Tell whether the host is not what the profile wants."""
        return self.action in ("set", "blocked")

    @property
    def explanation(self) -> str:
        """The reason, with the next step where something stands in the way."""
        return f"{self.reason}; next step: {self.remedy}" if self.remedy else self.reason


@dataclass(frozen=True, slots=True)
class Comparison:
    """A profile beside settings that are in force together, for each kernel that they are judged for."""

    profile: str
    changes: tuple[tuple[Target, tuple[Change, ...]], ...]


@dataclass(frozen=True, slots=True)
class DiffPart:
    """One network namespace, image or saved host beside the profile: every parameter it names, what matters first."""

    host: Host
    changes: tuple[Change, ...]

    @property
    def differences(self) -> tuple[Change, ...]:
        """What is otherwise than the profile wants."""
        return tuple(change for change in self.changes if change.differs)


@dataclass(frozen=True, slots=True)
class DiffReport:
    """A profile beside what there is.

    `part` is what was asked for; with several namespaces `parts` has one for each. `place` says in words what was
    looked at, empty for this host. `against` names the other profile. `findings` are the differences as the policy's
    rule gives them, `problems` what could not be seen.
    """

    profile: str
    part: DiffPart
    problems: tuple[str, ...] = ()
    parts: tuple[DiffPart, ...] | None = None
    place: str = ""
    against: str | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def host(self) -> Host:
        """The host that was looked at, the first one of several namespaces."""
        return self.part.host

    @property
    def changes(self) -> tuple[Change, ...]:
        """Every parameter of the profile, in the first one of several namespaces."""
        return self.part.changes

    @property
    def differences(self) -> tuple[Change, ...]:
        """What is otherwise than the profile wants, over all namespaces."""
        return tuple(change for part in self.parts or (self.part,) for change in part.differences)
