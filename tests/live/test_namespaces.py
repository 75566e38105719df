"""Namespaces: found, entered in a child, left without a trace; one line for each that cannot be."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tcptune.errors import TcptuneError
from tcptune.live import child
from tcptune.live.child import run_child
from tcptune.live.files import read_number
from tcptune.live.namespaces import Namespace, all_netns, current, netns_by_name, netns_of_pid, run_in
from tcptune.live.sockets import read_table
from tests.support.netns import (
    as_nobody,
    fork_and_run,
    held_namespace,
    in_namespace,
    private_mounts,
    write_sysctl,
)

FIN = "/proc/sys/net/ipv4/tcp_fin_timeout"


def refusal(ns: Namespace) -> str:
    with pytest.raises(TcptuneError) as caught:
        run_in(ns, os.getpid)
    assert "\n" not in caught.value.message
    return caught.value.message


def made_with_ip(name: str) -> None:
    """Make a named namespace as `ip netns` does, in a mount namespace of our own."""
    private_mounts()
    Path("/run/netns").mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "none", "/run/netns"], check=True)
    subprocess.run(["ip", "netns", "add", name], check=True)
    subprocess.run(["ip", "netns", "exec", name, "sysctl", "-qw", "net.ipv4.tcp_fin_timeout=33"], check=True)


def test_the_own_namespace_needs_no_child() -> None:
    assert current().own
    assert run_in(current(), os.getpid) == os.getpid()


@pytest.mark.root
def test_proc_sys_and_proc_net_are_those_of_the_namespace_that_was_entered() -> None:
    def listen() -> None:
        write_sysctl("net.ipv4.tcp_fin_timeout", 77)
        os.set_inheritable(socket.create_server(("127.0.0.1", 4321)).detach(), True)

    ours = read_number(FIN)
    with held_namespace(listen) as held:
        ns = netns_of_pid(held.pid)
        assert run_in(ns, lambda: read_number(FIN)) == 77
        assert "4321" not in Path("/proc/net/tcp").read_text()
        assert f"{4321:04X}" in run_in(ns, lambda: Path("/proc/net/tcp").read_text())
        table = run_in(ns, read_table)
        assert table is not None and table.listening == {4321}
    assert read_number(FIN) == ours != 77


@pytest.mark.root
def test_only_the_networks_namespace_is_entered() -> None:
    def spaces() -> dict[str, str]:
        kinds = ("net", "mnt", "user", "uts", "ipc", "cgroup")
        return {kind: str(Path("/proc/self/ns", kind).readlink()) for kind in kinds}

    with held_namespace() as held:
        mine, inside = spaces(), run_in(netns_of_pid(held.pid), spaces)
    assert mine.pop("net") != inside.pop("net")
    assert mine == inside


@pytest.mark.root
def test_a_name_made_by_ip_netns_is_found_and_entered() -> None:
    def inside() -> tuple[int | None, str, str]:
        made_with_ip("blue")
        ns = netns_by_name("blue")
        with pytest.raises(TcptuneError) as caught:
            netns_by_name("green")
        return run_in(ns, lambda: read_number(FIN)), ns.path, f"{caught.value.message}; {caught.value.hint}"

    assert fork_and_run(inside) == (
        33,
        "/run/netns/blue",
        "there is no network namespace named green; there are: blue",
    )


@pytest.mark.root
def test_all_namespaces_are_listed_once_each_with_the_best_name() -> None:
    """One with a name, one that two processes share, our own: three in all."""

    def inside() -> tuple[list[str], list[bool], int]:
        made_with_ip("blue")
        with held_namespace() as held:
            second = subprocess.Popen(["nsenter", f"--net={held.path}", "sleep", "60"])
            try:
                time.sleep(0.2)
                found, _ = all_netns()
                ids = {ns.identity for ns in found}
                shared = netns_of_pid(held.pid).identity
                named = [ns.name for ns in found if ns.identity == shared or ns.name == "blue" or ns.own]
                return named, [ns.own for ns in found][:2], len(found) - len(ids)
            finally:
                second.kill()
                second.wait()

    names, own, twice = fork_and_run(inside)
    assert names[:2] in (["initial", "blue"], ["current", "blue"])
    assert len(names) == 3 and names[2].startswith("pid ")
    assert own == [True, False] and twice == 0


@pytest.mark.root
def test_a_namespace_that_is_gone_before_it_is_entered_is_one_line() -> None:
    with held_namespace() as held:
        ns = netns_of_pid(held.pid)
        held.end()
        assert refusal(ns) == f"network namespace {ns.name} is gone"


@pytest.mark.root
def test_another_namespace_at_the_same_path_is_not_taken_for_it() -> None:
    """A process id is used again; device and inode tell."""
    with held_namespace() as held, held_namespace() as other:
        ns = netns_of_pid(held.pid)._replace(path=other.path)
        assert refusal(ns) == f"network namespace {ns.name} is gone"


@pytest.mark.root
def test_a_namespace_that_loses_its_last_process_while_it_is_read_is_read_to_the_end() -> None:
    with held_namespace(lambda: write_sysctl("net.ipv4.tcp_fin_timeout", 44)) as held:
        ns = netns_of_pid(held.pid)

        def read() -> tuple[int | None, int | None]:
            before = read_number(FIN)
            os.kill(held.pid, 9)
            time.sleep(0.1)
            return before, read_number(FIN)

        assert run_in(ns, read) == (44, 44)


def test_what_is_no_namespace_is_said(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.touch()
    for name, said in (
        (str(plain), f"{plain} is no network namespace"),
        (str(tmp_path / "none"), f"{tmp_path / 'none'}: No such file or directory"),
        ("..", "'..' is no name of a network namespace"),
    ):
        with pytest.raises(TcptuneError) as caught:
            netns_by_name(name)
        assert caught.value.message == said
    with pytest.raises(TcptuneError, match="there is no process"):
        netns_of_pid(2**22 + 1)


def test_another_kind_of_namespace_is_refused() -> None:
    ns = netns_by_name("/proc/self/ns/uts")
    assert "cannot be entered" in refusal(ns)


@pytest.mark.root
def test_without_root_a_namespace_is_not_entered_and_the_line_says_why() -> None:
    def inside() -> str:
        made_with_ip("blue")

        def enter() -> str:
            with pytest.raises(TcptuneError) as caught:
                run_in(netns_by_name("blue"), os.getpid)
            return f"{caught.value.message}; {caught.value.hint}"

        return as_nobody(enter)

    assert fork_and_run(inside) == (
        "network namespace blue cannot be entered: Operation not permitted; this needs root (CAP_SYS_ADMIN)"
    )


@pytest.mark.root
def test_without_root_the_own_namespace_is_listed_and_the_rest_is_counted() -> None:
    def inside() -> tuple[list[str], tuple[str, ...]]:
        found, lines = all_netns()
        return [ns.name for ns in found], lines

    with held_namespace() as held:
        names, lines = as_nobody(inside)
        with pytest.raises(TcptuneError, match="cannot be seen: Permission denied"):
            as_nobody(lambda: netns_of_pid(held.pid))
    assert names[0] in ("initial", "current")
    assert len(lines) == 1 and "processes may not be looked at" in lines[0]


def test_an_error_comes_back_as_it_was_raised() -> None:
    def fail() -> None:
        raise TcptuneError("no", hint="try", status=4)

    with pytest.raises(TcptuneError) as caught:
        run_child(fail, 10, "x")
    assert (caught.value.message, caught.value.hint, caught.value.status) == ("no", "try", 4)


def test_an_error_of_the_system_is_one_line_and_a_defect_is_one() -> None:
    with pytest.raises(TcptuneError, match=r"^place: No such file or directory$"):
        run_child(lambda: Path("/no-such-file").stat().st_size, 10, "place")
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        run_child(lambda: 1 // 0, 10, "place")


def test_a_child_that_takes_too_long_is_ended_and_waited_for() -> None:
    def inside() -> bool:
        start = time.monotonic()
        with pytest.raises(TcptuneError, match=r"no answer within 0\.2 s"):
            run_child(lambda: time.sleep(60), 0.2, "place")
        with pytest.raises(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)
        return time.monotonic() - start < 10

    assert fork_and_run(inside)


def test_a_child_that_dies_is_one_line() -> None:
    with pytest.raises(TcptuneError, match=r"ended early \(status 3\)"):
        run_child(lambda: os._exit(3), 10, "place")


def test_an_answer_without_end_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "MOST", 1 << 20)
    with pytest.raises(TcptuneError, match="larger than 1 MiB"):
        run_child(lambda: bytes(8 << 20), 10, "place")


def test_a_large_answer_arrives_whole() -> None:
    assert run_child(lambda: b"x" * 3_000_000, 10, "place") == b"x" * 3_000_000


@pytest.mark.root
def test_a_test_in_a_namespace_cannot_write_to_the_machine() -> None:
    """The tests' own support refuses outside of a namespace, and is really in another one inside."""
    with pytest.raises(AssertionError, match="machine's own namespace"):
        write_sysctl("net.ipv4.tcp_fin_timeout", 60)
    assert in_namespace(lambda: Path("/proc/self/ns/net").stat().st_ino) != Path("/proc/self/ns/net").stat().st_ino
