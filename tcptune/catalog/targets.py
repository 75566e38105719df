"""The kernels that something can be judged against, by the names that users give them."""

from __future__ import annotations

import re
from functools import cache

from tcptune.catalog.distributions import DISTRIBUTIONS, vendor_of
from tcptune.errors import TcptuneError
from tcptune.model.late import late
from tcptune.model.parameter import Distribution
from tcptune.model.version import OLDEST, KernelVersion, Target

MAINLINE = ((3, 19), (4, 20), (5, 19), (6, 19), (7, 3))
"""The last minor number of each major version; 7.3 is the newest whose source was read."""

_RELEASE = late(r"v?\d+\.\d+(?:\.\d+)?(?:[-+~_.].*)?", re.IGNORECASE)
_MARKS = late(r"[\s_:]+|(?<=[a-z])-(?=\d)")


def resolve(name: str) -> Target:
    """Return the kernel that is meant by a release (`5.14`, `6.1.0-18-amd64`) or a distribution (`rhel9`, `Debian 12`).

    The release of a kernel that is known to carry backports, `4.18.0-553.el8_10.x86_64`, gets its vendor. A point
    release of a distribution, `rhel9.4`, means the distribution. Raises `TcptuneError` for any other name.
    """
    wanted = name.strip()
    if _RELEASE.fullmatch(wanted):
        return _mainline(wanted)
    folded = _fold(wanted)
    found = _by_name().get(folded) or _by_name().get(re.sub(r"\.\d+\Z", "", folded))
    if found is None:
        raise TcptuneError(f"{name!r} is neither a kernel release nor a known distribution", hint=_hint(folded))
    return Target(found.version, found.vendor, wanted)


def living() -> tuple[Target, ...]:
    """Return the kernels of the distributions that still get updates, in the catalogue's order."""
    return tuple(Target(each.version, each.vendor, each.names[0]) for each in DISTRIBUTIONS if each.living)


def releases_since(first: KernelVersion) -> tuple[Target, ...]:
    """Return every mainline release from `first` on, up to the newest one known."""
    releases = (KernelVersion(major, minor) for major, last in MAINLINE for minor in range(last + 1))
    return tuple(_labelled(release) for release in releases if release >= first)


def newest() -> Target:
    """Return the newest mainline release that is known."""
    return _labelled(KernelVersion(*MAINLINE[-1]))


def _labelled(release: KernelVersion) -> Target:
    return Target(release, None, str(release))


def _mainline(text: str) -> Target:
    version = KernelVersion.parse(text)
    if version < OLDEST:
        raise TcptuneError(f"{text} is older than anything known here", hint=f"the oldest kernel is {OLDEST}")
    return Target(version, vendor_of(text), text.removeprefix("v"))


def _fold(name: str) -> str:
    """Return the name as it is looked up: small letters, nothing between the word and its number."""
    return _MARKS.sub("", name.lower())


@cache
def _by_name() -> dict[str, Distribution]:
    return {name: each for each in DISTRIBUTIONS for name in each.names}


def _hint(folded: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(folded, _by_name(), n=3, cutoff=0.6)
    if near:
        return f"the nearest names are {', '.join(near)}"
    return "name a release such as 6.1, or one of " + ", ".join(each.names[0] for each in DISTRIBUTIONS if each.living)
