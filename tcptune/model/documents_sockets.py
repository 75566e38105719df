"""The JSON document of `tcptune sockets`, field by field."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from tcptune.model.documents import FindingDocument, Summary, Tool
from tcptune.model.documents_ports import DestinationDocument, OwnerDocument, PortRangeDocument


class BudgetDocument(TypedDict):
    """How a destination stands; null where the port range is not known.

    `held` ports cannot be had by the next connect(), `reusable` ones are in TIME_WAIT and can. `lifetime_seconds` is
    how long a closed connection keeps its port, `sustainable_per_second` how many new connections that allows for ever,
    `seconds_left` the time until EADDRNOTAVAIL at the present rate (null: it does not come to that).
    """

    held: int
    reusable: int
    free: int
    pressed: float
    lifetime_seconds: float
    sustainable_per_second: float
    seconds_left: float | None


class SocketsDestinationDocument(DestinationDocument):
    """A destination with how it stands; `closed_per_second` is how many went into TIME_WAIT of late."""

    closed_per_second: float
    budget: BudgetDocument | None


class StateDocument(TypedDict):
    """Sockets in one state: all, those that came in, those that went out; `growth` a second in a sample."""

    state: str
    total: int
    inbound: int
    outbound: int
    growth: float | None


class ProcessDocument(TypedDict):
    """A process's sockets by state, and what is told of it by them; `what` says who it is where `owner` is null.

    `told` says how sure it is that those in `time_wait` and `orphans` were the process's; null where there are none.
    """

    owner: OwnerDocument | None
    states: dict[str, int]
    time_wait: int
    orphans: int
    what: str
    told: Literal["certain", "likely", "guess"] | None


class ListenerDocument(TypedDict):
    """A port that is listened on: connections by state, who listens, and how many of `backlog` wait for accept()."""

    port: int
    states: dict[str, int]
    owners: list[OwnerDocument]
    waiting: int | None
    backlog: int | None


class ReuseDocument(TypedDict):
    """Whether connect() may take ports out of TIME_WAIT: tcp_tw_reuse, tcp_timestamps, and the age from which."""

    mode: int
    timestamps: int
    delay_seconds: float


class LingeringDocument(TypedDict):
    """What sockets of a process said: of `asked` ones `zero` linger 0 seconds, `positive` longer.

    `reuse` have SO_REUSEADDR; `linger2` are the different values of TCP_LINGER2, in seconds.
    """

    owner: OwnerDocument
    asked: int
    zero: int
    positive: int
    reuse: int
    linger2: list[int]


class SocketsPartDocument(TypedDict):
    """The sockets of one network namespace; the rows of the way that was not asked for are null."""

    netns: str | None
    kernel: str
    container: str | None
    limits: list[str]
    source: Literal["sock_diag", "procfs"]
    complete: bool
    states: list[StateDocument]
    ports: PortRangeDocument | None
    reuse: ReuseDocument
    rows: int
    destinations: list[SocketsDestinationDocument] | None
    processes: list[ProcessDocument] | None
    listeners: list[ListenerDocument] | None
    lingering: list[LingeringDocument] | None


class ClosedDocument(TypedDict):
    """How often a process closed first towards a place, or ended connections there with a RST."""

    pid: int
    name: str
    unit: str | None
    place: str
    act: Literal["closes first", "resets"]
    count: int


class TraceDocument(TypedDict):
    """Closes within `seconds`: by process, and what is blamed on none of them.

    `elsewhere` were acts in other namespaces, `unplaced` of processes that had ended. `received` (a RST came, or a
    timeout) and `peers` (the other side closed first) are those of the whole host; `lost` events were not read in time.
    """

    seconds: float
    rows: list[ClosedDocument]
    elsewhere: int
    unplaced: int
    received: int
    peers: int
    lost: int


class SocketsDocument(TypedDict):
    """What `tcptune sockets --format json` prints; several `namespaces` are there with --all-netns alone."""

    schema: Literal["tcptune/sockets/1"]
    tool: Tool
    command: Literal["sockets"]
    taken_at: str | None
    sample_seconds: float | None
    by: Literal["destination", "process", "state", "listener"]
    namespaces: list[SocketsPartDocument]
    trace: TraceDocument | None
    findings: list[FindingDocument]
    summary: Summary
