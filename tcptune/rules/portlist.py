"""Lists of ports as the kernel writes them: `8080,9000-9010`."""

from __future__ import annotations

from collections.abc import Iterable


def covered(text: str, port: int) -> bool:
    """Tell whether a list of ports and ranges holds the port; what is no number in it holds nothing."""
    for part in filter(None, text.replace(" ", "").split(",")):
        low, _, high = part.partition("-")
        if low.isdecimal() and (high or low).isdecimal() and int(low) <= port <= int(high or low):
            return True
    return False


def listed(ports: Iterable[int], most: int = 5) -> str:
    """Return ports in words, at most so many of them: `8080, 9000 and 3 more`."""
    numbers = sorted(ports)
    shown = ", ".join(map(str, numbers[:most]))
    if len(numbers) > most:
        return f"{shown} and {len(numbers) - most} more"
    head, comma, last = shown.rpartition(", ")
    return f"{head} and {last}" if comma else last


def canonical(text: str) -> str:
    """Return a list of ports as the kernel prints it: in order, neighbours as one range; other text as it is."""
    ports: set[int] = set()
    for part in filter(None, text.split(",")):
        low, dash, high = part.partition("-")
        if not low.isdecimal() or (dash and not high.isdecimal()) or int(high or low) > 65535:
            return text
        ports.update(range(int(low), int(high or low) + 1))
    ranges: list[list[int]] = []
    for port in sorted(ports):
        if ranges and ranges[-1][1] == port - 1:
            ranges[-1][1] = port
        else:
            ranges.append([port, port])
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in ranges)
