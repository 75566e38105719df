"""No kernel has a parameter of this name.

The value is never set. systemd-sysctl notes it in the log and goes on, `sysctl --system` says nothing, `sysctl -p`
fails. The nearest known name is suggested: a slip of the keyboard, the wrong family, a wrong separator. A name that is
well known and still no parameter (a socket option, a vendor's, an invention) is said to be that.

It is certain only where the table of names is complete (`net.ipv4.*`, `net.core.*`, `net.netfilter.nf_conntrack_*`).
Elsewhere only a near miss of a known name is reported, as a warning.

Bad:

    net.ipv4.tcp_fin_timout = 30

Good:

    net.ipv4.tcp_fin_timeout = 30

Fix:

Write the name that is meant, or delete the line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from tcptune.catalog import parameter
from tcptune.model.finding import Finding, Fix
from tcptune.model.late import late
from tcptune.model.setting import Edit, Setting
from tcptune.model.severity import Severity
from tcptune.rules.base import Rule
from tcptune.rules.view import View

_FAMILIES = ("net.", "vm.", "kernel.", "fs.")
_ELSEWHERE = tuple(
    f"net.{protocol}."
    for protocol in (
        *("mpls", "sctp", "dccp", "ax25", "netrom", "rose", "x25", "llc", "phonet", "rds", "tipc", "smc", "vsock"),
        *("rxrpc", "decnet", "ipx", "appletalk", "irda", "iw_cm", "ieee802154", "token-ring", "ethernet"),
    )
)
"""Families of other protocols, which are not known here: a name that is near one of another family means nothing."""

_WITH_A_DOT = 6
"""Parts of a parameter of an interface whose name has a dot in it, which divides it: there should be five."""

_SHORT = 6
"""Letters of a name of which two slips may make another."""

_LAST_PART = late(r"(?:(?:sys\.)?(?:ipv[46]|core|netfilter)\.)?(?:tcp|ip|nf|udp)_\w+|somaxconn")
_FILLED = late(r"(?P<family>net\.ipv[46]\.(?:conf|neigh))\.(?P<interface>[^/]+)\.(?P<last>[a-z][a-z0-9_]+)")
"""The name of an interface's parameter."""

_NEVER = "It is never set: systemd-sysctl only notes it, `sysctl --system` says nothing, `sysctl -p` fails."
_TEMPLATE = r"[{}$<>%*?\[\]\\ ]"


def check(view: View) -> Iterator[Finding]:
    """Find keys that no kernel has."""
    from tcptune.catalog.names import known

    for setting in view.settings.values():
        key = setting.key
        if "glob" in setting.facts or (re.search(_TEMPLATE, key) and not _torn(setting)):
            yield from _of_any_interface(setting)
            continue
        if _unseen(key) or _path(setting.spelled):
            continue
        entry = parameter(key)
        if entry is not None:
            vendors = entry.lifetime.vendor_only
            if vendors and not any(entry.exists(target) for target in view.targets):
                yield RULE.finding(
                    setting, f"{key} is no parameter of the mainline kernel.", _vendor(vendors), fix=_out()
                )
            continue
        if known(key) is None:
            yield from _unknown(view, setting)
        elif (name := _divided(key)) is not None:
            message = f"No kernel has a parameter {key}: a dot of the interface's name divides it, too."
            why = f"The loaders open /proc/sys/{key.replace('.', '/')}. With slashes between the parts the dot stays."
            yield RULE.finding(
                setting,
                message,
                why,
                fix=Fix(f"write {name}", edits=_edits(setting, name) if "/" not in setting.spelled else ()),
            )


def _of_any_interface(setting: Setting) -> Iterator[Finding]:
    """Find a slip in the last part of a name in which the interface is filled in, or stands for several."""
    from tcptune.catalog.names import known
    from tcptune.rules.nearest import meant

    match = _FILLED.fullmatch(setting.key)
    if match is None or re.search(_TEMPLATE, match["interface"]) is None or "exists" in setting.facts:
        return
    family, last = match["family"], match["last"]
    name = f"{family}.default.{last}"
    if known(name) is not None:
        return
    near = meant(name)
    if near is None or not near.startswith(f"{family}."):
        return  # Firmware has parameters of its own; a slip is told by what it is near.
    wanted = near.rpartition(".")[2]
    message = f"No kernel has a parameter {family}.*.{last}; {family}.*.{wanted} is the nearest name."
    why = "Whatever interface it is for, it is never set."
    yield RULE.finding(setting, message, why, fix=Fix(f"write {wanted} for {last}"))


