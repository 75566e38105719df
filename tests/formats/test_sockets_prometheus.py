"""The report of `tcptune sockets` as metrics."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from tcptune.formats.sockets_prometheus import sockets
from tcptune.model.host import Host
from tcptune.model.ports import Owner, PortPressure, Reuse
from tcptune.model.sockets_report import ProcessRow, SocketsPart, SocketsReport
from tcptune.model.version import KernelVersion

HOST = Host(KernelVersion(6, 1), "6.1.0-18-amd64", None, "Debian", 8 << 30, initial=True)


def test_processes_of_one_program_are_one_series_and_no_number_of_a_process_is_a_label() -> None:
    rows = (
        ProcessRow(Owner(7, "nginx", 3, unit="nginx.service"), {"ESTABLISHED": 3}, time_wait=5),
        ProcessRow(Owner(8, "nginx", 4, unit="nginx.service"), {"ESTABLISHED": 4}),
        ProcessRow(None, {"CLOSE_WAIT": 1}, what="not to be seen"),
    )
    part = SocketsPart(HOST, "sock_diag", True, (), PortPressure(), Reuse(), len(rows), processes=rows)
    families = {each.name: each for each in text_string_to_metric_families(sockets(SocketsReport("process", (part,))))}
    found = {
        (sample.labels["process"], sample.labels["state"]): sample.value
        for sample in families["tcptune_process_sockets"].samples
    }
    assert found == {("nginx", "ESTABLISHED"): 7, ("nginx", "TIME_WAIT"): 5, ("", "CLOSE_WAIT"): 1}
    assert {name for sample in families["tcptune_process_sockets"].samples for name in sample.labels} == {
        "state",
        "process",
        "unit",
        "container",
        "what",
        "netns",
    }
