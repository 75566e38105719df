"""From the name that a user gives to the kernel that is judged against."""

from __future__ import annotations

import re
from functools import cache

from tcptune.catalog.distributions import DISTRIBUTIONS
from tcptune.errors import TcptuneError
from tcptune.model.parameter import Distribution
from tcptune.model.version import KernelVersion, Target

_LAST_MINOR = {2: 6, 3: 19, 4: 20, 5: 19, 6: 19, 7: 3}
"""The last release of each major number that is known; of 2.6 the patch counts."""

_RELEASE = re.compile(r"v?\d+\.\d+")
_RED_HAT = re.compile(r"\.el(\d+)")


def newest() -> Target:
    """Return the newest release that the catalogue was checked against."""
    major = max(_LAST_MINOR)
    return _target(KernelVersion(major, _LAST_MINOR[major]))


def resolve(name: str) -> Target:
    """Return the kernel of a name: `5.14`, `6.1.0-18-amd64`, `rhel9`, `ubuntu24.04`; case does not matter.

    Raises `TcptuneError` for a name that is none, with the nearest one.
    """
    text = name.strip().lower()
    if _RELEASE.match(text):
        return Target(KernelVersion.parse(text), vendor_of(text), text.removeprefix("v"))
    found = _by_name().get(re.sub(r"[\s_-]", "", text))
    if found is None:
        raise TcptuneError(f"{name!r} is neither a kernel release nor a known distribution", hint=_near(text))
    return Target(found.version, found.vendor, text)


@cache
def _by_name() -> dict[str, Distribution]:
    return {name: entry for entry in DISTRIBUTIONS for name in entry.names}


def _near(text: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(text, _by_name(), n=3, cutoff=0.5)
    told = ", ".join(near) if near else "5.14, rhel9, debian12, ubuntu24.04"
    return f"did you mean {told}?" if near else f"names are such as {told}"


def living() -> tuple[Target, ...]:
    """Return the kernels of the distributions that are still maintained."""
    return tuple(Target(entry.version, entry.vendor, entry.names[0]) for entry in DISTRIBUTIONS if entry.living)


@cache
def releases_since(version: KernelVersion) -> tuple[Target, ...]:
    """Return every mainline release from this one up to the newest known."""
    found = []
    for major in range(max(version.major, 3), max(_LAST_MINOR) + 1):
        first = version.minor if major == version.major else 0
        found += [_target(KernelVersion(major, minor)) for minor in range(first, _LAST_MINOR[major] + 1)]
    return tuple(found)


def _target(version: KernelVersion) -> Target:
    return Target(version, None, str(version))


def vendor_of(release: str, os_id: str = "", os_version: str = "") -> str | None:
    """Return the vendor whose backports a kernel carries, by `uname -r` and os-release; None for plain kernels."""
    match = _RED_HAT.search(release)
    if match:
        return f"rhel{match[1]}"
    return "alibaba" if ".al7" in release or ".al8" in release or os_id == "alinux" else None
