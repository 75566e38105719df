"""An earlier audit as the beginning of a sample: what the counters have grown by since it was saved."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tcptune.errors import TcptuneError, at
from tcptune.model.host import Host, Pressure

LARGEST = 64 << 20


@dataclass(frozen=True, slots=True)
class Numbers:
    """The counters of one namespace then; `uptime` in seconds, None where it was not known."""

    counters: Mapping[str, int]
    conntrack: Mapping[str, int]
    uptime: float | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """A saved audit: the boot it was made in, and the counters by network namespace (None: the one asked for)."""

    path: str
    boot_id: str | None
    places: Mapping[str | None, Numbers]

    def growth(self, host: Host, pressure: Pressure) -> Pressure:
        """Return the pressure with what grew since; unchanged for a namespace that the saved audit has not.

        A counter that is smaller than it was belongs to a namespace made anew and is left out.
        """
        then = self.places.get(host.netns)
        if then is None:
            return pressure
        now = pressure.conntrack.stats if pressure.conntrack is not None else {}
        seconds = None
        if then.uptime is not None and host.uptime_seconds is not None:
            seconds = max(0.0, round(host.uptime_seconds - then.uptime, 2))
        return replace(
            pressure,
            growth=_grown(then.counters, pressure.counters),
            conntrack_growth=_grown(then.conntrack, now) if then.conntrack else None,
            sample_seconds=seconds,
        )


def _grown(then: Mapping[str, int], now: Mapping[str, int]) -> dict[str, int]:
    return {name: now[name] - number for name, number in then.items() if name in now and now[name] >= number}


def load(path: str, boot_id: str | None) -> Earlier:
    """Read a saved `audit --format json`; `boot_id` is that of the running system.

    Raises `TcptuneError` when the file cannot be read, is no audit, or was made in another boot, since counters begin
    at zero with each.
    """
    document = _document(path)
    if not str(document.get("schema", "")).startswith("tcptune/audit/1"):
        raise TcptuneError(f"{path}: no saved audit (the schema tcptune/audit/1 is expected)")
    saved = document.get("boot_id")
    if saved is None or boot_id is None or saved != boot_id:
        raise TcptuneError(
            f"{path}: saved in another boot of the system, or on another one; its counters cannot be compared",
            hint="save a new one: tcptune audit --format json --output FILE",
        )
    try:
        parts = [document, *(document.get("namespaces") or [])]
        places = {part["host"]["netns"]: _numbers(part) for part in parts}
    except (KeyError, TypeError, AttributeError, ValueError):
        raise TcptuneError(f"{path}: a saved audit without host or counters") from None
    return Earlier(path, saved, places)


def _document(path: str) -> dict[str, Any]:
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        raise TcptuneError(f"{path}: {error.strerror}") from None
    if len(data) > LARGEST:
        raise TcptuneError(f"{path}: larger than {LARGEST} bytes, which is no saved audit")
    try:
        document = json.loads(data)
    except json.JSONDecodeError as error:
        raise TcptuneError(f"{at(path, error.lineno, error.colno)}: no JSON: {error.msg}") from None
    except (UnicodeDecodeError, RecursionError):
        raise TcptuneError(f"{path}: no JSON") from None
    if not isinstance(document, dict):
        raise TcptuneError(f"{at(path, 1, 1)}: an object is expected")
    return document


def _numbers(part: Mapping[str, Any]) -> Numbers:
    pressure = part["pressure"]
    uptime = part["host"].get("uptime_seconds")
    return Numbers(
        counters=_whole(pressure["counters"]),
        conntrack=_whole((pressure.get("conntrack") or {}).get("stats") or {}),
        uptime=float(uptime) if uptime is not None else None,
    )


def _whole(numbers: Mapping[str, Any]) -> dict[str, int]:
    return {str(name): number for name, number in numbers.items() if isinstance(number, int)}
