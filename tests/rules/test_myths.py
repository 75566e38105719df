"""TT901: comments that repeat what is not so, and comments that reason, refute, or speak of something else."""

from __future__ import annotations

import pytest

from tcptune.model.finding import Finding
from tests.support.views import file_view, found

FIN, REUSE, BUCKETS = "net.ipv4.tcp_fin_timeout = 30", "net.ipv4.tcp_tw_reuse = 1", "net.ipv4.tcp_max_tw_buckets = 9"
MANY = "net.ipv4.tcp_max_tw_buckets = 400000"
TRACKED, KEEPALIVE = "net.netfilter.nf_conntrack_tcp_timeout_time_wait = 60", "net.ipv4.tcp_keepalive"
RECYCLE, STAMPS = "net.ipv4.tcp_tw_recycle = 1", "net.ipv4.tcp_timestamps = 0"


def beside(comment: str, line: str) -> list[Finding]:
    text = "".join(f"# {row}\n" for row in comment.split("\n"))
    return found(file_view(f"{text}{line}\n"), "TT901")


@pytest.mark.parametrize(
    ("comment", "line"),
    [
        ("shortens TIME_WAIT", FIN),
        ("Decrease TIME_WAIT seconds", FIN),
        ("shorten TIME_WAIT: 15 s instead of 60", FIN),
        ("reduce the time sockets spend in time-wait", FIN),
        ("How long to keep sockets in the state TIME-WAIT", FIN),
        ("Minimum time a socket will stay in TIME_WAIT state (unusable after being used once)", FIN),
        ("TIME_WAIT timeout", FIN),
        ("free up TIME_WAIT sockets sooner\nso that they do not pile up", FIN),
        (
            "the seconds that must elapse before TCP can free what was closed. In this TIME_WAIT state nothing moves",
            FIN,
        ),
        ("reducir TIME-WAIT", FIN),
        ("verkürzt den Zustand TIME_WAIT", FIN),
        ("this is the MSL", FIN),
        ("2MSL", FIN),
        ("缩短 TIME_WAIT 的时间", FIN),
        ("修改系统默认的TIME_WAIT超时时间", FIN),
        ("减少处于TIME-WAIT状态的连接", FIN),
        ("TIME_WAIT 状态的保持时间", FIN),
        ("let the server reuse sockets in TIME_WAIT", REUSE),
        ("reuse TIME_WAIT for incoming connections", REUSE),
        ("kill TIME_WAIT sockets", REUSE),
        ("default 180000", BUCKETS),
        ("timewait 的数量，默认180000", BUCKETS),
        ("the oldest TIME_WAIT sockets are evicted", BUCKETS),
        ("safe for internal networks", RECYCLE),
        ("hide the uptime", STAMPS),
        ("applies to established connections", "net.ipv4.tcp_orphan_retries = 1"),
        ("in bytes", "net.ipv4.tcp_mem = 1 2 3"),
        ("a closed port cannot be used again at once so reduce the time wait interval", FIN),
        ("the time a port must be idle before it can be reused", FIN),
        ("Reduz o tempo de espera em TIME_WAIT", FIN),
        ("Уменьшаем время, в течение которого висят сокеты в FIN-WAIT/TIME-WAIT", FIN),
        ("a longer SO_LINGER is replaced by it", FIN),
        ("这对于服务器来说很有意义，因为总会有大量TIME-WAIT状态的连接", REUSE),
        ("useful with many sockets in TIME_WAIT, such as on busy servers", REUSE),
        ("Disable TIME_WAIT", REUSE),
        ("Reduce TIME_WAIT connections", REUSE),
        ("快速回收 TIME_WAIT", REUSE),
        ("开启重用，默认为0，表示关闭", REUSE),
        ("客户端与服务端主机时间不同步时会被拒绝", REUSE),
        ("该参数默认为180 000", BUCKETS),
        ("超过后会重置所有的 TIME_WAIT", BUCKETS),
        ("beyond it sockets are destroyed and a warning is printed", BUCKETS),
        ("Reduce TIME_WAIT sockets", BUCKETS),
        ("avoid leaking system time", STAMPS),
        ("Protect against wrapping sequence numbers", STAMPS),
        ("switch ICMP timestamps off", STAMPS),
        ("时间戳能够让内核接受这种“异常”的数据包", STAMPS),
        ("安全的快速回收", RECYCLE),
        ("默认为0，表示关闭", "net.ipv4.tcp_syncookies = 1"),
        ("缺省情况下很小：32768到61000", "net.ipv4.ip_local_port_range = 1024 65000"),
        ("表示进程可以同时打开的最大句柄数", "fs.file-max = 999999"),
        ("don't leak uptime", STAMPS),
        ("Reduce the number of TIME_WAIT sockets held by the server", REUSE),
        ("加快 TIME_WAIT 回收", REUSE),
        ("开启重用，减少服务器上 TIME_WAIT 的数量", REUSE),
        ("TIME_WAIT now 25 s", FIN),
        ("Lower this to get rid of too many TIME_WAIT sockets", BUCKETS),
        ("shortens time_wait", f"{KEEPALIVE}_intvl = 30"),
        ("ends dead connections of all programs, even without SO_KEEPALIVE", f"{KEEPALIVE}_time = 600"),
        ("send a cookie for every SYN", "net.ipv4.tcp_syncookies = 1"),
        ("give up after exactly 9 retransmissions", "net.ipv4.tcp_retries2 = 9"),
        ("must not exceed net.core.rmem_max", "net.ipv4.tcp_rmem = 4096 131072 33554432"),
        ("limited by net.core.wmem_max", "net.ipv4.tcp_wmem = 4096 131072 33554432"),
        ("make TIME_WAIT sockets go away after 60 seconds", TRACKED),
    ],
)
def test_a_comment_that_repeats_a_myth_is_found(comment: str, line: str) -> None:
    (finding,) = beside(comment, line)
    assert finding.severity == "note"
    assert finding.key == line.split()[0]


