"""Defaults that the kernel computes from memory: buffers, files and connection tracking."""

from __future__ import annotations

from collections.abc import Callable

from tcptune.model.host import Host
from tcptune.model.value import Value
from tcptune.model.version import Target

FORMULAS: dict[str, Callable[[Target, Host], Value | None]] = {}