def _torn(setting: Setting) -> bool:
    """Tell whether nothing but blanks parts a name that a loader is given."""
    return "loader" in setting.facts and re.search(_TEMPLATE, re.sub(r"[ \t]", "", setting.key)) is None


def _unseen(key: str) -> bool:
    """A character that cannot be seen is TT002's matter."""
    return not key.isprintable() or (not key.isascii() and any(map(_blank, key)))


def _blank(character: str) -> bool:
    return unicodedata.category(character) in ("Cf", "Zs", "Zl", "Zp")


def _divided(key: str) -> str | None:
    """Return how a parameter of an interface with a dot in its name is written, where the dot is one among others."""
    parts = key.split(".")
    if len(parts) < _WITH_A_DOT or parts[2] not in ("conf", "neigh"):
        return None
    return "/".join([*parts[:3], ".".join(parts[3:-1]), parts[-1]])


def _path(spelled: str) -> bool:
    return "proc/sys/" in spelled or ".." in spelled or "//" in spelled


def _vendor(vendors: tuple[str, ...]) -> str:
    return f"Only the kernels of {', '.join(vendors)} have it; on every other one it is never set."


def _out() -> Fix:
    return Fix("delete the line")


def beside(near: str) -> Fix:
    """Return what to do about a line whose parameter is set under its right name as well."""
    return Fix(f"delete the line, or keep its value for {near}, which is set here as well")


def _unknown(view: View, setting: Setting) -> Iterator[Finding]:
    from tcptune.catalog.invented import CARRIED, INVENTED
    from tcptune.catalog.names import COMPLETE
    from tcptune.rules.nearest import meant

    key = setting.key
    told = INVENTED.get(key)
    if key in CARRIED and setting.facts & {"kernel-condition", "exists"}:
        return
    if told is not None:
        near = meant(key) if key not in CARRIED else None  # What a patch brings is not what it is named after.
        fix = Fix(f"write {near}", edits=_edits(setting, near)) if near and not _gone(view, near) else _out()
        if near and near in view.settings:
            fix = beside(near)
        severity: Severity = "error" if key.startswith(COMPLETE) else "warning"
        yield RULE.finding(setting, f"{key} is no kernel parameter.", told, severity=severity, fix=fix)
        return
    lower = key.lower()
    if lower.startswith(_ELSEWHERE):
        return
    certain = lower.replace(" ", ".").startswith(COMPLETE) or "/" in key
    near = _of_a_family(lower) or _unheaded(setting)
    if not certain and not lower.startswith((*_FAMILIES, "net_", "net/")) and not near and not _without_family(setting):
        return
    near = near or _of_the_table(key) or meant(key)
    if near is None and "/" in key:
        near = meant(key.replace("/", "."))
    if near is None and (several := _of_several(setting)):
        yield several
        return
    if near is None and not (certain and "/" not in key):
        return
    if near is None:
        yield RULE.finding(setting, f"No kernel has a parameter {key}.", _NEVER, fix=_out())
        return
    why = _NEVER
    near = _living(view, near)
    message = f"No kernel has a parameter {key}; {near} is the nearest name."
    if _dots_in_path(setting):
        message = f"There is no file /proc/sys/{setting.spelled}: below /proc/sys slashes divide a name."
    fix = Fix(f"write {near}", safe=_sure(key, near) and not _other_protocol(key, near), edits=_edits(setting, near))
    if near in view.settings:
        fix = beside(near)
    gone = _gone(view, near)
    if gone is not None:
        when, instead = gone
        message = f"No kernel has a parameter {key}; {near} is meant, which is gone {when}."
        why = f"{why} {instead}".rstrip()
        fix = Fix(f"delete the line: {instead}" if instead else "delete the line")
    yield RULE.finding(setting, message, why, severity="error" if certain else "warning", fix=fix)


def _of_several(setting: Setting) -> Finding | None:
    """Return the finding of a key that is as near to one name as to its neighbours: `gc_thresh4`."""
    from tcptune.catalog.names import COMPLETE
    from tcptune.rules.nearest import rivals

    found = rivals(setting.key)
    if not found:
        return None
    message = f"No kernel has a parameter {setting.key}; there are {', '.join(found[:-1])} and {found[-1]}."
    severity: Severity = "error" if setting.key.startswith(COMPLETE) else "warning"
    return RULE.finding(setting, message, _NEVER, severity=severity, fix=_out())


