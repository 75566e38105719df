"""Distributions and their kernels, by the names that people type."""

from __future__ import annotations

from tcptune.model.parameter import Distribution
from tcptune.model.version import KernelVersion as V


def _rhel(major: int, version: V, *notes: str, living: bool = True, verified: bool = False) -> Distribution:
    clones = ("rhel", "centos", "rocky", "alma", "almalinux", "ol", "oracle")
    return Distribution(
        names=tuple(f"{name}{major}" for name in clones),
        title=f"Red Hat Enterprise Linux {major} and its rebuilds",
        version=version,
        vendor=f"rhel{major}",
        living=living,
        verified=verified,
        notes=notes,
    )


def _plain(title: str, version: V, *names: str, living: bool = True) -> Distribution:
    return Distribution(names=names, title=title, version=version, living=living)


DISTRIBUTIONS: tuple[Distribution, ...] = (
    _rhel(
        7,
        V(3, 10),
        "tcp_tw_recycle exists and is host-wide.",
        "tcp_tw_reuse takes any number, and any but 0 means fully on.",
        living=False,
        verified=True,
    ),
    _rhel(8, V(4, 18), "Values above 255 are still taken by keys that later hold eight bits.", verified=True),
    _rhel(9, V(5, 14)),
    _rhel(10, V(6, 12)),
    _plain("Debian 9 stretch", V(4, 9), "debian9", "stretch", living=False),
    _plain("Debian 10 buster", V(4, 19), "debian10", "buster", living=False),
    _plain("Debian 11 bullseye", V(5, 10), "debian11", "bullseye"),
    _plain("Debian 12 bookworm", V(6, 1), "debian12", "bookworm"),
    _plain("Debian 13 trixie", V(6, 12), "debian13", "trixie"),
    _plain("Ubuntu 16.04", V(4, 4), "ubuntu16.04", "xenial", living=False),
    _plain("Ubuntu 18.04", V(4, 15), "ubuntu18.04", "bionic", living=False),
    _plain("Ubuntu 20.04", V(5, 4), "ubuntu20.04", "focal", living=False),
    _plain("Ubuntu 22.04", V(5, 15), "ubuntu22.04", "jammy"),
    _plain("Ubuntu 24.04", V(6, 8), "ubuntu24.04", "noble"),
    _plain("SUSE Linux Enterprise 12", V(4, 12), "sles12", "sle12", living=False),
    _plain("SUSE Linux Enterprise 15", V(5, 14), "sles15", "sle15"),
    _plain("Amazon Linux 2", V(5, 10), "amazon2", "amzn2", "al2", "amazonlinux2"),
    _plain("Amazon Linux 2023", V(6, 1), "amazon2023", "amzn2023", "al2023", "amazonlinux2023"),
    _plain("Alpine 3.18", V(6, 1), "alpine3.18", living=False),
    _plain("Alpine 3.20", V(6, 6), "alpine3.20"),
    _plain("Alpine 3.21", V(6, 12), "alpine3.21", "alpine3.22", "alpine"),
)
