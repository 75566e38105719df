"""What `tcptune sockets` shows: one namespace's sockets, grouped in one way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from tcptune.model.finding import Finding
from tcptune.model.host import Host
from tcptune.model.ports import Confidence, Owner, PortPressure, Reuse, Use
from tcptune.model.record import dataclass
from tcptune.model.trace import TraceReport

By = Literal["destination", "process", "state", "listener"]


@dataclass(frozen=True, slots=True)
class StateRow:
    """Sockets in one state: all of them, those of connections that came in, and those that went out."""

    state: str
    total: int
    inbound: int
    outbound: int
    growth: float | None = None


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """What a process has: its own sockets by state, and what is told of it by them.

    `owner` is None for sockets that no process holds or whose process is not to be seen; `what` says which.
    `time_wait` and `orphans` (closed, and not acknowledged yet) have no owner any more: they go to the process with the
    most live connections to the same destination, or with the listener on the same port. `told` says how sure that is:
    `likely` where it has nearly all of them, `guess` where it is one of several; None where there are none.
    """

    owner: Owner | None
    states: Mapping[str, int]
    time_wait: int = 0
    orphans: int = 0
    what: str = ""
    told: Confidence | None = None

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.states.values()) + self.time_wait + self.orphans


@dataclass(frozen=True, slots=True)
class ListenerRow:
    """A port that is listened on: connections that came in by state, who listens, and the accept queue.

    `waiting` connections of at most `backlog` are waiting to be accepted; of several listeners it is their sum.
    """

    port: int
    states: Mapping[str, int]
    owners: tuple[Owner, ...] = ()
    waiting: int | None = None
    backlog: int | None = None


@dataclass(frozen=True, slots=True)
class SocketsPart:
    """The sockets of one network namespace; of the rows those of the way that was asked for are filled.

    `number` is how many rows there would be without `--top`. `source` says how the table was read, `complete` whether
    it stood still meanwhile.
    """

    host: Host
    source: str
    complete: bool
    states: tuple[StateRow, ...]
    ports: PortPressure
    reuse: Reuse
    number: int
    destinations: tuple[Use, ...] = ()
    processes: tuple[ProcessRow, ...] = ()
    listeners: tuple[ListenerRow, ...] = ()

    def count(self, state: str) -> StateRow:
        """Return the row of a state, zeros where there is none."""
        return next((row for row in self.states if row.state == state), StateRow(state, 0, 0, 0))


@dataclass(frozen=True, slots=True)
class SocketsReport:
    """`parts` holds the namespace that was asked for, or with `everywhere` all of them.

    `trace` is who closed first while the kernel was listened to, None where nobody asked.
    """

    by: By
    parts: tuple[SocketsPart, ...]
    findings: tuple[Finding, ...] = ()
    taken_at: str | None = None
    sample_seconds: float | None = None
    everywhere: bool = False
    trace: TraceReport | None = None
    lost: tuple[str, ...] = field(default=())

    @property
    def limits(self) -> tuple[str, ...]:
        """What could not be seen, over all namespaces, each line once."""
        lines = [line for part in self.parts for line in part.host.limits]
        return tuple(dict.fromkeys((*lines, *self.lost)))
