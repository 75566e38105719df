"""What a profile wants of one parameter, as `profile show` prints it."""

from __future__ import annotations

from tcptune.model.record import dataclass
from tcptune.model.setting import Location
from tcptune.model.value import Value


@dataclass(frozen=True, slots=True)
class Demand:
    """One parameter's demand on a kernel.

    `said` is it in words. `values` are those that are right (the first one is set), `low` and `high` the bounds,
    `per_gib` what the lower one grows by with each GiB of memory, `default` the kernel's own value. `condition` is
    where it holds, `unmet` why that is not the case here.
    """

    key: str
    said: str
    at: Location
    values: tuple[Value, ...] = ()
    low: int | None = None
    high: int | None = None
    per_gib: int | None = None
    default: bool = False
    why: str = ""
    condition: str = ""
    unmet: str | None = None
