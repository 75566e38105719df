"""A kernel parameter, described fully: the one record that audit, lint, explain, params and the manual read."""

from __future__ import annotations

from typing import Literal

from tcptune.model.fact import Fact
from tcptune.model.history import DefaultStep, MeaningStep, RangeStep, ScopeStep, Step, in_force
from tcptune.model.severity import Severity
from tcptune.model.value import Kind, Value
from tcptune.model.version import OLDEST, KernelVersion, Target


class Source(Fact):
    """Where a statement can be checked.

    `kind` is `commit` (hash and subject), `code` (file and function of the kernel), `doc` (a file of the kernel's
    documentation), `rfc` (number and section) or `measured` (seen on a running kernel; `text` says how).
    """

    kind: Literal["commit", "code", "doc", "rfc", "measured"]
    text: str


class Myth(Fact):
    """A claim that readers bring along, and what is so."""

    claim: str
    truth: str
    sources: tuple[Source, ...] = ()


class Interaction(Fact):
    """What a parameter has to do with another one; `key` is a catalogue entry."""

    key: str
    effect: str


class Condition(Fact):
    """When a risk is real, as data.

    `op` compares the value (for pairs: `low_*` its first number, `span_*` the count of numbers it covers,
    `same_parity` both ends, where they are two) with `value`, and for `between` with `value` and `upto`, both
    inclusive.
    """

    op: Literal["eq", "ne", "lt", "gt", "between", "low_lt", "span_lt", "same_parity"]
    value: int = 0
    upto: int | None = None

    def holds(self, value: Value) -> bool:
        """Tell whether the value meets the condition; a value of another shape does not."""
        if isinstance(value, tuple):
            if len(value) != 2:
                return False
            low, high = value
            return {
                "low_lt": low < self.value,
                "span_lt": 0 < high - low + 1 < self.value,
                "same_parity": low < high and low % 2 == high % 2,
            }.get(self.op, False)
        if isinstance(value, str):
            return False
        return {
            "eq": value == self.value,
            "ne": value != self.value,
            "lt": value < self.value,
            "gt": value > self.value,
            "between": self.upto is not None and self.value <= value <= self.upto,
        }.get(self.op, False)


class Risk(Fact):
    """A documented risk of a value: one rule of the TT4xx family.

    `threshold` names the number of the condition that configuration can move. `since` and `until` bound the kernels
    concerned (`until` is the first one that is not). `remedy` says what to do; `value` is what to set instead, where
    one value is right for everybody, else None: then the line is better gone.
    """

    rule: str
    slug: str
    severity: Severity
    when: Condition
    reason: str
    symptom: str
    remedy: str
    value: Value | None = None
    since: KernelVersion = OLDEST
    until: KernelVersion | None = None
    sources: tuple[Source, ...] = ()


class Sensible(Fact):
    """The range that makes sense, where the kernel accepts more; `why` says what happens outside.

    `hurts` marks one outside of which a value means what it says and does harm; else it means nothing there. Of
    several numbers the first `free` ones may be any.
    """

    low: int | None = None
    high: int | None = None
    why: str
    hurts: bool = False
    free: int = 0


class Lifetime(Fact):
    """On which kernels a key exists.

    `began` and `removed` are steps (with stable branches and vendor kernels); no `removed` means it lives. `instead`
    says what to do where it is gone. `vendor_only` names kernels outside mainline that alone have it. `module` is the
    kernel module that brings the key, `option` the build option without which a kernel does not have it (`CONFIG_RPS`).
    """

    began: Step = Step()
    removed: Step | None = None
    renamed_to: str | None = None
    instead: str | None = None
    vendor_only: tuple[str, ...] = ()
    module: str | None = None
    option: str | None = None
    no_effect: Step | None = None


class Parameter(Fact):
    """One key below /proc/sys.

    `depth` is `full` for the parameters that tcptune is about, `table` for those it knows only by existence, type,
    scope, range and default. `mode` is the file's permission in the initial namespace.
    """

    key: str
    family: str
    meaning: str
    kind: Kind
    depth: Literal["full", "table"] = "table"
    unit: str | None = None
    mode: int = 0o644
    lifetime: Lifetime = Lifetime()
    scope: tuple[ScopeStep, ...] = (ScopeStep(scope="netns"),)
    default: tuple[DefaultStep, ...] = ()
    accepted: tuple[RangeStep, ...] = ()
    sensible: Sensible | None = None
    meanings: tuple[MeaningStep, ...] = ()
    inherited: bool = False
    semantics: tuple[str, ...] = ()
    risks: tuple[Risk, ...] = ()
    interactions: tuple[Interaction, ...] = ()
    myths: tuple[Myth, ...] = ()
    history: tuple[Step, ...] = ()
    sources: tuple[Source, ...] = ()

    def exists(self, target: Target) -> bool:
        """Tell whether the target's kernel can have the key (its module loaded, if it needs one)."""
        life = self.lifetime
        if life.vendor_only:
            return target.vendor in life.vendor_only
        if not life.began.holds(target):
            return False
        return life.removed is None or not life.removed.holds(target)

    def scope_on(self, target: Target) -> ScopeStep | None:
        """Return where the value lives on the target; None where the key does not exist yet."""
        return in_force(self.scope, target)

    def default_on(self, target: Target) -> DefaultStep | None:
        """Return the default's step on the target; a formula is computed by `catalog.default_value`."""
        return in_force(self.default, target)

    def accepted_on(self, target: Target) -> RangeStep | None:
        """Return what the target's kernel accepts; None where it is not known."""
        return in_force(self.accepted, target)

    def meanings_on(self, target: Target) -> dict[int, str]:
        """Return what each value means on the target, empty when values are plain numbers."""
        step = in_force(self.meanings, target)
        return step.meanings if step else {}


class Counter(Fact):
    """A counter or gauge of the kernel.

    `file` is `netstat`, `snmp`, `sockstat`, `sockstat6` or `conntrack`, `group` the line's prefix there (`TcpExt`,
    `Tcp`, `TCP`), `name` its column. `host_wide` is true where a network namespace shows the whole host's number.
    """

    file: Literal["netstat", "snmp", "sockstat", "sockstat6", "conntrack"]
    group: str
    name: str
    meaning: str
    lifetime: Lifetime = Lifetime()
    host_wide: bool = False
    gauge: bool = False
    where: str | None = None
    rules: tuple[str, ...] = ()
    myths: tuple[Myth, ...] = ()

    @property
    def id(self) -> str:
        """The name by which rules and reports know it: `TcpExt.TCPTimeWaitOverflow`."""
        return f"{self.group}.{self.name}"


class Distribution(Fact):
    """A distribution's kernel: `names` are what users type (`rhel9`, `rocky9`), `version` what it is judged as."""

    names: tuple[str, ...]
    title: str
    version: KernelVersion
    vendor: str | None = None
    living: bool = True
    verified: bool = False
    notes: tuple[str, ...] = ()


class Topic(Fact):
    """Something that is asked about and is no parameter: a socket option, a closing state, an error.

    `facts` are sentences that were read in the kernel's source or measured; `see` names parameters, counters, rules
    or other topics.
    """

    name: str
    kind: Literal["socket-option", "state", "error", "concept"]
    aliases: tuple[str, ...] = ()
    summary: str
    facts: tuple[str, ...] = ()
    myths: tuple[Myth, ...] = ()
    see: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()


__all__ = [
    "Condition",
    "Counter",
    "Distribution",
    "Interaction",
    "KernelVersion",
    "Lifetime",
    "Myth",
    "Parameter",
    "Risk",
    "Sensible",
    "Severity",
    "Source",
    "Topic",
]
