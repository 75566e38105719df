"""What is no running host, as a profile is held against it: the files of an image, a saved audit."""

from __future__ import annotations

from tcptune.audit.gather import Request
from tcptune.diff.where import Where
from tcptune.profiles.compare import Seen


def look(where: Where) -> list[Seen]:
    """Return what the files give, or what was saved of each namespace. Raises `TcptuneError` when it cannot be read."""
    request = Request(kernel=where.kernel)
    if where.root is not None:
        from tcptune.audit.root import files_of

        return [files_of(where.root, request)]
    from tcptune.audit.saved import hosts_of

    return hosts_of(where.snapshot or "-", request)