@pytest.mark.parametrize(
    ("comment", "line"),
    [
        ("orphans wait less long in FIN-WAIT-2", FIN),
        ("does not shorten TIME_WAIT, which is a constant", FIN),
        ("Many guides say that this shortens TIME_WAIT.\nIt does not: it is about FIN-WAIT-2.", FIN),
        ("a myth: reduces TIME_WAIT", FIN),
        ("the seconds that must elapse before TCP can free an orphan in FIN-WAIT-2", FIN),
        ("not the TIME_WAIT timeout", FIN),
        ("FIN-WAIT-2 timeout; the time of TIME_WAIT is hard-coded", FIN),
        ("TIME_WAIT", FIN),
        ("short FIN timeout", FIN),
        ("http://example.org/reduce-time_wait-socket-connections/", FIN),
        ("net.ipv4.time_wait_timeout=1", FIN),
        ("不会缩短TIME_WAIT，它是常量", FIN),
        ("控制 FIN-WAIT-2 的时间，与 TIME_WAIT 无关", FIN),
        ("如果套接字由本端要求关闭，这个参数决定了它保持在FIN-WAIT-2状态的时间", FIN),
        ("reuse sockets in TIME_WAIT for new outgoing connections when it is safe", REUSE),
        ("try to reuse time-wait connections, but don't recycle them", REUSE),
        ("开启重用。允许将TIME-WAIT sockets 重新用于新的TCP 连接", REUSE),
        ("limit the number of sockets in TIME_WAIT", BUCKETS),
        ("Increase the tcp-time-wait buckets pool size to prevent simple DOS attacks", MANY),
        ("turn off fast timewait sockets recycling", RECYCLE),
        ("not safe behind NAT, is not a good idea", RECYCLE),
        ("saves twelve bytes of each segment", STAMPS),
        ("in pages of 4096 bytes", "net.ipv4.tcp_mem = 1 2 3"),
        ("以页为单位（4096字节）进行度量", "net.ipv4.tcp_mem = 1 2 3"),
        ("TIME_WAIT cannot be shortened by this", FIN),
        ("TIME_WAIT 状态的时间不能修改", FIN),
        ("SO_LINGER is another matter", FIN),
        ("default 2, 0 is off", REUSE),
        ("服务器连接上游时也认为是客户端", REUSE),
        ("Reduce TIME_WAIT socket reuse", REUSE),
        ("let the proxy server reuse TIME_WAIT for upstream connections", REUSE),
        ("对于服务器有意义：作为客户端连接上游时复用 TIME_WAIT", REUSE),
        ("prevents that the TIME_WAIT table overflows", BUCKETS),
        ("Disable TCP timestamps; ICMP timestamps are left to the firewall", STAMPS),
        ("Reduce the time sockets stay in FIN-WAIT-2 state", FIN),
        ("Reduce FIN timeout to reclaim sockets faster", FIN),
        ("默认为 0.5 秒", REUSE),
        ("Increase the number of TIME_WAIT sockets", MANY),
        ("NAT 环境下不安全", RECYCLE),
        ("安全设置", RECYCLE),
        ("tells the uptime", "net.ipv4.tcp_timestamps = 2"),
        ("Timestamps protect against wrapping sequence numbers", STAMPS),
        ("Protect against wrapping sequence numbers", "net.ipv4.tcp_timestamps = 1"),
        ("with tcp_tw_recycle hosts whose clocks differ are dropped", STAMPS),
        ("默认为1", "net.ipv4.tcp_syncookies = 1"),
        ("default: 32768 60999", "net.ipv4.ip_local_port_range = 1024 65000"),
        ("system-wide; what a single process may open is ulimit -n", "fs.file-max = 999999"),
        ("check whether this really shortens TIME_WAIT", FIN),
        ("this shortens TIME_WAIT? I doubt it", FIN),
        ("the 60 s of TIME_WAIT are not touched", FIN),
        ("only for sockets with SO_KEEPALIVE", f"{KEEPALIVE}_time = 600"),
        ("nothing happens without SO_KEEPALIVE", f"{KEEPALIVE}_time = 600"),
        ("send a cookie for every SYN", "net.ipv4.tcp_syncookies = 2"),
        ("some 9 retransmissions, as a time", "net.ipv4.tcp_retries2 = 9"),
        ("not limited by what rmem_max says", "net.ipv4.tcp_rmem = 4096 131072 33554432"),
        ("must not exceed the memory of the host", "net.ipv4.tcp_rmem = 4096 131072 33554432"),
        ("conntrack entries of TIME_WAIT sockets go away after 60 seconds", TRACKED),
        ("the entry lasts less long", TRACKED),
    ],
)
def test_a_comment_that_reasons_or_says_something_else_is_left_alone(comment: str, line: str) -> None:
    assert beside(comment, line) == []