def _of_a_family(key: str) -> str | None:
    """Return the name whose first part has a slip in it: `ner.ipv4.tcp_sack`."""
    from tcptune.catalog.names import known

    first, _, rest = key.partition(".")
    names = [f"{family}{rest}" for family in _FAMILIES if _distance_one(first, family[:-1])]
    return next((name for name in names if known(name) is not None), None)


def _of_the_table(key: str) -> str | None:
    """Return the name of what is set for the whole table of neighbours, where the key asks for it at one interface."""
    from tcptune.catalog.names import known

    parts = key.split(".")
    if len(parts) != _WITH_A_DOT - 1 or parts[2] != "neigh":
        return None
    name = ".".join([*parts[:3], "default", parts[-1]])
    return name if known(name) is not None else None


def _dots_in_path(setting: Setting) -> bool:
    """Tell whether a path below /proc/sys is written with dots, as only the loaders' names are."""
    return "/" in setting.key and "/" not in setting.spelled


def _gone(view: View, name: str) -> tuple[str, str] | None:
    """Return since when one of the kernels does not have a known name any more, and what to do instead."""
    entry = parameter(name)
    if entry is not None:
        removed = entry.lifetime.removed
        if removed is None or not any(removed.holds(target) for target in view.targets):
            return None
        return f"since {removed.since}", (entry.lifetime.instead or "").removeprefix("Delete the line. ")
    from tcptune.catalog.names import known

    life = known(name)
    last = life.last if life is not None else None
    if last is None or not any(target.version.release > last.release for target in view.targets):
        return None
    return f"after {last}", ""


def _living(view: View, name: str) -> str:
    """Return the name that a parameter goes by now, for an old name that one of the kernels does not know."""
    entry = parameter(name)
    renamed = entry.lifetime.renamed_to if entry is not None else None
    return renamed if renamed and _gone(view, name) else name


def _without_family(setting: Setting) -> bool:
    """Tell whether a line for a loader or for sysctl has a parameter's last part alone: `tcp_sack`, `ipv4.tcp_sack`."""
    if not setting.facts & {"loader", "shell"}:
        return False
    return _LAST_PART.fullmatch(setting.key) is not None


def _unheaded(setting: Setting) -> str | None:
    """Return the name that a line of a loader's file means which has no family at all."""
    if "loader" not in setting.facts or setting.templated or re.search(r"[./]", setting.key):
        return None
    from tcptune.rules.nearest import unheaded

    return unheaded(setting.key)


def _sure(key: str, near: str) -> bool:
    """Tell whether the name differs in so little that nothing else can be meant."""
    if re.sub(r"[._/-]", "", key) == re.sub(r"[._/-]", "", near):
        return True
    return _distance_one(key, near) and not _rivals(key, near)


def _rivals(key: str, near: str) -> bool:
    """Tell whether another name is about as near: a slip away, or two where the name is a short one."""
    from tcptune.rules.nearest import names

    prefix, _, last = key.lower().rpartition(".")
    away = 2 if len(last) <= _SHORT else 1
    others = (name.rpartition(".") for name in names() if name != near)
    return any(family == prefix and _slips(last, other, away) for family, _, other in others)


def _slips(one: str, other: str, most: int) -> bool:
    """Tell whether so many letters changed, left out or put in make one word of the other."""
    if abs(len(one) - len(other)) > most:
        return False
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, row[0] = row[0], at
        for column, beside in enumerate(other, 1):
            before, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, before + (letter != beside))
    return row[-1] <= most


def _other_protocol(key: str, near: str) -> bool:
    """Tell whether the same is asked of IPv4's interfaces instead of IPv6's: another thing than what was written."""
    return ".conf." in key and key.replace("net.ipv6.", "net.ipv4.") == near.replace("net.ipv6.", "net.ipv4.")


def _distance_one(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest_one, rest_other = one[start:], other[start:]
    if len(one) == len(other):
        swapped = rest_one[:2] == rest_other[1::-1] and rest_one[2:] == rest_other[2:]
        return rest_one[1:] == rest_other[1:] or swapped
    return rest_one[1:] == rest_other or rest_one == rest_other[1:]


def _edits(setting: Setting, name: str) -> tuple[Edit, ...]:
    at = setting.key_at
    if at is None or at.end_column is None or at.end_column - at.column != len(setting.spelled):
        return ()
    slashes = ("/" in setting.spelled and "." not in setting.spelled) or _dots_in_path(setting)
    text = name.replace(".", "/") if slashes else name
    return (Edit(at.path, at.line, at.column, at.line, at.end_column, text),)


RULE = Rule(
    "TT101", "unknown-key", "error", "No kernel has this parameter.", check, about="key", needs=frozenset({"files"})
)
