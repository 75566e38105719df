"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from tcptune.model.finding import Finding, Fix, Related
from tcptune.model.record import dataclass
from tcptune.model.setting import Location, Setting
from tcptune.model.severity import Severity
from tcptune.rules.view import View

Check = Callable[[View], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its code and slug never change, `severity` is the gravest it gives.

    `keys` are the parameters it concerns (empty: any), `needs` what it cannot do without: `live` (a running host),
    `pressure` (counters), `files` (and no host), `origins` (the drop-ins of a host as its loaders read them), `policy`
    (a profile held against the settings). `about` tells where in a file a finding stands: on the `value`, or the `key`.
    """

    code: str
    slug: str
    severity: Severity
    summary: str
    check: Check
    keys: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()
    about: Literal["key", "value"] = "value"

    def finding(
        self,
        setting: Setting | None,
        message: str,
        why: str,
        *,
        severity: Severity | None = None,
        fix: Fix | None = None,
        related: tuple[Related, ...] = (),
        kernels: tuple[str, ...] | None = None,
        references: tuple[str, ...] = (),
    ) -> Finding:
        """Make a finding of this rule; it stands on `setting` when there is one."""
        return Finding(
            rule=self.code,
            slug=self.slug,
            severity=severity or self.severity,
            message=message,
            why=why,
            key=setting.key if setting else None,
            value=setting.value if setting else None,
            fix=fix,
            at=self._place(setting) if setting else None,
            related=related,
            kernels=kernels,
            references=references,
            anchor=setting.raw if setting else "",
        )

    def _place(self, setting: Setting) -> Location | None:
        first, second = setting.value_at, setting.key_at
        return second or first if self.about == "key" else first or second
