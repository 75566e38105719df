"""TT901: comments that say the opposite of a switch, a wrong default or time, or the wrong thing of RSTs and queues."""

from __future__ import annotations

import pytest

from tcptune.model.finding import Finding
from tests.support.views import file_view, found

IP, CONF = "net.ipv4", "net.ipv4.conf.all"


def beside(comment: str, line: str, *kernels: str) -> list[Finding]:
    text = "".join(f"# {row}\n" for row in comment.split("\n"))
    return found(file_view(f"{text}{line}\n", *(kernels or ("4.18", "5.15", "6.12"))), "TT901")


@pytest.mark.parametrize(
    ("comment", "line"),
    [
        ("disable IP forwarding", f"{IP}.ip_forward = 1"),
        ("IP forwarding off", f"{IP}.ip_forward = 1"),
        ("Enable packet forwarding", f"{IP}.ip_forward = 0"),
        ("关闭路由转发", f"{IP}.ip_forward = 1"),
        ("开启 IPv4 转发", f"{IP}.ip_forward = 0"),
        ("Turn off IPv6 forwarding", "net.ipv6.conf.all.forwarding = 1"),
        ("Disable ICMP redirects.", f"{CONF}.accept_redirects = 1"),
        ("Do not accept ICMP redirects (prevents man in the middle)", f"{CONF}.accept_redirects = 1"),
        ("Ignore redirects", "net.ipv6.conf.default.accept_redirects = 1"),
        ("Don't send redirects", f"{CONF}.send_redirects = 1"),
        ("Disable source routing", f"{CONF}.accept_source_route = 1"),
        ("Enable logging of martians", f"{CONF}.log_martians = 0"),
        ("enable SYN cookies", f"{IP}.tcp_syncookies = 0"),
        ("开启SYN Cookies。", f"{IP}.tcp_syncookies = 0"),
        ("Disable TCP timestamps", f"{IP}.tcp_timestamps = 1"),
        ("Enable TIME_WAIT reuse", f"{IP}.tcp_tw_reuse = 0"),
        ("Enable selective acknowledgements", f"{IP}.tcp_sack = 0"),
        ("Turn on window scaling", f"{IP}.tcp_window_scaling = 0"),
        ("no slow start after idle", f"{IP}.tcp_slow_start_after_idle = 1"),
        ("Disable reverse path filtering", f"{CONF}.rp_filter = 2"),
        ("Disable IPv6", "net.ipv6.conf.all.disable_ipv6 = 0"),
        ("Enable IPv6", "net.ipv6.conf.all.disable_ipv6 = 1"),
        ("ignore pings", f"{IP}.icmp_echo_ignore_all = 0"),
        ("The box is a leaf.\nDisable forwarding.", f"{IP}.ip_forward = 1"),
        ("protect against SYN floods", f"{IP}.tcp_syncookies = 0"),
        ("SYN flood protection", f"{IP}.tcp_syncookies = 0"),
        ("防止 SYN 攻击", f"{IP}.tcp_syncookies = 0"),
        ("drop RST packets for sockets in the time-wait state", f"{IP}.tcp_rfc1337 = 0"),
        ("protect against time-wait assassination", f"{IP}.tcp_rfc1337 = 0"),
        ("accept RSTs in TIME_WAIT", f"{IP}.tcp_rfc1337 = 1"),
        ("1: RSTs kill the socket, 0: they do nothing", f"{IP}.tcp_rfc1337 = 1"),
        ("If unset, we prevent TCP TIME_WAIT assassination", f"{IP}.tcp_rfc1337 = 1"),
        ("size of the accept queue", f"{IP}.tcp_max_syn_backlog = 4096"),
        ("length of the listen queue of established connections", f"{IP}.tcp_max_syn_backlog = 4096"),
        ("全连接队列长度", f"{IP}.tcp_max_syn_backlog = 4096"),
        ("allow more TIME_WAIT sockets", f"{IP}.tcp_max_tw_buckets = 5000"),
        ("make room for more TIME_WAIT", f"{IP}.tcp_max_tw_buckets = 5000"),
        ("增加 TIME_WAIT 桶", f"{IP}.tcp_max_tw_buckets = 5000"),
        ("default 30", f"{IP}.tcp_keepalive_intvl = 15"),
        ("Probes until the end (default: 5)", f"{IP}.tcp_keepalive_probes = 3"),
        ("the default is 1 hour", f"{IP}.tcp_keepalive_time = 600"),
        ("默认值为5", f"{IP}.tcp_syn_retries = 2"),
        ("default 180 seconds", f"{IP}.tcp_fin_timeout = 30"),
        ("10 (default)", f"{IP}.tcp_synack_retries = 10"),
        ("5 minutes", f"{IP}.tcp_keepalive_time = 600"),
        ("tcp_keepalive_intvl default is 60", f"{IP}.tcp_keepalive_intvl = 30"),
        ("~45 s", f"{IP}.tcp_syn_retries = 3"),
        ("in total about 45 s", f"{IP}.tcp_syn_retries = 2"),
        ("no router: forwarding stays off", f"{IP}.ip_forward = 1"),
        ("gives up after 45 s", f"{IP}.tcp_syn_retries = 3"),
        ("set to 3, it takes ~45secs\nset to 4, it takes ~93secs", f"{IP}.tcp_syn_retries = 3"),
        ("timeout ~180 seconds", f"{IP}.tcp_synack_retries = 5"),
    ],
)
def test_a_comment_that_says_the_opposite_or_a_wrong_number_is_found(comment: str, line: str) -> None:
    (finding,) = beside(comment, line)
    assert (finding.severity, finding.key) == ("note", line.split()[0])


