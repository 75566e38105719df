"""Profiles written for other tools, and read back by what lint reads them with."""

from __future__ import annotations

from tcptune.lint import reading
from tcptune.lint.check import Options, check
from tcptune.lint.kernels import targets
from tcptune.lint.look import Share
from tcptune.model.value import Value
from tcptune.rules.registry import rules
from tools.fuzz.trial import WRITTEN


def read_back(name: str, text: str) -> dict[str, Value | None]:
    """Return what lint's own reader makes of a written text, by parameter; each stands in it once and is plain."""
    file = reading.read(WRITTEN[name], text.encode("utf-8"), named=True)
    assert file is not None, "lint reads no settings in it"
    assert [problem.message for problem in file.problems] == []
    keys = [setting.key for setting in file.reading.settings]
    assert sorted(set(keys)) == sorted(keys)
    assert [setting.key for setting in file.reading.settings if setting.templated] == []
    assert len({setting.group for setting in file.reading.settings}) <= 1
    return {setting.key: setting.value for setting in file.reading.settings}


def findings(name: str, text: str, kernel: str) -> list[tuple[str, str | None, str]]:
    """Return rule, key and message of everything that lint finds in a written text, for one kernel."""
    report = check([(WRITTEN[name], text.encode("utf-8"), True)], Options(targets((kernel,)), rules()), Share())
    return [(item.rule, item.key, item.message) for item in report.findings]


def unused(name: str, text: str, kernel: str) -> tuple[str, ...]:
    """Return the suppressions of a written text that silence nothing."""
    report = check([(WRITTEN[name], text.encode("utf-8"), True)], Options(targets((kernel,)), rules()), Share())
    return report.unused
