"""Comments that say a number which is not so: what a parameter's default is, or how long its value lasts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from tcptune.catalog import parameter
from tcptune.model.late import late
from tcptune.model.setting import Setting
from tcptune.model.version import KernelVersion
from tcptune.rules import remarks
from tcptune.rules.view import View

_LONGEST = 400
"""Characters of a comment that is looked at: longer ones reason."""

_SECONDS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "秒", "秒钟"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "分钟", "分"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "小时"), 3600),
    **dict.fromkeys(("d", "day", "days", "天"), 86400),
}
_UNIT = "|".join(sorted(_SECONDS, key=len, reverse=True))

_DEFAULT = late(
    r"(?:(?:^|[.,;:(\[|–—-]\s*|\b(?:the|kernel|kernel's|linux|system|its|is|[a-z]+_\w{1,40})\s+)defaults?(?:\s+values?)?"
    r"(?:\s+(?:is|to|of)|\s*[:=])?\s*|(?:^|[\s，。；,;(（]|系统|内核)(?:默认|缺省)(?:值)?(?:设置)?(?:为|是)?\s*[:：=]?\s*)"
    rf"(?P<number>\d{{1,10}})(?:\s*(?P<unit>{_UNIT})(?![a-z]))?"
    r"(?=\s*(?:$|[);；。，、）\]!]|[.,](?!\d)|\s(?:and|but|which|so|on)\b|retr|probes?\b|times\b|packets\b|次|个))",
    re.IGNORECASE,
)
"""The plain claim that a number is the default, which names nobody else's."""

_SAME = late(
    r"^(?P<number>\d{1,10})\s*[(（]\s*(?:the )?(?:kernel |linux |system )?(?:default|默认|默认值)\s*[)）]",
    re.IGNORECASE,
)
"""The value again, as the default."""

_PLAIN = late(
    r"^[(（]?(?:the )?(?:kernel |linux |system )?default(?: value)?[)）]?\.?$|^[(（]?默认值?[)）]?$", re.IGNORECASE
)
"""Behind the value, that it is the default."""

_OTHERS = late(
    r"\b(?:was|were|old(?:er)?|previous\w*|former\w*|before|since|up to|prior|rhel|centos|debian|ubuntu|docker"
    r"|kube\w*|nginx|redis|haproxy|bsd|windows|tuned|our|role|chart|recommend\w*|vs|not|n't|wrong|myth|per)\b|\d\.\d|[*×+]|->|→"
    r"|以前|之前|曾|旧|原来|老|不是|推荐|建议|版本|分布|发行",
    re.IGNORECASE,
)
"""Words of a comment that speaks of another time or another maker, or reckons."""

_FOREIGN = late(r"\b[a-z]+_\w+\b")
"""Names of parameters."""

_ELSEWHERE = frozenset(
    f"net.core.{name}" for name in ("rmem_default", "wmem_default", "rmem_max", "wmem_max", "optmem_max")
)
"""Defaults that depend on the machine."""

_WHOLE = late(rf"^[(（~≈]?\s*(?P<number>\d{{1,7}})\s*(?P<unit>{_UNIT})\s*[)）]?[.。]?$", re.IGNORECASE)
"""A comment that says nothing but how long it is."""

_PAIRS = late(r"\bset to (\d{1,3})\b[^.;\d]{0,30}?~?\s*(\d{1,5})\s*(?:s|secs?|seconds)\b", re.IGNORECASE)
"""A table of how long it takes with which value."""

_GIVES_UP = late(
    r"(?:gives? up|times? ?out|timeout|fails?|abort\w*|takes)[^.;\d]{0,20}(?:after|of|in|within|is|takes|[:=(~≈])"
    r"[^.;\d]{0,12}?(\d{1,4})\s*(?:s|secs?|seconds)\b(?![^.;]{0,10}\beach\b)"
    r"|(?:(?:[~≈]|\b(?:about|around|total|approx\w*)\s)\s*|(?:超时|放弃|约)[^。；\d]{0,8}?)(\d{1,4})\s*(?:(?:s|secs?|seconds)\b|秒)",
    re.IGNORECASE,
)
"""How long it takes until the end."""

_STEPS = late(
    r"\b(?:each|every|per|rto|interval|first|initial|linear|apart|between)\b|每|间隔|首次|第一", re.IGNORECASE
)

_DOUBLING = {"net.ipv4.tcp_syn_retries": (0, 4), "net.ipv4.tcp_synack_retries": (0,)}
"""Where each try waits twice as long as the one before, from 1 s, the seconds that may come before that."""

_FROM_1_S = KernelVersion(3, 1)
"""Before it the first try waited 3 s (RFC 6298)."""


