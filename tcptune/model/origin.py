"""Where a value comes from: what the files of a host say of a parameter, under each loader, and who else writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from tcptune.model.record import dataclass
from tcptune.model.setting import Location, Setting
from tcptune.model.value import Value

LOADERS = {"systemd": "systemd-sysctl", "procps": "sysctl --system"}
"""The loaders as a person calls them."""

LEFT_OVER = (".dpkg-old", ".dpkg-dist", ".dpkg-new", ".dpkg-bak", ".ucf-old", ".ucf-dist", ".rpmsave", ".rpmnew")
TEXTS = (".md", ".rst", ".sample", ".example", ".pacnew", ".pacsave")
"""How names end that package managers leave behind in a folder of drop-ins, and such as nobody takes for a drop-in."""

PRESETS = ("/usr/lib/", "/usr/local/lib/", "/lib/")
"""Where packages put their drop-ins; /etc and /run are there to replace them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line that sets a parameter; `value` is what its text means (None: not known), `by` who reads or writes it."""

    key: str
    raw: str
    value: Value | None
    at: Location
    by: str

    def says(self, other: Line | Setting) -> bool:
        """Tell whether another line or a live value comes to the same."""
        if self.value is not None and other.value is not None:
            return self.value == other.value
        return self.raw.split() == other.raw.split()

    @property
    def setting(self) -> Setting:
        """Return the line as a setting for a finding to stand on."""
        return Setting(self.key, self.raw, self.value, key_at=self.at, source="sysctl.d")


@dataclass(frozen=True, slots=True)
class Lost:
    """A line that has no effect because a later one wins under every loader that reads it."""

    line: Line
    winner: Line
    loaders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of one parameter.

    `systemd` and `procps` are the lines that each loader ends with, systemd-sysctl at the next boot; `now` is what it
    gives until then, where that is another one (/run is emptied by a boot). `late` is a line that sets nothing at boot
    because `module` is loaded later. `managers` are lines in the files of tuned, ufw and the like that win over the
    loaders, `candidates` the names of the managers that are present and may set the parameter besides.
    """

    key: str
    systemd: Line | None = None
    procps: Line | None = None
    late: Line | None = None
    module: str | None = None
    managers: tuple[Line, ...] = ()
    candidates: tuple[str, ...] = ()
    now: Line | None = None

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return every line that may explain a live value, the boot's first."""
        held = (self.systemd, self.procps, self.now, self.late, *self.managers)
        return tuple(line for line in held if line is not None)

    def of(self, setting: Setting) -> Line | None:
        """Return the line that explains a live value; None when no file does."""
        return next((line for line in self.lines if line.says(setting)), None)


@dataclass(frozen=True, slots=True)
class Unread:
    """A file with settings that a loader passes over; `readers` are those that read it all the same."""

    at: Location
    reason: str
    readers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Writable:
    """A drop-in, folder or target of a link that others than root can write; `through` is the path that leads to it."""

    path: str
    kind: str
    who: str
    through: str | None = None


@dataclass(frozen=True, slots=True)
class Origins:
    """The files of a host as a whole.

    `applies` is false in a network namespace that no loader writes, and where the files are not those that the host
    boots with: they are shown, and nothing is measured by them. `refused` are lines that the loader at boot tries in
    vain. `loaders` are those that the host has; `boot` is the one that runs at boot.
    """

    sources: Mapping[str, Source] = field(default_factory=dict)
    applies: bool = True
    loaders: tuple[str, ...] = ()
    boot: str = "systemd"
    lost: tuple[Lost, ...] = ()
    unread: tuple[Unread, ...] = ()
    writable: tuple[Writable, ...] = ()
    problems: tuple[str, ...] = ()
    refused: tuple[Line, ...] = ()
