"""What destinations take of the ports, and whose connections these are, on sockets that are really there."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import pytest

from tcptune.live import owners, processes
from tcptune.live.host import read_host
from tcptune.live.ports import port_pressure, uses
from tcptune.live.processes import container_of, describe, socket_owners, unit_of
from tcptune.live.procsys import read_all
from tcptune.live.sockets import read_table
from tcptune.model.ports import KEYS, PortPressure
from tcptune.model.setting import Setting
from tcptune.model.sockets import Destination, SocketTable
from tests.support.netns import as_nobody, in_namespace, write_sysctl

RANGE = "net.ipv4.ip_local_port_range"
IP_BIND_ADDRESS_NO_PORT = 24


def settings(low: int, high: int) -> dict[str, Setting]:
    return {RANGE: Setting(RANGE, f"{low} {high}", (low, high))}


def test_the_busiest_destination_comes_first_with_all_its_states() -> None:
    quiet, busy = Destination("10.0.0.1", "10.0.0.2", 80), Destination("10.0.0.1", "2001:db8::1", 443)
    table = SocketTable(outbound={"TIME_WAIT": {busy: 7, quiet: 1}, "ESTABLISHED": {busy: 2}}, young={busy: 3})
    found = uses(table, settings(1000, 1100))
    assert [(use.name, use.used, use.budget, use.young) for use in found] == [
        ("[2001:db8::1]:443", 9, 101, 3),
        ("10.0.0.2:80", 1, 101, 0),
    ]
    assert found[0].states == {"ESTABLISHED": 2, "TIME_WAIT": 7}
    assert uses(table, settings(1000, 1100), 1) == found[:1]


@pytest.mark.parametrize(("low", "bound"), [(1000, 4), (1001, 6)])
def test_ports_of_the_parity_that_the_range_does_not_begin_with_are_those_of_bind(low: int, bound: int) -> None:
    to = Destination("10.0.0.1", "10.0.0.2", 80)
    table = SocketTable(outbound={"TIME_WAIT": {to: 10}}, odd={to: 4})
    assert uses(table, settings(low, low + 100))[0].bound == bound


def test_without_a_socket_table_nothing_is_claimed() -> None:
    assert port_pressure(None, settings(1000, 1100)) is None


def closed(address: tuple[str, int], server: socket.socket, times: int, *, bind: bool = False) -> None:
    """Connect and close first, so often."""
    for _ in range(times):
        with socket.socket() as client:
            if bind:
                client.bind((address[0], 0))
            client.connect(address)
            peer, _ = server.accept()
        peer.close()


def pressure() -> PortPressure:
    found = port_pressure(read_table(), read_all(KEYS, host=read_host()).settings)
    assert found is not None
    return found


@pytest.mark.root
def test_connect_and_bind_take_ports_of_different_parity() -> None:
    """What the two limits are told apart by."""

    def inside() -> tuple[PortPressure, PortPressure]:
        write_sysctl("net.ipv4.tcp_tw_reuse", 0)
        with socket.create_server(("127.0.0.1", 0)) as first:
            closed(first.getsockname(), first, 100)
        one = pressure()
        with socket.create_server(("127.0.0.1", 0)) as second:
            closed(second.getsockname(), second, 100, bind=True)
        return one, pressure()

    connected, both = in_namespace(inside)
    assert connected.uses[0].bound <= 5
    assert sorted(use.bound > 95 for use in both.uses) == [False, True]
    assert [use.young for use in both.uses] == [100, 100]
    assert connected.taken <= 101
    assert both.taken > 190


@pytest.mark.root
@pytest.mark.parametrize("timestamps", [0, 1])
def test_a_pressed_destination_names_who_is_connected_and_whether_timestamps_are_carried(timestamps: int) -> None:
    def inside() -> PortPressure:
        write_sysctl("net.ipv4.tcp_timestamps", timestamps)
        write_sysctl(RANGE, "40000 40019")
        with socket.create_server(("127.0.0.1", 0)) as server:
            held = socket.create_connection(server.getsockname())
            closed(server.getsockname(), server, 12)
            found = pressure()
            held.close()
            return found

    found = in_namespace(inside)
    use = next(one for one in found.uses if one.share >= 0.5)
    assert use.timestamps is bool(timestamps)
    assert [(owner.sockets, owner.confidence) for owner in use.owners] == [(1, "likely")]
    assert use.owners[0].name == Path("/proc/self/comm").read_text().strip()


@pytest.mark.root
def test_a_quiet_destination_is_not_looked_at_closely(monkeypatch: pytest.MonkeyPatch) -> None:
    def inside() -> PortPressure:
        monkeypatch.setattr(owners, "with_owners", None)
        with socket.create_server(("127.0.0.1", 0)) as server:
            closed(server.getsockname(), server, 12)
            return pressure()

    assert in_namespace(inside).uses[0].owners == ()


@pytest.mark.root
def test_who_does_not_close_is_named() -> None:
    def inside() -> tuple[PortPressure, int]:
        with socket.create_server(("127.0.0.1", 0), backlog=200) as server:
            kept = [socket.create_connection(server.getsockname()) for _ in range(120)]
            for _ in kept:
                server.accept()[0].close()
            return pressure(), os.getpid()

    found, pid = in_namespace(inside)
    leaks = [(leak.state, leak.owner.pid, leak.count, leak.owner.confidence) for leak in found.leaks]
    assert leaks == [("CLOSE_WAIT", pid, 120, "certain"), ("ORPHAN", pid, 120, "likely")]
    assert [leak.place.startswith("on port ") for leak in found.leaks] == [False, True]
    assert found.unseen is None


@pytest.mark.root
def test_without_privilege_it_is_said_whose_sockets_were_not_to_be_seen() -> None:
    def inside() -> PortPressure:
        write_sysctl(RANGE, "40000 40019")
        with socket.create_server(("127.0.0.1", 0)) as server:
            closed(server.getsockname(), server, 12)
            held = socket.create_connection(server.getsockname())

            def another() -> PortPressure:
                os.close(held.fileno())  # else this process would hold the socket too
                return pressure()

            return as_nobody(another)

    found = in_namespace(inside)
    assert found.uses[0].owners == ()
    assert found.unseen is not None and "this needs root" in found.unseen


def test_the_first_of_several_holders_is_the_owner() -> None:
    with socket.socket() as one:
        inode = os.fstat(one.fileno()).st_ino
        assert socket_owners({inode}) == ({inode: os.getpid()}, 0)
        assert socket_owners(set()) == ({}, 0)
    assert processes._pids("/no/such/folder") == []


IDENTITY = "0123456789ab" + "cdef" * 13


@pytest.mark.parametrize(
    ("groups", "container", "unit"),
    [
        ("0::/system.slice/nginx.service", None, "nginx.service"),
        ("0::/user.slice/user-1000.slice/session-3.scope", None, None),
        (f"0::/system.slice/docker-{IDENTITY}.scope", "docker 0123456789ab", None),
        (f"5:cpu:/docker/{IDENTITY}\n0::/", "docker 0123456789ab", None),
        ("0::/", None, None),
        ("", None, None),
    ],
)
def test_control_groups_name_container_and_unit(groups: str, container: str | None, unit: str | None) -> None:
    assert (container_of(groups), unit_of(groups)) == (container, unit)


def test_a_process_that_has_ended_has_no_name() -> None:
    assert describe(2**22 + 1).name == "?"


@pytest.mark.root
def test_of_two_processes_with_live_connections_the_busier_is_a_guess_for_orphans() -> None:
    def inside() -> tuple[PortPressure, int]:
        with socket.create_server(("127.0.0.1", 0), backlog=400) as server:
            kept = [socket.create_connection(server.getsockname()) for _ in range(3)]
            reader, writer = os.pipe()
            other = os.fork()
            if other == 0:
                held = [socket.create_connection(server.getsockname()) for _ in range(2)]
                for one in (*kept, server):
                    one.close()
                os.write(writer, b"1")
                signal.pause()
                os._exit(len(held))
            os.read(reader, 1)
            for _ in range(120):
                socket.create_connection(server.getsockname()).close()  # nobody answers: FIN_WAIT2
            accepted = [server.accept()[0] for _ in range(125)]
            server.close()
            found = pressure(), os.getpid()
            os.kill(other, signal.SIGKILL)
            os.waitpid(other, 0)
            for one in (*kept, *accepted):
                one.close()
            return found

    found, pid = in_namespace(inside)
    (orphans,) = [leak for leak in found.leaks if leak.state == "ORPHAN"]
    assert (orphans.owner.pid, orphans.count, orphans.owner.confidence) == (pid, 120, "guess")
    assert orphans.place.startswith("to 127.0.0.1:")
