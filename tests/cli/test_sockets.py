"""`tcptune sockets`, the real program on sockets that are really there."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tcptune.cli.schema import document_schema
from tcptune.formats import sockets_text
from tcptune.formats.style import Style
from tcptune.sockets.engine import sockets as run_sockets
from tcptune.sockets.gather import Request
from tests.support.missing import host_numbers
from tests.support.netns import as_nobody, held_namespace, in_namespace, write_sysctl
from tests.support.program import Result, tcptune

RANGE = "net.ipv4.ip_local_port_range"
BYS = ("destination", "process", "state", "listener")


def closed(server: socket.socket, times: int, *, by_server: bool = False) -> None:
    """Connect and close, the client first unless `by_server`."""
    for _ in range(times):
        client = socket.create_connection(server.getsockname()[:2])
        peer, _ = server.accept()
        for one in (peer, client) if by_server else (client, peer):
            one.close()


def scene(then: Callable[[], Any]) -> Any:
    """Run something beside 30 TIME_WAIT out, 20 in, one connection each way and one CLOSE_WAIT, on 100 ports."""

    def inside() -> Any:
        write_sysctl("net.ipv4.tcp_tw_reuse", 0)
        with socket.create_server(("127.0.0.1", 0)) as away, socket.create_server(("127.0.0.1", 8080)) as here:
            closed(here, 20, by_server=True)
            write_sysctl(RANGE, "40000 40099")
            closed(away, 30)
            held = socket.create_connection(away.getsockname())
            gone = socket.create_connection(here.getsockname())
            accepted = [away.accept()[0], here.accept()[0]]
            away.close()  # so that its connections are outbound from both ends
            accepted[1].close()
            answer = then()
            for one in (held, gone, accepted[0]):
                one.close()
            return answer

    return in_namespace(inside)


def document(*arguments: str) -> dict[str, Any]:
    result = tcptune("sockets", "--format", "json", *arguments)
    assert result.status == 0, result.err
    found: dict[str, Any] = result.json()
    jsonschema.validate(found, document_schema("sockets"))
    return found


@pytest.mark.root
def test_by_destination_the_ports_add_up_and_the_holder_is_named() -> None:
    found = scene(lambda: (document(), os.getpid()))
    part = found[0]["namespaces"][0]
    first = part["destinations"][0]
    assert (first["states"]["TIME_WAIT"], first["ports"], first["ports_used"]) == (30, 100, 31)
    assert first["budget"]["free"] == 69
    assert first["budget"]["lifetime_seconds"] == 60
    assert first["closed_per_second"] == 3.0
    assert [owner["pid"] for owner in first["owners"]] == [found[1]]
    assert part["ports"] == {"low": 40000, "high": 40099, "reserved": 0, "usable": 100, "taken": part["ports"]["taken"]}
    waiting = next(row for row in part["states"] if row["state"] == "TIME_WAIT")
    assert (waiting["total"], waiting["inbound"], waiting["outbound"]) == (50, 20, 30)


@pytest.mark.root
def test_by_process_what_has_no_owner_any_more_is_told_by_the_living() -> None:
    rows, pid = scene(lambda: (document("--by", "process")["namespaces"][0]["processes"], os.getpid()))
    row = next(row for row in rows if row["owner"] and row["owner"]["pid"] == pid)
    assert row["states"]["CLOSE_WAIT"] == 1
    assert row["time_wait"] == 50
    assert (row["orphans"], row["told"]) == (1, "likely")


@pytest.mark.root
def test_by_listener_the_queue_and_the_inbound_ones_are_shown() -> None:
    rows = scene(lambda: document("--by", "listener")["namespaces"][0]["listeners"])
    assert [(row["port"], row["states"]["TIME_WAIT"], row["waiting"]) for row in rows] == [(8080, 20, 0)]
    assert rows[0]["backlog"] > 0
    assert "1 FIN_WAIT2" in scene(lambda: tcptune("sockets", "--by", "listener").out)


@pytest.mark.root
@pytest.mark.parametrize("by", BYS)
def test_as_text_and_as_metrics_every_way_says_something(by: str) -> None:
    def both() -> tuple[Result, Result]:
        return tcptune("sockets", "--by", by), tcptune("sockets", "--by", by, "-f", "prometheus")

    text, metrics = scene(both)
    assert text.status == metrics.status == 0
    assert text.out.startswith("50 TIME_WAIT (30 hold a port of ours, 20 of connections that came in do not)")
    assert "Ephemeral ports 40000 to 40099: 100 for each destination." in text.out
    samples = {family.name: family.samples for family in text_string_to_metric_families(metrics.out)}
    assert {s.value for s in samples["tcptune_time_wait_sockets"]} == {20, 30}
    assert len(samples) >= 2


@pytest.mark.root
def test_without_unicode_the_bars_are_drawn_with_plain_characters() -> None:
    plain = scene(lambda: tcptune("sockets", "--by", "state", env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}))
    assert "##########" in plain.out and "#........." in plain.out
    assert plain.out.isascii()


@pytest.mark.root
def test_a_sample_tells_the_growth() -> None:
    found = scene(lambda: document("--sample", "0.2"))
    assert 0.2 <= found["sample_seconds"] < 2
    assert {use["growth"] for use in found["namespaces"][0]["destinations"]} == {0.0}


@pytest.mark.root
def test_top_says_how_many_more_there_are() -> None:
    text = scene(lambda: tcptune("sockets", "--top", "1").out)
    assert "more: --top N shows them." in text


@pytest.mark.root
def test_another_namespace_is_entered_by_process_and_all_of_them_are_listed() -> None:
    def listen() -> None:
        globals()["kept"] = socket.create_server(("127.0.0.1", 4567))

    with held_namespace(listen) as held:
        one = document("--pid", str(held.pid), "--by", "listener")
        assert [row["port"] for row in one["namespaces"][0]["listeners"]] == [4567]
        every = document("--all-netns", "--by", "listener")
        ports = [row["port"] for part in every["namespaces"] for row in part["listeners"]]
        assert 4567 in ports and len(every["namespaces"]) >= 2


@pytest.mark.root
def test_without_privilege_it_shows_what_it_can_and_says_what_it_could_not_see() -> None:

    def shown() -> tuple[str, tuple[str, ...]]:
        report = run_sockets(Request(by="process"))
        text = sockets_text.sockets(report, Style(False), 120, ascii_only=True)
        return text, report.limits

    def then() -> tuple[str, tuple[str, ...]]:
        shown()  # all that is imported late is there when this process may not read the files any more
        return as_nobody(elsewhere)

    def elsewhere() -> tuple[str, tuple[str, ...]]:
        for entry in list(Path("/proc/self/fd").iterdir()):
            with suppress(OSError):
                if str(entry.readlink()).startswith("socket:"):
                    os.close(int(entry.name))  # else this process would hold them too
        return shown()

    text, limits = scene(then)
    assert any("this needs root" in line for line in limits)
    assert "50 TIME_WAIT" in text and "a process that is not to be seen" in text


@pytest.mark.root
def test_findings_count_for_the_exit_status_only_when_asked() -> None:
    def exhausted() -> tuple[Result, Result]:
        write_sysctl(RANGE, "40000 40019")
        return tcptune("sockets"), tcptune("sockets", "--fail-on", "error")

    without, with_it = scene(exhausted)
    assert (without.status, with_it.status) == (0, 1)
    assert "error TT601" in without.out


@pytest.mark.parametrize(
    "arguments", [("--netns", "a", "--pid", "1"), ("--sample", "0"), ("--by", "nothing"), ("--top", "0")]
)
def test_wrong_usage_is_2_and_one_line(arguments: tuple[str, ...]) -> None:
    result = tcptune("sockets", *arguments)
    assert result.status == 2
    assert result.out == "" and "Traceback" not in result.err


@host_numbers
@pytest.mark.root
def test_a_trace_is_in_the_text_and_in_the_document() -> None:
    def both() -> tuple[Result, dict[str, Any]]:
        return tcptune("sockets", "--trace", "0.3"), document("--trace", "0.3", "--port", "9")

    text, found = in_namespace(both)
    assert text.status == 0, text.err
    assert "No process of this namespace closed a connection that was open." in text.out
    assert found["trace"]["rows"] == [] and found["trace"]["seconds"] >= 0.3


@pytest.mark.parametrize(
    "arguments",
    [("--port", "80"), ("--trace", "0"), ("--trace", "1", "--sample", "1"), ("--trace", "1", "--all-netns")],
)
def test_a_trace_is_of_one_namespace_for_a_time(arguments: tuple[str, ...]) -> None:
    result = tcptune("sockets", *arguments)
    assert result.status == 2 and "--trace" in result.err
