"""Rules are found by their files, chosen by name, and run where they apply."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tcptune.catalog import parameters
from tcptune.errors import TcptuneError
from tcptune.model.finding import Finding, order
from tcptune.model.host import Pressure
from tcptune.model.setting import Location
from tcptune.rules import registry
from tcptune.rules.base import Rule
from tcptune.rules.registry import rules, run, select
from tcptune.rules.view import View
from tests.support.views import file_view, live_view

RELATIONS = [rule.code for rule in rules() if rule.code.startswith("TT30")]
BAD = "net.ipv4.tcp_timestamps = 0\nnet.ipv4.tcp_tw_reuse = 1\n"


def test_every_file_of_a_rule_is_found_under_the_code_and_slug_in_its_name() -> None:
    files = [path.stem for path in Path(registry.__file__).parent.glob("tt*.py")]
    single = {name for name in files if re.match(r"tt\d{3}_", name)}
    named = {f"{rule.code.lower()}_{rule.slug.replace('-', '_')}" for rule in rules()}
    assert single <= named
    assert set(files) - single == {"tt4xx_documented_risks"}
    assert {rule.code for rule in rules() if f"{rule.code.lower()}_{rule.slug.replace('-', '_')}" not in single} == {
        risk.rule for entry in parameters().values() for risk in entry.risks
    }


def test_codes_and_slugs_are_unique_and_in_order() -> None:
    codes = [rule.code for rule in rules()]
    assert codes == sorted(set(codes))
    assert len({rule.slug for rule in rules()}) == len(codes)


def test_needs_are_of_the_known_kinds_and_a_summary_is_a_sentence() -> None:
    for rule in rules():
        assert rule.needs <= {"live", "pressure", "files", "origins", "policy"}, rule.code
        assert not {"live", "files"} <= rule.needs, rule.code
        assert rule.summary.endswith("."), rule.code


@pytest.mark.parametrize(
    ("wanted", "ignored", "codes"),
    [
        (("TT301",), (), ["TT301"]),
        (("reuse-needs-timestamps",), (), ["TT301"]),
        (("tt30",), ("TT304", "buckets-below-ports"), [code for code in RELATIONS if code not in ("TT304", "TT305")]),
        (("TT402", "TT301"), (), ["TT301", "TT402"]),
        (("TT301",), ("TT3",), []),
    ],
)
def test_a_rule_is_chosen_by_code_slug_or_prefix(
    wanted: tuple[str, ...], ignored: tuple[str, ...], codes: list[str]
) -> None:
    assert [rule.code for rule in select(wanted, ignored)] == codes


def test_without_a_choice_all_rules_are_wanted() -> None:
    assert select() == rules()
    assert set(rules()) - set(select(ignored=("TT4",))) == {rule for rule in rules() if rule.code.startswith("TT4")}


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("TT999", "did you mean"),
        ("reuse-need-timestamps", "did you mean 'reuse-needs-timestamps'?"),
        ("tw_reuse?", "`tcptune explain TT` lists the rules"),
    ],
)
def test_a_name_that_no_rule_has_is_refused_with_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(TcptuneError, match="there is no rule") as caught:
        select((name,))
    assert caught.value.hint is not None
    assert caught.value.hint.startswith(hint)
    with pytest.raises(TcptuneError):
        select((), (name,))


def test_findings_come_the_gravest_first_and_the_same_each_time() -> None:
    view = file_view(BAD + "net.ipv4.ip_local_port_range = 32768 61000\n")
    found = run(view, rules())
    assert [item.rule for item in found][:2] == ["TT301", "TT402"]
    assert found == sorted(found, key=order)
    assert found == run(view, tuple(reversed(rules())))


def test_a_finding_comes_once() -> None:
    only = select(("TT301",))
    assert len(run(file_view(BAD), only * 3)) == 1


def always(*needs: str, keys: tuple[str, ...] = ()) -> Rule:
    """Return a rule that finds something whenever it is run."""

    def check(view: View) -> list[Finding]:
        return [rule.finding(None, "here", "because")]

    rule = Rule("TT000", "always", "note", "Here.", check, keys=keys, needs=frozenset(needs))
    return rule


def test_a_rule_runs_only_where_what_it_needs_is_there() -> None:
    files, live = file_view(BAD), live_view()
    blind = replace(live, pressure=None)
    assert (len(run(files, [always("files")])), len(run(live, [always("files")]))) == (1, 0)
    assert (len(run(files, [always("live")])), len(run(live, [always("live")]))) == (0, 1)
    assert (len(run(blind, [always("pressure")])), len(run(live, [always("pressure")]))) == (0, 1)
    assert run(live, [always("origins")]) == []


def test_a_rule_about_parameters_runs_where_one_of_them_is_set() -> None:
    view = file_view(BAD)
    assert len(run(view, [always(keys=("net.core.somaxconn", "net.ipv4.tcp_tw_reuse"))])) == 1
    assert run(view, [always(keys=("net.core.somaxconn",))]) == []


def test_a_live_finding_has_no_place_and_one_of_a_file_has() -> None:
    (live,) = run(
        live_view({"net.ipv4.tcp_timestamps": 0, "net.ipv4.tcp_tw_reuse": 1}, pressure=Pressure()), select(("TT301",))
    )
    (written,) = run(file_view(BAD), select(("TT301",)))
    assert live.at is None
    assert isinstance(written.at, Location)
    assert (written.at.line, written.at.column) == (2, 25)