@pytest.mark.parametrize(
    ("comment", "line"),
    [
        ("disable IP forwarding", f"{IP}.ip_forward = 0"),
        ("Enable forwarding", f"{IP}.ip_forward = 1"),
        ("Uncomment the next line to enable packet forwarding", f"{IP}.ip_forward = 0"),
        ("set to 1 to enable forwarding", f"{IP}.ip_forward = 0"),
        ("Enable forwarding: 0 = off, 1 = on", f"{IP}.ip_forward = 0"),
        ("Enable forwarding?", f"{IP}.ip_forward = 0"),
        ("Enable or disable forwarding", f"{IP}.ip_forward = 0"),
        ("Enable forwarding\nnet.ipv4.ip_forward = 1", f"{IP}.ip_forward = 0"),
        ("Disable forwarding of multicast", f"{IP}.ip_forward = 1"),
        ("Disable redirects unless you are a PC", f"{CONF}.accept_redirects = 1"),
        ("Disable sending of redirects", f"{CONF}.accept_redirects = 1"),
        ("Disable secure redirects", f"{CONF}.accept_redirects = 1"),
        ("Accept ICMP redirect messages", f"{CONF}.accept_redirects = 0"),
        ("Routers enable source routing, everyone else disables it", f"{CONF}.accept_source_route = 0"),
        ("Log martian packets", f"{CONF}.log_martians = 0"),
        ("Enables selective acknowledgements", f"{IP}.tcp_sack = 0"),
        ("Disable duplicate SACK", f"{IP}.tcp_sack = 1"),
        ("Disable ICMP timestamps", "net.ipv4.conf.eth0.log_martians = 1"),
        ("开启重用，表示允许", f"{IP}.tcp_tw_reuse = 0"),
        ("Disable IPv6 autoconfiguration", "net.ipv6.conf.all.disable_ipv6 = 0"),
        ("Don't ignore directed pings", f"{IP}.icmp_echo_ignore_all = 0"),
        ("protects against SYN floods, but breaks window scaling", f"{IP}.tcp_syncookies = 0"),
        ("SYN flood protection is left to the firewall", f"{IP}.tcp_syncookies = 0"),
        ("protect against SYN floods", f"{IP}.tcp_syncookies = 1"),
        ("drop RST packets for sockets in the time-wait state", f"{IP}.tcp_rfc1337 = 1"),
        ("RFC 1337 fix", f"{IP}.tcp_rfc1337 = 0"),
        ("0 lets a RST end TIME_WAIT, 1 drops it", f"{IP}.tcp_rfc1337 = 1"),
        ("size of the SYN queue, before the accept queue", f"{IP}.tcp_max_syn_backlog = 4096"),
        ("allow more TIME_WAIT sockets", f"{IP}.tcp_max_tw_buckets = 400000"),
        ("beyond it there are no more TIME_WAIT sockets", f"{IP}.tcp_max_tw_buckets = 5000"),
        ("prevents an increase of TIME_WAIT", f"{IP}.tcp_max_tw_buckets = 5000"),
        ("fewer TIME_WAIT sockets, to keep memory for others", f"{IP}.tcp_max_tw_buckets = 5000"),
        ("default 75", f"{IP}.tcp_keepalive_intvl = 15"),
        ("default: 2 hours", f"{IP}.tcp_keepalive_time = 600"),
        ("缺省是2 小时", f"{IP}.tcp_keepalive_time = 600"),
        ("the default was 5 before 3.7", f"{IP}.tcp_syn_retries = 2"),
        ("nginx default 30", f"{IP}.tcp_keepalive_intvl = 30"),
        ("our default 30", f"{IP}.tcp_keepalive_intvl = 30"),
        ("default 30 with tcp_keepalive_probes 3", f"{IP}.tcp_keepalive_intvl = 30"),
        ("default 75 * 9", f"{IP}.tcp_keepalive_probes = 3"),
        ("default 128", "net.core.somaxconn = 4096"),
        ("default 4096", "net.core.somaxconn = 8192"),
        ("default 212992", "net.core.rmem_max = 8388608"),
        ("default 124928", "net.core.rmem_max = 8388608"),
        ("10 minutes", f"{IP}.tcp_keepalive_time = 600"),
        ("gives up after 15 s", f"{IP}.tcp_syn_retries = 3"),
        ("gives up after some 20 seconds", f"{IP}.tcp_syn_retries = 3"),
        ("gives up after 127 seconds", f"{IP}.tcp_syn_retries = 6"),
        ("the last after 63 seconds: timeout", f"{IP}.tcp_syn_retries = 6"),
        ("some 4 tries, about 45 s apart", f"{IP}.tcp_syn_retries = 3"),
        ("each try has a timeout of 45 s", f"{IP}.tcp_syn_retries = 3"),
    ],
)
def test_a_comment_that_is_right_or_reasons_is_left_alone(comment: str, line: str) -> None:
    assert beside(comment, line) == []


