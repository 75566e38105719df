"""What a rule sees: settings that are in force together, the kernels they are judged against, and the live facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING

from tcptune.catalog import default_value, parameter, parameters
from tcptune.model.host import Host, Pressure
from tcptune.model.origin import Origins
from tcptune.model.parameter import Parameter
from tcptune.model.record import dataclass
from tcptune.model.setting import Setting
from tcptune.model.value import Value
from tcptune.model.version import Target

if TYPE_CHECKING:
    from tcptune.model.diff import Comparison


@dataclass(frozen=True)
class View:
    """Settings in force together.

    For a live host (`host` is set) every readable parameter is here and `touched` says which were set; for files only
    what they set, and `assignments` every one of them in order, also those that a later one replaces. `options` are
    the thresholds that configuration moved (`TT404.value`). `origins` is what a host's files say under each loader,
    None where they were not looked at; `policy` is a profile held against the settings, None where none was named.
    `anywhere` holds the keys that the same file sets at all, in other branches and documents too, or one beside it.
    """

    settings: Mapping[str, Setting]
    targets: tuple[Target, ...]
    host: Host | None = None
    pressure: Pressure | None = None
    options: Mapping[str, int] = field(default_factory=dict)
    assignments: tuple[Setting, ...] = ()
    origins: Origins | None = None
    policy: Comparison | None = None
    anywhere: frozenset[str] = frozenset()

    @property
    def live(self) -> bool:
        """Tell whether this is a running host."""
        return self.host is not None

    def number(self, key: str) -> int | None:
        """Return the value of `key` when it is set here as one number."""
        value = self.value(key)
        return value if isinstance(value, int) else None

    def value(self, key: str) -> Value | None:
        """Return the value of `key` in this view; None when it is not set here or not known."""
        setting = self.settings.get(key)
        return setting.value if setting else None

    def pair(self, key: str) -> tuple[int, int] | None:
        """Return the value of `key` when it is set here as two numbers."""
        value = self.value(key)
        return (value[0], value[1]) if isinstance(value, tuple) and len(value) == 2 else None

    def touched(self, key: str) -> Setting | None:
        """Return the setting of `key` if somebody set it."""
        setting = self.settings.get(key)
        return setting if setting is not None and setting.touched else None

    def known(self) -> Iterator[tuple[Setting, Parameter]]:
        """Yield every setting that the catalogue knows, with its parameter."""
        return iter(self._known)

    @cached_property
    def _known(self) -> list[tuple[Setting, Parameter]]:
        entries = parameters()
        return [(setting, entries[setting.key]) for setting in self.settings.values() if setting.key in entries]

    def unset(self, key: str) -> bool:
        """Tell whether nobody sets a parameter, and no file beside this one may."""
        return not (self.live or key in self.settings or key in self.anywhere)

    def left(self, key: str) -> list[Value]:
        """Return what a parameter is that nobody sets, target by target; nothing where somebody may set it."""
        if not self.unset(key):
            return []
        return [value for target in self.targets if (value := self.default(key, target)) is not None]

    def default(self, key: str, target: Target) -> Value | None:
        """Return the default of `key` on a target; None where it depends on a host that is not known here."""
        found = parameter(key)
        return default_value(found, target, self.host) if found is not None else None
