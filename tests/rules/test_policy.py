"""TT701: a profile held against settings, as findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tcptune.lint.policy import Holder
from tcptune.model.diff import Comparison
from tcptune.model.finding import Finding
from tcptune.model.value import Value
from tcptune.profiles.compare import compare
from tests.support.profiles import policy, seen
from tests.support.views import file_settings, file_view, found, live_view, targets

FIN = "net.ipv4.tcp_fin_timeout"
ORPHANS = "net.ipv4.tcp_max_orphans"


def live(folder: Path, lines: str, values: Mapping[str, Value], *, initial: bool = True) -> list[Finding]:
    """Return what the rule says of a running host that has these values."""
    wanted, where = policy(folder, lines), seen(values, initial=initial)
    view = live_view(values)
    changes = compare(wanted, where)
    return found(replace(view, policy=Comparison(wanted.name, ((where.facts.target, changes),))), "TT701")


def files(folder: Path, lines: str, text: str, *kernels: str, facts: frozenset[str] = frozenset()) -> list[Finding]:
    """Return what the rule says of lines of sysctl.d."""
    view = file_view(text, *kernels, facts=facts)
    return found(replace(view, policy=Holder(policy(folder, lines), view.targets).comparison(view.settings)), "TT701")


def test_a_live_value_that_is_not_as_wanted_is_a_warning_with_the_profiles_reason(tmp_path: Path) -> None:
    (finding,) = live(tmp_path, f"{FIN}: {{value: 30, why: it is so}}", {FIN: 45})
    assert (finding.severity, finding.key, finding.value, finding.why) == ("warning", FIN, 45, "it is so")
    assert finding.message == f"{FIN} is 45, and the profile mine wants 30."
    assert finding.fix is not None and finding.fix.title == f"sysctl -w {FIN}=30"
    assert [str(other.at) for other in finding.related] == [f"{tmp_path}/mine.yaml:5:3"]
    assert live(tmp_path, f"{FIN}: 30", {FIN: 30}) == []


def test_what_cannot_be_set_here_has_the_obstacle_and_the_next_step(tmp_path: Path) -> None:
    (finding,) = live(tmp_path, f"{ORPHANS}: 7", {}, initial=False)
    assert "belongs to the host" in finding.why
    assert finding.fix is not None and "initial namespace" in finding.fix.title


def test_nothing_is_said_without_a_profile_or_of_what_it_does_not_concern(tmp_path: Path) -> None:
    assert found(live_view({FIN: 45}), "TT701") == []
    assert live(tmp_path, f"{FIN}: {{value: 30, when: {{kernel: '<5.0'}}}}", {FIN: 45}) == []
    assert files(tmp_path, f"{FIN}: 30", "net.ipv4.tcp_retries2 = 8\n") == []


def test_a_line_is_named_with_a_fix_that_rewrites_its_value(tmp_path: Path) -> None:
    (finding,) = files(tmp_path, f"{FIN}: {{at_least: 15, at_most: 60}}", f"# x\n{FIN} = 5\n")
    assert str(finding.at) == f"99-test.conf:2:{len(FIN) + 4}"
    assert finding.message == f"{FIN} = 5, and the profile mine wants 15 to 60."
    assert finding.fix is not None
    assert [edit.text for edit in finding.fix.edits] == ["15"]
    assert not finding.fix.safe


def test_the_profile_is_resolved_for_every_kernel_judged(tmp_path: Path) -> None:
    lines = f"{FIN}: {{value: 30, when: {{kernel: '>=5.10'}}}}"
    (finding,) = files(tmp_path, lines, f"{FIN} = 60\n", "4.18", "5.10", "6.1")
    assert finding.kernels == ("5.10", "6.1")
    (finding,) = files(tmp_path, lines, f"{FIN} = 60\n", "6.1")
    assert finding.kernels is None
    assert "(where: kernel >=5.10)" in finding.message


def test_what_is_not_known_of_the_host_is_said(tmp_path: Path) -> None:
    (finding,) = files(tmp_path, f"{FIN}: {{value: 30, when: {{memory: '>=8GiB'}}}}", f"{FIN} = 60\n")
    assert "(where: memory >=8GiB)" in finding.message


def test_what_is_set_for_a_pod_is_for_another_namespace(tmp_path: Path) -> None:
    lines = f"{FIN}: {{value: 30, when: {{netns: initial}}}}"
    assert files(tmp_path, lines, f"{FIN} = 60\n", facts=frozenset({"pod"})) == []
    assert len(files(tmp_path, lines, f"{FIN} = 60\n")) == 1
    assert len(files(tmp_path, lines, f"{FIN} = 60\n", facts=frozenset({"pod", "host-network"}))) == 1


def test_a_text_that_is_filled_in_later_is_passed_over(tmp_path: Path) -> None:
    assert files(tmp_path, f"{FIN}: 30", f"{FIN} = {{{{ x }}}}\n") == []


def test_equal_values_are_held_against_a_profile_once(tmp_path: Path) -> None:
    holder = Holder(policy(tmp_path, f"{FIN}: 30"), targets("5.10", "6.1"))
    one, other = ({setting.key: setting for setting in file_settings(f"{FIN} = {value}\n")} for value in ("60", "60"))
    assert holder.comparison(one) == holder.comparison(other)
    assert len(holder._held) == 1
