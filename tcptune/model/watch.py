"""One moment of `tcptune watch`: what is there now, and how it came to that."""

from __future__ import annotations

from collections.abc import Mapping

from tcptune.model.finding import Finding
from tcptune.model.record import dataclass
from tcptune.model.sockets_report import SocketsPart

History = tuple[float, ...]
"""Numbers of the moments so far, the newest last."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What is shown.

    `at` is the time of day (local, HH:MM:SS), `seconds` what lies between two looks. `waiting` is the history of
    TIME_WAIT, `closing` of connections a second that went there, `destinations` of the ports that each takes, by name.
    `counters` are those that moved in one of the moments kept, a second, by id. `findings` are the alerts.
    """

    at: str
    seconds: float
    part: SocketsPart
    waiting: History
    closing: History
    destinations: Mapping[str, History]
    counters: Mapping[str, History]
    findings: tuple[Finding, ...]
    limits: tuple[str, ...] = ()
