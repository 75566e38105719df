"""Every name below /proc/sys that a kernel has or had: for telling an unknown key from one that is only not described.

`names.txt` holds them by family, as `name`, `name:first`, `name:first:last`: the oldest and the newest mainline release
that has it, left out where it is not known or where the name lives. Where the releases around a change were not read,
the life is given as long as it can have been, so that nothing is called too new or gone that may be there.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tcptune.catalog.bounds import BOUNDS, WIDTHS
from tcptune.model.version import OLDEST, KernelVersion

COMPLETE = ("net.ipv4.", "net.core.", "net.netfilter.nf_conntrack_")
"""Families whose names are all here: what is not, no kernel has."""


class Name(NamedTuple):
    """A name's life: the first release that has it, and the last one (None: it lives, or nobody knows)."""

    first: KernelVersion
    last: KernelVersion | None


def known(key: str) -> Name | None:
    """Return the life of a dotted key; None for a name that no kernel has.

    The name of an interface in `net.ipv4.conf.eth0.rp_filter` may be any.
    """
    names = _names()
    found = names.get(key)
    if found is not None:
        return found
    parts = key.split(".")
    if len(parts) > 4 and parts[2] in ("conf", "neigh"):
        return names.get(".".join([*parts[:3], "*", parts[-1]]))
    if len(parts) > 2:
        return names.get(".".join([*parts[:2], "*"])) or names.get(".".join([*parts[:-1], "*"]))
    return None


_NUMBERS = ("net.ipv4.", "net.ipv6.", "net.core.", "net.bridge.", "net.unix.", "vm.")
_TEXTS = frozenset(
    {"stable_secret", "est_cpulist", "divert_version", "ratemask", "fib_multipath_hash_seed", "flow_limit_cpu_bitmap"}
    | {"rps_default_mask", "numa_zonelist_order"}
)
"""Last parts of the names in these families whose files take something else than numbers."""

_OF_KERNEL = frozenset(
    f"kernel.{last}"
    for last in (
        *("shmmax", "shmall", "shmmni", "msgmax", "msgmnb", "msgmni", "sem", "panic", "panic_on_oops", "core_uses_pid"),
        *("core_pipe_limit", "hung_task_timeout_secs", "hung_task_warnings", "hung_task_panic", "softlockup_panic"),
        *("perf_event_paranoid", "randomize_va_space", "sched_autogroup_enabled", "sched_child_runs_first"),
        *("sched_migration_cost_ns", "sched_nr_migrate", "printk_ratelimit", "printk_ratelimit_burst", "ctrl-alt-del"),
        *("unknown_nmi_panic", "unprivileged_userns_clone", "kexec_load_disabled"),
    )
)
_OF_FILES = frozenset(f"fs.{last}" for last in ("aio-max-nr", "lease-break-time", "leases-enable", "mount-max"))


def numeric(key: str) -> bool:
    """Tell of a name whether a kernel takes nothing but numbers for it; what is not told here may take anything."""
    if key in BOUNDS or key in _OF_KERNEL or key in _OF_FILES:
        return True
    return key.startswith(_NUMBERS) and key.rpartition(".")[2] not in _TEXTS and known(key) is not None


def single(key: str) -> bool:
    """Tell of a name whether it is known that a kernel takes one number for it, and no more."""
    return (key in BOUNDS and key not in WIDTHS) or key == "net.ipv4.ip_forward" or (".conf." in key and numeric(key))


def all_names() -> Iterable[str]:
    """Return every name; `*` stands for an interface or for whatever a module adds."""
    return _names().keys()


@cache
def _names() -> dict[str, Name]:
    found: dict[str, Name] = {}
    family = ""
    for line in Path(__file__).with_name("names.txt").read_text("ascii").splitlines():
        if line.startswith("["):
            family = line[1:-1]
            continue
        for word in line.split():
            name, _, life = word.partition(":")
            first, _, last = life.partition(":")
            found[f"{family}.{name}"] = Name(
                KernelVersion.parse(first) if first else OLDEST, KernelVersion.parse(last) if last else None
            )
    return found
