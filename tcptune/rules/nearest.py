"""The name that was meant: near spellings, wrong families, wrong separators."""

from __future__ import annotations

import re
from functools import lru_cache

from tcptune.catalog import parameters
from tcptune.catalog.names import all_names

FAMILIES = (
    "net.ipv4.",
    "net.core.",
    "net.netfilter.",
    "net.ipv6.",
    "net.ipv4.conf.all.",
    "net.unix.",
    "vm.",
    "kernel.",
)
"""Where a last component is looked for when the family is wrong, in this order."""


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """Return every name that a kernel has or had."""
    return frozenset(all_names()) | frozenset(parameters())


@lru_cache(maxsize=1)
def _by_last() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in sorted(names()):
        found.setdefault(name.rsplit(".", 1)[-1], []).append(name)
    return found


def respelled(key: str) -> str | None:
    """Return the name with its separators as they should be, when that is a name; None otherwise.

    `net.ipv4_timestamps`, `net_ipv4_tcp_sack` and `net.ipv4/tcp_sack` are such spellings.
    """
    flat = re.sub(r"[./_-]+", "_", key).lower()
    for name in names():
        if "*" not in name and name.replace(".", "_").replace("-", "_") == flat and name != key:
            return name
    return None


def family(key: str) -> str | None:
    """Return the name with the same last part in another family, when there is exactly one that fits best."""
    last = key.rsplit(".", 1)[-1]
    found = [name for name in _by_last().get(last, ()) if "*" not in name and name != key]
    for prefix in FAMILIES:
        if f"{prefix}{last}" in found:
            return f"{prefix}{last}"
    return found[0] if len(found) == 1 else None


def interface(key: str) -> str | None:
    """Return the nearest name below `conf` or `neigh`, for the same interface; None when none is near."""
    parts = key.split(".")
    if len(parts) < 5 or parts[2] not in ("conf", "neigh"):
        return None
    from difflib import get_close_matches

    pattern = ".".join([*parts[:3], "*", ""])
    lasts = [name.removeprefix(pattern) for name in names() if name.startswith(pattern)]
    found = get_close_matches(parts[-1], sorted(lasts), n=1, cutoff=0.8)
    return ".".join([*parts[:-1], found[0]]) if found else None


def unprefixed(key: str) -> str | None:
    """Return the name that a key means which left out `tcp_`, or joined family and name: `net.ipv4_timestamps`."""
    match = re.fullmatch(r"net[._](ipv4|ipv6|core)[._](\w+)", key)
    if match is None:
        return None
    family_name, last = match.groups()
    for name in (f"net.{family_name}.{last}", f"net.ipv4.tcp_{last}", f"net.ipv4.{last}", f"net.core.{last}"):
        if name in names() and name != key:
            return name
    return None


def near(key: str, cutoff: float = 0.86) -> str | None:
    """Return the nearest name by spelling; None when none is near.

    A name of the same family wins over one that is merely as near.
    """
    from difflib import SequenceMatcher

    best: tuple[float, str] | None = None
    length = len(key)
    prefix, last = key.rsplit(".", 1) if "." in key else ("", key)
    for name in sorted(names()):
        if abs(len(name) - length) > 8 or "*" in name:
            continue
        other, other_last = name.rsplit(".", 1) if "." in name else ("", name)
        matcher = SequenceMatcher(None, last, other_last, autojunk=False)
        if other != prefix or matcher.real_quick_ratio() < cutoff or matcher.quick_ratio() < cutoff:
            continue
        ratio = matcher.ratio()
        if ratio >= cutoff and (best is None or ratio > best[0]):
            best = (ratio, name)
    return best[1] if best else None


def meant(key: str) -> str | None:
    """Return the name that was most likely meant; None when no guess is good enough."""
    if key.count("net.ipv4.") > 1:
        inner = key[key.rindex("net.ipv4.") :]
        if inner in names():
            return inner
    found = respelled(key) or interface(key) or unprefixed(key) or near(key) or family(key)
    if found is None:
        relative = family(re.sub(r"^net[._]\w+?[._]", "net.ipv4.", key))
        found = relative if relative != key else None
    return found
