"""What is known of parameters without a page, mostly of memory, processes and files: bounds, defaults, what is idle.

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
    "fs.mount-max": (1, _INT),
    "fs.mqueue.msg_default": (1, 65536),
    "fs.mqueue.msg_max": (1, 65536),
    "fs.mqueue.msgsize_default": (128, 16777216),
    "fs.mqueue.msgsize_max": (128, 16777216),
    "fs.overflowgid": (0, 65535),
    "fs.overflowuid": (0, 65535),
    "fs.protected_fifos": (0, 2),
    "fs.protected_hardlinks": (0, 1),
    "fs.protected_regular": (0, 2),
    "fs.protected_symlinks": (0, 1),
    "fs.suid_dumpable": (0, 2),
    "kernel.dmesg_restrict": (0, 1),
    "kernel.io_uring_disabled": (0, 2),
    "kernel.keys.gc_delay": (0, _INT),
    "kernel.keys.maxbytes": (1, _INT),
    "kernel.keys.maxkeys": (1, _INT),
    "kernel.keys.root_maxbytes": (1, _INT),
    "kernel.keys.root_maxkeys": (1, _INT),
    "kernel.kptr_restrict": (0, 2),
    "kernel.modules_disabled": (1, 1),
    "kernel.msgmax": (0, _INT),
    "kernel.msgmnb": (0, _INT),
    "kernel.msgmni": (0, 32768),
    "kernel.overflowgid": (0, 65535),
    "kernel.overflowuid": (0, 65535),
    "kernel.panic_on_warn": (0, 1),
    "kernel.pid_max": (301, 4194304),
    "kernel.printk_delay": (0, 10000),
    "kernel.pty.max": (0, _INT),
    "kernel.pty.reserve": (0, _INT),
    "kernel.sched_cfs_bandwidth_slice_us": (1, _INT),
    "kernel.shm_rmid_forced": (0, 1),
    "kernel.shmmni": (0, 32768),
    "kernel.sysctl_writes_strict": (-1, 1),
    "kernel.unprivileged_bpf_disabled": (0, 2),
    "kernel.yama.ptrace_scope": (0, 3),
    "net.ipv4.fib_multipath_hash_policy": (0, 3),
    "net.ipv4.icmp_echo_ignore_all": (0, 1),
    "net.ipv4.icmp_echo_ignore_broadcasts": (0, 1),
    "net.ipv4.icmp_errors_use_inbound_ifaddr": (0, 1),
    "net.ipv4.icmp_ignore_bogus_error_responses": (0, 1),
    "net.ipv4.icmp_msgs_burst": (0, _INT),
    "net.ipv4.icmp_msgs_per_sec": (0, _INT),
    "net.ipv4.igmp_qrv": (1, _INT),
    "net.ipv4.ip_default_ttl": (1, 255),
    "net.ipv4.ip_dynaddr": (0, 255),
    "net.ipv4.ip_early_demux": (0, 255),
    "net.ipv4.ip_no_pmtu_disc": (0, 255),
    "net.ipv4.ipfrag_max_dist": (0, _INT),
    "net.ipv4.neigh.default.gc_thresh1": (0, _INT),
    "net.ipv4.neigh.default.gc_thresh2": (0, _INT),
    "net.ipv4.neigh.default.gc_thresh3": (0, _INT),
    "net.ipv4.udp_rmem_min": (1, _INT),
    "net.ipv4.udp_wmem_min": (1, _INT),
    "user.max_user_namespaces": (0, _INT),
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
    "vm.memfd_noexec": (0, 2),
    "vm.min_free_kbytes": (0, _INT),
    "vm.overcommit_memory": (0, 2),
    "vm.page_lock_unfairness": (0, _INT),
    "vm.page-cluster": (0, _INT),
    "vm.panic_on_oom": (0, 2),
    "vm.swappiness": (0, 200),
    "vm.unprivileged_userfaultfd": (0, 1),
    "vm.vfs_cache_pressure": (0, _INT),
    "vm.watermark_boost_factor": (0, _INT),
    "vm.watermark_scale_factor": (1, 3000),
}
"""By name, the smallest and the largest number that any of these releases takes."""

LATER: dict[str, V] = {
    "kernel.io_uring_disabled": V(6, 6),
    "kernel.msgmni": V(5, 0),
    "kernel.sem": V(5, 0),
    "kernel.shmmni": V(5, 0),
    "net.ipv4.icmp_echo_ignore_all": V(5, 19),
    "net.ipv4.icmp_echo_ignore_broadcasts": V(5, 19),
    "net.ipv4.icmp_errors_use_inbound_ifaddr": V(5, 19),
    "net.ipv4.icmp_ignore_bogus_error_responses": V(5, 19),
    "net.ipv4.ip_dynaddr": V(5, 14),
    "net.ipv4.ip_early_demux": V(5, 14),
    "net.ipv4.ip_no_pmtu_disc": V(5, 14),
    "vm.memfd_noexec": V(6, 3),
    "vm.vfs_cache_pressure": V(5, 12),
}
"""The oldest release whose source was read with the bounds of those that took any number, or were not there, before."""

EARLIER: dict[str, tuple[V, int, int]] = {
    "kernel.unprivileged_bpf_disabled": (V(5, 13), 0, 1),
    "vm.swappiness": (V(5, 8), 0, 100),
}
"""What mainline took before a release, from the smallest to the largest number: less than stands above.

