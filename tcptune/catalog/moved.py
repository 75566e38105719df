"""What there is instead of names that went without a page of their own, in words."""

from __future__ import annotations

_DEBUGFS = "It is a file of debugfs since 5.13: /sys/kernel/debug/sched"
_SLICE = "Debugfs had it in /sys/kernel/debug/sched from 5.13 on; since 6.6 base_slice_ns there is what is left of it."
_GONE = "Debugfs had it in /sys/kernel/debug/sched from 5.13 on; 6.6 took it out."
_FEATURES = "It is a file of debugfs: /sys/kernel/debug/sched_features, since 5.13 /sys/kernel/debug/sched/features."

MOVED: dict[str, str] = {
    "kernel.sched_latency_ns": _GONE,
    "kernel.sched_min_granularity_ns": _SLICE,
    "kernel.sched_wakeup_granularity_ns": _GONE,
    "kernel.sched_features": _FEATURES,
    "kernel.sched_migration_cost_ns": f"{_DEBUGFS}/migration_cost_ns.",
    "kernel.sched_nr_migrate": f"{_DEBUGFS}/nr_migrate.",
    "kernel.sched_tunable_scaling": f"{_DEBUGFS}/tunable_scaling.",
    "kernel.sched_migration_cost": "It was renamed to kernel.sched_migration_cost_ns, a file of debugfs since 5.13.",
    "kernel.softlockup_thresh": "kernel.watchdog_thresh took its place.",
    "kernel.random.read_wakeup_threshold": "Reading /dev/random waits for the pool once at boot, and never again.",
    "vm.block_dump": "The tracepoints of the block layer show the same (block:block_rq_issue).",
    "vm.percpu_pagelist_fraction": "vm.percpu_pagelist_high_fraction took its place, with another meaning.",
    "kernel.maps_protect": "/proc/PID/maps always asks for the right to trace the process now.",
}
"""By name. Looked at on Linux 6.18; the releases are those of the commits that moved them."""
