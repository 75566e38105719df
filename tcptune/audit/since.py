"""An earlier audit as the beginning of a sample: what the counters have grown by since it was saved."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tcptune.errors import TcptuneError, at
from tcptune.live.pressure import growth_since
from tcptune.model.host import Conntrack, Host, Pressure
from tcptune.model.record import dataclass

LARGEST = 64 << 20


@dataclass(frozen=True, slots=True)
class Then:
    """One namespace in a saved audit; `uptime` is the host's in seconds at that moment."""

    pressure: Pressure
    uptime: float


@dataclass(frozen=True, slots=True)
class Earlier:
    """A saved audit: the boot it was made in, and its namespaces by name (None: the one that was asked for)."""

    path: str
    boot_id: str
    places: Mapping[str | None, Then]

    def growth(self, host: Host, now: Pressure, boot_id: str) -> tuple[Pressure, tuple[str, ...]]:
        """Return the pressure with what grew since, and a line for what could not be compared.

        Raises `TcptuneError` when the saved audit is of another boot: counters begin at zero with each.
        """
        then = next((self.places[name] for name in _same(host.netns) if name in self.places), None)
        if then is None:
            where = f"network namespace {host.netns}" if host.netns else "this network namespace"
            return now, (f"{self.path}: {where} is not in it, so nothing is known of what its counters grew by",)
        seconds = round((host.uptime_seconds or 0.0) - then.uptime, 2)
        try:
            return growth_since(then.pressure, now, saved_boot=self.boot_id, boot=boot_id, seconds=seconds)
        except TcptuneError as error:
            raise TcptuneError(f"{self.path}: {error.message}", hint=error.hint) from None


def _same(netns: str | None) -> tuple[str | None, ...]:
    """Return the names that one namespace goes by: this process's own has one only beside others."""
    own = (None, "initial", "current")
    return (netns, *own) if netns in own else (netns,)


def load(path: str) -> Earlier:
    """Read a saved `audit --format json`. Raises `TcptuneError` when it cannot be read or is none."""
    document = document_of(path, contents(path))
    try:
        parts = [document, *(document.get("namespaces") or [])]
        places = {part["host"]["netns"]: _then(part) for part in parts}
    except (KeyError, TypeError, AttributeError, ValueError):
        raise TcptuneError(f"{path}: a saved audit without host or counters") from None
    return Earlier(path, str(document.get("boot_id") or ""), places)


def contents(path: str) -> bytes:
    """Return the bytes of a saved audit (`-`: standard input). Raises `TcptuneError` when they cannot be read."""
    try:
        if path == "-":
            data = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with Path(path).open("rb") as stream:
                data = stream.read(LARGEST + 1)
    except OSError as error:
        raise TcptuneError(f"{path}: {error.strerror}") from None
    if len(data) > LARGEST:
        raise TcptuneError(f"{path}: larger than {LARGEST} bytes, which is no saved audit")
    return data


def document_of(path: str, data: bytes) -> dict[str, Any]:
    """Return a saved audit as it stands in JSON. Raises `TcptuneError` when it is none."""
    try:
        document = json.loads(data)
    except json.JSONDecodeError as error:
        raise TcptuneError(f"{at(path, error.lineno, error.colno)}: no JSON: {error.msg}") from None
    except (UnicodeDecodeError, RecursionError):
        raise TcptuneError(f"{path}: no JSON") from None
    if not isinstance(document, dict):
        raise TcptuneError(f"{at(path, 1, 1)}: an object is expected")
    found = document.get("schema")
    if found != "tcptune/audit/1":
        said = f", it says {found}" if isinstance(found, str) else ""
        later = isinstance(found, str) and found.startswith("tcptune/audit/")
        hint = "another version of tcptune wrote it" if later else None
        raise TcptuneError(f"{path}: no saved audit (the schema tcptune/audit/1 is expected{said})", hint=hint)
    return document


def _then(part: Mapping[str, Any]) -> Then:
    pressure = part["pressure"]
    tracked = pressure.get("conntrack")
    return Then(
        Pressure(
            counters=_whole(pressure["counters"]),
            conntrack=Conntrack(stats=_whole(tracked["stats"])) if tracked else None,
        ),
        float(part["host"]["uptime_seconds"]),
    )


def _whole(numbers: Mapping[str, Any]) -> dict[str, int]:
    return {str(name): number for name, number in numbers.items() if isinstance(number, int)}
