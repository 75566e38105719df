"""The kernels of distributions: what `--kernel rhel9` means, and whose backports a kernel carries."""

from __future__ import annotations

from tcptune.model.late import late
from tcptune.model.parameter import Distribution
from tcptune.model.version import KernelVersion as V

_ORACLE = "Oracle Linux is meant with its kernel that follows Red Hat's; its own, UEK, is another: look at `uname -r`."

DISTRIBUTIONS: tuple[Distribution, ...] = (
    Distribution(
        names=("rhel7", "centos7", "ol7", "oracle7", "el7"),
        title="RHEL and CentOS 7",
        version=V(3, 10),
        vendor="rhel7",
        living=False,
        verified=True,
        notes=(
            "tcp_tw_recycle still exists.",
            "tcp_tw_reuse is 0 by default and takes any integer; 2 switches reuse fully on.",
            "The port range is per network namespace and ends at 60999, unlike that of a mainline 3.10.",
            "The keepalive parameters are per network namespace in 7.9, but not yet in 7.3.",
            "somaxconn is 128 by default and ends at 65535.",
            _ORACLE,
        ),
    ),
    Distribution(
        names=("rhel8", "centos8", "rocky8", "rockylinux8", "alma8", "almalinux8", "ol8", "oracle8", "el8"),
        title="RHEL, CentOS, Rocky and AlmaLinux 8",
        version=V(4, 18),
        vendor="rhel8",
        verified=True,
        notes=(
            "tcp_tw_reuse is 2 by default and takes 0 to 2.",
            "somaxconn is 128 by default.",
            "Small TCP numbers are not stored in eight bits: values above 255 are still taken.",
            _ORACLE,
        ),
    ),
    Distribution(
        names=(
            *("rhel9", "centos9", "stream9", "centosstream9", "rocky9", "rockylinux9", "alma9", "almalinux9", "ol9"),
            *("oracle9", "el9"),
        ),
        title="RHEL, CentOS Stream, Rocky and AlmaLinux 9",
        version=V(5, 14),
        vendor="rhel9",
        notes=("Judged as mainline 5.14; what Red Hat carries back from later kernels was not read.", _ORACLE),
    ),
    Distribution(
        names=(
            *("rhel10", "centos10", "stream10", "centosstream10", "rocky10", "rockylinux10", "alma10", "almalinux10"),
            *("ol10", "oracle10", "el10"),
        ),
        title="RHEL, CentOS Stream, Rocky and AlmaLinux 10",
        version=V(6, 12),
        vendor="rhel10",
        notes=("Judged as mainline 6.12; what Red Hat carries back from later kernels was not read.", _ORACLE),
    ),
    Distribution(names=("debian9", "stretch"), title="Debian 9", version=V(4, 9), living=False),
    Distribution(names=("debian10", "buster"), title="Debian 10", version=V(4, 19), living=False),
    Distribution(
        names=("debian11", "bullseye"),
        title="Debian 11",
        version=V(5, 10, 262),
        living=False,
        verified=True,
        notes=("5.10.262 stores small TCP numbers in eight bits and has tcp_migrate_req; older 5.10 kernels do not.",),
    ),
    Distribution(
        names=("debian12", "bookworm"),
        title="Debian 12",
        version=V(6, 1, 192),
        verified=True,
        notes=("tcp_rmem takes nothing below 4096 in 6.1.192; older 6.1 kernels take 1.",),
    ),
    Distribution(
        names=("debian12-backports", "bookworm-backports"),
        title="Debian 12 with the kernel of its backports",
        version=V(6, 12, 95),
        verified=True,
    ),
    Distribution(
        names=("debian13", "trixie"),
        title="Debian 13",
        version=V(6, 12, 117),
        verified=True,
        notes=(
            "It has neither tcp_tw_reuse_delay nor tcp_rto_max_ms.",
            "tcp_rmem takes nothing below 4096 in 6.12.117; older 6.12 kernels take 1.",
        ),
    ),
    Distribution(names=("ubuntu16.04", "xenial"), title="Ubuntu 16.04", version=V(4, 4), living=False),
    Distribution(names=("ubuntu18.04", "bionic"), title="Ubuntu 18.04", version=V(4, 15), living=False),
    Distribution(names=("ubuntu20.04", "focal"), title="Ubuntu 20.04", version=V(5, 4), living=False),
    Distribution(names=("ubuntu22.04", "jammy"), title="Ubuntu 22.04", version=V(5, 15)),
    Distribution(
        names=("ubuntu22.04-hwe", "jammy-hwe"), title="Ubuntu 22.04 with its newer kernel (HWE)", version=V(6, 8)
    ),
    Distribution(names=("ubuntu24.04", "noble"), title="Ubuntu 24.04", version=V(6, 8)),
    Distribution(names=("ubuntu24.10", "oracular"), title="Ubuntu 24.10", version=V(6, 11), living=False),
    Distribution(names=("ubuntu25.04", "plucky"), title="Ubuntu 25.04", version=V(6, 14), living=False),
    Distribution(names=("ubuntu25.10", "questing"), title="Ubuntu 25.10", version=V(6, 17), living=False),
    Distribution(names=("ubuntu26.04", "resolute"), title="Ubuntu 26.04", version=V(7, 0)),
    Distribution(
        names=("sles12", "sle12", "sles12sp5", "sles12sp4", "sles12.5", "sles12.4"),
        title="SUSE Linux Enterprise 12 SP4 and SP5",
        version=V(4, 12),
        vendor="sles12",
        living=False,
    ),
    Distribution(
        names=("sles12sp3", "sles12sp2", "sles12.3", "sles12.2"),
        title="SUSE Linux Enterprise 12 SP2 and SP3",
        version=V(4, 4),
        vendor="sles12",
        living=False,
    ),
    Distribution(
        names=("sles15sp1", "sles15sp0", "sles15.1", "sles15.0"),
        title="SUSE Linux Enterprise 15 and its SP1",
        version=V(4, 12),
        vendor="sles15",
        living=False,
    ),
    Distribution(
        names=("sles15sp3", "sles15sp2", "sles15.3", "sles15.2"),
        title="SUSE Linux Enterprise 15 SP2 and SP3",
        version=V(5, 3),
        vendor="sles15",
        living=False,
    ),
    Distribution(
        names=("sles15sp5", "sles15sp4", "sles15.5", "sles15.4"),
        title="SUSE Linux Enterprise 15 SP4 and SP5",
        version=V(5, 14),
        vendor="sles15",
        living=False,
    ),
    Distribution(
        names=("sles15", "sle15", "sles15sp7", "sles15sp6", "sles15.7", "sles15.6"),
        title="SUSE Linux Enterprise 15 SP6 and SP7",
        version=V(6, 4),
        vendor="sles15",
        notes=("Without a service pack the newest kernel of SLES 15 is meant.",),
    ),
    Distribution(names=("sles16",), title="SUSE Linux Enterprise 16", version=V(6, 12), vendor="sles16"),
    Distribution(
        names=("amazon2", "al2", "amzn2", "amazonlinux2"),
        title="Amazon Linux 2",
        version=V(5, 10),
        living=False,
        verified=True,
        notes=("5.10 is its default kernel; 4.14 and 5.15 can be had too.",),
    ),
    Distribution(
        names=("al2023", "amazon2023", "amzn2023", "amazonlinux2023"),
        title="Amazon Linux 2023",
        version=V(6, 1),
        notes=("It began with 6.1 and offers later kernels as well: look at `uname -r`.",),
    ),
    Distribution(names=("alpine3.18",), title="Alpine 3.18", version=V(6, 1), living=False),
    Distribution(names=("alpine3.20", "alpine3.19"), title="Alpine 3.19 and 3.20", version=V(6, 6), living=False),
    Distribution(names=("alpine3.21",), title="Alpine 3.21", version=V(6, 12), living=False),
    Distribution(names=("alpine3.22",), title="Alpine 3.22", version=V(6, 12)),
    Distribution(
        names=("alpine", "alpine3.23"),
        title="Alpine 3.23",
        version=V(6, 18),
        notes=("Without a version the newest release that is known here is meant.",),
    ),
    Distribution(
        names=("alinux2", "alibaba2", "alibabacloud2"),
        title="Alibaba Cloud Linux 2",
        version=V(4, 19),
        vendor="alibaba",
        living=False,
        verified=True,
        notes=("It alone has net.ipv4.tcp_tw_timeout, per network namespace, 1 to 600 seconds.",),
    ),
)
"""The names that users type, the one to be shown first. `verified`: the kernel's source was read."""

_RED_HAT = late(r"\.el(7|8|9|10)(?:[._]|$)")
_SUSE = late(r"-1([56])0\d00\.|-default$")
_ALIBABA = late(r"\.al(?:7|8|nx\d)\.")


def vendor_of(release: str, os_id: str = "", os_version: str = "") -> str | None:
    """Return the distribution whose backports a kernel carries, from `uname -r`; None for one that is what it says.

    `os_id` and `os_version` are ID and VERSION_ID of os-release. They only tell the releases of SUSE apart, since in a
    container they describe the image and not the kernel.
    """
    red_hat = _RED_HAT.search(release)
    if red_hat:
        return f"rhel{red_hat[1]}"
    if _ALIBABA.search(release):
        return "alibaba"
    suse = _SUSE.search(release)
    if suse is None:
        return None
    if suse[1]:
        return f"sles1{suse[1]}"
    major = os_version.partition(".")[0]
    return f"sles{major}" if os_id.startswith("sle") and major in ("12", "15", "16") else None
