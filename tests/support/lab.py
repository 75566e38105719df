"""What the lab's experiments find on Linux, and on which kernels they cannot be tried."""

from __future__ import annotations

from collections.abc import Mapping

REFUTED = ("fin-timeout", "linger-nonblocking", "linger-timeout", "nat-clients")
"""Experiments whose claim does not hold on Linux; all others hold."""

SINCE: Mapping[str, tuple[int, int]] = {"reuse-delay": (6, 14)}
"""Experiments about what came with a kernel."""


def expected(name: str, kernel: tuple[int, int] | None = None) -> str:
    """Return the verdict of an experiment on a kernel, by default on one that has everything."""
    if kernel is not None and kernel < SINCE.get(name, (0, 0)):
        return "not-here"
    return "refuted" if name in REFUTED else "holds"
