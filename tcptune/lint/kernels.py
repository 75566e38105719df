"""The kernels that files are judged against, by the names that users give them."""

from __future__ import annotations

from collections.abc import Sequence

from tcptune.catalog.targets import releases_since, resolve
from tcptune.model.version import KernelVersion, Target

OLDEST_JUDGED = KernelVersion(4, 18)
"""Without a kernel named, every release from this one on is meant."""


def targets(names: Sequence[str]) -> tuple[Target, ...]:
    """Return the kernels of these names (`5.14`, `rhel9,debian12`), each once, the oldest first.

    Raises `TcptuneError` for a name that is none.
    """
    wanted = [part.strip() for name in names for part in name.split(",") if part.strip()]
    if not wanted:
        return releases_since(OLDEST_JUDGED)
    found = dict.fromkeys(resolve(name) for name in wanted)
    return tuple(sorted(found, key=lambda target: (target.version, target.vendor or "")))
