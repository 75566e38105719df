"""What a comparison of a host with a profile ends in: the record that every output format reads."""

from __future__ import annotations

from typing import Literal

from tcptune.model.host import Host
from tcptune.model.record import dataclass
from tcptune.model.value import Value

Action = Literal["set", "keep", "skip", "blocked"]
"""`keep`: it is right already; `skip`: the profile does not concern this host; `blocked`: it cannot be set here."""


@dataclass(frozen=True, slots=True)
class Change:
    """One parameter of the profile.

    `wanted` is what it would be set to, or stays at; `wish` is the profile's demand in words (`at least 262144`).
    `reason` is the profile's for `set` and `keep`, else what stands in the way. `risk` is the documented risk of the
    value wanted, None where there is none.
    """

    key: str
    current: Value | None
    wanted: Value | None
    default: Value | None
    action: Action
    reason: str
    wish: str
    risk: str | None = None

    @property
    def differs(self) -> bool:
        """Tell whether the host is not what the profile wants."""
        return self.action in ("set", "blocked")


@dataclass(frozen=True, slots=True)
class DiffReport:
    """A host beside a profile: every parameter that the profile names, what matters first."""

    profile: str
    host: Host
    changes: tuple[Change, ...]
    problems: tuple[str, ...] = ()

    @property
    def differences(self) -> tuple[Change, ...]:
        """What the host has otherwise than the profile wants."""
        return tuple(change for change in self.changes if change.differs)
