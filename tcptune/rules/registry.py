"""All rules, found by their files; which of them are wanted; and how they are run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

from tcptune.errors import TcptuneError
from tcptune.model.finding import Finding, order
from tcptune.rules.base import Rule
from tcptune.rules.view import View


@cache
def rules() -> tuple[Rule, ...]:
    """Return every rule in the order of the codes. A module `ttNNN_name` has `RULE`, one for several codes `RULES`."""
    found: list[Rule] = []
    names = sorted(path.stem for path in Path(__file__).parent.glob("tt[0-9]*.py"))
    for name in names:
        module = import_module(f"tcptune.rules.{name}")
        found += module.RULES if hasattr(module, "RULES") else [module.RULE]
    return tuple(sorted(found, key=lambda rule: rule.code))


def select(wanted: Sequence[str] = (), ignored: Sequence[str] = ()) -> tuple[Rule, ...]:
    """Return the rules that are wanted (all, when none is named) and not ignored.

    A name is a code, a slug or a prefix such as `TT3`. Raises `TcptuneError` for a name that no rule has.
    """
    chosen = {rule.code for name in wanted for rule in _named(name)} if wanted else None
    dropped = {rule.code for name in ignored for rule in _named(name)}
    return tuple(rule for rule in rules() if (chosen is None or rule.code in chosen) and rule.code not in dropped)


def _named(name: str) -> list[Rule]:
    code = name.upper()
    found = [rule for rule in rules() if rule.slug == name or (code.startswith("TT") and rule.code.startswith(code))]
    if not found:
        raise TcptuneError(f"there is no rule {name!r}", hint=_near(name))
    return found


def _near(name: str) -> str:
    from difflib import get_close_matches

    names = [rule.slug for rule in rules()] + [rule.code for rule in rules()]
    near = get_close_matches(name, names, n=1) or get_close_matches(name.upper(), names, n=1)
    return f"did you mean {near[0]!r}?" if near else "`tcptune explain TT` lists the rules"


def run(view: View, wanted: Iterable[Rule]) -> list[Finding]:
    """Run the rules over a view and return their findings, the gravest first.

    A rule that needs a running host, counters or files is passed over where they are not there.
    """
    found: dict[tuple[object, ...], Finding] = {}
    missing, keys = _missing(view), view.settings.keys()
    for rule in wanted:
        if not missing.isdisjoint(rule.needs) or (rule.keys and keys.isdisjoint(rule.keys)):
            continue
        for finding in rule.check(view):
            found.setdefault((finding.rule, finding.key, finding.at, finding.message), finding)
    return sorted(found.values(), key=order)


def _missing(view: View) -> set[str]:
    """Return of what rules may need that which a view does not have."""
    there = {
        "live": view.host is not None,
        "files": view.host is None,
        "pressure": view.pressure is not None,
        "origins": view.origins is not None,
        "policy": view.policy is not None,
    }
    return {need for need, has in there.items() if not has}
