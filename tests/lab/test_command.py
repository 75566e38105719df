"""`tcptune lab` as a user calls it."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from tcptune.cli.schema import document_schema
from tests.support.program import tcptune


def test_the_list_names_every_experiment_with_its_claim() -> None:
    done = tcptune("lab", "list")
    assert done.status == 0
    assert "linger-zero  " in done.out
    listed = tcptune("lab", "list", "--format", "json").json()
    jsonschema.validate(listed, document_schema("lab-list"))
    assert {"linger-zero", "active-closer"} <= {each["name"] for each in listed["experiments"]}


def test_an_unknown_experiment_is_refused_with_the_nearest_name() -> None:
    done = tcptune("lab", "run", "linger-zerro")
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
def test_the_capture_holds_every_segment_and_says_what_was_lost(tmp_path: Path) -> None:
    path = tmp_path / "lab.pcapng"
    document = tcptune("lab", "run", "unread-data", "--pcap", path, "--format", "json").json()
    data = path.read_bytes()
    kinds = []
    while data:
        kind, size = int.from_bytes(data[:4], "little"), int.from_bytes(data[4:8], "little")
        assert data[size - 4 : size] == data[4:8]
        kinds.append(kind)
        data = data[size:]
    assert kinds[:2] == [0x0A0D0D0A, 1]
    assert kinds[2:] == [6] * len(document["experiments"][0]["segments"])
