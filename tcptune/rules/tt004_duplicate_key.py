"""A key is set twice in one file with different values.

The last value wins under both loaders; the first is what a reader may believe. Other tools keep the first, or delete
the second when they edit the file. Equal values are a note. `a.b` and `a/b` are the same key. Branches of a condition,
other documents, other hosts and other files that a script writes do not count, nor what sets something off and keeps
no value (`net.ipv4.route.flush`, `vm.drop_caches`).

Bad:

    net.ipv4.tcp_fin_timeout = 30
    net/ipv4/tcp_fin_timeout = 45

Good:

    net.ipv4.tcp_fin_timeout = 45

Fix:

Keep the line that is meant and take the other one out.
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.model.finding import Finding, Fix, Related
from tcptune.model.setting import Setting
from tcptune.rules.base import Rule
from tcptune.rules.view import View
from tcptune.rules.written import meaning


def check(view: View) -> Iterator[Finding]:
    """Find the later of two assignments of one group."""
    seen: dict[tuple[object, ...], Setting] = {}
    latest: dict[tuple[object, ...], Setting] = {}
    for setting in view.assignments:
        if "exclude" in setting.facts or setting.key in _SET_OFF:
            continue
        alike = (_ONE.get(setting.key, setting.key), setting.group)
        place = (*alike, setting.store)
        before = seen.get(place)
        if before is None and _beside(latest.get(alike), setting):
            before = latest[alike]
        ranked = before is not None and "priority" in before.facts | setting.facts
        twice = before is not None and (before.key == setting.key or meaning(before) != meaning(setting))
        if (
            before is not None
            and twice
            and not (setting.templated or before.templated or ranked or _both(before, setting))
        ):
            yield _finding(before, setting)
        seen[place] = latest[alike] = setting


_SET_OFF = frozenset(
    {"net.ipv4.route.flush", "net.ipv6.route.flush", "vm.drop_caches", "vm.compact_memory", "vm.stat_refresh"}
)
"""Keys that make the kernel do something each time they are written."""


_ONE = {"net.nf_conntrack_max": "net.netfilter.nf_conntrack_max"}
"""Names of one variable of the kernel's; files set both to one value, for kernels that have but one of them."""


def _beside(before: Setting | None, setting: Setting) -> bool:
    """Tell whether a file is written and a value set, each by a task of its own; a script may well do one for now."""
    if before is None or before.source == setting.source or "shell" in (before.source, setting.source):
        return False
    return "" in (before.store, setting.store)


def _both(before: Setting, setting: Setting) -> bool:
    """Tell whether a file is written and the same value set at once, each in a form of its own."""
    return before.source != setting.source and meaning(before) == meaning(setting)


def _finding(before: Setting, setting: Setting) -> Finding:
    equal = meaning(before) == meaning(setting)
    line = before.key_at.line if before.key_at else 0
    related = (Related(before.key_at, f"set to {before.raw} here"),) if before.key_at else ()
    if equal:
        message = f"{setting.key} is set to the same value again."
        why = f"Line {line} says so already; who changes only one of the two is misled."
    else:
        other = f", as {before.key}" if before.key != setting.key else ""
        message = f"{setting.key} is set twice: {before.raw} in line {line}{other}, then {setting.raw}."
        why = _why(before, setting)
    fix = Fix("keep the line that is meant and delete the other")
    return RULE.finding(setting, message, why, severity="note" if equal else "warning", fix=fix, related=related)


def _why(before: Setting, setting: Setting) -> str:
    """Return which of two values is in force in the end, and who decides it."""
    both = before.facts & setting.facts
    if "loader" in both:
        return "The last value wins under both loaders; tools that edit the file may keep the other one."
    what = "command" if "shell" in both else "entry"
    return f"The later {what} wins; whoever changes the first one alone changes nothing."


RULE = Rule("TT004", "duplicate-key", "warning", "A key is set twice in one file.", check, needs=frozenset({"files"}))
