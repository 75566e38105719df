"""`tcptune lab serve` and `tcptune lab connect`: the ends of a connection by hand, in a namespace of their own."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tcptune.cli.schema import document_schema
from tcptune.errors import TcptuneError
from tcptune.lab.byhand import Manners, place, serve
from tcptune.model.lab import Event
from tests.support.missing import needs
from tests.support.netns import in_namespace
from tests.support.program import ROOT, Result, clean_environment, tcptune


@pytest.fixture(scope="module")
def room() -> Iterator[int]:
    """A process that holds a network namespace with its loopback up."""
    script = "ip link set lo up && ip address add 198.18.0.1/32 dev lo && echo up && exec sleep 300"
    with subprocess.Popen(["unshare", "-n", "sh", "-c", script], stdout=subprocess.PIPE, text=True) as held:
        assert held.stdout is not None
        assert held.stdout.readline() == "up\n"
        assert Path(f"/proc/{held.pid}/ns/net").stat().st_ino != Path("/proc/self/ns/net").stat().st_ino
        yield held.pid
        held.kill()


@contextmanager
def served(room: int, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server in the room, with the address it listens on."""
    command = ["nsenter", f"--net=/proc/{room}/ns/net", sys.executable, "-m", "tcptune", "lab", "serve", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=clean_environment(), cwd=ROOT) as server:
        assert server.stdout is not None
        try:
            line = server.stdout.readline()
            assert "listening on" in line
            yield server, line.split()[3].rstrip(":")
        finally:
            server.kill()


def dialled(room: int, *options: str) -> Result:
    return tcptune("lab", "connect", *options, before=["nsenter", f"--net=/proc/{room}/ns/net"])


def rest(server: subprocess.Popen[str]) -> str:
    out, _ = server.communicate(timeout=30)
    return out


@needs("ip")
@pytest.mark.root
class TestTwoEnds:
    def test_the_end_that_closes_first_is_seen_to_reach_time_wait(self, room: int) -> None:
        with served(room, "127.0.0.1:0", "-n", "1") as (server, where):
            done = dialled(room, where, "--send", "70000")
            said = rest(server)
        assert done.status == 0
        assert "sent 70000 bytes" in done.out
        assert re.search(r"TIME-WAIT, (60\.0|59\.\d) s left", done.out), done.out
        assert "read 70000 bytes, then the end" in said
        assert server.returncode == 0

    def test_linger_zero_resets_the_peer(self, room: int) -> None:
        with served(room, "127.0.0.1:0", "-n", "1") as (server, where):
            done = dialled(room, where, "--linger", "0", "--hold", "0.2")
            said = rest(server)
        assert "with SO_LINGER 0" in done.out
        assert done.out.splitlines()[-1].endswith("CLOSED")
        assert "gave ECONNRESET" in said
        assert server.returncode == 1

    def test_unread_data_resets_without_any_linger(self, room: int) -> None:
        with served(room, "127.0.0.1:0", "-n", "1", "--unread", "--first", "--hold", "0.5") as (server, where):
            done = dialled(room, where, "--send", "10", "--last")
            said = rest(server)
        assert "gave ECONNRESET" in done.out
        assert said.splitlines()[-1].endswith("CLOSED")

    def test_a_half_closed_end_reads_what_the_peer_sends_later(self, room: int) -> None:
        with served(room, "127.0.0.1:0", "-n", "1", "--send", "5000", "--hold", "0.3") as (server, where):
            done = dialled(room, where, "--half-close")
            said = rest(server)
        assert "shutdown(SHUT_WR)" in done.out
        assert "read 5000 bytes, then the end" in done.out
        assert "CLOSE-WAIT" in said

    def test_the_server_closes_first_when_it_is_told_to(self, room: int) -> None:
        with served(room, "127.0.0.1:0", "-n", "2", "--first") as (server, where):
            done = dialled(room, where, "--last", "-n", "2", "--interval", "0.1")
            said = rest(server)
        assert done.out.count("then the end: the peer has closed") == 2
        assert "TIME-WAIT" not in done.out
        assert said.count("TIME-WAIT") == 2

    def test_close_waits_as_long_as_linger_says_where_the_peer_reads_nothing(self, room: int) -> None:
        with served(room, "127.0.0.1:0", "--unread", "--buffer", "4096", "-n", "1") as (server, where):
            done = dialled(room, where, "--fill", "--linger", "1", "-f", "json")
            server.send_signal(signal.SIGINT)
        document = done.json()
        jsonschema.validate(document, document_schema("lab-end"))
        assert took(document) >= 1.0

    def test_ipv6_works_as_well(self, room: int) -> None:
        with served(room, "[::1]:0", "-n", "1") as (server, where):
            done = dialled(room, where)
            rest(server)
        assert "TIME-WAIT" in done.out

    def test_a_refused_connection_is_a_line_and_exit_status_1(self, room: int) -> None:
        done = dialled(room, "127.0.0.1:9")
        assert (done.status, done.err) == (1, "")
        assert "gave ECONNREFUSED" in done.out

    def test_a_port_that_is_taken_is_one_line(self, room: int) -> None:
        with served(room, "127.0.0.1:0") as (_, where):
            again = tcptune("lab", "serve", where, before=["nsenter", f"--net=/proc/{room}/ns/net"])
        assert again.status == 2
        assert "EADDRINUSE" in again.err

    def test_an_interrupted_server_ends_in_order(self, room: int) -> None:
        with served(room, "127.0.0.1:0") as (server, _):
            server.send_signal(signal.SIGINT)
            rest(server)
        assert server.returncode == 0


def took(document: Any) -> float:
    """Return how long close() took."""
    said = next(event["text"] for event in document["events"] if event["text"].startswith("close()"))
    return float(said.split()[-2])


def test_places_are_read_in_every_spelling() -> None:
    assert place("192.0.2.1:5000") == ("192.0.2.1", 5000)
    assert place("[::1]:5000") == ("::1", 5000)
    assert place("5000", host="0.0.0.0") == ("0.0.0.0", 5000)


@pytest.mark.parametrize("text", ["", "5000", "host", "host:", "host:port", "host:70000", "1:2:x"])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(TcptuneError, match="is no ADDRESS:PORT"):
        place(text)


def test_a_half_close_that_reads_nothing_is_refused() -> None:
    done = tcptune("lab", "connect", "127.0.0.1:9", "--half-close", "--unread")
    assert (done.status, done.out) == (2, "")


@pytest.mark.root
def test_a_state_that_comes_while_another_is_told_is_told_too() -> None:
    """A slow terminal must not hide the end: here the peer closes while the line about close() is written."""

    def course() -> list[tuple[str, str]]:
        told: list[Event] = []
        ready, closed = threading.Event(), threading.Event()

        def tell(event: Event) -> None:
            told.append(event)
            ready.set()
            if event.text.startswith("close()"):
                closed.set()
                time.sleep(0.3)

        at = ("127.0.0.1", 5000)
        server = threading.Thread(target=lambda: serve(at, Manners(first=True), tell, count=1, backlog=1, reuse=True))
        server.start()
        ready.wait(10)
        with socket.create_connection(at, timeout=10) as client:
            while client.recv(100):
                pass
            closed.wait(10)
        server.join(10)
        return [(event.text.split()[0], event.state) for event in told]

    assert in_namespace(course)[-1] == ("then", "TIME-WAIT")
