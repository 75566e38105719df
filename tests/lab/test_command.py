"""`tcptune lab` as a user calls it."""

from __future__ import annotations

import struct
import time
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from tcptune.cli.schema import document_schema
from tcptune.lab.packet import parse
from tests.support.program import tcptune

WITHOUT_PRIVILEGES = ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all", "--no-new-privs"]
"""Root without a single capability: what it may read stays readable, and nothing else is root's."""

FORBID = 'echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --bounding-set -all --inh-caps -all "$@"'


def test_the_list_names_every_experiment_with_its_claim() -> None:
    done = tcptune("lab", "list")
    assert done.status == 0
    assert "linger-zero  " in done.out
    listed = tcptune("lab", "list", "--format", "json").json()
    jsonschema.validate(listed, document_schema("lab-list"))
    assert {"linger-zero", "active-closer"} <= {each["name"] for each in listed["experiments"]}


@pytest.mark.parametrize("names", [["linger-zerro"], ["all", "linger-zerro"]])
def test_an_unknown_experiment_is_refused_with_the_nearest_name(names: list[str]) -> None:
    done = tcptune("lab", "run", *names)
    assert (done.status, done.out) == (2, "")
    assert "did you mean linger-zero?" in done.err


def test_an_unknown_setting_to_break_is_refused_with_those_there_are() -> None:
    done = tcptune("lab", "run", "linger-zero", "--twist", "nothing")
    assert done.status == 2
    assert "linger-off" in done.err


@pytest.mark.root
def test_one_experiment_is_shown_with_its_ladder_and_what_follows() -> None:
    done = tcptune("lab", "run", "unread-data")
    assert done.status == 0
    assert done.out.startswith("unread-data: holds\n")
    assert "RST ACK seq" in done.out
    assert "measured: rst yes" in done.out
    assert "1/1 unread-data: holds" in done.err


@pytest.mark.root
def test_the_document_follows_its_schema() -> None:
    done = tcptune("lab", "run", "unread-data", "active-closer", "--format", "json", "-q")
    assert (done.status, done.err) == (0, "")
    document = done.json()
    jsonschema.validate(document, document_schema("lab"))
    assert [each["name"] for each in document["experiments"]] == ["unread-data", "active-closer"]
    assert document["summary"] == {"holds": 2, "refuted": 0, "not_here": 0}


@pytest.mark.root
def test_a_broken_setting_is_asked_for_by_name() -> None:
    done = tcptune("lab", "run", "unread-data", "--twist", "read-first")
    assert done.out.startswith("unread-data: refuted\n")


@pytest.mark.root
def test_the_table_for_a_readme_has_claim_verdict_and_figures() -> None:
    done = tcptune("lab", "run", "unread-data", "--format", "markdown", "-q")
    rows = done.out.splitlines()
    assert rows[2] == "| experiment | claim | verdict | measured |"
    assert rows[4].startswith("| `unread-data` | close() with received data")
    assert "| holds |" in rows[4]


@pytest.mark.root
def test_a_result_that_cannot_be_written_is_refused_before_anything_is_tried() -> None:
    done = tcptune("lab", "run", "unread-data", "--pcap", "/nonexistent/lab.pcapng")
    assert (done.status, done.out) == (2, "")
    assert "there is no such folder" in done.err
    assert "1/1" not in done.err


def test_without_a_name_the_ways_on_are_named() -> None:
    done = tcptune("lab", "run")
    assert done.status == 2
    assert "lab list" in done.err


@pytest.mark.root
def test_the_whole_page_has_source_set_up_and_what_to_read() -> None:
    done = tcptune("lab", "run", "unread-data", "--explain", "-q")
    for label in ("made in: ", "set-up: ", "looked at: ", "seen: ", "measured: ", "so: ", "see: TT607"):
        assert f"  {label}" in done.out


