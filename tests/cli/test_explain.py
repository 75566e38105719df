"""`tcptune explain` as a process: names, values, kernels, formats, errors."""

from __future__ import annotations

import json

import pytest

from tests.support.program import tcptune


def explained(*arguments: str) -> str:
    """Return what `tcptune explain` printed, its lines joined, after checking that it succeeded."""
    done = tcptune("explain", *arguments)
    assert done.status == 0, done.err
    return " ".join(done.out.split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("tcp_fin_timeout=75",), "2 x (75 - 60) = 30 seconds in FIN-WAIT-2, which is shorter"),
        (("net.ipv4.tcp_fin_timeout = 75",), "= 30 seconds"),
        (("net.ipv4.tcp_fin_timeout", "=", "75"), "= 30 seconds"),
        (("tcp_fin_timeout=60",), "It is the default"),
        (("tcp_fin_timeout=5",), "TT404 (warning)"),
        (("tcp_max_tw_buckets=-1", "--kernel", "5.10"), "no TIME_WAIT at all"),
        (("tcp_max_tw_buckets=-1", "--kernel", "6.18"), "unlimited in practice"),
        (("tcp_tw_reuse=2", "--kernel", "3.10"), "Any number but 0 means 1"),
        (("tcp_tw_reuse=2", "--kernel", "6.1"), "loopback"),
        (("tcp_tw_reuse=3", "--kernel", "6.1"), "The kernel refuses it: 3 is outside of what it takes: 0 to 2"),
        (("tcp_tw_recycle=1", "--kernel", "6.1"), "The key is not there"),
        (("tcp_tw_recycle=1", "--kernel", "3.10"), "TT401 (error)"),
    ],
)
def test_a_value_is_explained_for_the_kernel(arguments: tuple[str, ...], words: str) -> None:
    assert words in explained(*arguments)


def test_the_same_negative_limit_is_the_opposite_on_another_kernel() -> None:
    old = explained("tcp_max_tw_buckets=-1", "--kernel", "5.10").partition("On Linux 5.10 there")[0]
    new = explained("tcp_max_tw_buckets=-1", "--kernel", "6.18").partition("On Linux 6.18 there")[0]
    assert "unlimited in practice" not in old
    assert "no TIME_WAIT at all: the opposite of unlimited" not in new


def test_a_kernel_without_the_parameter_says_since_when_it_is_gone_and_what_to_do() -> None:
    page = explained("tcp_tw_recycle", "--kernel", "6.1")
    assert "gone since 4.12" in page
    assert "instead" in page


def test_a_pods_values_are_explained_where_they_are_looked_for() -> None:
    assert "a new one starts with the kernel's default, not its parent's value" in explained("tcp_tw_reuse")
    assert "A pod has the TCP values that are set on its node" in explained("pod")


def test_the_backlog_page_knows_syncookies() -> None:
    assert "syncookies" in explained("tcp_max_syn_backlog").lower()


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("SO_LINGER", "SO_LINGER (socket option)"),
        ("time_wait", "TIME-WAIT (state of a closing connection)"),
        ("EADDRNOTAVAIL", "EADDRNOTAVAIL (error)"),
        ("port budget", "port budget (concept)"),
        ("TCPTimeWaitOverflow", "TcpExt.TCPTimeWaitOverflow"),
        ("TT301", "TT301 reuse-needs-timestamps"),
        ("reuse-needs-timestamps", "TT301 reuse-needs-timestamps"),
        ("TT404", "TT404 fin-timeout-low"),
        ("fin_timeout", "net.ipv4.tcp_fin_timeout"),
    ],
)
def test_what_is_no_parameter_has_a_page_too(name: str, title: str) -> None:
    done = tcptune("explain", name)
    assert done.out.splitlines()[0] == title
    assert done.err == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("tcp_fin_timout",), "did you mean net.ipv4.tcp_fin_timeout"),
        (("keepalive",), "which one: "),
        (("xyzzy",), "nothing is known of 'xyzzy'"),
        (("TT999",), "the rules are TT001 to TT901"),
        ((), "for example: tcptune explain tcp_tw_reuse"),
        (("tcp_fin_timeout=60s",), "takes one whole number"),
        (("TcpExt.TW=3",), "takes no value"),
        (("=3",), "no name was given"),
        (("tcp_fin_timeout", "--kernel", "nonsense"), "nonsense"),
    ],
)
def test_what_cannot_be_explained_ends_in_a_line_and_status_2(arguments: tuple[str, ...], message: str) -> None:
    done = tcptune("explain", *arguments)
    assert done.status == 2
    assert done.out == ""
    assert message in done.err
    assert "Traceback" not in done.err


def test_json_is_a_document_with_the_same_statements() -> None:
    made = json.loads(tcptune("explain", "tcp_fin_timeout=75", "-f", "json").out)
    assert (made["schema"], made["command"], made["tool"]["name"]) == ("tcptune/explain/1", "explain", "tcptune")
    assert (made["title"], made["value"]) == ("net.ipv4.tcp_fin_timeout", "75")
    assert "30 seconds" in made["sections"][0]["items"][0]["text"]


def test_json_keeps_to_its_schema() -> None:
    import jsonschema

    schema = json.loads(tcptune("schema", "explain").out)
    for name in ("tcp_fin_timeout=75", "SO_LINGER", "TcpExt.TW", "TT301", "TT404"):
        jsonschema.validate(json.loads(tcptune("explain", name, "--format", "json").out), schema)


def test_no_line_is_wider_than_80_columns_in_a_pipe() -> None:
    for name in ("tcp_fin_timeout", "SO_LINGER", "TIME-WAIT"):
        assert max(map(len, tcptune("explain", name).out.splitlines())) <= 80


def test_colour_on_request() -> None:
    assert "\x1b[1m" in tcptune("explain", "MSL", "--color", "always").out
    assert "\x1b" not in tcptune("explain", "MSL").out
