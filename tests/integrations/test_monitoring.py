"""contrib's alerts and units as Prometheus' and systemd's own tools take them; `make boot` runs the service itself."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tcptune.catalog.counters import COUNTERS
from tests.support.program import ROOT
from tests.support.promtool import promtool

RULES = ROOT / "contrib" / "prometheus" / "tcptune.rules.yml"
UNITS = ROOT / "contrib" / "systemd"
ALERTS: list[dict[str, Any]] = yaml.safe_load(RULES.read_text("utf-8"))["groups"][0]["rules"]
MINUTES = 120
"""The length of each series below, one sample a minute."""


class Case(NamedTuple):
    """Series that make an alert fire at the end of two hours, and some like them that do not."""

    firing: dict[str, str]
    quiet: dict[str, str]


CASES = {
    "TcptuneError": Case(
        {'tcptune_finding{rule="TT301",severity="error"}': "1x120"},
        {'tcptune_finding{rule="TT301",severity="warning"}': "1x30"},
    ),
    "TcptuneWarning": Case(
        {'tcptune_finding{rule="TT502",severity="warning"}': "1x120"},
        {'tcptune_finding{rule="TT502",severity="note"}': "1x120"},
    ),
    "TcpEphemeralPortsRunOut": Case(
        {
            'tcptune_destination_ports_used{destination="192.0.2.1:443"}': "23000x120",
            'tcptune_destination_ports{destination="192.0.2.1:443"}': "28232x120",
        },
        {
            'tcptune_destination_ports_used{destination="192.0.2.1:443"}': "20000x120",
            'tcptune_destination_ports{destination="192.0.2.1:443"}': "28232x120",
        },
    ),
    "TcpTimeWaitDropped": Case(
        {'tcptune_kernel_events_total{event="TcpExt.TCPTimeWaitOverflow"}': "0+1x120"},
        {'tcptune_kernel_events_total{event="TcpExt.TCPTimeWaitOverflow"}': "700x120"},
    ),
    "TcpListenQueueOverflows": Case(
        {'tcptune_kernel_events_total{event="TcpExt.ListenOverflows"}': "0+1x120"},
        {'tcptune_kernel_events_total{event="TcpExt.ListenOverflows"}': "700x120"},
    ),
    "TcpOldTimestampsRejected": Case(
        {'tcptune_kernel_events_total{event="TcpExt.PAWSEstab"}': "0+120x120"},
        {'tcptune_kernel_events_total{event="TcpExt.PAWSEstab"}': "0+30x120"},
    ),
    "TcpCloseWaitGrows": Case(
        {'tcptune_sockets{state="CLOSE_WAIT"}': "100+10x120"},
        {'tcptune_sockets{state="CLOSE_WAIT"}': "500x120", 'tcptune_sockets{state="TIME_WAIT"}': "100+10x120"},
    ),
    "TcpOrphansNearLimit": Case(
        {
            'tcptune_sockstat{gauge="TCP.orphan"}': "7000x120",
            'tcptune_parameter_value{key="net.ipv4.tcp_max_orphans",unit="sockets"}': "8192x120",
        },
        {
            'tcptune_sockstat{gauge="TCP.orphan"}': "6000x120",
            'tcptune_parameter_value{key="net.ipv4.tcp_max_orphans",unit="sockets"}': "8192x120",
        },
    ),
    "ConntrackNearlyFull": Case(
        {"tcptune_conntrack_entries": "60000x120", "tcptune_conntrack_entries_limit": "65536x120"},
        {"tcptune_conntrack_entries": "50000x120", "tcptune_conntrack_entries_limit": "65536x120"},
    ),
    "ConntrackDrops": Case(
        {'tcptune_conntrack_events_total{event="nf_conntrack.insert_failed"}': "0+1x120"},
        {'tcptune_conntrack_events_total{event="nf_conntrack.early_drop"}': "0+1x120"},
    ),
    "TcptuneMetricsOld": Case(
        {'node_textfile_mtime_seconds{file="/var/lib/prometheus/node-exporter/tcptune.prom"}': "0x120"},
        {'node_textfile_mtime_seconds{file="/var/lib/prometheus/node-exporter/tcptune.prom"}': "0+60x120"},
    ),
}


def test_prometheus_takes_the_alerts() -> None:
    status, told = promtool("check", "rules", RULES)
    assert (status, f"{len(ALERTS)} rules found" in told) == (0, True), told


def test_each_alert_fires_when_it_should_and_only_then(tmp_path: Path) -> None:
    assert set(CASES) == {rule["alert"] for rule in ALERTS}
    tests = []
    for name, case in CASES.items():
        for series, fires in ((case.firing, True), (case.quiet, False)):
            wanted = {"input_series": [{"series": key, "values": values} for key, values in series.items()]}
            firing = f'count(ALERTS{{alertname="{name}",alertstate="firing"}})'
            expected = [{"labels": "{}", "value": 1}] if fires else []
            query = {"expr": firing, "eval_time": f"{MINUTES}m", "exp_samples": expected}
            tests.append({"name": f"{name} {fires}", "interval": "1m", **wanted, "promql_expr_test": [query]})
    file = tmp_path / "test.yml"
    file.write_text(json.dumps({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": tests}))
    status, told = promtool("test", "rules", file)
    assert status == 0, told


def test_the_alerts_speak_of_metrics_that_there_are_and_of_counters_of_the_catalogue() -> None:
    code = "".join((ROOT / "tcptune" / "formats" / "audit_prometheus.py").read_text("utf-8").split())
    events = {entry.id for entry in COUNTERS}
    for rule in ALERTS:
        for metric in re.findall(r"\btcptune_\w+", rule["expr"]):
            assert f'"{metric}"' in code, metric
        for text in re.findall(r'(?:event|gauge)=~?"([^"]+)"', rule["expr"]):
            named = [event for event in events if re.fullmatch(text, event)]
            assert len(named) == text.count("|") + 1, text


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """Copies of the units that run a program which is there: systemd looks for it."""
    for unit in UNITS.iterdir():
        (tmp_path / unit.name).write_text(unit.read_text("utf-8").replace("/usr/local/bin/tcptune", "/bin/true"))
    return sorted(tmp_path.iterdir())


def systemd_analyze(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run systemd-analyze, which needs no running systemd for units that are files."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("needs systemd-analyze")
    return subprocess.run([program, *map(str, words)], capture_output=True, text=True, timeout=60, check=False)


def test_systemd_takes_the_units_without_a_word(units: list[Path]) -> None:
    done = systemd_analyze("verify", "--man=no", *units)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_service_is_less_exposed_than_one_of_ten(units: list[Path]) -> None:
    service = next(unit for unit in units if unit.suffix == ".service")
    done = systemd_analyze("security", "--offline=yes", "--no-pager", "--threshold=10", service)
    figure = re.search(r"exposure level.*: (\d\.\d)", done.stdout)
    assert done.returncode == 0 and figure is not None, done.stdout + done.stderr
    assert float(figure[1]) < 1.0


def test_every_right_of_the_service_is_explained() -> None:
    """Settings stand in groups, and each group begins with a comment."""
    text = (UNITS / "tcptune-audit.service").read_text("utf-8").partition("[Service]")[2]
    groups = [group.splitlines() for group in text.strip().split("\n\n")]
    assert [group[0] for group in groups if not group[0].startswith(("#", "Type="))] == []
