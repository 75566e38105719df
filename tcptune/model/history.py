"""What changed when: steps in the life of a fact, and which of them is in force on a kernel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeVar

from tcptune.model.fact import Fact
from tcptune.model.value import Value
from tcptune.model.version import OLDEST, KernelVersion, Target

INT_MAX = 2**31 - 1
INT_MIN = -(2**31)
UINT_MAX = 2**32 - 1
LONG_MAX = 2**63 - 1
ULONG_MAX = 2**64 - 1

Handler = Literal[
    "int",
    "int_minmax",
    "uint",
    "uint_minmax",
    "u8",
    "ulong",
    "bool",
    "jiffies",
    "ms_jiffies",
    "uint_jiffies",
    "ports",
    "text",
    "other",
]
"""How the kernel stores and checks a number, after its `proc_do…` function; it gives the natural bounds.

`jiffies` takes seconds and stores ticks, so its bound depends on HZ; `uint_jiffies` does so for a number without a
sign; `ms_jiffies` takes milliseconds; `u8` takes 0 to 255.
"""


class Step(Fact):
    """Something that holds from a kernel on, until a later step replaces it.

    `also` names stable branches that took the change (`KernelVersion(5, 10, 262)`: 5.10.y from patch 262 on),
    `vendors` the distribution kernels that carry it below `since` (`rhel7`).
    """

    since: KernelVersion = OLDEST
    also: tuple[KernelVersion, ...] = ()
    vendors: tuple[str, ...] = ()
    commit: str | None = None
    note: str | None = None

    def holds(self, target: Target) -> bool:
        """Tell whether this step has been taken on the target kernel."""
        if target.version >= self.since or (target.vendor is not None and target.vendor in self.vendors):
            return True
        return any(target.version.release == stable.release and target.version >= stable for stable in self.also)


S = TypeVar("S", bound=Step)


def in_force(steps: Sequence[S], target: Target) -> S | None:
    """Return the last step taken on the target; None before the first."""
    for step in reversed(steps):
        if step.holds(target):
            return step
    return None


class DefaultStep(Step):
    """The default from a kernel on: a value, or the name of a formula over the host (see `catalog.formulas`)."""

    value: Value | None = None
    formula: str | None = None


class RangeStep(Step):
    """What the kernel accepts from a kernel on.

    `low` and `high` are the explicit bounds, per number for pairs and triples; None leaves the handler's own.
    `low_ticks` is a lower bound in microseconds that lasts so many of the kernel's ticks. `multiple` is what an
    accepted number is rounded up to: it reads back as the next multiple.
    """

    handler: Handler = "int"
    low: int | None = None
    high: int | None = None
    low_ticks: int | None = None
    multiple: int | None = None

    def bounds(self, hz: int = 250) -> tuple[int | None, int | None]:
        """Return the least and greatest number a write is accepted with, None where there is no bound."""
        natural: dict[str, tuple[int | None, int | None]] = {
            "int": (INT_MIN, INT_MAX),
            "int_minmax": (INT_MIN, INT_MAX),
            "uint": (0, UINT_MAX),
            "uint_minmax": (0, UINT_MAX),
            "u8": (0, 255),
            "bool": (0, 1),
            "ulong": (0, ULONG_MAX),
            "jiffies": (-(INT_MAX // hz), INT_MAX // hz),
            "ms_jiffies": (0, INT_MAX),
            "uint_jiffies": (0, UINT_MAX // hz),
            "ports": (0, 65535),
        }
        low, high = natural.get(self.handler, (None, None))
        if self.low_ticks is not None:
            low = self.low_ticks * 1_000_000 // hz
        return (self.low if self.low is not None else low, self.high if self.high is not None else high)


class ScopeStep(Step):
    """Where a value lives from a kernel on: once for the host, or once in every network namespace.

    `child` says what a network namespace other than the initial one sees of it: its own value, a read-only file
    (0444), or no file at all.
    """

    scope: Literal["host", "netns"]
    child: Literal["own", "read-only", "absent"] = "own"


class MeaningStep(Step):
    """What each value means from a kernel on; a value that is not listed has no meaning of its own."""

    meanings: dict[int, str]
