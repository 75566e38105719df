"""sysctl.d files: keys, values and places as both loaders read them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptune.sources import sysctl_conf
from tcptune.sources.base import Reading, Text
from tests.support.marks import check


def read(lines: str) -> Reading:
    return sysctl_conf.read(Text("a.conf", lines))


@pytest.mark.parametrize(
    ("line", "key", "raw"),
    [
        ("net.core.somaxconn = 4096", "net.core.somaxconn", "4096"),
        ("net/ipv4/conf/eth0.1/rp_filter=1", "net.ipv4.conf.eth0/1.rp_filter", "1"),
        ("  -net.core.somaxconn\t=\t4096 \r", "net.core.somaxconn", "4096"),
        ("a.b == 1", "a.b", "= 1"),
        ("net.ipv4.tcp_fin_timeout = 1 # fast", "net.ipv4.tcp_fin_timeout", "1 # fast"),
    ],
)
def test_a_line_is_divided_at_its_first_equals_sign(line: str, key: str, raw: str) -> None:
    (setting,) = read(line).settings
    assert (setting.key, setting.raw) == (key, raw)


def test_places_of_key_and_value() -> None:
    (setting,) = read("\n  net.core.somaxconn =  4096\n").settings
    assert setting.key_at is not None
    assert setting.value_at is not None
    assert (setting.key_at.line, setting.key_at.column, setting.key_at.end_column) == (2, 3, 21)
    assert (setting.value_at.column, setting.value_at.end_column) == (25, 29)


def test_a_key_behind_a_minus_without_a_value_sets_nothing() -> None:
    (setting,) = read("-net.ipv4.conf.eth0.rp_filter").settings
    assert "exclude" in setting.facts


@pytest.mark.parametrize("line", ["net.core.somaxconn 4096", "// note", "= 4", "net.core.somaxconn =", "prose here"])
def test_a_line_that_is_no_assignment_is_a_problem(line: str) -> None:
    assert [problem.rule for problem in read(line).problems] == ["TT001"]


def test_comments_stand_beside_what_follows_them() -> None:
    (setting,) = read("# one\n; two\nnet.core.somaxconn = 1\n").settings
    assert setting.comment == "# one\n; two"


def test_template_branches_are_groups() -> None:
    text = "{% if kernel < 4 %}\na.b = 1\n{% else %}\na.b = 2\n{% endif %}\na.b = {{ x }}\n"
    settings = read(text).settings
    assert [setting.group for setting in settings] == [("template1/0",), ("template1/1",), ()]
    assert settings[2].templated
    assert not read(text).problems


def test_content_tells_the_kind_without_a_name() -> None:
    assert sysctl_conf.claims(Text("tuning.txt", "net.core.somaxconn = 1\nvm.swappiness = 2\n"))
    assert not sysctl_conf.claims(Text("app.conf", "server.port = 80\nnet.core.x = 1\nlog.level = 2\n"))


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    read(text)


@pytest.mark.parametrize("first", ["#!/usr/sbin/sysctl -p", "#!/usr/bin/env -S sysctl -p"])
def test_a_file_that_hands_itself_to_sysctl_is_such_a_file(first: str) -> None:
    for name in ("sysctl.d/9.conf", "x__etc__sysctl.d__9.conf", "tune.conf"):
        assert sysctl_conf.claims(Text(name, f"{first}\nnet.core.somaxconn = 4096\n")), name
    assert not sysctl_conf.claims(Text("sysctl.d/9.conf", "#!/bin/sh\nsysctl -p\n"))
    assert sysctl_conf.claims(Text("9-sysctl.conf", "#!!! Mind the rest\nnet.core.somaxconn = 4096\n"))


def test_the_file_of_a_bsd_or_of_macos_sets_nothing_on_linux() -> None:
    theirs = "kern.ipc.somaxconn=2048\nnet.inet.tcp.msl=15000\nnet.inet.tcp.mssdflt=1448\nhw.n # many\n"
    found = read(theirs)
    assert (found.settings, found.problems) == ([], [])
    assert read("net.inet.ip.forwarding=1 # a router\n").settings == []
    assert len(read("net.inet.tcp.msl=15000\nnet.core.somaxconn=1\n").settings) == 2


@pytest.mark.parametrize(
    "lines",
    [
        "{% if a %}net.ipv4.tcp_timestamps = «TT402»0{% endif %}\nvm.swappiness = 1\n",
        "  {%- if a -%} net.ipv4.tcp_timestamps = «TT402»0 {%- endif %}\nvm.swappiness = 1\n",
        "{% if a %}vm.swappiness = 1{% endif %}\n{% if not a %}vm.swappiness = 2{% endif %}\nvm.overcommit_ratio = 1\n",
        "{% if a %}net.ipv4.tcp_timestamps = 0{% else %}net.ipv4.tcp_timestamps = 1{% endif %}\nvm.swappiness = 1\n",
        "{% if a %}# net.ipv4.tcp_tw_recycle = 1{% endif %}\nvm.swappiness = 1\n",
        "{% for i in all %}\n«TT101»net.ipv4.conf.{{ i }}.rp_fliter = 2\nnet.ipv4.conf.{{ i }}.arp_ignore = 1\n",
        "<% if @a %>net.ipv4.tcp_timestamps = «TT402»0<% end %>\nvm.swappiness = <%= @b %>\n",
        "{% for k, v in all.items() %}\n{{ k }} = {{ v }}\n{% endfor %}\nnet.ipv4.tcp_timestamps = «TT402»0\n",
    ],
)
def test_a_line_between_tags_of_a_template_is_judged_as_one_of_its_cases(tmp_path: Path, lines: str) -> None:
    check(tmp_path, "templates/net.conf.j2", lines)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("README", "This folder holds drop-ins.\nSee net.ipv4.tcp_fin_timeout = 5 in 10-a.conf.\n"),
        ("notes", "# nothing is set here\n"),
        ("10-a", "«TT503»net.ipv4.tcp_fin_timeout = 30\n"),
        ("10-a.conf", "«TT001»This folder holds drop-ins.\n"),
    ],
)
def test_a_text_for_people_beside_the_drop_ins_is_none(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, f"sysctl.d/{name}", text)


def test_where_comments_stand_below_one_behind_an_empty_line_is_still_above_its_setting() -> None:
    text = (
        "net.ipv4.tcp_keepalive_time = 500\n# idle\n\n# shortens\nnet.ipv4.tcp_fin_timeout = 30\n# orphans\n"
        "net.ipv4.tcp_sack = 1\n# selective\n\n# a title\n\nnet.ipv4.tcp_retries2 = 15\n# last\n"
    )
    settings = read(text).settings
    assert [one.comment for one in settings] == ["# idle", "# shortens\n# orphans", "# selective", "# last"]
