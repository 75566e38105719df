"""The host: kernel, distribution, memory, what kind of place this process runs in."""

from __future__ import annotations

import os
import re
import time
from typing import Literal

from tcptune.errors import TcptuneError
from tcptune.live.files import is_there, read_bytes, read_number, read_text
from tcptune.model.host import Host
from tcptune.model.version import OLDEST, KernelVersion

_DEBIAN = re.compile(r"\bDebian (\d+\.\d+\.\d+)")
_SIGNATURE = re.compile(r"^Ubuntu \S+ (\d+\.\d+\.\d+)")
CAP_NET_ADMIN, CAP_SYS_ADMIN = 12, 21
"""include/uapi/linux/capability.h"""
_COARSE = 6
"""CLOCK_MONOTONIC_COARSE: its resolution is one tick of the kernel, which every user may ask for."""

_CGROUP_HINTS = (("kubepods", "kubernetes"), ("docker", "docker"), ("libpod", "podman"), ("/lxc", "lxc"))


def live_host() -> Host:
    """Return the host to whoever reads the running kernel's values next. Raises `TcptuneError` without /proc."""
    if not is_there("/proc/self/stat"):
        raise TcptuneError(
            "/proc is not mounted here, so nothing can be seen of the running kernel",
            hint="mount -t proc proc /proc; lint, explain, render, --root and --snapshot do without it",
        )
    return read_host()


def read_host() -> Host:
    """Return what can be seen of the host that this process runs on; without /proc that is little."""
    uname = os.uname()
    kernel = kernel_version(uname.release, uname.version, read_text("/proc/version_signature") or "")
    release = parse_os_release(read_text("/etc/os-release") or read_text("/usr/lib/os-release") or "")
    container = container_hint()
    return Host(
        kernel=kernel or OLDEST,
        release=uname.release,
        vendor=_vendor(uname.release, release.get("ID", ""), release.get("VERSION_ID", "")),
        distro=release.get("PRETTY_NAME") or release.get("NAME", ""),
        memory_bytes=memory_bytes(read_text("/proc/meminfo") or ""),
        page_size=os.sysconf("SC_PAGE_SIZE"),
        cpus=os.cpu_count() or 1,
        hz=tick_rate(),
        ehash_entries=_hash_entries(),
        uptime_seconds=uptime(read_text("/proc/uptime") or ""),
        initial=in_initial_namespace(),
        container=container,
        privileged=privileged(),
        limits=_limits(kernel, uname.release, container),
    )


def kernel_version(release: str, build: str = "", signature: str = "") -> KernelVersion | None:
    """Return the true version of a kernel.

    Debian and Ubuntu name their kernels after an ABI (`6.1.0-18-amd64`, `5.15.0-91-generic`); the true patch level
    stands in the build text (`Debian 6.1.76-1`), or at the end of /proc/version_signature (Ubuntu).
    """
    try:
        named = KernelVersion.parse(release)
    except ValueError:
        return None
    for match in (_DEBIAN.search(build), _SIGNATURE.match(signature)):
        if match is not None and (true := KernelVersion.parse(match[1])).release == named.release:
            return true
    return named


def parse_os_release(text: str) -> dict[str, str]:
    """Read os-release(5): shell-like assignments, quoted or not."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if not equals or name.startswith("#"):
            continue
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        found[name] = value
    return found


def memory_bytes(meminfo: str) -> int:
    """Return MemTotal in bytes; 0 when it is not there."""
    match = re.search(r"^MemTotal:\s+(\d+) kB", meminfo, re.MULTILINE | re.ASCII)
    return int(match[1]) * 1024 if match else 0


def uptime(text: str) -> float | None:
    """Return the seconds since boot; None when the text is not the kernel's."""
    try:
        return float(text.split()[0])
    except (IndexError, ValueError):
        return None


def tick_rate() -> int:
    """Return the kernel's HZ; 250 where the clock does not tell."""
    try:
        resolution = time.clock_getres(_COARSE)
    except OSError:
        return 250
    return round(1 / resolution) if 0.0005 <= resolution <= 0.02 else 250


def in_initial_namespace() -> bool | None:
    """Tell whether this is the host's own network namespace, the only one with tcp_mem; None when net is hidden."""
    if is_there("/proc/sys/net/ipv4/tcp_mem"):
        return True
    return False if is_there("/proc/sys/net/ipv4") else None


def privileged(status: str | None = None) -> bool:
    """Tell whether this process is root with the right to change the network's parameters."""
    return os.geteuid() == 0 and capable(CAP_NET_ADMIN, status)


def capable(capability: int, status: str | None = None) -> bool:
    """Tell whether this process has a capability in its own user namespace (`status`: what /proc/self/status says)."""
    text = status if status is not None else read_text("/proc/self/status") or ""
    match = re.search(r"^CapEff:\s*([0-9a-f]+)", text, re.MULTILINE)
    return match is not None and bool(int(match[1], 16) >> capability & 1)


def in_initial_user_namespace() -> bool:
    """Tell whether this process's users are the host's own, and not those of a user namespace."""
    return (read_text("/proc/self/uid_map") or "").split() == ["0", "0", "4294967295"]


def container_hint() -> str | None:
    """Return what kind of container this process seems to run in; None when nothing says so."""
    if is_there("/run/.containerenv"):
        return "podman"
    if is_there("/.dockerenv"):
        return "docker"
    told = (read_text("/run/systemd/container", 64) or "").strip()
    if told:
        return told
    for part in (read_bytes("/proc/1/environ", 65536) or b"").split(b"\0"):
        if part.startswith(b"container=") and len(part) > 10:
            return part[10:].decode("utf-8", "backslashreplace")
    return cgroup_hint(read_text("/proc/1/cgroup", 65536) or "")


def cgroup_hint(text: str) -> str | None:
    """Return the kind of container that the names of control groups tell of."""
    for word, kind in _CGROUP_HINTS:
        if word in text:
            return kind
    return None


def boot_id() -> str:
    """Return the id of this boot; empty when it cannot be seen."""
    return (read_text("/proc/sys/kernel/random/boot_id", 64) or "").strip()


def boot_loader() -> Literal["systemd", "procps"]:
    """Return who applies the drop-ins at boot: systemd-sysctl where systemd runs, else a boot script with procps."""
    return "systemd" if is_there("/run/systemd/system") else "procps"


def module_loaded(name: str) -> bool:
    """Tell whether a kernel module is loaded or built in; the kernel's names have no hyphen."""
    return is_there(f"/sys/module/{name.replace('-', '_')}")


def _hash_entries() -> int | None:
    """Return tcp_ehash_entries as it stands: negative where a namespace shares the host's table, None before 6.1."""
    return read_number("/proc/sys/net/ipv4/tcp_ehash_entries")


def _vendor(release: str, os_id: str, os_version: str) -> str | None:
    """Return the distribution whose backports the kernel carries."""
    from tcptune.catalog.distributions import vendor_of

    return vendor_of(release, os_id, os_version)


def _limits(kernel: KernelVersion | None, release: str, container: str | None) -> tuple[str, ...]:
    """Return the lines that say what cannot be seen from here."""
    lines: list[str] = []
    if kernel is None:
        lines.append(f"the kernel's release {release!r} is no version: it is judged as the oldest one known")
    if container is not None:
        lines.append(f"this is a container ({container}): memory and host-wide counters are those of the whole host")
    return tuple(lines)