0 is what `unprivileged_bpf_disabled` was before it could be set to 0: to write it changed nothing.
"""

GIVEN: dict[str, tuple[V, ...]] = {"kernel.unprivileged_bpf_disabled": (V(4, 19), V(5, 4), V(5, 10))}
"""The older releases whose stable kernels were given what came later, so that they are not judged by the first ones."""

FOURTH: dict[str, tuple[int, int]] = {"kernel.sem": (0, 32768)}
"""What the last of four numbers may be: the kernel takes the others as they are, and gives ERANGE for this one."""

WIDTHS: dict[str, int] = {"kernel.sem": 4, "net.ipv4.ping_group_range": 2, "net.ipv4.udp_mem": 3}
"""How many numbers belong to a parameter that has more than one; with fewer the kernel changes the first ones only."""

MEANT: dict[str, tuple[int, int]] = {
    "kernel.randomize_va_space": (0, 2),
    "arp_announce": (0, 2),
    "rp_filter": (0, 2),
}
"""What has a meaning where any number is taken: by name, or by the last part of a name of `net.ipv4.conf`."""

DEFAULTS: dict[str, int] = {
    "fs.aio-max-nr": 65536,
    "fs.inotify.max_queued_events": 16384,
    "fs.lease-break-time": 45,
    "fs.leases-enable": 1,
    "fs.mount-max": 100000,
    "fs.mqueue.msg_max": 10,
    "fs.mqueue.msgsize_max": 8192,
    "fs.mqueue.queues_max": 256,
    "fs.pipe-max-size": 1048576,
    "fs.pipe-user-pages-hard": 0,
    "fs.pipe-user-pages-soft": 16384,
    "kernel.keys.maxbytes": 20000,
    "kernel.keys.maxkeys": 200,
    "kernel.msgmax": 8192,
    "kernel.msgmnb": 16384,
    "kernel.msgmni": 32000,
    "kernel.pty.max": 4096,
    "kernel.shmmni": 4096,
    "net.ipv4.icmp_echo_ignore_all": 0,
    "net.ipv4.icmp_ratelimit": 1000,
    "net.ipv4.icmp_ratemask": 6168,
    "net.ipv4.igmp_max_memberships": 20,
    "net.ipv4.igmp_max_msf": 10,
    "net.ipv4.inet_peer_maxttl": 600,
    "net.ipv4.inet_peer_minttl": 120,
    "net.ipv4.ip_default_ttl": 64,
    "net.ipv4.ip_dynaddr": 0,
    "net.ipv4.ip_early_demux": 1,
    "net.ipv4.ip_no_pmtu_disc": 0,
    "net.ipv4.ipfrag_high_thresh": 4194304,
    "net.ipv4.ipfrag_low_thresh": 3145728,
    "net.ipv4.ipfrag_max_dist": 64,
    "net.ipv4.ipfrag_time": 30,
    "net.ipv4.neigh.default.gc_interval": 30,
    "net.ipv4.neigh.default.gc_stale_time": 60,
    "net.ipv4.route.gc_timeout": 300,
    "net.ipv4.route.min_adv_mss": 256,
    "net.ipv4.route.mtu_expires": 600,
    "vm.dirty_background_ratio": 10,
    "vm.dirty_expire_centisecs": 3000,
    "vm.dirty_ratio": 20,
    "vm.dirty_writeback_centisecs": 500,
    "vm.dirtytime_expire_seconds": 43200,
    "vm.extfrag_threshold": 500,
    "vm.oom_dump_tasks": 1,
    "vm.oom_kill_allocating_task": 0,
    "vm.overcommit_memory": 0,
    "vm.overcommit_ratio": 50,
    "vm.swappiness": 60,
    "vm.vfs_cache_pressure": 100,
    "vm.watermark_scale_factor": 10,
}
"""What the kernel starts with, a constant in the source of 4.19, and so seen on 5.10, 6.1, 6.18 and 7.2.

Left out is what depends on memory, processors, the size of a page or how the kernel was built; what systemd or a
distribution sets for every host (`fs.suid_dumpable`, `vm.max_map_count`, `net.ipv4.neigh.default.gc_thresh1`); and
what people write down to have it for sure (`kernel.randomize_va_space`, `net.ipv4.icmp_echo_ignore_broadcasts`).
"""

RIVALS: dict[str, str] = {
    "vm.dirty_background_ratio": "vm.dirty_background_bytes",
    "vm.dirty_ratio": "vm.dirty_bytes",
    "vm.overcommit_ratio": "vm.overcommit_kbytes",
}
"""What a parameter puts out of force when it is set, to whatever value."""

_ROUTES = "The cache of routes that it was for was taken out in 3.6; the value is kept and nothing reads it."
_POOL = "The generator of random numbers works without it since then: what is written is thrown away."

IDLE: dict[str, tuple[V, str]] = {
    "kernel.auto_msgmni": (
        V(3, 19),
        "The number of message queues grows with memory no more: 0 is read, whatever was written.",
    ),
    "kernel.random.urandom_min_reseed_secs": (V(5, 18), _POOL),
    "kernel.random.write_wakeup_threshold": (V(5, 18), _POOL),
    "net.ipv4.route.gc_elasticity": (V(3, 6), _ROUTES),
    "net.ipv4.route.gc_interval": (V(3, 6), _ROUTES),
    "net.ipv4.route.gc_min_interval": (V(3, 6), _ROUTES),
    "net.ipv4.route.gc_min_interval_ms": (V(3, 6), _ROUTES),
    "net.ipv4.route.gc_thresh": (V(3, 6), _ROUTES),
    "net.ipv4.route.max_size": (V(3, 6), _ROUTES),
    "net.ipv6.route.max_size": (V(6, 3), "The number of routes in the cache has no such limit any more."),
}
"""What can be set and does nothing, since when, and why; read in the source, the first three tried by writing."""
