"""The page of a parameter, for one kernel and, where somebody asks for one, for one value."""

from __future__ import annotations

from tcptune.catalog import default_value
from tcptune.catalog.asked import bounds, refusal
from tcptune.catalog.effects import effect
from tcptune.catalog.pages import parts
from tcptune.model.history import Step
from tcptune.model.host import Host
from tcptune.model.page import Item, Page, Section
from tcptune.model.parameter import Condition, Parameter, Risk
from tcptune.model.value import Value, show
from tcptune.model.version import OLDEST, Target


def parameter_page(entry: Parameter, target: Target, host: Host | None = None, value: Value | None = None) -> Page:
    """Return what is known of a parameter on the target.

    With a `value`, its consequences come first. `host` gives the size of what is computed from memory.
    """
    rules = list(dict.fromkeys(risk.rule for risk in entry.risks))
    asked = _asked(entry, target, value, host) if value is not None else ()
    sections = (
        *asked,
        *parts.section(f"On Linux {target}", _facts(entry, target, host), "facts"),
        *_values(entry, target),
        *parts.section("How it works", entry.semantics),
        *parts.section("Risks", [risk_item(risk) for risk in entry.risks], "facts"),
        *parts.section("With others", [Item(each.effect, _short(each.key)) for each in entry.interactions], "facts"),
        *parts.myths_section(entry.myths),
        *parts.section("History", _history(entry), "facts"),
        *parts.sources_section(entry.sources),
        *parts.see_section([*rules, *parts.mentioned_by(entry.key), *parts.counters_of(rules)]),
    )
    shown = show(value) if value is not None else None
    return Page(entry.key, "parameter", entry.meaning, sections, kernel=str(target), value=shown)


def _short(key: str) -> str:
    return key.rpartition(".")[2]


def _facts(entry: Parameter, target: Target, host: Host | None) -> list[Item]:
    facts = [Item(parts.existence(entry.lifetime, target), "there")]
    if entry.lifetime.renamed_to:
        facts.append(Item(entry.lifetime.renamed_to, "new name"))
    if entry.lifetime.instead and not entry.exists(target):
        facts.append(Item(entry.lifetime.instead, "instead"))
    if not entry.exists(target):
        return facts
    if entry.lifetime.no_effect is not None and entry.lifetime.no_effect.holds(target):
        facts.append(Item("none any more" + parts.noted(entry.lifetime.no_effect), "effect"))
    facts.append(Item(_default(entry, target, host), "default"))
    if entry.unit:
        facts.append(Item(entry.unit, "unit"))
    writable = entry.mode & 0o222 != 0
    step = entry.accepted_on(target)
    if step is not None and writable:
        facts.append(Item(bounds(step) + _from(step, entry) + parts.noted(step), "accepts"))
    if entry.sensible is not None:
        facts.append(Item(_sensible(entry), "sensible"))
    facts.append(Item(_scope(entry, target), "scope"))
    if not writable:
        facts.append(Item("no, it can only be read", "writable"))
    return facts


def _from(step: Step, entry: Parameter) -> str:
    """Tell since when a step holds and which stable releases took it, where the parameter is older than that."""
    if step.since <= entry.lifetime.began.since:
        return ""
    return f", since {step.since}" + (f" and in {', '.join(map(str, step.also))}" if step.also else "")


def _default(entry: Parameter, target: Target, host: Host | None) -> str:
    step = entry.default_on(target)
    if step is None:
        return "not known"
    value = default_value(entry, target, host)
    if value is not None:
        where = ", computed for this host" if step.formula else ""
        return (show(value) or "none: the list is empty") + where + parts.noted(step)
    return "computed from the host" + parts.noted(step) if step.formula else "not known"


def _sensible(entry: Parameter) -> str:
    found = entry.sensible
    if found is None or (found.low is None and found.high is None):
        return found.why if found else ""
    if found.low is None or found.high is None:
        span = f"up to {found.high}" if found.low is None else f"{found.low} or more"
    else:
        span = f"{found.low} to {found.high}"
    behind = " from the second number on" if found.free else ""
    return f"{span}{behind}. {found.why}"


def _scope(entry: Parameter, target: Target) -> str:
    step = entry.scope_on(target)
    if step is None:
        return "not known"
    if step.scope == "host":
        child = {
            "own": "",
            "read-only": "; other network namespaces can only read it",
            "absent": "; other network namespaces do not have it",
        }[step.child]
        return f"the whole host{child}{_from(step, entry)}" + parts.noted(step)
    start = (
        "a copy of the initial namespace's value" if entry.inherited else "the kernel's default, not its parent's value"
    )
    return f"each network namespace its own{_from(step, entry)}; a new one starts with {start}" + parts.noted(step)


