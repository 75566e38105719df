"""From what somebody typed to what is meant."""

from __future__ import annotations

import pytest

from tcptune.catalog.lookup import Name, find, names
from tcptune.errors import TcptuneError

RULE = Name("TT404", "rule", ("fin-timeout-low",))
KNOWN = [
    Name("net.ipv4.tcp_tw_reuse", "parameter"),
    Name("net.ipv4.tcp_tw_reuse_delay", "parameter"),
    Name("net.ipv4.tcp_fin_timeout", "parameter"),
    Name("TcpExt.TW", "counter"),
    Name("TCP.tw", "counter"),
    Name("TIME-WAIT", "topic", ("TIME_WAIT",)),
    Name("SO_LINGER", "topic", ("linger",)),
    Name("TCP_LINGER2", "topic", ("linger2",)),
    RULE,
]


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("net.ipv4.tcp_tw_reuse", "net.ipv4.tcp_tw_reuse"),
        ("net/ipv4/tcp_tw_reuse", "net.ipv4.tcp_tw_reuse"),
        ("/proc/sys/net/ipv4/tcp_tw_reuse", "net.ipv4.tcp_tw_reuse"),
        ("tcp_tw_reuse", "net.ipv4.tcp_tw_reuse"),
        (" TCP_TW_REUSE ", "net.ipv4.tcp_tw_reuse"),
        ("fin_timeout", "net.ipv4.tcp_fin_timeout"),
        ("reuse_delay", "net.ipv4.tcp_tw_reuse_delay"),
        ("tw", "TCP.tw"),
        ("TW", "TcpExt.TW"),
        ("time_wait", "TIME-WAIT"),
        ("time wait", "TIME-WAIT"),
        ("so-linger", "SO_LINGER"),
        ("linger", "SO_LINGER"),
        ("tt404", "TT404"),
        ("fin-timeout-low", "TT404"),
    ],
)
def test_a_name_an_alias_or_a_unique_part_is_enough(asked: str, meant: str) -> None:
    assert find(asked, KNOWN).name == meant


def test_a_part_of_several_names_lists_them() -> None:
    with pytest.raises(TcptuneError) as caught:
        find("tw_re", KNOWN)
    assert caught.value.status == 2
    assert caught.value.hint == "which one: net.ipv4.tcp_tw_reuse, net.ipv4.tcp_tw_reuse_delay?"


def test_case_decides_between_two_counters_and_without_it_both_are_listed() -> None:
    with pytest.raises(TcptuneError, match="fits 2 names"):
        find("Tw", KNOWN)


@pytest.mark.parametrize(("asked", "near"), [("tcp_fin_timout", "tcp_fin_timeout"), ("SO_LINGR", "SO_LINGER")])
def test_a_near_miss_is_suggested(asked: str, near: str) -> None:
    with pytest.raises(TcptuneError) as caught:
        find(asked, KNOWN)
    assert near in (caught.value.hint or "")


def test_an_unknown_name_says_where_to_look() -> None:
    with pytest.raises(TcptuneError) as caught:
        find("xyzzy", KNOWN)
    assert caught.value.hint == "`tcptune params --all` lists the parameters"


@pytest.mark.parametrize("asked", ["", "  ", "/proc/sys/"])
def test_no_name_is_an_error(asked: str) -> None:
    with pytest.raises(TcptuneError, match="no name"):
        find(asked, KNOWN)


def test_every_name_of_the_catalogue_leads_to_itself() -> None:
    known = names([RULE])
    assert [find(each.name, known) for each in known] == known


def test_every_spelling_leads_to_its_own_entry() -> None:
    known = names()
    for each in known:
        for spelling in each.spellings:
            assert find(spelling, known) is each, spelling


def test_a_long_list_of_candidates_is_cut() -> None:
    many = [Name(f"net.core.key_{number}", "parameter") for number in range(40)]
    with pytest.raises(TcptuneError) as caught:
        find("key", many)
    assert (caught.value.hint or "").endswith("and 28 more?")