def misstated(setting: Setting, view: View) -> tuple[str, str] | None:
    """Return what the comment says of a number that is not so, and what is so; None mostly."""
    if not setting.key.startswith("net.") or not (setting.comment or "#" in setting.raw):
        return None
    entry = parameter(setting.key)
    if entry is None or entry.kind != "int":
        return None
    number = _leading(setting.raw)
    for comment in remarks.sentences(setting):
        whole = " ".join(comment)
        if len(whole) > _LONGEST:
            continue
        found = _of_default(setting, view, whole, number) or _of_time(
            setting, view, whole, number, entry.unit == "seconds"
        )
        if found is not None:
            return found
    return None


def _leading(raw: str) -> int | None:
    found = re.match(r"\s*[\"']?(\d{1,10})(?![\w.])", raw)
    return int(found[1]) if found is not None else None


def _of_default(setting: Setting, view: View, whole: str, number: int | None) -> tuple[str, str] | None:
    """Return a false claim of the default: it is none on any of the kernels judged, and they all have a known one."""
    if setting.key in _ELSEWHERE or _OTHERS.search(whole) or _names_another(setting, whole):
        return None
    claimed = set(_claimed(whole, number))
    if number is not None and _PLAIN.match(whole) and whole == remarks.behind(setting):
        claimed.add(number)
    if len(claimed) != 1:
        return None
    (said,) = claimed
    so = [view.default(setting.key, target) for target in view.targets]
    known = sorted({value for value in so if isinstance(value, int)})
    if len(known) == 0 or said in known or any(value is not None and not isinstance(value, int) for value in so):
        return None
    entry = parameter(setting.key)
    if entry is None or any(
        value is None and entry.exists(target) for value, target in zip(so, view.targets, strict=True)
    ):
        return None
    return f"that its default is {said}", f"Its default is {_either(known)}."


def _claimed(whole: str, number: int | None) -> Iterable[int]:
    """Yield the numbers that a comment calls the default; of its times the seconds."""
    for found in _DEFAULT.finditer(whole):
        unit = found["unit"]
        yield int(found["number"]) * (_SECONDS[unit.lower()] if unit else 1)
    again = _SAME.match(whole)
    if again is not None and int(again["number"]) == number:
        yield int(again["number"])


def _names_another(setting: Setting, whole: str) -> bool:
    own = setting.key.rpartition(".")[2]
    return any(name not in own and own not in name for name in _FOREIGN.findall(whole))


def _either(numbers: list[int]) -> str:
    return " or ".join(f"{number}" for number in numbers) + (", by the kernel" if len(numbers) > 1 else "")


def _of_time(setting: Setting, view: View, whole: str, number: int | None, seconds: bool) -> tuple[str, str] | None:
    """Return a false claim of how long the value lasts."""
    if number is None:
        return None
    whole_time = _WHOLE.match(whole) if seconds else None
    if whole_time is not None:
        said = int(whole_time["number"]) * _SECONDS[whole_time["unit"].lower()]
        if abs(said - number) * 10 > max(said, number):
            return f"that it is {whole_time['number']} {whole_time['unit']}", f"The value is in seconds: {number} s."
        return None
    if setting.key not in _DOUBLING or any(target.version < _FROM_1_S for target in view.targets):
        return None
    if _STEPS.search(whole) or _names_another(setting, whole) or not 0 < number < 20:
        return None
    return _of_tries(setting.key, whole, number)


def _of_tries(key: str, whole: str, number: int) -> tuple[str, str] | None:
    """Return a false claim of how long a connection is tried: to the last try, or to the end."""
    pairs = {int(tries): int(lasts) for tries, lasts in _PAIRS.findall(whole)}
    times = [int(one or other) for one, other in _GIVES_UP.findall(whole)]
    said = pairs.get(number) if pairs else times[0] if len(times) == 1 else None
    if said is None:
        return None
    true = _lasting(key, number)
    if any(abs(said - lasts) * 5 <= lasts for lasts in true):
        return None
    ends = 2 ** (number + 1) - 1
    more = f", {ends + 4} s since 6.5" if key in _DOUBLING and len(_DOUBLING[key]) > 1 else ""
    return (
        f"that it takes {said} s",
        f"The first try waits 1 s and each further one twice as long: it ends after {ends} s{more}.",
    )


@cache
def _lasting(key: str, tries: int) -> frozenset[int]:
    """Return the seconds to the last try and to the end, with the tries in a row of newer kernels and without."""
    return frozenset(2**power - 1 + extra for power in (tries, tries + 1) for extra in _DOUBLING[key])
