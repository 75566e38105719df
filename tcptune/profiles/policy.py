"""A profile as a policy: what it wants where, and which findings it takes on purpose."""

from __future__ import annotations

from collections.abc import Iterable

from tcptune.model.finding import Finding
from tcptune.model.record import dataclass
from tcptune.profiles.facts import Facts
from tcptune.profiles.load import Chain
from tcptune.profiles.resolve import Wanted, resolve


@dataclass(frozen=True, slots=True)
class Policy:
    """A profile with its parents, to be held against something."""

    chain: Chain

    @property
    def name(self) -> str:
        """The profile's own name."""
        return self.chain.last.profile.name

    @property
    def keys(self) -> tuple[str, ...]:
        """Every parameter that the profile or a parent names, sorted."""
        return tuple(sorted({key for member in self.chain.members for key in member.profile.settings}))

    def wanted(self, facts: Facts) -> tuple[Wanted, ...]:
        """Return what is wanted of each parameter there. Raises `TcptuneError` for contradicting bounds."""
        return resolve(self.chain, facts)

    def takes(self, rule: str, slug: str) -> str | None:
        """Return why the profile takes what a rule warns of; None where it does not."""
        return self.chain.takes(rule, slug)

    def sift(self, findings: Iterable[Finding]) -> tuple[list[Finding], tuple[str, ...]]:
        """Return the findings that are left, and a line for each that the profile takes on purpose."""
        left: list[Finding] = []
        taken: dict[str, None] = {}
        for finding in findings:
            why = self.takes(finding.rule, finding.slug)
            if why is None:
                left.append(finding)
            else:
                place = f"{finding.at}: " if finding.at is not None else ""
                taken[f"{place}{finding.rule} {finding.message} The profile {self.name} takes it on purpose: {why}"] = (
                    None
                )
        return left, tuple(taken)
