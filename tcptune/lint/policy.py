"""A profile held against the settings of files, for every kernel judged."""

from __future__ import annotations

from collections.abc import Mapping

from tcptune.model.diff import Change, Comparison
from tcptune.model.host import Host
from tcptune.model.setting import Setting
from tcptune.model.version import Target
from tcptune.profiles.compare import Seen, compare, compared
from tcptune.profiles.facts import Facts
from tcptune.profiles.policy import Policy
from tcptune.profiles.resolve import Wanted

Held = tuple[tuple[Target, Change], ...]


class Holder:
    """Holds a profile against settings; what it wants of a kernel, and what comes of a value, is found once.

    The memory and the modules of the hosts that files are for are not known: conditions on them are taken to hold.
    What is set for a container or a pod is for another network namespace than the host's own.
    """

    def __init__(self, policy: Policy, targets: tuple[Target, ...]) -> None:
        self.policy = policy
        self.targets = targets
        self.replaced: frozenset[str] = frozenset()
        """The parameters that a later file of the same folder sets again."""
        self._keys = frozenset(policy.keys)
        self._wanted: dict[tuple[Target, bool], dict[str, Wanted]] = {}
        self._held: dict[tuple[object, ...], Held] = {}
        self._compared: dict[tuple[object, ...], Comparison] = {}

    def comparison(self, settings: Mapping[str, Setting]) -> Comparison | None:
        """Return the profile beside settings that are in force together; None where it names none of them.

        Raises `TcptuneError` when the profile contradicts itself on one of the kernels.
        """
        mine = [settings[key] for key in sorted((self._keys & settings.keys()) - self.replaced)]
        if not mine:
            return None
        memo = tuple((setting.key, setting.value, _on_the_host(setting)) for setting in mine)
        if memo not in self._compared:
            found: dict[Target, list[Change]] = {}
            for setting in mine:
                for target, change in self._of(setting):
                    found.setdefault(target, []).append(change)
            changes = tuple((target, tuple(found.get(target, ()))) for target in self.targets)
            self._compared[memo] = Comparison(self.policy.name, changes)
        return self._compared[memo]

    def whole(self, settings: Mapping[str, Setting]) -> Comparison:
        """Return the profile beside all that a host's files set: what none of them sets has the kernel's default.

        Raises `TcptuneError` when the profile contradicts itself on one of the kernels.
        """
        known = {key: setting for key, setting in settings.items() if key in self._keys}
        found = []
        for target in self.targets:
            facts = Facts(target, initial=True)
            host = Host(kernel=target.version, vendor=target.vendor)
            found.append((target, compare(self.policy, Seen(facts, host, known, running=False))))
        return Comparison(self.policy.name, tuple(found))

    def _of(self, setting: Setting) -> Held:
        initial = _on_the_host(setting)
        memo = (setting.key, setting.value, initial)
        if memo not in self._held:
            self._held[memo] = tuple(
                (target, change) for target in self.targets for change in self._on(target, setting, initial=initial)
            )
        return self._held[memo]

    def _on(self, target: Target, setting: Setting, *, initial: bool) -> tuple[Change, ...]:
        facts = Facts(target, initial=initial)
        if (target, initial) not in self._wanted:
            self._wanted[target, initial] = {item.key: item for item in self.policy.wanted(facts)}
        item = self._wanted[target, initial].get(setting.key)
        host = Host(kernel=target.version, vendor=target.vendor)
        seen = Seen(facts, host, {setting.key: setting}, running=False)
        return compared(self.policy, [item], seen) if item is not None else ()


def _on_the_host(setting: Setting) -> bool:
    """Tell whether a setting is for the host's own network namespace."""
    return not setting.facts & {"container", "pod"} or "host-network" in setting.facts
