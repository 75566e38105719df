"""The host: versions behind names, os-release as it is written, what is seen without privileges."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptune.live.host import (
    boot_id,
    cgroup_hint,
    kernel_version,
    memory_bytes,
    parse_os_release,
    privileged,
    read_host,
    tick_rate,
    uptime,
)
from tcptune.model.version import KernelVersion
from tests.support.netns import as_nobody, in_namespace

DEBIAN = "#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)"


@pytest.mark.parametrize(
    ("release", "build", "signature", "version"),
    [
        ("6.18.44", "#1 SMP", "", KernelVersion(6, 18, 44)),
        ("6.1.0-18-amd64", DEBIAN, "", KernelVersion(6, 1, 76)),
        ("6.1.0-18-amd64", "#1 SMP", "", KernelVersion(6, 1, 0)),
        ("6.7.12", DEBIAN, "", KernelVersion(6, 7, 12)),
        ("5.15.0-91-generic", "#101-Ubuntu SMP", "Ubuntu 5.15.0-91.101-generic 5.15.131\n", KernelVersion(5, 15, 131)),
        ("5.14.0-427.13.1.el9_4.x86_64", "#1 SMP PREEMPT_DYNAMIC", "", KernelVersion(5, 14, 0)),
        ("3.10.0-1160.el7.x86_64", "#1 SMP", "", KernelVersion(3, 10, 0)),
        ("weird", DEBIAN, "", None),
    ],
)
def test_the_true_patch_level_is_told(release: str, build: str, signature: str, version: KernelVersion | None) -> None:
    assert kernel_version(release, build, signature) == version


def test_os_release_is_read_as_the_shell_would() -> None:
    text = '# c\nNAME=Debian\nPRETTY_NAME="A \\"b\\" \\$c"\nVERSION_ID=\'12\'\nBROKEN\nEMPTY=\nQ="\n'
    found = parse_os_release(text)
    assert found == {"NAME": "Debian", "PRETTY_NAME": 'A "b" $c', "VERSION_ID": "12", "EMPTY": "", "Q": '"'}


@given(st.text(max_size=200))
def test_no_text_is_an_exception(text: str) -> None:
    parse_os_release(text)
    kernel_version(text, text, text)
    memory_bytes(text)
    uptime(text)
    cgroup_hint(text)
    privileged(text)


def test_memory_is_in_bytes() -> None:
    assert memory_bytes("MemFree: 1 kB\nMemTotal:       16384 kB\n") == 16 << 20
    assert memory_bytes("") == 0


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("0::/\n", None),
        ("0::/kubepods.slice/kubepods-burstable.slice/x\n", "kubernetes"),
        ("12:cpu:/docker/0123\n", "docker"),
        ("0::/machine.slice/libpod-0123.scope\n", "podman"),
        ("4:memory:/lxc/web\n", "lxc"),
        ("0::/system.slice/nginx.service\n", None),
    ],
)
def test_control_groups_tell_the_container(text: str, hint: str | None) -> None:
    assert cgroup_hint(text) == hint


def test_ticks_are_those_that_the_kernel_was_built_with() -> None:
    assert tick_rate() in (24, 48, 100, 128, 250, 256, 300, 1000, 1024, 1200)


def test_the_running_host_is_described() -> None:
    host = read_host()
    assert host.release == os.uname().release
    assert host.kernel.release == KernelVersion.parse(host.release).release
    assert host.memory_bytes == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert host.uptime_seconds is not None and host.uptime_seconds > 0
    assert host.initial in (True, False)
    assert len(boot_id()) == 36


@pytest.mark.root
def test_a_namespace_is_not_the_initial_one() -> None:
    host = in_namespace(read_host)
    assert host.initial is False
    assert host.ehash_entries is None or host.ehash_entries < 0


@pytest.mark.root
def test_privilege_is_roots_with_the_right_to_change_the_network() -> None:
    assert privileged()
    assert not as_nobody(privileged)
    assert not privileged("CapEff:\t0000000000000000\n")
    assert privileged("CapEff:\t0000000000001000\n")


@pytest.mark.root
def test_without_privilege_the_same_host_is_seen() -> None:
    mine, theirs = read_host(), as_nobody(read_host)
    assert (theirs.kernel, theirs.hz, theirs.memory_bytes) == (mine.kernel, mine.hz, mine.memory_bytes)
    assert not theirs.privileged
