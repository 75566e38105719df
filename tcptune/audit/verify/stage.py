"""Where a comparison takes place: the namespace it was started in, two fresh ones, and what may be written where."""

from __future__ import annotations

import gzip
import os
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tcptune.catalog import parameters
from tcptune.errors import TcptuneError
from tcptune.live.host import live_host
from tcptune.live.probe import FreshNamespace, Here, path_of
from tcptune.model.host import Host
from tcptune.model.version import KernelVersion, Target

GUARDED_SINCE = KernelVersion(5, 13)
"""Since then the kernel itself takes the write permission from any file of a namespace whose value is shared with the
host (`ensure_safe_net_sysctl()` in net/sysctl_net.c), so a writable file there cannot reach the host."""

HOST_WIDE_FILE = "kernel.ostype"
NAMESPACE_FILE = "net.ipv4.tcp_fin_timeout"
_HASH_LINE = re.compile(r"TCP established hash table entries: (\d+)")


@dataclass(frozen=True, slots=True)
class Stage:
    """What every check works with.

    `outside` is the namespace the comparison was started in, `initial` whether that is the host's own; `first` and
    `second` are fresh. `disposable`: a guest that was just booted and will be thrown away. `writes` is None where fresh
    namespaces may be written, else the reason why not.
    """

    target: Target
    outside: Here
    first: FreshNamespace
    second: FreshNamespace
    outside_host: Host
    inside_host: Host
    initial: bool
    disposable: bool
    writes: str | None
    options: Mapping[str, bool]
    modules: frozenset[str]


@contextmanager
def staged(*, disposable: bool = False) -> Iterator[Stage]:
    """Set the stage, and have its namespaces gone at the end. Raises `TcptuneError` without root."""
    if os.geteuid() != 0:
        raise TcptuneError("the comparison writes in network namespaces of its own", hint="run it as root")
    host = _with_hash(live_host())
    with ExitStack() as stack:
        outside = Here(disposable=disposable)
        first = stack.enter_context(FreshNamespace())
        second = stack.enter_context(FreshNamespace())
        inside = replace(host, initial=False, ehash_entries=_hash_inside(first, host))
        writes = None if disposable else _objection(host.kernel, outside, first)
        initial = host.initial is not False
        options, modules = build_options(host.release), _modules(outside)
        yield Stage(host.target, outside, first, second, host, inside, initial, disposable, writes, options, modules)


def shares_file(key: str, outside: Here, first: FreshNamespace) -> bool:
    """Tell whether a fresh namespace shows the very file that the outside shows: then a write would reach the host.

    The file is held open outside, so it keeps its identity; a namespace with a table of its own shows another one.
    """
    try:
        held = os.open(path_of(key), os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        here, there = outside.look(key), first.run(lambda: first.look(key))
        return here is not None and there is not None and here.inode == there.inode
    finally:
        os.close(held)


def _objection(kernel: KernelVersion, outside: Here, first: FreshNamespace) -> str | None:
    """Return why nothing is to be written on this host, None where writing in a fresh namespace is safe."""
    if os.statvfs("/proc/sys").f_flag & os.ST_RDONLY:
        return "/proc/sys is mounted read-only here"
    if kernel < GUARDED_SINCE:
        return f"before {GUARDED_SINCE} the kernel does not itself keep a namespace from writing the host's values"
    if not shares_file(HOST_WIDE_FILE, outside, first) or shares_file(NAMESPACE_FILE, outside, first):
        return "a namespace's own files cannot be told from the host's here"
    return None


def build_options(release: str) -> dict[str, bool]:
    """Return which options the kernel was built with, from /proc/config.gz or /boot; empty when neither is there."""
    try:
        packed = Path("/proc/config.gz")
        text = gzip.decompress(packed.read_bytes()) if packed.exists() else Path(f"/boot/config-{release}").read_bytes()
    except (OSError, EOFError, zlib.error):
        return {}
    found = re.findall(rb"^(?:(CONFIG_\w+)=|# (CONFIG_\w+) is not set)", text, re.MULTILINE)
    return {(on or off).decode("ascii"): bool(on) for on, off in found}


def _modules(outside: Here) -> frozenset[str]:
    """Return the modules of which at least one parameter is there."""
    named = {entry.key: entry.lifetime.module for entry in parameters().values() if entry.lifetime.module}
    return frozenset(module for key, module in named.items() if outside.look(key) is not None)


def _hash_inside(first: FreshNamespace, host: Host) -> int | None:
    """Return the hash's size as the fresh namespace knows it."""
    seen = first.run(lambda: first.look("net.ipv4.tcp_ehash_entries"))
    return int(seen.text) if seen is not None and seen.text else host.ehash_entries


def _with_hash(host: Host) -> Host:
    """Return the host with the size of TCP's hash from the kernel's log, where no parameter tells it (before 6.1)."""
    if host.ehash_entries is not None:
        return host
    match = _HASH_LINE.search(kernel_log())
    return replace(host, ehash_entries=int(match[1])) if match else host


def kernel_log() -> str:
    """Return the kernel's messages since boot, as far as they are kept; empty when they may not be read."""
    lines: list[bytes] = []
    try:
        log = os.open(Path("/dev/kmsg"), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        while True:
            lines.append(os.read(log, 8192))
    except OSError:
        return b"".join(lines).decode("utf-8", "replace")
    finally:
        os.close(log)
