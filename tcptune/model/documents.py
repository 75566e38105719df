"""The JSON documents as types: what is written, field by field; `tcptune schema` is made from these.

They cost nothing at run time: the writers build plain dictionaries, the type checker and the schema hold them to it.
"""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from tcptune.model.documents_ports import DestinationDocument, LeakDocument, PortRangeDocument

JsonValue = int | str | list[int] | None
"""The value of a parameter: numbers stay numbers, a pair or triple is a list."""

Severity = Literal["error", "warning", "note"]


class Tool(TypedDict):
    """Who wrote the document."""

    name: str
    version: str


class LocationDocument(TypedDict):
    """A place in a file; 1-based, columns in Unicode characters, `end_column` exclusive."""

    path: str
    line: int
    column: int
    end_line: int | None
    end_column: int | None


class EditDocument(TypedDict):
    """One replacement in a file; `end_column` is exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str


class FixDocument(TypedDict):
    """What to do; `safe` where the result is provably the same or better."""

    title: str
    safe: bool
    edits: list[EditDocument]


class RelatedDocument(TypedDict):
    """Another place that a finding is about."""

    path: str
    line: int
    column: int
    message: str


class FindingDocument(TypedDict):
    """One finding; `fingerprint` survives a shifted line."""

    rule: str
    slug: str
    severity: Severity
    key: str | None
    value: JsonValue
    message: str
    why: str
    fix: FixDocument | None
    location: LocationDocument | None
    related: list[RelatedDocument]
    kernels: list[str] | None
    netns: str | None
    fingerprint: str
    references: list[str]


class Summary(TypedDict):
    """How many findings of each gravity, and how many files were read."""

    error: int
    warning: int
    note: int
    files: int


class HostDocument(TypedDict):
    """The host that was looked at; sizes in bytes, `limits` say what could not be seen."""

    kernel: str
    release: str
    distro: str
    vendor: str | None
    memory_bytes: int
    page_size: int
    cpus: int
    hz: int
    netns: str | None
    initial: bool | None
    container: str | None
    privileged: bool
    uptime_seconds: float | None
    limits: list[str]


class Origin(TypedDict):
    """Where a value was set, and which loader read it."""

    path: str
    line: int
    loader: str


class Persisted(TypedDict):
    """What the files give under each loader."""

    systemd: JsonValue
    procps: JsonValue


class ParameterDocument(TypedDict):
    """One parameter; `origin` and `persisted` are null where no file was looked at."""

    key: str
    value: JsonValue
    default: JsonValue
    unit: str | None
    scope: str
    origin: Origin | None
    persisted: Persisted | None
    status: Literal["default", "changed", "unknown"]


class ConntrackDocument(TypedDict):
    """Connection tracking; null is what cannot be seen."""

    count: int | None
    limit: int | None
    buckets: int | None
    stats: dict[str, int]
    growth: dict[str, int] | None


class PressureDocument(TypedDict):
    """Gauges (`sockets`), sockets by state, counters since boot, and their growth within `sample_seconds`.

    `destinations` are those that use the most ports, null where the sockets could not be read; `ports` are the
    ephemeral ones, `leaks` the processes with a hundred sockets or more that they do not close.
    """

    sockets: dict[str, int]
    states: dict[str, int]
    destinations: list[DestinationDocument] | None
    counters: dict[str, int]
    growth: dict[str, int] | None
    sample_seconds: float | None
    conntrack: ConntrackDocument | None
    listening: list[int]
    time_wait_inbound: int | None
    time_wait_outbound: int | None
    ports: PortRangeDocument | None
    leaks: list[LeakDocument]


class PartDocument(TypedDict):
    """One network namespace."""

    host: HostDocument
    parameters: list[ParameterDocument]
    pressure: PressureDocument


class AuditDocument(TypedDict):
    """What `tcptune audit --format json` prints; `namespaces` is null unless several were asked for."""

    schema: Literal["tcptune/audit/1"]
    tool: Tool
    command: Literal["audit"]
    taken_at: str | None
    boot_id: str | None
    verdict: list[str]
    host: HostDocument
    parameters: list[ParameterDocument]
    findings: list[FindingDocument]
    summary: Summary
    pressure: PressureDocument
    namespaces: list[PartDocument] | None


class CatalogueParameter(TypedDict):
    """One parameter of the catalogue, for one kernel."""

    key: str
    family: str
    meaning: str
    kind: str
    depth: Literal["full", "table"]
    unit: str | None
    exists: bool
    scope: str | None
    default: JsonValue
    formula: str | None
    low: int | None
    high: int | None
    since: str | None
    removed: str | None
    module: str | None


class ParamsDocument(TypedDict):
    """What `tcptune params --format json` prints."""

    schema: Literal["tcptune/params/1"]
    tool: Tool
    command: Literal["params"]
    kernel: str
    parameters: list[CatalogueParameter]


class PageItemDocument(TypedDict):
    """One statement of a page; `label` is what it is about, in a section of claims the claim that `text` refutes."""

    label: str | None
    text: str
    sources: list[str]


class PageSectionDocument(TypedDict):
    """Statements under a heading."""

    title: str
    form: Literal["text", "list", "facts", "claims", "code"]
    items: list[PageItemDocument]


class ExplainDocument(TypedDict):
    """What `tcptune explain --format json` prints; `kernel` is what version-dependent statements hold for."""

    schema: Literal["tcptune/explain/1"]
    tool: Tool
    command: Literal["explain"]
    title: str
    kind: Literal["parameter", "counter", "rule", "topic", "distribution", "experiment"]
    summary: str
    kernel: str | None
    value: str | None
    sections: list[PageSectionDocument]


class MismatchDocument(TypedDict):
    """One fact on which the catalogue and the kernel disagree."""

    key: str
    aspect: str
    catalogue: str
    kernel: str


class VerifyDocument(TypedDict):
    """What `tcptune params --verify --format json` prints."""

    schema: Literal["tcptune/verify/1"]
    tool: Tool
    command: Literal["params"]
    kernel: str
    entries: int
    checks: int
    probes: int
    mismatches: list[MismatchDocument]
    unknown: list[str]
    notes: list[str]


class LintDocument(TypedDict):
    """What lint found; `skipped` says which files were not read and why."""

    schema: Literal["tcptune/lint/1"]
    tool: Tool
    command: Literal["lint"]
    findings: list[FindingDocument]
    summary: Summary
    skipped: list[str]
    unused_suppressions: list[str]
    suppressed: int


class ChangeDocument(TypedDict):
    """One parameter of a profile beside the host's; `wanted` is what it would be set to, or stays at.

    `reason` is the profile's own for `set` and `keep`; for `skip` and `blocked` it says what stands in the way, and
    the next step. `risk` is the documented risk of the value wanted, `origin` the line that explains the current one:
    null for the kernel's default and for what was set at run time.
    """

    key: str
    current: JsonValue
    wanted: JsonValue
    default: JsonValue
    action: Literal["set", "keep", "skip", "blocked"]
    reason: str
    risk: str | None
    origin: Origin | None


class DiffPartDocument(TypedDict):
    """One network namespace beside the profile."""

    host: HostDocument
    changes: list[ChangeDocument]


class DiffDocument(TypedDict):
    """What `tcptune diff --format json` prints; every parameter of the profile is in `changes`.

    `against` names the other profile that it was compared with. `findings` are the differences as `audit --profile`
    gives them. `namespaces` is null unless several were asked for; then `host` and `changes` are the first one's.
    """

    schema: Literal["tcptune/diff/1"]
    tool: Tool
    command: Literal["diff"]
    profile: str
    against: str | None
    host: HostDocument
    changes: list[ChangeDocument]
    findings: list[FindingDocument]
    summary: Summary
    namespaces: list[DiffPartDocument] | None
