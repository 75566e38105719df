"""A comparison as text, Markdown and drop-in: widths, empty differences, obstacles, namespaces side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tcptune.formats import diff_markdown, diff_netns, diff_rows, diff_sysctl, diff_text
from tcptune.formats.style import Style
from tcptune.model.diff import Change, DiffPart, DiffReport
from tcptune.model.host import Host
from tcptune.model.origin import Line
from tcptune.model.setting import Location
from tcptune.model.version import KernelVersion

HOST = Host(KernelVersion(6, 18))
PLAIN = Style(False)
FIN = "net.ipv4.tcp_fin_timeout"
TRACKED = "net.netfilter.nf_conntrack_tcp_timeout_established"
LINE = Line(FIN, "5", 5, Location("/etc/sysctl.d/60-a.conf", 3), "systemd")
SET = Change(FIN, 5, 30, 60, "set", "it is so", "30", why="it is so", origin=LINE)
BLOCKED = Change(TRACKED, None, 7, 9, "blocked", "it is not there", "7", why="small", remedy="load it")
KEEP = Change("net.ipv4.tcp_retries2", 15, 15, 15, "keep", "it is right", "at least 8", why="it is right")
SKIP = Change("net.core.somaxconn", 1, None, 4096, "skip", "only for kernels <5.4", "")
GONE = replace(SKIP, key="net.ipv4.tcp_tw_recycle", reason="Linux 6.18 does not have it", current=None, absent=True)
PORTS = Change(
    "net.ipv4.ip_local_reserved_ports", "", ",".join(map(str, range(30000, 30040, 2))), "", "set", "", "x", why=""
)
ALL = (SET, BLOCKED, KEEP, SKIP, GONE)


def report(*changes: Change, **more: Any) -> DiffReport:
    return DiffReport("mine", DiffPart(HOST, changes), **more)


def several(*parts: tuple[Change, ...]) -> DiffReport:
    made = tuple(
        DiffPart(replace(HOST, netns=f"pid {1000 + number} (sleep)"), part) for number, part in enumerate(parts)
    )
    return DiffReport("mine", made[0], parts=made)


@pytest.mark.parametrize("width", [60, 80, 100, 120])
@pytest.mark.parametrize("everything", [False, True])
def test_the_text_keeps_the_width_and_every_column_begins_at_one_place(width: int, everything: bool) -> None:
    text = diff_text.text(report(*ALL, PORTS), PLAIN, width, everything=everything)
    rows = text.split("\n\n")[1].splitlines()
    longest = max(len(change.key.rpartition(".")[2]) for change in ALL)
    assert max(map(len, text.splitlines())) <= (width if width >= 80 else longest + 44)
    for header in ("current", "wanted", "default", "action"):
        column = rows[0].index(header)
        assert {row[column - 2 : column].strip() for row in rows} == {""}


@pytest.mark.parametrize("everything", [False, True])
def test_a_narrow_terminal_gets_a_paragraph_a_parameter(everything: bool) -> None:
    text = diff_text.text(report(*ALL, PORTS), PLAIN, 40, everything=everything)
    assert [line for line in text.splitlines() if len(line) > 40 and " " in line.strip()] == []
    rows = " ".join(text.split("\n\n")[1].split())
    assert "tcp_fin_timeout current 5, wanted 30, default 60" in rows
    assert rows.startswith("parameter ") and rows.count(" action ") == (len(ALL) + 1 if everything else 3)


def test_names_are_whole_where_they_fit() -> None:
    assert f"\n{FIN}  5" in diff_text.text(report(SET), PLAIN, 120)
    assert "\nnf_conntrack_tcp_timeout_established  -" in diff_text.text(report(BLOCKED), PLAIN, 80)


def test_who_set_a_value_is_said_in_short_and_in_full() -> None:
    text = diff_text.text(report(SET), PLAIN, 80)
    assert "60-a.conf:3  set" in text
    assert "60-a.conf:3  set" not in diff_text.text(report(SET, BLOCKED), PLAIN, 80)
    assert "said by /etc/sysctl.d/60-a.conf:3 (systemd-sysctl)" in text
    by_hand = replace(SET, origin=None, candidates=("tuned",))
    assert diff_rows.set_by(by_hand) == "run time (tuned?)"
    assert "set at run time: no file says so; tuned may have done so" in diff_text.text(report(by_hand), PLAIN, 80)
    assert diff_rows.set_by(replace(SET, origin=None, current=60)) == "default"
    assert diff_rows.set_by(replace(SET, origin=None, default=None)) == "-"
    assert diff_rows.set_by(replace(SET, origin=replace(LINE, by="tuned"))) == "tuned, 60-a.conf:3"


def test_an_obstacle_has_its_next_step_once() -> None:
    text = diff_text.text(report(BLOCKED, replace(BLOCKED, key=FIN)), PLAIN, 80)
    assert text.count("next step: load it") == 1
    assert f"blocked: as {TRACKED}" in text


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (report(KEEP), "Nothing differs from the profile mine: 1 parameter is right.\n"),
        (report(KEEP, SKIP), "Nothing differs from the profile mine: 1 parameter is right, 1 does not concern it.\n"),
        (report(SKIP), "Nothing differs from the profile mine: it concerns nothing here (only for kernels <5.4).\n"),
        (report(), "Nothing differs from the profile mine: it names no parameter.\n"),
        (report(SET), "1 parameter differs from the profile mine.\n"),
        (report(SET, BLOCKED, place="in x"), "2 parameters differ from the profile mine in x.\n"),
        (several((KEEP,), (KEEP,)), "Nothing differs from the profile mine in any of 2 network namespaces: 1"),
        (several((KEEP,), (SET,)), "1 parameter differs from the profile mine in 1 of 2 network namespaces.\n"),
    ],
)
def test_the_first_sentence_says_how_much_differs(made: DiffReport, said: str) -> None:
    assert diff_text.text(made, PLAIN, 120).startswith(said)


def test_what_the_kernel_does_not_have_is_named_without_all() -> None:
    text = diff_text.text(report(SET, SKIP, GONE), PLAIN, 80)
    assert "not here:\n  net.ipv4.tcp_tw_recycle: Linux 6.18 does not have it" in text
    assert "somaxconn" not in text
    assert "1 more is right or does not concern this host; --all shows them." in text


def test_namespaces_stand_side_by_side_while_they_fit() -> None:
    made = several(*[(SET, replace(BLOCKED, current=number)) for number in range(7)])
    narrow, wide = (diff_text.text(made, PLAIN, width) for width in (80, 120))
    assert narrow.count("parameter  ") > wide.count("parameter  ") >= 2
    for text, width in ((narrow, 80), (wide, 120)):
        assert max(map(len, text.splitlines())) <= width
        assert sum(text.count(f"pid {1000 + number} (sleep)") for number in range(7)) >= 7
    assert "5 → 30" in narrow and "3 !→ 7" in narrow


def test_an_obstacle_of_some_namespaces_names_them() -> None:
    made = several((replace(BLOCKED, action="set", reason="small", remedy=""),), *[(BLOCKED,)] * 5)
    text = " ".join(diff_text.text(made, PLAIN, 80).split())
    assert "blocked in pid 1001 (sleep), pid 1002 (sleep), pid 1003 (sleep) and 2 more: it is not there" in text


@pytest.mark.parametrize(
    ("change", "cell"), [(SET, "5 → 30"), (BLOCKED, "- !→ 7"), (KEEP, "15"), (SKIP, "(1)"), (None, "-")]
)
def test_a_cell_says_what_is_there_and_what_is_wanted(change: Change | None, cell: str) -> None:
    assert diff_netns.cell(change) == cell


def test_markdown_escapes_what_would_be_markup() -> None:
    odd = replace(SET, reason="a | b <c>", why="a | b <c>")
    lines = diff_markdown.markdown(report(odd, KEEP), everything=True).splitlines()
    assert len({line.replace("\\|", "").count("|") for line in lines if line.startswith("|")}) == 1
    assert "a \\| b &lt;c>" in lines[4]
    assert len(lines) == 6


def test_a_drop_in_has_comments_on_lines_of_their_own_and_what_is_not_set_as_such() -> None:
    risky = replace(SET, risk="TT404: low", why="# x\n net.ipv4.tcp_retries2 = 1")
    empty = replace(PORTS, wanted="")
    text = diff_sysctl.sysctl(report(risky, BLOCKED, empty, KEEP))
    assert [line for line in text.splitlines() if line and not line.startswith("# ")] == [f"{FIN} = 30"]
    assert "# Risk TT404: low" in text
    assert f"# not set: {TRACKED} to 7: it is not there; next step: load it\n" in text
    assert f"`sysctl -w {PORTS.key}=`" in text
    narrow = diff_sysctl.sysctl(report(risky, BLOCKED, empty, KEEP), width=40)
    assert all(not line or line.startswith("# ") or line == f"{FIN} = 30" for line in narrow.splitlines())
    everything = diff_sysctl.sysctl(report(risky, KEEP), everything=True)
    assert "\nnet.ipv4.tcp_retries2 = 15\n" in everything
    assert "# Nothing is to be set." in diff_sysctl.sysctl(report(KEEP))


def test_a_parameter_of_a_module_says_what_it_needs_at_boot() -> None:
    text = diff_sysctl.sysctl(report(replace(BLOCKED, action="set", reason="", remedy="")))
    assert "# It is there at boot only if nf_conntrack stands in a file of /etc/modules-load.d." in text
