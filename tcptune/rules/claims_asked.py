"""What comments say that is not so of SYNs, queues, and RSTs and room in TIME_WAIT; see `claims`."""

from __future__ import annotations

from tcptune.rules.claims import TIME_WAIT, Claim

_FLOODS = (
    r"(?:protect\w*|defen[cds]\w*|guard\w*|mitigat\w*|prevent\w*|防止|防范|抵御|防御|防护)[^.;。；]{0,40}\bSYN"
    r"[\s-]*(?:flood|attack|dos|ddos|攻击|洪水|泛洪)"
    r"|\bSYN[\s-]*(?:flood|attack)\w*(?:[\s-]+attacks?)?[\s-]+(?:protect|mitigat|prevent|defen[cs])"
    r"|(?:防止|防范|抵御|防御|防护)[^。；]{0,6}SYN|\bSYN\s?(?:flood)?\s?(?:洪水)?(?:攻击)?(?:保护|防护|防御)"
)
"""That it is good against SYN floods."""

_OFF = (
    r"(?:disabl|\boff\b|without|unless|\bif\b|\bbut\b|howe?ver|\bnot?\b|n't\b|break|violat|instead|\bonly\b|\b[01]\b|\bor\b"
    r"|load|firewall|\bproxy|upstream|stateless|seriously|last resort|fallback|关闭|禁用|不|注意|如果|表示)"
)
"""Words of a comment that knows that it is off, or why."""

_RST = r"(?:\bRSTs?\b|\bresets?\b|\bRST (?:packets?|segments?)\b)"
_IGNORES = r"(?:ignor|drop|discard|protect|prevent|丢弃|忽略)\w*"
_KILLS = r"(?:kill|terminat|destroy|assassinat|\bend|clos|delet)\w*"

MORE = (
    Claim(
        "net.ipv4.tcp_rfc1337",
        "that RSTs are dropped in TIME_WAIT",
        rf"^(?!.*(?:disabl|\boff\b|without|unless|\bif\b|\bwhen\b|\b[01]\b|allow|accept|关闭|禁用|如果))"
        rf".*(?:{_IGNORES}[^.;]{{0,40}}(?:assassinat|{_RST}[^.;]{{0,40}}{TIME_WAIT})"
        rf"|{_RST}[^.;]{{0,40}}{TIME_WAIT}[^.;]{{0,30}}(?:are|is) (?:ignored|dropped|discarded))",
        "With 0 a valid RST ends TIME_WAIT; with 1 it is dropped.",
        values=(0,),
    ),
    Claim(
        "net.ipv4.tcp_rfc1337",
        "the two values the wrong way round",
        rf"(?:\b1\b|\bif set\b|\bwhen set\b|\benabled\b)[^.;,]{{0,24}}{_RST}[^.;,]{{0,24}}\b{_KILLS}"
        rf"|(?:\b0\b|\bif unset\b|\bif not set\b|\bdisabled\b)[^.;]{{0,60}}\b(?:{_IGNORES}[^.;,]{{0,24}}{_RST}"
        rf"|{_IGNORES}[^.;,]{{0,24}}assassinat)",
        "With 0 a valid RST ends TIME_WAIT; with 1 it is dropped. The kernel's own documentation errs here.",
    ),
    Claim(
        "net.ipv4.tcp_rfc1337",
        "that RSTs end TIME_WAIT",
        rf"^(?!.*\b0\b).*(?:(?:accept|allow|let|honou?r|process)\w*[^.;]{{0,20}}{_RST}[^.;]{{0,30}}{TIME_WAIT}"
        rf"|{_RST}[^.;,]{{0,20}}\b{_KILLS}\s+(?:the\s+)?(?:\w+\s+)?{TIME_WAIT})",
        "With 1 a RST in TIME_WAIT is dropped; with 0 a valid one ends it.",
        values=(1,),
        state=True,
    ),
    Claim(
        "net.ipv4.tcp_max_syn_backlog",
        "that it is the queue of connections that wait for accept()",
        r"^(?!.*(?:somaxconn|half|incomplete|SYN[\s_-]*(?:queue|backlog|rec)|not (?:yet )?|before|半连接|未))"
        r".*(?:\baccept[\s-]+(?:queue|backlog)|(?:established|completed)\s+(?:sockets?|connections?)"
        r"[^.;]{0,20}(?:wait|queue|pending|backlog)|(?:queue|backlog)[^.;]{0,24}(?:established|completed|accepted)\s"
        r"|waiting (?:for|to be) accept|全连接)",
        "It is about half-open requests, with SYN cookies off; that queue is bounded by listen() and somaxconn.",
    ),
    Claim(
        "net.ipv4.tcp_syncookies",
        "that it protects against SYN floods",
        rf"^(?!.*{_OFF}).*(?:{_FLOODS})",
        "0 switches SYN cookies off: when the queue is full, further clients are not served.",
        values=(0,),
    ),
    Claim(
        "net.ipv4.tcp_max_tw_buckets",
        "that there is more room for TIME_WAIT",
        rf"(?:\b(?<!an )(?<!the )(?<!no )(?:increase|raise|enlarge|expand)\s"
        rf"|\b(?:allow|room for|hold|keep|permit|support)\w*\s+(?:\w+\s+){{0,2}}(?:more|larger|bigger)\b(?! than))"
        rf"[^.;]{{0,40}}(?:{TIME_WAIT}|\bbuckets?\b)"
        rf"|(?:增加|提高|增大|扩大|更多)[^。；]{{0,12}}(?:{TIME_WAIT}|tcp-time-wait)",
        "A host with 2 GiB of memory has a limit of 8192 by default, larger ones a higher one: this is less room.",
        below=8192,
    ),
)
"""The claims, told after those of `claims`."""