def _values(entry: Parameter, target: Target) -> tuple[Section, ...]:
    meanings = entry.meanings_on(target)
    items = [Item(text, str(number)) for number, text in meanings.items()]
    note = next((step.note for step in reversed(entry.meanings) if step.holds(target)), None)
    if note and items:
        items.append(Item(note, "note"))
    return parts.section("Values", items, "facts")


def _asked(entry: Parameter, target: Target, value: Value, host: Host | None) -> tuple[Section, ...]:
    """Return what the value does on the target: refused, meaning, computed effect, risks, against the default."""
    title = f"{_short(entry.key)} = {show(value)} on Linux {target}"
    if not entry.exists(target):
        return parts.section(title, ["The key is not there: the line has no effect but an error."], "list")
    refused = refusal(entry, value, target)
    if refused is not None:
        return parts.section(title, [f"The kernel refuses it: {refused}. The old value stays."], "list")
    said = [*_meaning(entry, target, value)]
    computed = effect(entry.key, value, target)
    if computed:
        said.append(computed)
    for risk in entry.risks:
        if risk.when.holds(value) and _in_time(risk, target):
            said.append(f"{risk.rule} ({risk.severity}): {risk.reason} How it shows: {risk.symptom} {risk.remedy}")
    said += _against(entry, target, value, host)
    return parts.section(title, said or ["The kernel takes it, and no risk of it is known."], "list")


def _meaning(entry: Parameter, target: Target, value: Value) -> list[str]:
    meanings = entry.meanings_on(target)
    if not meanings or not isinstance(value, int):
        return []
    if value in meanings:
        return [f"It means: {meanings[value]}."]
    note = next((step.note for step in reversed(entry.meanings) if step.holds(target) and step.note), None)
    return [f"{value} has no meaning of its own on this kernel." + (f" {note}" if note else "")]


def _in_time(risk: Risk, target: Target) -> bool:
    return target.version >= risk.since and (risk.until is None or target.version < risk.until)


def _against(entry: Parameter, target: Target, value: Value, host: Host | None) -> list[str]:
    default = default_value(entry, target, host)
    if default == value:
        return ["It is the default: the line can go."]
    said = [] if default is None else [f"The default is {show(default)}."]
    limits = entry.sensible
    if limits is not None and isinstance(value, int):
        below = limits.low is not None and value < limits.low
        above = limits.high is not None and value > limits.high
        if below or above:
            said.append(f"It is outside of what makes sense: {_sensible(entry)}")
    return said


def risk_item(risk: Risk, label: str | None = None) -> Item:
    """Return a documented risk as one statement; its label is the rule's code unless another is given."""
    bound = [f"since {risk.since}"] if risk.since != OLDEST else []
    bound += [f"before {risk.until}"] if risk.until is not None else []
    when = ", ".join([_condition(risk.when), *bound])
    text = f"{risk.severity}, {when}: {risk.reason} {risk.symptom} {risk.remedy}"
    if label == "":
        text = text[0].upper() + text[1:]
    return Item(text, risk.rule if label is None else label, parts.cite(risk.sources))


def _condition(when: Condition) -> str:
    value = when.value
    return {
        "eq": f"for {value}",
        "ne": f"for anything but {value}",
        "lt": f"below {value}",
        "gt": f"above {value}",
        "between": f"for {value} to {when.upto}",
        "low_lt": f"when it begins below {value}",
        "span_lt": f"with fewer than {value} numbers",
        "same_parity": "with both ends even or both odd",
    }[when.op]


def _history(entry: Parameter) -> list[Item]:
    """Return every dated step, oldest first: what the history says, then defaults and scopes that changed."""
    steps: list[tuple[Step, str]] = [(step, step.note or "") for step in entry.history]
    for default in entry.default[1:]:
        shown = show(default.value) if default.formula is None else "computed from the host"
        steps.append((default, f"The default is {shown}."))
    for scope in entry.scope[1:]:
        kept = "Each network namespace has its own." if scope.scope == "netns" else "One value for the whole host."
        steps.append((scope, kept))
    told = {step.since for step in entry.history}
    rest = [(step, text) for step, text in steps if text and (step in entry.history or step.since not in told)]
    ordered = sorted(rest, key=lambda pair: pair[0].since)
    return [Item(text + _commit(step), parts.since(step.since)) for step, text in ordered]


def _commit(step: Step) -> str:
    return f" (commit {step.commit[:12]})" if step.commit else ""
