"""The documented risks of values: TT401 to TT413, as they stand on the parameters of the catalogue.

One check speaks for all of them; condition, reason, symptom and remedy are data on the parameter.
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptune.catalog import parameters
from tcptune.model.finding import Finding, Fix
from tcptune.model.parameter import Condition, Parameter, Risk
from tcptune.model.setting import Setting
from tcptune.model.severity import Severity
from tcptune.model.value import Value, show
from tcptune.model.version import Target
from tcptune.rules import kernels
from tcptune.rules.base import Check, Rule
from tcptune.rules.relations import to_set
from tcptune.rules.tt202_out_of_range import TICK_RATES, refuses
from tcptune.rules.tt203_bad_order import PORTS, refusing
from tcptune.rules.view import View

EVIDENCE = "TT412"
"""The risk that needs evidence of a live host: the value alone says nothing."""

ENOUGH = 100
"""Sockets in TIME_WAIT above which a live host shows who closes first."""


def of(code: str) -> Check:
    """Return the check of one code."""

    def check(view: View) -> Iterator[Finding]:
        for entry, risk in _RISKS[code]:
            setting = view.settings.get(entry.key)
            if setting is not None and setting.value is not None and setting.touched:
                yield from _judge(view, entry, risk, setting)

    return check


def _judge(view: View, entry: Parameter, risk: Risk, setting: Setting) -> Iterator[Finding]:
    assert setting.value is not None
    condition = _moved(risk, view)
    if not condition.holds(setting.value) or (risk.rule == EVIDENCE and not _servers_only(view)):
        return
    if risk.rule == "TT403" and not _below_default(view, setting):
        return
    live = view.host is not None  # What a kernel holds, it has taken.
    written = None if live else setting.value
    memo = (entry.key, risk.rule, str(risk.since), str(risk.until), written)
    concerned = kernels.holding(view, lambda target: _concerns(entry, risk, target, written), memo)
    if entry.key == PORTS and (refused := refusing(view)):
        concerned = tuple(target for target in concerned if target not in refused)
    if not concerned or _refused(view, entry, setting):
        return
    remedy = risk.remedy
    if view.host is not None and risk.value is not None:
        remedy = f"{remedy.rstrip('.')}: {to_set(view, entry.key, risk.value)}"
    elif view.host is not None:
        default = view.default(entry.key, view.targets[0])
        remedy = f"{remedy.rstrip('.')}: {to_set(view, entry.key, default)}" if default is not None else remedy
    yield RULES_BY_CODE[risk.rule].finding(
        setting,
        f"{setting.key} = {show(setting.value)}: {risk.reason}",
        risk.symptom,
        severity=risk.severity,
        fix=Fix(remedy),
        kernels=kernels.named(view, concerned),
        references=tuple(source.text for source in risk.sources),
    )


def _moved(risk: Risk, view: View) -> Condition:
    """Return the condition with the threshold that configuration moved; what has no threshold stays as it is."""
    limit = view.options.get(f"{risk.rule}.value")
    when = risk.when
    if limit is None or when.op not in ("between", "lt", "gt", "low_lt", "span_lt") or when.value == 0:
        return when
    if when.op == "between":
        low_end = when.value == 1
        return when.but(upto=limit - 1) if low_end else when.but(value=limit + 1)
    return when.but(value=max(limit, when.value) if when.op == "gt" else limit)


def _concerns(entry: Parameter, risk: Risk, target: Target, written: Value | None) -> bool:
    """Tell whether the risk is the target's; of a written value that its kernel refuses, TT202 speaks alone."""
    if not entry.exists(target) or target.version < risk.since:
        return False
    if written is not None and refuses(entry, written, TICK_RATES, target):
        return False
    return risk.until is None or target.version < risk.until


def _below_default(view: View, setting: Setting) -> bool:
    """On a live host a low limit is one below the host's own default; without a host the number alone counts."""
    if view.host is None or not isinstance(setting.value, int) or setting.value <= 0:
        return True
    default = view.default(setting.key, view.targets[0])
    return not isinstance(default, int) or setting.value < default


def _refused(view: View, entry: Parameter, setting: Setting) -> bool:
    """A value without meaning is TT202's matter, and numbers in the wrong order TT203's, not a risk."""
    if isinstance(setting.value, tuple) and list(setting.value) != sorted(setting.value):
        return True
    sensible = entry.sensible
    if sensible is None or not isinstance(setting.value, int) or sensible.low is None:
        return False
    return setting.value < sensible.low


def _servers_only(view: View) -> bool:
    pressure = view.pressure
    if pressure is None or pressure.time_wait_inbound is None:
        return False
    return pressure.time_wait_inbound > ENOUGH and pressure.time_wait_outbound == 0


def _gravest(risks: list[tuple[Parameter, Risk]]) -> Severity:
    order: tuple[Severity, ...] = ("error", "warning", "note")
    return min((risk.severity for _, risk in risks), key=order.index)


def _collect() -> dict[str, list[tuple[Parameter, Risk]]]:
    found: dict[str, list[tuple[Parameter, Risk]]] = {}
    for entry in parameters().values():
        for risk in entry.risks:
            found.setdefault(risk.rule, []).append((entry, risk))
    return found


_RISKS = _collect()

RULES = tuple(
    Rule(
        code,
        risks[0][1].slug,
        _gravest(risks),
        f"A documented risk of {risks[0][0].key}.",
        of(code),
        keys=tuple(dict.fromkeys(entry.key for entry, _ in risks)),
    )
    for code, risks in sorted(_RISKS.items())
)

RULES_BY_CODE = {rule.code: rule for rule in RULES}
