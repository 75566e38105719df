"""Rules on a running host: only what somebody set is judged, and what to do ends in the exact command."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tcptune.catalog import parameters
from tcptune.model.finding import Finding
from tcptune.model.host import Pressure
from tcptune.model.value import Value
from tcptune.rules.registry import rules, run
from tcptune.rules.view import View
from tests.support.views import file_view, found, live_view

TIMEOUT, TIMESTAMPS, REUSE = "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_timestamps", "net.ipv4.tcp_tw_reuse"
RANGE, RETRIES, LATENCY = "net.ipv4.ip_local_port_range", "net.ipv4.tcp_retries2", "net.ipv4.tcp_low_latency"


def one(view: View, code: str) -> Finding:
    (finding,) = found(view, code)
    return finding


@pytest.mark.parametrize(
    ("code", "key", "value", "command"),
    [
        ("TT202", TIMEOUT, -5, "sysctl -w net.ipv4.tcp_fin_timeout=60 restores the default"),
        ("TT301", REUSE, 1, "sysctl -w net.ipv4.tcp_timestamps=1"),
        ("TT402", TIMESTAMPS, 0, "sysctl -w net.ipv4.tcp_timestamps=1"),
        ("TT404", TIMEOUT, 10, "sysctl -w net.ipv4.tcp_fin_timeout=60"),
        ("TT409", RETRIES, 5, "sysctl -w net.ipv4.tcp_retries2=15"),
        ("TT410", RANGE, (1024, 65535), "sysctl -w net.ipv4.ip_local_port_range='32768 60999'"),
    ],
)
def test_what_to_do_ends_in_the_command(code: str, key: str, value: Value, command: str) -> None:
    changed = {TIMESTAMPS: 0, key: value} if code == "TT301" else {key: value}
    finding = one(live_view(changed), code)
    assert finding.key == key
    assert finding.at is None
    assert finding.fix is not None
    assert finding.fix.title.endswith(command)


def test_a_parameter_without_effect_is_told_where_somebody_set_it() -> None:
    assert found(live_view(kernel="5.10"), "TT108") == []
    assert one(live_view({LATENCY: 1}, kernel="5.10"), "TT108").severity == "note"


@pytest.mark.parametrize("code", ["TT101", "TT103", "TT105", "TT106", "TT107", "TT204", "TT205", "TT901"])
def test_rules_about_how_a_file_is_written_are_silent_on_a_host(code: str) -> None:
    view = live_view({"net.ipv4.warp_factor": 9, "net.netfilter.nf_conntrack_max": 1, TIMEOUT: 60, LATENCY: 1})
    assert found(view, code) == []


def test_a_value_that_equals_its_default_is_nobodys() -> None:
    view = live_view({TIMESTAMPS: 0, REUSE: 1})
    untouched = {key: replace(setting, touched=False) for key, setting in view.settings.items()}
    assert {"TT301", "TT402"} <= {finding.rule for finding in run(view, rules())}
    assert [finding for finding in run(replace(view, settings=untouched), rules()) if finding.severity != "note"] == []


def reusing(inbound: int | None, outbound: int | None) -> View:
    return live_view({REUSE: 1}, pressure=Pressure(time_wait_inbound=inbound, time_wait_outbound=outbound))


def test_reuse_on_a_server_is_a_note_once_all_time_wait_is_seen_to_be_inbound() -> None:
    assert one(reusing(5000, 0), "TT412").severity == "note"


@pytest.mark.parametrize("counts", [(5000, 1), (100, 0), (5000, None), (None, None), (None, 0), (0, 0)])
def test_without_that_evidence_reuse_is_not_spoken_of(counts: tuple[int | None, int | None]) -> None:
    assert found(reusing(*counts), "TT412") == []


def test_every_risk_of_the_catalogue_is_spoken_for_and_says_what_to_do() -> None:
    risks = [risk for entry in parameters().values() for risk in entry.risks]
    assert {risk.rule for risk in risks} == {rule.code for rule in rules() if rule.code.startswith("TT4")}
    for risk in risks:
        assert all(text.endswith(".") for text in (risk.reason, risk.symptom, risk.remedy)), risk.rule
        assert risk.sources, risk.rule


def test_every_finding_has_a_reason_and_a_way_out() -> None:
    text = "".join(
        f"{line}\n"
        for line in (
            f"{TIMESTAMPS} = 0",
            f"{REUSE} = 1",
            f"{TIMEOUT} = -5",
            f"{RANGE} = 60999 1024",
            f"{RETRIES} = 300",
            "net.ipv4.tcp_fin_timout = 010",
            "net.ipv4.tcp_tw_recycle = 1",
            "net.ipv4.tcp_low_latency = 1",
            "net.ipv4.netfilter.ip_conntrack_max = 5",
            "net.netfilter.nf_conntrack_tcp_timeout_time_wait = 0x10",
            "net.ipv4.tcp_syncookies = 1",
            "net.ipv4.tcp_max_tw_buckets = 5000 # low",
            "net.core.somaxconn = 1.0",
        )
    )
    findings = run(file_view(text), rules())
    assert len({finding.rule for finding in findings}) >= 12
    for finding in findings:
        assert finding.message.endswith("."), finding
        assert finding.why.endswith((".", ")")), finding
        assert finding.fix is not None, finding
        assert finding.fix.title, finding
        assert "\n" not in finding.message, finding
