"""The kernels that everything is tried on: those of living distributions, and every release since 4.18, each once."""

from __future__ import annotations

from tcptune.catalog.targets import living, releases_since
from tcptune.model.version import KernelVersion, Target

_EVERY = (*living(), *releases_since(KernelVersion(4, 18)))

KERNELS: tuple[Target, ...] = tuple({(each.version, each.vendor): each for each in reversed(_EVERY)}.values())[::-1]
