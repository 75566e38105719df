"""Pages of the kernel's trace buffer, as `per_cpu/cpuN/trace_pipe_raw` gives them: events with their raw fields."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

_HEADER = struct.Struct("=QQ")
_COMMIT = (1 << 20) - 1
_DATA_MOST, _PADDING, _EXTEND, _STAMP = 28, 29, 30, 31
_FIELD = re.compile(r"field:[^;]*?(\w+)(?:\[\d+\])?;\s*offset:(\d+);\s*size:(\d+);")


def fields(text: str) -> dict[str, tuple[int, int]]:
    """Return offset and size of each field that a `format` file of an event lists."""
    return {name: (int(offset), int(size)) for name, offset, size in _FIELD.findall(text)}


def events(page: bytes) -> Iterator[bytes]:
    """Yield the data of each event of a page; a broken one ends it."""
    if len(page) < _HEADER.size:
        return
    at = _HEADER.size
    end = min(len(page), at + (_HEADER.unpack_from(page)[1] & _COMMIT))
    while at + 4 <= end:
        kind = page[at] & 31  # the low five bits on a little-endian processor
        if kind in (_EXTEND, _STAMP):
            at += 8
            continue
        if kind == _PADDING or (kind == 0 and at + 8 > end):
            return
        size = kind * 4 if kind else int.from_bytes(page[at + 4 : at + 8], "little") - 4
        start = at + (4 if kind else 8)
        if size <= 0 or start + size > end:
            return
        yield page[start : start + size]
        at = start + ((size + 3) & ~3)
