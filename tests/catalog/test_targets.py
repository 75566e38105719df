"""From the names that users give to kernels: releases, distributions, what a running kernel says of itself."""

from __future__ import annotations

import pytest

from tcptune.catalog.distributions import DISTRIBUTIONS, vendor_of
from tcptune.catalog.targets import living, newest, releases_since, resolve
from tcptune.errors import TcptuneError
from tcptune.model.version import KernelVersion as V


@pytest.mark.parametrize(
    ("name", "version", "vendor"),
    [
        ("5.14", V(5, 14), None),
        ("v4.18", V(4, 18), None),
        ("6.1.0-18-amd64", V(6, 1), None),
        ("6.12.74+deb13-amd64", V(6, 12, 74), None),
        ("7.3-rc7", V(7, 3), None),
        ("2.6.32-754.el6.x86_64", V(2, 6, 32), None),
        ("3.10.0-1160.el7.x86_64", V(3, 10), "rhel7"),
        ("4.18.0-553.el8_10.x86_64", V(4, 18), "rhel8"),
        ("6.12.0-55.9.1.el10_0.x86_64", V(6, 12), "rhel10"),
        ("rhel7", V(3, 10), "rhel7"),
        ("RHEL9", V(5, 14), "rhel9"),
        ("rocky9", V(5, 14), "rhel9"),
        ("AlmaLinux 8.10", V(4, 18), "rhel8"),
        ("rhel-9.4", V(5, 14), "rhel9"),
        ("Rocky Linux 9.4", V(5, 14), "rhel9"),
        ("ol8", V(4, 18), "rhel8"),
        ("5.15.0-100.96.32.el8uek.x86_64", V(5, 15), None),
        ("Debian 12", V(6, 1, 192), None),
        ("debian:13", V(6, 12, 117), None),
        ("debian12.5", V(6, 1, 192), None),
        ("bookworm", V(6, 1, 192), None),
        ("debian12-backports", V(6, 12, 95), None),
        ("ubuntu24.04", V(6, 8), None),
        ("ubuntu-24.04.1", V(6, 8), None),
        ("ubuntu25.10", V(6, 17), None),
        ("ubuntu26.04", V(7, 0), None),
        ("sles15", V(6, 4), "sles15"),
        ("sles15.4", V(5, 14), "sles15"),
        ("al2023", V(6, 1), None),
        ("alpine:3.20", V(6, 6), None),
        ("alpine", V(6, 18), None),
    ],
)
def test_a_name_means_one_kernel(name: str, version: V, vendor: str | None) -> None:
    target = resolve(name)
    assert (target.version, target.vendor) == (version, vendor)


def test_a_kernel_is_shown_as_it_was_named() -> None:
    assert str(resolve("Debian 12")) == "Debian 12"
    assert str(resolve("v5.14")) == "5.14"


@pytest.mark.parametrize(
    ("name", "near"),
    [("debain12", "debian12"), ("rhel6", "rhel7"), ("ubuntu23.04", "ubuntu24.04"), ("rokcy9", "rocky9")],
)
def test_a_misspelt_distribution_is_refused_with_the_nearest_names(name: str, near: str) -> None:
    with pytest.raises(TcptuneError, match="neither a kernel release nor a known distribution") as raised:
        resolve(name)
    assert near in (raised.value.hint or "")


@pytest.mark.parametrize("name", ["", "6", "six", "6.x", "6.1foo", "latest", "..", "5.10/../x"])
def test_what_is_no_kernel_is_refused_with_examples(name: str) -> None:
    with pytest.raises(TcptuneError) as raised:
        resolve(name)
    assert raised.value.hint


def test_a_kernel_older_than_the_catalogue_is_refused() -> None:
    with pytest.raises(TcptuneError, match="older"):
        resolve("2.4.37")


def test_every_distribution_is_found_by_each_of_its_names() -> None:
    for each in DISTRIBUTIONS:
        for name in each.names:
            assert resolve(name).version == each.version, name


def test_no_name_belongs_to_two_distributions() -> None:
    names = [name for each in DISTRIBUTIONS for name in each.names]
    assert len(names) == len(set(names))


def test_maintained_distributions_are_those_that_live() -> None:
    names = {str(target) for target in living()}
    assert {"rhel8", "rhel9", "rhel10", "debian12", "debian13", "ubuntu24.04", "ubuntu26.04"} <= names
    assert not {"rhel7", "debian10", "ubuntu18.04", "ubuntu25.10", "alpine3.21"} & names


def test_releases_since_4_18_are_all_of_mainline_in_order() -> None:
    names = [str(target) for target in releases_since(V(4, 18))]
    assert names[:5] == ["4.18", "4.19", "4.20", "5.0", "5.1"]
    assert names[-6:] == ["6.18", "6.19", "7.0", "7.1", "7.2", "7.3"]
    assert len(names) == 3 + 20 + 20 + 4
    assert releases_since(V(7, 3)) == (newest(),)
    assert releases_since(V(7, 4)) == ()


@pytest.mark.parametrize(
    ("release", "os_id", "os_version", "vendor"),
    [
        ("3.10.0-1160.119.1.el7.x86_64", "", "", "rhel7"),
        ("5.14.0-503.el9.x86_64", "rocky", "9.5", "rhel9"),
        ("6.12.0-55.el10.aarch64", "", "", "rhel10"),
        ("4.19.91-27.al7.x86_64", "", "", "alibaba"),
        ("6.4.0-150600.23.25-default", "", "", "sles15"),
        ("4.12.14-122.228-default", "sles", "12.5", "sles12"),
        ("4.12.14-122.228-default", "debian", "12", None),
        ("6.12.0-160000.5-default", "sles", "16.0", "sles16"),
        ("6.1.0-18-amd64", "debian", "12", None),
        ("6.8.0-45-generic", "ubuntu", "24.04", None),
        ("6.1.112-124.190.amzn2023.x86_64", "amzn", "2023", None),
        ("6.6.52-0-lts", "alpine", "3.20.3", None),
        ("6.9.0.elrepo", "", "", None),
    ],
)
def test_a_running_kernel_tells_whose_backports_it_carries(
    release: str, os_id: str, os_version: str, vendor: str | None
) -> None:
    assert vendor_of(release, os_id, os_version) == vendor


def test_vendors_that_entries_name_are_those_of_distributions() -> None:
    from tcptune.catalog import parameters

    vendors = {each.vendor for each in DISTRIBUTIONS}
    for entry in parameters().values():
        assert set(entry.lifetime.vendor_only) <= vendors, entry.key
        for step in (*entry.scope, *entry.default, *entry.accepted, *entry.history, entry.lifetime.began):
            assert set(step.vendors) <= vendors, entry.key