@pytest.mark.parametrize(
    ("comment", "value", "told"),
    [
        ("减少time_wait。", 1, False),
        ("reduce TIME_WAIT", 1, False),
        ("decreases the number of sockets in TIME_WAIT", 1, False),
        ("减少time_wait。", 0, True),
        ("缩短 TIME_WAIT", 1, True),
        ("减少 TIME_WAIT 的时间", 1, True),
        ("shortens TIME_WAIT", 1, True),
        ("reduce the time spent in TIME_WAIT", 1, True),
    ],
)
def test_timestamps_make_time_wait_no_shorter_but_with_reuse_there_is_less_of_it(
    comment: str, value: int, told: bool
) -> None:
    line = f"# {comment}\nnet.ipv4.tcp_timestamps = {value}\n"
    assert [finding.key for finding in found(file_view(line), "TT901")] == ["net.ipv4.tcp_timestamps"]
    assert (found(file_view(f"{line}# x\n{REUSE}\n"), "TT901") != []) is told


def test_only_the_comment_right_above_belongs_to_a_setting() -> None:
    text = f"# reduce the time of TIME_WAIT\n{REUSE}\n# orphans in FIN-WAIT-2\n{FIN}\n"
    assert found(file_view(text), "TT901") == []
    assert found(file_view(f"# shortens TIME_WAIT\n\n{FIN}\n"), "TT901") == []


def test_in_a_file_that_comments_below_its_settings_the_comment_belongs_to_the_one_above_it() -> None:
    off = "net.ipv4.tcp_tw_recycle = 0\n# fast recycling of TIME_WAIT sockets\n"
    assert found(file_view(f"{off}{REUSE}\n# for outgoing connections\n"), "TT901") == []
    assert [
        finding.at and finding.at.line
        for finding in found(file_view(f"{REUSE}\n# x\n{FIN}\n# shortens TIME_WAIT\n"), "TT901")
    ] == [3]
    mixed = f"{off}{REUSE}\n\n# above\nnet.ipv4.tcp_sack = 1\n#net.ipv4.tcp_fack = 1\n"
    assert [finding.at and finding.at.line for finding in found(file_view(mixed), "TT901")] == [3]


def test_what_stands_above_a_setting_that_is_commented_out_is_said_of_that_one() -> None:
    text = f"# fast recycling of TIME_WAIT\n#net.ipv4.tcp_tw_recycle = 0\n# in seconds\n{FIN}\n"
    assert found(file_view(text), "TT901") == []
    (finding,) = found(file_view(f"# shortens TIME_WAIT\n# net.ipv4.tcp_fin_timeout = 60\n{FIN}\n"), "TT901")
    assert finding.key == "net.ipv4.tcp_fin_timeout"


def test_a_comment_behind_the_value_counts_as_well() -> None:
    (finding,) = found(file_view(f"{FIN}   # TIME_WAIT timeout\n"), "TT901")
    assert finding.key == "net.ipv4.tcp_fin_timeout"
    assert found(file_view(f"{FIN}   # FIN-WAIT-2 timeout\n"), "TT901") == []


def test_a_comment_above_reuse_and_recycle_together_may_speak_of_the_second() -> None:
    assert found(file_view(f"# 快速回收 TIME_WAIT\n{REUSE}\n{RECYCLE}\n"), "TT901") == []
    assert len(found(file_view(f"# 快速回收 TIME_WAIT\n{REUSE}\n"), "TT901")) == 1


def test_a_claim_that_was_true_of_older_kernels_is_told_of_the_others() -> None:
    text = f"# hide the uptime\n{STAMPS}\n"
    assert found(file_view(text, "3.10"), "TT901") == []
    (finding,) = found(file_view(text, "3.10", "6.1"), "TT901")
    assert finding.kernels == ("6.1",)


@pytest.mark.parametrize(
    ("comment", "said"),
    [("reduce number of TIME_WAITs", "reduces"), ("Reduce TIME_WAIT", "reduces"), ("TIME_WAIT timeout", "length")],
)
def test_the_finding_repeats_what_the_comment_says(comment: str, said: str) -> None:
    (finding,) = beside(comment, FIN)
    assert said in finding.message


def test_the_finding_says_what_is_so() -> None:
    (finding,) = beside("shortens TIME_WAIT", FIN)
    assert finding.message == "The comment beside net.ipv4.tcp_fin_timeout says that this is the length of TIME_WAIT."
    assert "FIN-WAIT-2" in finding.why
