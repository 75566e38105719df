"""A comment beside the setting says what is not so.

What is repeated in comments is believed and copied. The myths are those of the catalogue; `tcptune explain` on the
parameter refutes them with sources.

Bad:

    # shortens TIME_WAIT
    net.ipv4.tcp_fin_timeout = 30

Good:

    # orphaned connections wait less long in FIN-WAIT-2
    net.ipv4.tcp_fin_timeout = 30

Fix:

Write into the comment what the setting does, or leave the comment out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix
from tcptune.model.record import dataclass
from tcptune.rules.base import Rule
from tcptune.rules.view import View

_TIME_WAIT = r"(?:time[\s_-]?wait|timewait|\btw\s+(?:sockets?|state))"
_REFUTES = (
    r"\b(?:myth|misconception|misunderst\w+|misread\w*|contrary|wrong(?:ly)?|false(?:ly)?|unrelated|independent|hard-?coded"
    r"|constant|fixed|nothing to do|no (?:effect|influence|impact)|never|cannot|can.?t|rather than|instead of|despite"
    r"|(?:do|does|did|is|are|was|will|would)\s*(?:not|n.?t)\b(?!\s+(?:pile|accumul|fill|run|exhaust|linger|stay|hang|"
    r"overload|block|build))|not\s+(?:the|for|about|to be|in|of|a)\b|not\s+(?:\w+\s+){0,2}time[\s_-]?wait)"
    r"|不会|不是|并非|无关|没有|不能|误解|误以为|误区|并不|不影响|不改变|不缩短|不控制|固定|常量|写死|而不是"
)
"""Words of a comment that argues against what it names: such a comment is no myth.

Patterns are compiled where a comment is looked at: a live host has none, and compiling them takes milliseconds.
"""

_SHORTENS = (
    r"(?:decreas|reduc|short|lower|limit|cut|speed|faster|quick|less|how long|time\b|timeout|recycl|clos|free|durat|"
    rf"keep|hold|stay|remain|releas|reclaim|expir|clean|clear|seconds)"
    rf"[^.;]{{0,60}}{_TIME_WAIT}"
    rf"|{_TIME_WAIT}[^.;]{{0,40}}(?:timeout|faster|quick|sooner|early|earlier|short|reduc|decreas|lower|less|seconds?|"
    r"period|durat|interval|length|lifetime|time\b|state (?:for|timeout|time))"
    rf"|(?:缩短|减少|降低|减小|修改|加快|控制|设置|快速|回收|保持|处于|等待)[^。；]{{0,20}}{_TIME_WAIT}"
    rf"|{_TIME_WAIT}[^。；]{{0,16}}(?:时间|超时|回收|释放|关闭|时长)"
)
"""That TIME_WAIT gets shorter, or that a number is its length."""

_ELAPSES = (
    rf"must (?:elapse|pass) before TCP(?:/IP)? (?:can|may) (?:release|reuse|free)[^;]{{0,120}}{_TIME_WAIT}"
    rf"|(?:disminu|reduci|acorta|verk(?:ü|ue)rz|verringer|reduzier|raccourci|уменьш|сокра|снижа)\w*[^.;]{{0,40}}{_TIME_WAIT}"
)
"""The words of an old manual that took FIN-WAIT-2 for TIME_WAIT, and the shortening in some other languages."""

_FIN = (
    "It is the time that an orphaned connection stays in FIN-WAIT-2. TIME_WAIT lasts 60 s, a constant of the kernel, "
    "whatever is set here."
)
_LASTS = "TIME_WAIT lasts 60 s, a constant of the kernel, whatever is set here."


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim about one parameter: what the comment says, how it says so, and what is so."""

    key: str
    said: str
    pattern: str
    truth: str


def _claim(key: str, said: str, pattern: str, truth: str) -> Claim:
    return Claim(f"net.ipv4.{key}", said, pattern, truth)


