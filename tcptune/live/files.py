"""Small files read whole: what every reader of /proc and /etc here needs."""

from __future__ import annotations

import os

MOST = 1024 * 1024


def read_text(path: str, most: int = MOST) -> str | None:
    """Return the text of a file, up to `most` bytes; None when it cannot be read."""
    data = read_bytes(path, most)
    return None if data is None else data.decode("utf-8", "backslashreplace")


def read_bytes(path: str, most: int = MOST) -> bytes | None:
    """Return the content of a file, up to `most` bytes; None when it cannot be read."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return None
    parts: list[bytes] = []
    try:
        while most > 0 and (part := os.read(handle, min(most, 65536))):
            parts.append(part)
            most -= len(part)
    except OSError:
        return None
    finally:
        os.close(handle)
    return b"".join(parts)


def read_number(path: str) -> int | None:
    """Return the number that stands alone in a file; None when it cannot be read or is none."""
    text = read_text(path, 64)
    try:
        return None if text is None else int(text)
    except ValueError:
        return None


def is_there(path: str) -> bool:
    """Tell whether something has that name and may be seen."""
    return os.access(path, os.F_OK)
