"""Root without a capability: what it may not do is refused before anything is written, with a line that says which."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tcptune.apply.capable import obstacle
from tcptune.apply.procsys import ProcSys
from tests.support.change import CONGESTION, DROPIN, FILE, FIN, STATE, alone, assigned
from tests.support.netns import fork_and_run, held_namespace, unshare
from tests.support.program import Result, clean_environment, tcptune
from tools.stage import live

pytestmark = pytest.mark.root

CLONE_NEWUSER = 0x10000000


def without(capability: str, *arguments: str) -> Result:
    """Run the program as root that lacks one capability."""
    drop = (f"-{capability}", "--inh-caps", f"-{capability}")
    return tcptune(*arguments, before=("setpriv", "--bounding-set", *drop))


def untouched(done: Result, status: int, missing: str) -> None:
    """See that a run was refused for want of a capability, and wrote nothing."""
    assert done.status == status, done
    assert missing in " ".join((done.out + done.err).split())
    assert (live(FIN), DROPIN.exists(), STATE.exists()) == ("60", False, False)


@alone
def test_a_namespace_that_cannot_be_entered_without_cap_sys_admin_is_refused() -> None:
    with held_namespace() as held:
        handle = os.open(held.path, os.O_RDONLY)
        try:
            path = f"/proc/{os.getpid()}/fd/{handle}"
            untouched(without("sys_admin", "apply", *assigned(tcp_fin_timeout=30), "--netns", path), 2, "CAP_SYS_ADMIN")
        finally:
            os.close(handle)


@alone
def test_a_process_that_cannot_be_looked_at_without_cap_sys_ptrace_is_refused() -> None:
    with held_namespace() as held:
        done = without("sys_ptrace", "apply", *assigned(tcp_fin_timeout=30), "--pid", str(held.pid))
    untouched(done, 2, "CAP_SYS_PTRACE")


@alone
def test_a_congestion_control_that_only_cap_net_admin_can_load_is_refused() -> None:
    before = live(CONGESTION)
    wish = assigned(tcp_fin_timeout=30, tcp_congestion_control="nonesuch")
    untouched(without("net_admin", "apply", *wish, *FILE), 1, "CAP_NET_ADMIN")
    assert live(CONGESTION) == before
    loaded = next(each for each in live("net.ipv4.tcp_available_congestion_control").split() if each != before)
    assert without("net_admin", "apply", *assigned(tcp_congestion_control=loaded)).status == 0, "that one is there"


@alone
def test_a_congestion_control_that_no_module_gives_is_refused(tmp_path: Path) -> None:
    modules = tmp_path / "lib/modules" / os.uname().release
    modules.mkdir(parents=True)
    (modules / "modules.dep").write_text("kernel/net/ipv4/tcp_some-one.ko.xz:\n")
    (modules / "modules.alias").write_text("# Aliases\nalias tcp-third tcp_some_one\n")
    proc = ProcSys()
    told = obstacle(proc, CONGESTION, "nonesuch", tmp_path)
    assert told is not None
    assert "no module tcp_nonesuch" in told
    for there in ("some-one", "third", live(CONGESTION)):
        assert obstacle(proc, CONGESTION, there, tmp_path) is None
    assert obstacle(proc, CONGESTION, "nonesuch", tmp_path / "elsewhere") is None, "it cannot be told here"


@alone
@pytest.mark.parametrize(
    ("folder", "line", "loads"),
    [
        ("etc/modprobe.d", "alias tcp-nonesuch tcp_some_one", True),
        ("usr/lib/modprobe.d", "alias tcp_none* tcp_some_one", True),
        ("etc/modprobe.d", "install tcp_nonesuch /sbin/load-it", True),
        ("etc/modprobe.d", "# alias tcp_nonesuch tcp_some_one", False),
        ("etc/modprobe.d", "options tcp_nonesuch x=1", False),
        ("etc/modprobe.d", "alias tcp_nonesuch_too tcp_some_one", False),
    ],
)
def test_modprobes_own_files_may_give_a_congestion_control(folder: str, line: str, loads: bool, tmp_path: Path) -> None:
    modules = tmp_path / "lib/modules" / os.uname().release
    modules.mkdir(parents=True)
    (modules / "modules.dep").write_text("kernel/net/ipv4/tcp_some-one.ko.xz:\n")
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / "a.conf").write_text(f"{line}\n")
    assert (obstacle(ProcSys(), CONGESTION, "nonesuch", tmp_path) is None) == loads
    (tmp_path / folder / "a.conf").write_text("install tcp_some_one /bin/false\n")
    told = obstacle(ProcSys(), CONGESTION, "some-one", tmp_path)
    assert told is not None
    assert "install tcp_some_one" in told


@alone
def test_what_the_kernel_asks_cap_sys_admin_for_is_refused_without() -> None:
    script = (
        "from tcptune.apply.capable import obstacle\n"
        "from tcptune.apply.procsys import ProcSys\n"
        "print(obstacle(ProcSys(), 'net.core.bpf_jit_harden', '1'))\n"
    )
    drop = ("setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin")
    done = subprocess.run(
        [*drop, sys.executable, "-c", script], env=clean_environment(), capture_output=True, text=True, check=True
    )
    assert "CAP_SYS_ADMIN" in done.stdout


@alone
def test_root_of_a_user_namespace_is_told_that_the_network_is_not_its_own() -> None:
    """As in a container without privileges that shares its host's network."""

    def inside() -> str | None:
        started, mapped = os.pipe(), os.pipe()
        pid = os.getpid()
        helper = os.fork()
        if helper == 0:
            os.read(started[0], 1)
            for name in ("uid_map", "gid_map"):
                Path(f"/proc/{pid}/{name}").write_text("0 1000 1\n")
            os.write(mapped[1], b"1")
            os._exit(0)
        unshare(CLONE_NEWUSER)
        os.write(started[1], b"1")
        os.read(mapped[0], 1)
        os.setgid(0)
        os.setuid(0)
        return obstacle(ProcSys(), FIN, "30")

    said = fork_and_run(inside)
    assert said is not None
    assert said.startswith("Permission denied") and "CAP_NET_ADMIN" in said
    assert obstacle(ProcSys(), FIN, "30") is None
