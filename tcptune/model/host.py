"""A host and the pressure on it, as they were read: what live rules look at beside the values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tcptune.model.ports import PortPressure
from tcptune.model.record import dataclass
from tcptune.model.version import KernelVersion, Target


@dataclass(frozen=True, slots=True)
class Host:
    """What the defaults and the rules depend on.

    Sizes are bytes. `hz` is the kernel's tick rate, `ehash_entries` the size of the established hash (None: not
    known, computed from memory by the formulas). `netns` names the namespace looked at, `initial` tells whether it is
    the host's own; None when that cannot be seen. `limits` are the lines that say what could not be seen.
    """

    kernel: KernelVersion
    release: str = ""
    vendor: str | None = None
    distro: str = ""
    memory_bytes: int = 0
    page_size: int = 4096
    cpus: int = 1
    hz: int = 250
    ehash_entries: int | None = None
    uptime_seconds: float | None = None
    netns: str | None = None
    initial: bool | None = None
    container: str | None = None
    privileged: bool = False
    limits: tuple[str, ...] = ()

    @property
    def target(self) -> Target:
        """The running kernel as something to judge against."""
        return Target(self.kernel, self.vendor, str(self.kernel))


@dataclass(frozen=True, slots=True)
class Conntrack:
    """Connection tracking: entries now, the limit, and what its statistics counted (None: not to be seen here)."""

    count: int | None = None
    limit: int | None = None
    buckets: int | None = None
    stats: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pressure:
    """What happens on the host now.

    `sockets` are gauges from sockstat and sockstat6 (`TCP.tw`, `TCP.orphan`, …), `counters` since boot by their ids
    (`TcpExt.TCPTimeWaitOverflow`), `growth` what each grew by within `sample_seconds` (None: no sample was taken).
    `listening` are the TCP ports with a listener, `states` socket counts by state where they were read.
    `ports` is what destinations take of the ephemeral ports (None: the sockets could not be read).
    """

    sockets: Mapping[str, int] = field(default_factory=dict)
    counters: Mapping[str, int] = field(default_factory=dict)
    growth: Mapping[str, int] | None = None
    sample_seconds: float | None = None
    conntrack: Conntrack | None = None
    conntrack_growth: Mapping[str, int] | None = None
    listening: frozenset[int] = frozenset()
    states: Mapping[str, int] = field(default_factory=dict)
    time_wait_inbound: int | None = None
    time_wait_outbound: int | None = None
    ports: PortPressure | None = None
