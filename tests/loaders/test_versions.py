"""Which loaders a file tree has, told by the programs' own bytes; nothing is run."""

from __future__ import annotations

import re
import subprocess

import pytest

from tcptune.loaders import versions
from tcptune.loaders.tree import DiskTree, Link, MemoryTree
from tcptune.loaders.versions import PROCPS, SYSTEMD, installed
from tools.loaders.programs import PACKAGES

SYSCTL = b"\x7fELF..%s from %s\0procps-ng 4.0.4\0.."
SERVICE = b"\x7fELF..libsystemd-shared-257.so\0.."


def test_versions_stand_in_the_programs() -> None:
    """As Debian and Fedora have them."""
    found = installed(MemoryTree({"/usr/sbin/sysctl": SYSCTL, "/usr/lib/systemd/systemd-sysctl": SERVICE}))
    assert (found.procps.name, found.systemd.name) == ("4.0.4", "257")
    assert (found.has_procps, found.has_systemd, found.limits) == (True, True, [])
    fedora = SERVICE.replace(b"257.so", b"257.7-1.fc42.so")
    assert installed(MemoryTree({"/usr/lib/systemd/systemd-sysctl": fedora})).systemd.number == (257,)


def test_a_program_that_does_not_say_is_taken_for_the_newest() -> None:
    """And that is told."""
    found = installed(MemoryTree({"/sbin/sysctl": b"", "/lib/systemd/systemd-sysctl": b"\x7fELF"}))
    assert (found.procps, found.systemd) == (PROCPS[-1], SYSTEMD[-1])
    assert found.limits == [
        "The version of procps is not known here; 4.0.7 is assumed.",
        "The version of systemd is not known here; 262 is assumed.",
    ]


def test_a_tree_without_loaders_has_none() -> None:
    """An empty image, and one with busybox."""
    nothing = installed(MemoryTree({}))
    assert (nothing.has_procps, nothing.has_systemd, nothing.busybox) == (False, False, False)
    assert nothing.limits == [
        "No loader is installed here: what is said is what the newest systemd-sysctl and procps would do."
    ]
    alpine = installed(MemoryTree({"/sbin/sysctl": Link("/bin/busybox"), "/bin/busybox": b"BusyBox v1.36"}))
    assert (alpine.has_procps, alpine.busybox) == (False, True)


def test_where_the_programs_are_not_dpkgs_list_says_which_they_are() -> None:
    """A backup of /etc and /var; a package that was removed and left its files is none."""
    entries = (
        "Package: libsystemd0\nStatus: install ok installed\nVersion: 252.39-1~deb12u2\n",
        "Package: procps\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2:4.0.2-3\n",
        "Package: systemd\nStatus: install ok installed\nVersion: 252.39-1~deb12u2\n",
    )
    found = installed(MemoryTree({"/var/lib/dpkg/status": "\n".join(entries)}))
    assert (found.procps.number, found.systemd.number, found.limits) == ((4, 0, 2), (252,), [])
    assert found.procps.deferred and not found.procps.glob_excludes and found.systemd.lib
    removed = entries[2].replace("install ok installed", "deinstall ok config-files")
    half = installed(MemoryTree({"/var/lib/dpkg/status": "\n".join((*entries[:2], removed))}))
    assert (half.has_procps, half.has_systemd) == (True, False)


def test_a_release_loads_like_the_nearest_older_one() -> None:
    """One that is older than all, like the oldest; the name stays its own."""
    assert versions.procps((4, 0, 4)) == versions.Procps((4, 0, 4), deferred=True)
    assert not versions.procps((3, 2, 8)).deferred
    assert versions.procps((5, 1)).forgives
    assert versions.systemd((255,)).lib and versions.systemd((255,)).checks
    assert versions.systemd((219,)).name == "219"
    assert not versions.systemd((300,)).semicolons


def test_this_machine_is_what_its_programs_say() -> None:
    """The bytes against `sysctl --version` and `systemd-sysctl --version`."""
    found = installed(DiskTree())
    if not (found.has_procps and found.has_systemd):
        pytest.skip("procps and systemd are not installed here")
    sysctl = subprocess.run(["/sbin/sysctl", "--version"], capture_output=True, text=True, check=True).stdout
    assert found.procps.name in sysctl
    service = ["/lib/systemd/systemd-sysctl", "--version"]
    said = subprocess.run(service, capture_output=True, text=True, check=True).stdout
    assert re.match(rf"systemd {found.systemd.name}\b", said)


def test_every_suite_of_make_loaders_brings_both_loaders() -> None:
    """The two packages are in each list."""
    assert all({"procps", "systemd"} <= set(packages.split()) for packages in PACKAGES.values())
