"""What the kernel takes for parameters without a page, mostly of memory, processes and files: the least and the most.

Read from the kernels' tables of 4.18 and later, and written to real kernels (5.10, 6.1, 7.2) one by one, the bound and
the number beyond it. Where a bound moved in between, the widest stands here; a parameter whose bounds depend on the
machine is left out, and so is one that came to mean something else.
"""

from __future__ import annotations

from tcptune.model.version import KernelVersion as V

SINCE = V(4, 18)
"""The oldest release that the bounds hold for."""

_INT = 2**31 - 1
_LONG = 2**64 - 1

BOUNDS: dict[str, tuple[int, int]] = {
    "fs.inotify.max_queued_events": (0, _INT),
    "fs.inotify.max_user_instances": (0, _INT),
    "fs.inotify.max_user_watches": (0, _INT),
    "fs.protected_fifos": (0, 2),
    "fs.protected_hardlinks": (0, 1),
    "fs.protected_regular": (0, 2),
    "fs.protected_symlinks": (0, 1),
    "fs.suid_dumpable": (0, 2),
    "kernel.dmesg_restrict": (0, 1),
    "kernel.kptr_restrict": (0, 2),
    "kernel.modules_disabled": (1, 1),
    "kernel.panic_on_warn": (0, 1),
    "kernel.pid_max": (301, 4194304),
    "kernel.printk_delay": (0, 10000),
    "kernel.shm_rmid_forced": (0, 1),
    "kernel.sysctl_writes_strict": (-1, 1),
    "kernel.unprivileged_bpf_disabled": (0, 2),
    "kernel.yama.ptrace_scope": (0, 3),
    "net.ipv4.ip_default_ttl": (1, 255),
    "vm.compaction_proactiveness": (0, 100),
    "vm.dirty_background_bytes": (1, _LONG),
    "vm.dirty_background_ratio": (0, 100),
    "vm.dirty_bytes": (8192, _LONG),
    "vm.dirty_expire_centisecs": (0, _INT),
    "vm.dirty_ratio": (0, 100),
    "vm.dirtytime_expire_seconds": (0, _INT),
    "vm.drop_caches": (1, 4),
    "vm.extfrag_threshold": (0, 1000),
    "vm.max_map_count": (0, _INT),
    "vm.min_free_kbytes": (0, _INT),
    "vm.overcommit_memory": (0, 2),
    "vm.page_lock_unfairness": (0, _INT),
    "vm.panic_on_oom": (0, 2),
    "vm.swappiness": (0, 200),
    "vm.unprivileged_userfaultfd": (0, 1),
    "vm.watermark_boost_factor": (0, _INT),
    "vm.watermark_scale_factor": (1, 3000),
}
"""By name, the smallest and the largest number that any of these releases takes."""
