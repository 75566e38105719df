"""The name that was meant: near spellings, wrong families, wrong separators."""

from __future__ import annotations

import re
from functools import lru_cache

from tcptune.catalog import parameters
from tcptune.catalog.names import all_names, known

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

_OF_INTERFACES = re.compile(r"net[._/](ipv[46])[._/](conf|neigh)[._/]([\w-]+?)[./](\w+)")

_GROUPS = "conf|neigh|route|icmp6?|netfilter|vs|tcp|udp|ip"
"""What stands where an interface's name does, and is none."""

_OF_ALL = {
    "ip_forward": "conf.all.forwarding",
    "ip_default_ttl": "conf.all.hop_limit",
    "ipfrag_high_thresh": "ip6frag_high_thresh",
    "ipfrag_low_thresh": "ip6frag_low_thresh",
    "ipfrag_time": "ip6frag_time",
}
"""What IPv6 calls a thing for which IPv4's name was taken with IPv6's family before it."""

LONGEST = 120
"""Characters of a key that is compared; a longer one is no slip of the keyboard."""

CUTOFF = 0.86
"""How alike two names are, from 0 to 1, for one to be taken for the other."""


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


@lru_cache(maxsize=1)
def _by_family() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in sorted(names()):
        prefix, _, last = name.rpartition(".")
        if last != "*":
            found.setdefault(prefix, []).append(last)
    return found


@lru_cache(maxsize=1)
def _flat() -> dict[str, str]:
    return {re.sub(r"[.-]", "_", name): name for name in sorted(names(), reverse=True) if "*" not in name}


def respelled(key: str) -> str | None:
    """Return the name with its separators as they should be, when that is a name; None otherwise.

    `net_ipv4_tcp_sack`, `net.ipv4/tcp_sack`, `net.ipv4.tcp sack` and `NET.IPV4.TCP_SACK` are such spellings.
    """
    name = _flat().get(re.sub(r"[./_ \t-]+", "_", key).lower())
    if name is None and (found := _OF_INTERFACES.fullmatch(key)):
        # `net.ipv4_conf.eth0.rp_filter`: only what stands around the interface's name is put right.
        name = ".".join(["net", *found.groups()])
        name = name if known(name) is not None else None
    return name if name != key else None


def family(key: str) -> str | None:
    """Return the name with the same last part in another family, when there is exactly one that fits best."""
    last = key.rsplit(".", 1)[-1]
    found = [name for name in _by_last().get(last, ()) if "*" not in name and name != key]
    for prefix in FAMILIES:
        if f"{prefix}{last}" in found:
            return f"{prefix}{last}"
    if len(found) > 1:
        return _slipped(key, found)
    return found[0] if found and ("_" in last or found[0][:3] == key[:3]) else None


def _slipped(key: str, found: list[str]) -> str | None:
    """Return the one of several names with a last part whose family is a slip away: `fs.notify.max_queued_events`."""
    families = [name.rpartition(".")[0] for name in found]
    nearest_one = _nearest(key.rpartition(".")[0], families, CUTOFF)
    return found[families.index(nearest_one)] if nearest_one else None


def interface(key: str) -> str | None:
    """Return the nearest name below `conf` or `neigh`, for the same interface; None when none is near.

    IPv6 has no `rp_filter` and IPv4 no `accept_ra`: the other protocol's parameter of the same name comes first.
    """
    parts = key.split(".")
    if len(parts) < 5 or parts[2] not in ("conf", "neigh"):
        return None
    other = {"ipv4": "ipv6", "ipv6": "ipv4"}.get(parts[1], "")
    if parts[-1] in _by_family().get(".".join(["net", other, parts[2], "*"]), ()):
        return ".".join(["net", other, *parts[2:]])
    others = _by_family().get(".".join([*parts[:3], "*"]), [])
    found = _nearest(parts[-1], others, 0.8) or _begun(parts[-1], others)
    return ".".join([*parts[:-1], found]) if found else None


def protocol(key: str) -> str | None:
    """Return what IPv6 calls it when IPv4's name was taken: `net.ipv6.ip_forward`, `net.ipv6.conf.eth0.ip_forward`."""
    match = re.fullmatch(r"net\.ipv6\.(?:conf\.(?P<interface>[\w-]+)\.)?(?P<last>\w+)", key)
    name = _OF_ALL.get(match["last"]) if match else None
    if match is None or name is None:
        return None
    if match["interface"] is not None:
        name = name.replace(".all.", f".{match['interface']}.") if name.startswith("conf.") else None
    return f"net.ipv6.{name}" if name else None


def unparted(key: str) -> str | None:
    """Return the name of an interface's parameter without its `conf` or `neigh`: `net.ipv6.all.accept_ra`."""
    match = re.fullmatch(rf"(net\.ipv[46])\.(?!(?:{_GROUPS})\.)([\w-]+\.\w+)", key)
    names_of = [f"{match[1]}.{part}.{match[2]}" for part in ("conf", "neigh")] if match else []
    return next((name for name in names_of if known(name) is not None), None)


