"""The outage: ports run out, the audit names destination, share, process and the change, and the change helps."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import outage
from tests.support.netns import in_namespace, write_sysctl
from tests.support.program import tcptune

pytestmark = pytest.mark.root


def audited() -> dict[str, Any]:
    """Return the audit of the namespace that this process is in."""
    result = tcptune("audit", "--format", "json", "--fail-on", "never")
    assert result.status == 0, result.err
    document: dict[str, Any] = result.json()
    return document


def finding(document: dict[str, Any], code: str) -> dict[str, Any]:
    """Return the one finding of a rule."""
    found: list[dict[str, Any]] = [item for item in document["findings"] if item["rule"] == code]
    assert len(found) == 1, [item["message"] for item in document["findings"]]
    return found[0]


def commands(title: str) -> dict[str, str]:
    """Return the values that a fix sets by `sysctl -w`."""
    words = title.partition("sysctl -w ")[2].replace("'", "").split()
    return dict(word.split("=", 1) for word in words if "=" in word)


def test_the_audit_names_what_runs_out_and_its_change_ends_the_outage() -> None:
    def inside() -> dict[str, Any]:
        outage.prepare()
        with outage.server() as to, outage.keeper(to) as pid:
            first = outage.connect_until_it_fails(to, 2 * outage.PORTS)
            document = audited()
            change = commands(finding(document, "TT601")["fix"]["title"])
            for key, value in change.items():
                write_sysctl(key, value)
            after = outage.connect_until_it_fails(to, 2 * outage.PORTS)
            return {"to": to, "pid": pid, "first": first, "document": document, "change": change, "after": after}

    seen = in_namespace(inside)
    connected, error = seen["first"]
    assert error == "EADDRNOTAVAIL" and abs(connected - outage.PORTS) <= 5
    found = finding(seen["document"], "TT601")
    assert found["severity"] == "error"
    assert f"to {outage.ADDRESS}:{seen['to'][1]} hold " in found["message"]
    assert "of 5,000 ephemeral ports (100 %)" in found["message"]
    assert "connect() fails" in found["message"]
    assert f"{outage.NAME} (pid {seen['pid']}" in found["message"]
    assert seen["change"] == {"net.ipv4.tcp_tw_reuse": "1"}
    assert seen["after"] == (2 * outage.PORTS, None)
    assert seen["document"]["verdict"][0].startswith("TIME_WAIT matters here")


def test_without_timestamps_reuse_is_named_as_what_does_not_help_and_it_does_not() -> None:
    def inside() -> dict[str, Any]:
        outage.prepare()
        write_sysctl("net.ipv4.tcp_timestamps", 0)
        with outage.server() as to, outage.keeper(to):
            outage.connect_until_it_fails(to, 2 * outage.PORTS)
            write_sysctl("net.ipv4.tcp_tw_reuse", 1)
            return {"again": outage.connect_until_it_fails(to, outage.PORTS), "document": audited()}

    seen = in_namespace(inside)
    assert seen["again"] == (0, "EADDRNOTAVAIL")
    found = finding(seen["document"], "TT601")
    assert "tcp_tw_reuse = 1 does not help" in found["why"]
    assert commands(found["fix"]["title"]) == {"net.ipv4.tcp_timestamps": "1"}
    assert finding(seen["document"], "TT301")["severity"] == "error"


def test_time_wait_of_a_server_takes_no_port_and_reuse_is_said_to_do_nothing() -> None:
    def inside() -> dict[str, Any]:
        outage.prepare()
        write_sysctl("net.ipv4.tcp_tw_reuse", 1)
        with outage.server(first=True) as to:
            connected = outage.connect_until_it_fails(to, outage.PORTS // 2, first=False)
            return {"connected": connected, "document": audited()}

    seen = in_namespace(inside)
    assert seen["connected"] == (outage.PORTS // 2, None)
    rules = {item["rule"] for item in seen["document"]["findings"]}
    assert "TT601" not in rules
    assert "it does nothing for those it accepts" in finding(seen["document"], "TT412")["message"]
    pressure = seen["document"]["pressure"]
    assert pressure["time_wait_inbound"] > 1000  # a client that meets its old port again ends the wait on it
    assert pressure["time_wait_outbound"] == 0
