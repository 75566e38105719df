"""An audit as text: exactly these lines at 80 columns."""

from __future__ import annotations

from dataclasses import replace

from tcptune.formats.audit_text import audit
from tcptune.formats.style import Style, visible
from tcptune.model.finding import Finding, Fix
from tcptune.model.host import Host, Pressure
from tcptune.model.report import AuditReport, Part, Row
from tcptune.model.version import KernelVersion

HOST = Host(KernelVersion(6, 1), "6.1.0-18-amd64", None, "Debian GNU/Linux 12 (bookworm)", 8 << 30, initial=True)
ROWS = (
    Row("net.ipv4.tcp_fin_timeout", 5, 60, "seconds", "netns", "changed", rules=("TT404",)),
    Row("net.ipv4.ip_local_port_range", (32768, 60999), (32768, 60999), "port numbers", "netns", "default"),
    Row("net.ipv4.tcp_mem", (190_000, 250_000, 380_000), None, "pages", "host", "unknown"),
    Row("net.ipv4.tcp_abc", 1, 1, None, "netns", "default", full=False),
    Row("net.core.somaxconn", 4096, 4096, "connections", "netns", "default"),
)
FINDING = Finding(
    "TT404",
    "fin-timeout-low",
    "warning",
    "net.ipv4.tcp_fin_timeout is 5 s.",
    "An orphaned socket in FIN-WAIT-2 is cut before a slow peer has sent its end, which then gets a reset.",
    "net.ipv4.tcp_fin_timeout",
    5,
    Fix("sysctl -w net.ipv4.tcp_fin_timeout=60"),
    references=("net/ipv4/tcp.c, tcp_close()",),
)
REPORT = AuditReport(
    ("TIME_WAIT is no problem here: 3 sockets.", "1 warning. First: net.ipv4.tcp_fin_timeout is 5 s."),
    Part(HOST, ROWS, Pressure(counters={"TcpExt.TW": 1200, "Tcp.AttemptFails": 0})),
    (FINDING,),
)

EXPECTED = """\
TIME_WAIT is no problem here: 3 sockets.
1 warning.

warning TT404 net.ipv4.tcp_fin_timeout is 5 s.
  why: An orphaned socket in FIN-WAIT-2 is cut before a slow peer has sent its
       end, which then gets a reset.
  fix: sysctl -w net.ipv4.tcp_fin_timeout=60

Linux 6.1.0-18-amd64, Debian GNU/Linux 12 (bookworm), 8.0 GiB, the initial
network namespace

net.ipv4.            value          default      unit          status
tcp_fin_timeout      5              60           seconds       changed TT404
ip_local_port_range  32768 60999    32768 60999  port numbers  default
tcp_mem              190000 250000  -            pages         -
                     380000

net.core.  value  default  unit         status
somaxconn  4096   4096     connections  default

1 finding above (-q: without the tables); `tcptune explain TT404` says more of
the first.
"""


def test_the_whole_text_is_this() -> None:
    assert audit(REPORT, Style(False), 80) == EXPECTED


def test_a_narrow_terminal_folds_long_values() -> None:
    wide, narrow = audit(REPORT, Style(False), 100), audit(REPORT, Style(False), 76)
    assert "190000 250000 380000" in wide
    assert "190000 250000 380000" not in narrow
    assert max(map(len, narrow.splitlines())) <= 76


def test_the_same_report_is_the_same_text() -> None:
    assert audit(REPORT, Style(True), 80) == audit(REPORT, Style(True), 80)


def test_quiet_leaves_out_the_tables_and_verbose_adds_all() -> None:
    quiet = audit(REPORT, Style(False), 80, quiet=True)
    assert quiet.endswith("fix: sysctl -w net.ipv4.tcp_fin_timeout=60\n")
    verbose = audit(REPORT, Style(False), 80, verbose=True)
    assert "tcp_abc" in verbose
    assert "TcpExt.TW  1,200" in verbose
    assert "Tcp.AttemptFails" not in verbose
    assert "see: net/ipv4/tcp.c, tcp_close()" in verbose


def test_a_sample_shows_what_grew() -> None:
    pressure = Pressure(
        counters={"TcpExt.TW": 1200, "Tcp.InErrs": 4}, growth={"TcpExt.TW": 30, "Tcp.InErrs": 0}, sample_seconds=2.0
    )
    report = replace(REPORT, part=replace(REPORT.part, pressure=pressure))
    lines = audit(report, Style(False), 80).splitlines()
    assert "TcpExt.TW  1,200       30        15.0" in lines
    assert not any("Tcp.InErrs" in line for line in lines)


def test_a_finding_of_several_namespaces_is_said_once() -> None:
    both = tuple(replace(FINDING, netns=name) for name in ("blue", "red"))
    text = audit(replace(REPORT, findings=both, parts=(REPORT.part,)), Style(False), 80)
    assert text.count("warning TT404") == 1
    assert "  in namespace: blue, red" in text


def test_what_a_host_says_cannot_drive_the_terminal() -> None:
    evil = replace(FINDING, message="a\x1b[31mb\r\n::error::c\u202e", netns="\x07bell")
    host = replace(HOST, distro="\x1b]0;title\x07")
    text = audit(replace(REPORT, findings=(evil,), part=replace(REPORT.part, host=host)), Style(False), 80)
    assert not set(text) & {chr(n) for n in range(32) if n != 10} | set(text) & {"\x7f", "\u202e"}
    assert not any(line.startswith("::") for line in text.splitlines())


def test_visible_spells_out_control_characters_and_keeps_the_rest() -> None:
    assert visible("a\tb\x00ü€") == "a\\tb\\x00ü€"


def test_colour_adds_only_escape_sequences() -> None:
    import re

    coloured = audit(REPORT, Style(True), 80)
    assert coloured != EXPECTED
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == EXPECTED
