"""Kernel versions, and the kernels that something is judged against."""

from __future__ import annotations

import re
from typing import NamedTuple

from tcptune.model.record import dataclass

_RELEASE = re.compile(r"\s*v?(\d+)\.(\d+)(?:\.(\d+))?")


class KernelVersion(NamedTuple):
    """A kernel's release: `KernelVersion(4, 18)` is 4.18.0. Ordered as the numbers are."""

    major: int
    minor: int
    patch: int = 0

    @classmethod
    def parse(cls, text: str) -> KernelVersion:
        """Read `6.1`, `5.14.0-427.el9`, `v4.18`. Raises `ValueError` when it starts with no release number."""
        match = _RELEASE.match(text)
        if match is None:
            raise ValueError(f"{text!r} is no kernel release such as 6.1 or 5.14.0")
        return cls(int(match[1]), int(match[2]), int(match[3] or 0))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}" + (f".{self.patch}" if self.patch else "")

    @property
    def release(self) -> tuple[int, int]:
        """The release without the stable patch level: (6, 1)."""
        return self.major, self.minor


OLDEST = KernelVersion(2, 6, 11)
"""The oldest source tree the catalogue was read from: what is there already has no known beginning."""


@dataclass(frozen=True, slots=True)
class Target:
    """A kernel that something is judged against.

    `vendor` is the name of a distribution whose kernel carries backports (`rhel7`), `label` what the user wrote.
    """

    version: KernelVersion
    vendor: str | None = None
    label: str = ""

    def __str__(self) -> str:
        return self.label or str(self.version)