CLAIMS = (
    _claim(
        "tcp_fin_timeout",
        "that this is the length of TIME_WAIT",
        rf"{_SHORTENS}|{_ELAPSES}|\b2?\s?\*?\s?msl\b|maximum segment lifetime|最大报文段?生存",
        _FIN,
    ),
    _claim(
        "tcp_tw_reuse",
        "that it helps a server with the connections it accepts",
        rf"(?:\bserver\w*|inbound|incoming|accept\w*|listen\w*|restart)[^.;]{{0,40}}(?:{_TIME_WAIT}|re-?us)"
        rf"|(?:{_TIME_WAIT}|re-?us\w*)[^.;]{{0,40}}(?:inbound|incoming connection|accept|restart)"
        rf"|服务端[^。；]{{0,20}}(?:{_TIME_WAIT}|重用|复用)",
        "It concerns connect() alone: outgoing connections may take over the ports of one in TIME_WAIT.",
    ),
    _claim(
        "tcp_tw_reuse",
        "that it ends TIME_WAIT",
        rf"(?:destroy|kill|delet|remov|clean|shorten)\w*[^.;]{{0,30}}{_TIME_WAIT}",
        _LASTS,
    ),
    _claim(
        "tcp_tw_reuse_delay",
        "that it is the length of TIME_WAIT",
        r"(?:shorten|reduc|decreas|缩短)[^.;。]{0,40}" + _TIME_WAIT,
        _LASTS,
    ),
    _claim(
        "tcp_max_tw_buckets",
        "what its default is not",
        r"(?:default|默认|缺省)[^.;。\n]{0,20}(?<!\d)180?000(?!\d)",
        "Its default is half the size of the established hash, so it depends on the memory.",
    ),
    _claim(
        "tcp_max_tw_buckets",
        "that connections that wait already are removed",
        rf"(?:oldest|existing|all)[^.;]{{0,30}}{_TIME_WAIT}[^.;]{{0,30}}(?:evict|destroy|clear|remov|reset|drop)"
        rf"|(?:evict|destroy|clear|remov|reset|drop)\w*\s+(?:the\s+)?(?:oldest|existing|all)[^.;]{{0,20}}{_TIME_WAIT}",
        "Beyond the limit new TIME_WAIT sockets are not made; those that exist stay.",
    ),
    _claim(
        "tcp_tw_recycle",
        "that it is safe",
        r"\b(?:safe(?:ly)?|harmless|no (?:risk|harm|side))\b|安全",
        "It dropped connections of clients behind NAT, and is gone since 4.12.",
    ),
    _claim(
        "tcp_timestamps",
        "that timestamps tell the uptime",
        r"up-?time|boot time|运行时间|启动时间|开机时间",
        "Since 4.10 the kernel begins them at a random number for each connection, so that they tell no uptime.",
    ),
    _claim(
        "tcp_orphan_retries",
        "that it governs connections that a process holds",
        r"(?:established|active|all|live)\s+connection|活动连接",
        "It governs orphans alone: connections that no process holds any more.",
    ),
    _claim(
        "tcp_keepalive_time",
        "that it shortens TIME_WAIT",
        r"(?:shorten|reduc|decreas|缩短|减少)[^.;。]{0,40}" + _TIME_WAIT,
        _LASTS,
    ),
    _claim(
        "tcp_rfc1337",
        "that it shortens TIME_WAIT",
        r"(?:shorten|reduc\w* the (?:time|length)|缩短)[^.;。]{0,40}" + _TIME_WAIT,
        _LASTS,
    ),
    _claim(
        "tcp_mem",
        "that the numbers are bytes",
        r"^(?!.*(?:\bpages?\b|页)).*(?:\bin bytes\b|字节)",
        "The numbers are pages of memory.",
    ),
)


def check(view: View) -> Iterator[Finding]:
    """Find comments that make one of the claims and do not argue against it."""
    told = set()
    for claim in CLAIMS:
        setting = view.settings.get(claim.key)
        if setting is None or not setting.comment or claim.key in told:
            continue
        comment = _words(setting.comment)
        if not re.search(claim.pattern, comment, re.IGNORECASE) or re.search(_REFUTES, comment, re.IGNORECASE):
            continue
        told.add(claim.key)
        message = f"The comment beside {setting.key} says {claim.said}."
        yield RULE.finding(setting, message, claim.truth, fix=Fix("correct the comment or leave it out"))


def _words(comment: str) -> str:
    """Return the comment as running text: without its marks, addresses, and settings that are commented out."""
    rows = [re.sub(r"^[\s#;/*]+", "", row) for row in comment.split("\n")]
    rows = [row for row in rows if not re.match(r"-?[\w./]+\s*[=:]\s*\S+\s*$", row)]
    return re.sub(r"\w+://\S+", "", " ".join(rows))


RULE = Rule("TT901", "myth", "note", "A comment says what is not so.", check, needs=frozenset({"files"}))
