"""A whole snapshot: of this namespace and of others, with and without root, with a sample."""

from __future__ import annotations

import pickle
import socket
import time

import pytest

from tcptune.errors import TcptuneError
from tcptune.live.namespaces import netns_of_pid
from tcptune.live.snapshot import Snapshot, take, take_in
from tests.support.netns import as_nobody, fork_and_run, held_namespace, in_namespace, write_sysctl

FIN = "net.ipv4.tcp_fin_timeout"


def test_a_snapshot_of_this_namespace_has_all_of_its_parts() -> None:
    seen = take()
    assert seen.settings[FIN].value is not None
    assert seen.pressure.counters and seen.pressure.sockets
    assert seen.pressure.growth is None
    assert seen.sockets is not None and seen.pressure.states == seen.sockets.states
    assert abs(seen.taken - time.time()) < 60
    assert pickle.loads(pickle.dumps(seen)) == seen


def test_only_the_keys_that_are_asked_for_are_read() -> None:
    seen = take(keys=[FIN, "net.ipv4.tcp_there_is_none"])
    assert list(seen.settings) == [FIN]
    assert seen.problems == ("net.ipv4.tcp_there_is_none: not there",)


@pytest.mark.root
def test_a_sample_shows_what_happens_meanwhile() -> None:
    def inside() -> tuple[int, float, list[float]]:
        shares: list[float] = []
        server = socket.create_server(("127.0.0.1", 0))

        def connect(share: float) -> None:
            shares.append(share)
            socket.create_connection(server.getsockname()).close()

        seen = take(sample=0.5, progress=connect)
        assert seen.pressure.growth is not None and seen.pressure.sample_seconds is not None
        return seen.pressure.growth["Tcp.ActiveOpens"], seen.pressure.sample_seconds, shares

    opens, seconds, shares = in_namespace(inside)
    assert opens == len(shares) >= 3
    assert 0.5 <= seconds < 5


@pytest.mark.root
def test_another_namespace_is_read_with_its_name_and_its_values() -> None:
    with held_namespace(lambda: write_sysctl(FIN, 75)) as held:
        ns = netns_of_pid(held.pid)
        seen = take_in(ns, sample=0.1)
    assert (seen.host.netns, seen.host.initial) == (ns.name, False)
    assert (seen.settings[FIN].value, seen.settings[FIN].touched) == (75, True)
    assert "net.ipv4.tcp_mem" not in seen.settings
    assert seen.pressure.growth is not None
    assert seen.problems == ()


@pytest.mark.root
def test_a_namespace_that_vanished_is_an_error_and_no_process_stays() -> None:
    def inside() -> str:
        with held_namespace() as held:
            ns = netns_of_pid(held.pid)
            held.end()
            with pytest.raises(TcptuneError) as caught:
                take_in(ns)
        return caught.value.message

    assert fork_and_run(inside).endswith("is gone")


@pytest.mark.root
def test_without_root_nearly_everything_is_seen_and_the_rest_is_said() -> None:
    def inside() -> tuple[Snapshot, Snapshot]:
        return take(), as_nobody(take)

    root, nobody = in_namespace(inside)
    hidden = set(root.settings) - set(nobody.settings)
    assert hidden <= {"net.ipv4.tcp_fastopen_key"}
    assert nobody.problems == tuple(f"{key}: may not be read by this user" for key in sorted(hidden))
    assert nobody.sockets is not None and nobody.sockets.source == "sock_diag"
    assert not nobody.host.privileged
