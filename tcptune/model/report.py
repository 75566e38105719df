"""What an audit ends in: the record that every output format reads."""

from __future__ import annotations

from tcptune.model.finding import Finding
from tcptune.model.host import Host, Pressure
from tcptune.model.origin import Line
from tcptune.model.ports import Use as Use
from tcptune.model.record import dataclass
from tcptune.model.value import Value


@dataclass(frozen=True, slots=True)
class Row:
    """One parameter in the table.

    `default` is that of the running kernel on this host, None where it is not known. `status` is `default`, `changed`
    (somebody set it), or `unknown` (there is no default to compare with). `full` marks the parameters that tcptune is
    about; the others are known by existence, type and default only. `rules` are the codes of the findings on it.
    `origin` is the line that explains the value, `persisted` what the files give under systemd-sysctl and procps (None:
    no file was looked at); `note` says in a few words who set it, where that is known.
    """

    key: str
    value: Value | None
    default: Value | None
    unit: str | None
    scope: str
    status: str
    full: bool = True
    rules: tuple[str, ...] = ()
    origin: Line | None = None
    persisted: tuple[Value | None, Value | None] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One network namespace: its host facts, its parameters, its pressure.

    `uses` are the destinations that take the most local ports; None where the sockets could not be read.
    """

    host: Host
    rows: tuple[Row, ...]
    pressure: Pressure
    uses: tuple[Use, ...] | None = None


@dataclass(frozen=True, slots=True)
class AuditReport:
    """The audit of a host.

    `verdict` is one or two lines for a person. `part` is the namespace that was asked for; with several, `parts` has
    one for each and every finding names its own. `taken_at` is the time of the reading in UTC (ISO 8601), `boot_id`
    the kernel's id of this boot. `accepted` are lines about findings that the profile takes on purpose.
    """

    verdict: tuple[str, ...]
    part: Part
    findings: tuple[Finding, ...]
    boot_id: str | None = None
    taken_at: str | None = None
    parts: tuple[Part, ...] | None = None
    accepted: tuple[str, ...] = ()

    @property
    def limits(self) -> tuple[str, ...]:
        """What could not be seen, over all namespaces, each line once."""
        parts = (self.part, *(self.parts or ()))
        return tuple(dict.fromkeys(line for part in parts for line in part.host.limits))