def test_what_is_behind_the_value_is_a_comment_too() -> None:
    (finding,) = found(file_view(f"{IP}.ip_forward = 1  # forwarding disabled\n"), "TT901")
    assert finding.message == "The comment beside net.ipv4.ip_forward says that it disables forwarding."
    (finding,) = found(file_view(f"{IP}.tcp_retries2 = 8  # (default)\n"), "TT901")
    assert (finding.message, finding.why) == (
        "The comment beside net.ipv4.tcp_retries2 says that its default is 8.",
        "Its default is 15.",
    )
    assert found(file_view(f"{IP}.tcp_retries2 = 15  # default\n"), "TT901") == []


def test_a_default_is_wrong_only_where_it_is_none_of_the_kernels_judged() -> None:
    line = "net.core.somaxconn = 8192"
    assert beside("default 128", line, "4.18", "6.1") == []
    (finding,) = beside("default 128", line, "5.15", "6.1")
    assert finding.why == "Its default is 4096."
    (finding,) = beside("default 512", line, "4.18", "6.1")
    assert finding.why == "Its default is 128 or 4096, by the kernel."
    assert beside("default 5", f"{IP}.tcp_syn_retries = 3", "2.6.32") == []


def test_the_time_of_the_tries_is_that_of_the_kernels_judged() -> None:
    (finding,) = beside("gives up after 45 s", f"{IP}.tcp_syn_retries = 3", "6.12")
    assert "15 s, 19 s since 6.5" in finding.why
    assert beside("gives up after 45 s", f"{IP}.tcp_syn_retries = 3", "2.6.32") == []


def test_an_undone_setting_is_no_contradiction() -> None:
    text = f"# disable forwarding\n{IP}.ip_forward = 1\n"
    assert found(file_view(text, facts=frozenset({"undo"})), "TT901") == []