@pytest.mark.root
def test_a_profile_stands_beside_this_hosts_settings() -> None:
    done = tcptune("lab", "run", "unread-data", "port-exhaustion", "--profile", "outbound-heavy", "-q")
    assert "experiment       this host's settings  the profile outbound-heavy" in done.out
    assert "net.ipv4.tcp_tw_reuse 2 -> 1" in " ".join(done.out.split())
    document = tcptune("lab", "run", "unread-data", "--profile", "outbound-heavy", "-q", "--format", "json").json()
    here, there = document["experiments"]
    assert (here["under"], there["under"]) == ("this host's settings", "the profile outbound-heavy")
    assert there["settings"]["net.ipv4.tcp_tw_reuse"] == "1"


@pytest.mark.root
def test_connections_are_numbered_where_there_are_several() -> None:
    done = tcptune("lab", "run", "more-destinations", "-v", "-q")
    lines = done.out.splitlines()
    assert any(line.startswith("  ports: 1 = ") and " 2 = " in line for line in lines)
    assert any(" 8  SYN-SENT " in line for line in lines)


def blocks(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Read a pcapng file strictly: every block's length stands at both ends and is a multiple of four."""
    while data:
        kind, size = struct.unpack_from("<II", data)
        assert size % 4 == 0 and 12 <= size <= len(data)
        assert data[size - 4 : size] == data[4:8]
        yield kind, data[8 : size - 4]
        data = data[size:]


def options(data: bytes) -> dict[int, bytes]:
    """Read a block's options to their end mark, after which nothing may come."""
    found: dict[int, bytes] = {}
    while data:
        kind, size = struct.unpack_from("<HH", data)
        if kind == 0:
            assert data == bytes(4)
            return found
        assert data[4 + size : 4 + (size + 3) // 4 * 4] == bytes(-size % 4)
        found[kind], data = data[4 : 4 + size], data[4 + (size + 3) // 4 * 4 :]
    return found


@pytest.mark.root
def test_the_capture_is_strict_pcapng_with_every_segment_and_what_was_lost(tmp_path: Path) -> None:
    path = tmp_path / "lab.pcapng"
    document = tcptune("lab", "run", "fin-lost", "unread-data", "--pcap", path, "--format", "json").json()
    read = list(blocks(path.read_bytes()))
    (kind, section), *rest = read
    assert (kind, section[:16]) == (0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    names = [options(body[8:]) for kind, body in rest if kind == 1]
    assert [(each[2], each[9]) for each in names] == [(b"fin-lost", b"\x09"), (b"unread-data", b"\x09")]
    packets = [body for kind, body in rest if kind == 6]
    assert {kind for kind, _ in rest} == {1, 6}
    times, comments, flags = [], [], []
    for body in packets:
        _, high, low, kept, long = struct.unpack_from("<IIIII", body)
        assert kept == long
        times.append(high << 32 | low)
        comments.append(options(body[20 + (kept + 3) // 4 * 4 :]).get(1))
        packet = parse(body[20 : 20 + kept])
        assert packet is not None
        flags.append(packet.flags)
    assert times == sorted(times)
    assert abs(times[-1] / 1e9 - time.time()) < 60
    assert comments.count(b"lost on the way") == 1
    assert comments[flags.index(frozenset({"FIN", "ACK"}))] == b"lost on the way"
    assert len(packets) == sum(len(each["segments"]) for each in document["experiments"])


@pytest.mark.root
def test_without_root_a_user_namespace_serves() -> None:
    done = tcptune("lab", "run", "unread-data", "-q", before=WITHOUT_PRIVILEGES)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("unread-data: holds\n")


@pytest.mark.root
def test_without_root_and_without_user_namespaces_one_line_says_so() -> None:
    forbidden = ["unshare", "--user", "--map-root-user", "sh", "-c", FORBID, "sh"]
    done = tcptune("lab", "run", "unread-data", "-q", before=forbidden)
    assert (done.status, done.out) == (2, "")
    said = done.err.splitlines()
    assert "this user may not make them: a limit is reached (user.max_user_namespaces" in said[0]
    assert len(said) == 2 and "run it as root" in said[1]
