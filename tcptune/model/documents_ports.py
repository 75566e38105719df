"""What documents say about ephemeral ports, destinations and the processes behind them."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict


class OwnerDocument(TypedDict):
    """A process with sockets; `confidence` says how sure it is that what is told of them is told of it."""

    pid: int
    name: str
    sockets: int
    container: str | None
    unit: str | None
    confidence: Literal["certain", "likely", "guess"]


class DestinationDocument(TypedDict):
    """A destination's port budget: sockets by state from one local address to one remote address and port.

    `ports_used` is their sum, `ports` how many ephemeral ports there are for it. Of those in TIME_WAIT `young` began
    within ten seconds, `ending` end within ten, `bound` have a port of the parity that bind() tries first. `timestamps`
    is null where no live connection told, `growth` (sockets a second) where no sample was taken.
    """

    local: str
    remote: str
    port: int
    states: dict[str, int]
    ports_used: int
    ports: int | None
    young: int
    ending: int
    bound: int
    timestamps: bool | None
    owners: list[OwnerDocument]
    growth: float | None


class PortRangeDocument(TypedDict):
    """The ephemeral ports; `usable` is their number without the reserved ones, `taken` how many local ports are held.

    `taken` counts different ports, whatever their destination: what bind() finds taken.
    """

    low: int
    high: int
    reserved: int
    usable: int
    taken: int


class LeakDocument(TypedDict):
    """A process with many sockets whose closing hangs: `CLOSE_WAIT`, which it holds, or `ORPHAN`, told of it.

    `place` is where most of them are: `to 10.0.0.1:5432`, or `on port 80`.
    """

    state: str
    owner: OwnerDocument
    place: str
