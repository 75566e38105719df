"""An audit as metrics: what Prometheus' own parser makes of it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from tcptune.formats.audit_prometheus import audit
from tcptune.formats.exposition import Family, text
from tcptune.model.finding import Finding
from tcptune.model.host import Conntrack, Host, Pressure
from tcptune.model.report import AuditReport, Part, Row, Use
from tcptune.model.version import KernelVersion
from tests.support.promtool import promtool

HOST = Host(KernelVersion(6, 1), "6.1.0-18-amd64", None, "Debian", 8 << 30, initial=True)
ROWS = (
    Row("net.ipv4.tcp_fin_timeout", 5, 60, "seconds", "netns", "changed"),
    Row("net.ipv4.ip_local_port_range", (32768, 60999), (32768, 60999), "port numbers", "netns", "default"),
    Row("net.ipv4.tcp_congestion_control", "cubic", "cubic", None, "netns", "default"),
    Row("net.ipv4.tcp_abc", 1, 1, None, "netns", "default", full=False),
)
PRESSURE = Pressure(
    sockets={"TCP.tw": 7, "TCP.orphan": 1, "TCP.mem": 3, "UDP.inuse": 4},
    counters={"TcpExt.TCPTimeWaitOverflow": 3, "Tcp.RtoMin": 200},
    conntrack=Conntrack(5, 100, 64, {"insert_failed": 2, "chainlength": 9}),
    states={"TIME_WAIT": 7},
    time_wait_inbound=0,
    time_wait_outbound=7,
)
USES = (Use("10.0.0.1", "10.0.0.9", 443, {"TIME_WAIT": 7}, 7, 28232), Use("::1", "::1", 80, {}, 0, None))
FINDING = Finding("TT404", "fin-timeout-low", "warning", "low", "why", "net.ipv4.tcp_fin_timeout", 5)
REPORT = AuditReport(("verdict",), Part(HOST, ROWS, PRESSURE, USES), (FINDING, replace(FINDING, message="again")))


def read(written: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Return every sample by its name and labels; the same one twice is an error, as it is to Prometheus."""
    found: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}
    for family in text_string_to_metric_families(written):
        assert family.documentation
        for sample in family.samples:
            name = (sample.name, tuple(sorted((key, value) for key, value in sample.labels.items() if value)))
            assert name not in found
            found[name] = sample.value
    return found


def test_what_an_audit_says_is_in_its_metrics() -> None:
    found = read(audit(REPORT))
    key = ("key", "net.ipv4.tcp_fin_timeout")
    assert found["tcptune_findings", (("severity", "warning"),)] == 2
    assert found["tcptune_findings", (("severity", "error"),)] == 0
    labels = (key, ("rule", "TT404"), ("severity", "warning"), ("slug", "fin-timeout-low"))
    assert found["tcptune_finding", labels] == 2
    assert found["tcptune_parameter_value", (("field", "0"), key, ("unit", "seconds"))] == 5
    assert found["tcptune_parameter_default", (("field", "0"), key, ("unit", "seconds"))] == 60
    ports = (("field", "1"), ("key", "net.ipv4.ip_local_port_range"), ("unit", "port numbers"))
    assert found["tcptune_parameter_value", ports] == 60999
    assert found["tcptune_sockets", (("state", "TIME_WAIT"),)] == 7
    assert found["tcptune_time_wait_sockets", (("direction", "outbound"),)] == 7
    where = (("destination", "10.0.0.9:443"), ("local", "10.0.0.1"))
    assert found["tcptune_destination_ports_used", where] == 7
    assert found["tcptune_destination_ports", where] == 28232
    assert found["tcptune_conntrack_entries_limit", ()] == 100
    assert found["tcptune_conntrack_events_total", (("event", "nf_conntrack.insert_failed"),)] == 2
    assert found["tcptune_kernel_events_total", (("event", "TcpExt.TCPTimeWaitOverflow"),)] == 3


def test_only_what_the_catalogue_describes_becomes_a_metric() -> None:
    written = audit(REPORT)
    for absent in ("tcp_abc", "cubic", "UDP.inuse", "RtoMin", "chainlength"):
        assert absent not in written


def test_each_namespace_has_its_own_samples() -> None:
    second = Part(replace(HOST, netns="blue", initial=False), ROWS, PRESSURE, ())
    found = read(audit(replace(REPORT, parts=(REPORT.part, second))))
    assert found["tcptune_sockets", (("netns", "blue"), ("state", "TIME_WAIT"))] == 7
    assert found["tcptune_sockets", (("state", "TIME_WAIT"),)] == 7


@given(st.dictionaries(st.sampled_from(["a", "b_c"]), st.text(), max_size=2), st.text(), st.integers(-5, 2**53))
def test_any_label_and_help_is_read_back(labels: dict[str, str], told: str, value: int) -> None:
    written = text([Family("m_x", "gauge", "h" + told.replace("\n", " ").replace("\r", " "), [(labels, value)])])
    (family,) = text_string_to_metric_families(written)
    (sample,) = family.samples
    assert (sample.labels, sample.value) == (labels, float(value))


def test_a_family_without_a_sample_is_left_out() -> None:
    assert text([Family("m", "gauge", "h", [])]) == ""


def test_states_without_a_socket_are_nought_where_there_are_sockets_at_all() -> None:
    found = read(audit(REPORT))
    assert found["tcptune_sockets", (("state", "CLOSE_WAIT"),)] == 0
    unseen = replace(REPORT, part=replace(REPORT.part, pressure=replace(PRESSURE, states={})))
    assert not [name for name, _ in read(audit(unseen)) if name == "tcptune_sockets"]


def test_memory_is_in_bytes_and_by_its_own_name() -> None:
    found = read(audit(REPORT))
    assert found["tcptune_tcp_memory_bytes", ()] == 3 * 4096
    assert ("tcptune_sockstat", (("gauge", "TCP.mem"),)) not in found


def test_of_many_destinations_those_with_the_most_ports_are_written() -> None:
    uses = tuple(Use("10.0.0.1", f"10.0.1.{number}", 443, {}, number, 28232) for number in range(1, 201))
    found = read(audit(replace(REPORT, part=replace(REPORT.part, uses=uses))))
    used = {value for (name, _), value in found.items() if name == "tcptune_destination_ports_used"}
    assert used == set(range(151, 201))
    assert sum(name == "tcptune_destination_ports" for name, _ in found) == 50


def test_the_command_writes_it_for_this_host(tmp_path: os.PathLike[str]) -> None:
    path = str(Path(tmp_path, "tcptune.prom"))
    command = [
        sys.executable,
        "-m",
        "tcptune",
        "audit",
        "-q",
        "--format",
        "prometheus",
        "--fail-on",
        "never",
        "-o",
        path,
    ]
    subprocess.run(command, check=True, timeout=60)
    with Path(path).open(encoding="utf-8") as stream:
        written = stream.read()
    names = {name for name, _ in read(written)}
    assert {"tcptune_info", "tcptune_findings", "tcptune_parameter_value", "tcptune_sockstat"} <= names
    assert promtool("check", "metrics", said=written) == (0, "")