def _begun(word: str, words: list[str]) -> str | None:
    """Return the one name that has all its parts but the last from the word (`src_valid_marks`, `src_valid_label`)."""
    start = word.rpartition("_")[0]
    found = [other for other in words if other.rpartition("_")[0] == start] if "_" in start else []
    return found[0] if len(found) == 1 else None


def unprefixed(key: str) -> str | None:
    """Return the name that a key means which left out `tcp_`, or joined family and name: `net.ipv4_timestamps`."""
    match = re.fullmatch(r"net[._](ipv4|ipv6|core)[._](\w+)", key)
    if match is None:
        return None
    family_name, last = match.groups()
    told = (f"net.{family_name}.{last}", f"net.ipv4.tcp_{last}", f"net.ipv4.ip_{last}", f"net.ipv4.{last}")
    for name in (*told, f"net.core.{last}"):
        if name in names() and name != key:
            return name
    return None


def unfinished(key: str) -> str | None:
    """Return the one name that goes on where the key ends (`udp_rmem` of `udp_rmem_min`); None for none or several."""
    prefix, _, last = key.rpartition(".")
    longer = [name for name in _by_family().get(prefix, ()) if name.startswith(f"{last}_")]
    return f"{prefix}.{longer[0]}" if len(longer) == 1 and len(last) > 5 else None


def near(key: str, cutoff: float = CUTOFF) -> str | None:
    """Return the nearest name of the same family by spelling; None when none is near."""
    prefix, _, last = key.rpartition(".")
    found = _nearest(last, _by_family().get(prefix, []), cutoff)
    return f"{prefix}.{found}" if found else _swapped(key, len(prefix) + 1) or _reordered(prefix, last)


def rivals(key: str) -> list[str]:
    """Return the names that differ from a key in nothing but its last character, if there are several."""
    prefix, _, last = key.rpartition(".")
    found = [name for name in _by_family().get(prefix, ()) if name[:-1] == last[:-1] and name[-1:].isdigit()]
    return [f"{prefix}.{name}" for name in found] if len(found) > 1 and len(last) > 5 else []


def unheaded(key: str) -> str | None:
    """Return the name whose last part stands alone, with a slip in it or not: `sched_migration_cost_ns`."""
    if "_" not in key or len(key) > LONGEST:
        return None
    last = key if key in _by_last() else _nearest(key, [name for name in _by_last() if name[:1] == key[:1]], CUTOFF)
    last = last or _nearest(key, [name for name in _by_last() if name[1:2] == key[:1]], CUTOFF)
    found = family(f"x.{last}") if last else None
    return found if found and "_" in found.rsplit(".", 1)[-1] else None


def _swapped(key: str, start: int) -> str | None:
    """Return the name of which two neighbouring letters stand in the other order, however short it is."""
    turns = (key[:at] + key[at + 1] + key[at] + key[at + 2 :] for at in range(start, len(key) - 1))
    return next((turn for turn in turns if turn in names()), None)


def _reordered(prefix: str, last: str) -> str | None:
    """Return the one name of a family that has the same words in another order: `vm.map_max_count`."""
    words = sorted(last.split("_"))
    found = [name for name in _by_family().get(prefix, ()) if "_" in last and sorted(name.split("_")) == words]
    return f"{prefix}.{found[0]}" if len(found) == 1 else None


def _nearest(word: str, words: list[str], cutoff: float) -> str | None:
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, "", word, autojunk=False)
    best: tuple[float, str] | None = None
    tied = False
    for other in words:
        least = cutoff if best is None else max(cutoff, best[0])
        if 2 * min(len(word), len(other)) < least * (len(word) + len(other)):
            continue
        matcher.set_seq1(other)
        if matcher.quick_ratio() < least:
            continue
        ratio = matcher.ratio()
        if best is not None and ratio == best[0] and other[:-1] == best[1][:-1]:
            tied = True  # `tcp_retries` may be tcp_retries1 or tcp_retries2.
        elif ratio >= cutoff and (best is None or ratio > best[0]):
            best, tied = (ratio, other), False
    return best[1] if best and not tied else None


@lru_cache(maxsize=4096)
def meant(key: str) -> str | None:
    """Return the name that was most likely meant; None when no guess is good enough."""
    if len(key) > LONGEST:
        return None
    if key.count("net.ipv4.") > 1:
        inner = key[key.rindex("net.ipv4.") :]
        if inner in names():
            return inner
    found = respelled(key) or protocol(key) or interface(key) or unparted(key)
    found = found or unprefixed(key) or family(key) or unfinished(key) or near(key)
    if found is None:
        relative = re.sub(r"^net[._]\w+?[._]", "net.ipv4.", key)
        found = (family(relative) or near(relative)) if relative != key else None
    return None if found == key else found
