"""A saved audit as the beginning of a sample."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tcptune.audit.since import load
from tcptune.errors import TcptuneError
from tcptune.model.host import Conntrack, Host, Pressure
from tcptune.model.version import KernelVersion

HOST = Host(KernelVersion(6, 1), uptime_seconds=160.0)


def saved(tmp_path: Path, **changes: Any) -> str:
    document = {
        "schema": "tcptune/audit/1",
        "boot_id": "b",
        "host": {"netns": None, "uptime_seconds": 100.0},
        "pressure": {"counters": {"TcpExt.A": 5, "TcpExt.B": 9, "TcpExt.C": 1}, "conntrack": {"stats": {"drop": 2}}},
        **changes,
    }
    file = tmp_path / "before.json"
    file.write_text(json.dumps(document))
    return str(file)


def test_the_growth_is_the_difference_and_the_time_is_that_of_the_uptime(tmp_path: Path) -> None:
    now = Pressure(counters={"TcpExt.A": 12, "TcpExt.B": 9}, conntrack=Conntrack(stats={"drop": 5}))
    grown, lines = load(saved(tmp_path)).growth(HOST, now, "b")
    assert grown.growth == {"TcpExt.A": 7, "TcpExt.B": 0}
    assert grown.conntrack_growth == {"drop": 3}
    assert grown.sample_seconds == 60.0
    assert lines == ()


def test_a_counter_that_shrank_is_left_out_and_said(tmp_path: Path) -> None:
    grown, lines = load(saved(tmp_path)).growth(HOST, Pressure(counters={"TcpExt.A": 1}), "b")
    assert grown.growth == {}
    assert len(lines) == 1


def test_a_namespace_that_was_not_saved_is_said(tmp_path: Path) -> None:
    host = Host(KernelVersion(6, 1), uptime_seconds=160.0, netns="blue")
    grown, lines = load(saved(tmp_path)).growth(host, Pressure(counters={"TcpExt.A": 9}), "b")
    assert grown.growth is None
    assert "network namespace blue is not in it" in lines[0]


@pytest.mark.parametrize(("then", "now"), [("b", "c"), (None, "")])
def test_another_boot_cannot_be_compared(tmp_path: Path, then: str | None, now: str) -> None:
    with pytest.raises(TcptuneError, match=r"before\.json: .*another boot"):
        load(saved(tmp_path, boot_id=then)).growth(HOST, Pressure(), now)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", ":1:2: no JSON"),
        ("[]", "an object is expected"),
        ('{"schema": "tcptune/lint/1"}', "no saved audit"),
        ('{"schema": "tcptune/audit/1", "boot_id": "b", "host": 3}', "without host or counters"),
        (
            '{"schema": "tcptune/audit/1", "boot_id": "b", "host": {"netns": []}, "pressure": {"counters": {}}}',
            "without",
        ),
        ("[" * 100_000, "no JSON"),
    ],
)
def test_what_is_no_saved_audit_is_said_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "before.json"
    file.write_text(text)
    with pytest.raises(TcptuneError) as raised:
        load(str(file))
    assert raised.value.message.startswith(str(file))
    assert said in raised.value.message
    assert "\n" not in raised.value.message


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(TcptuneError, match="No such file"):
        load(str(tmp_path / "none"))
