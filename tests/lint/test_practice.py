"""Practising before there is anything to judge: it leaves nothing behind but what is made once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tcptune.lint import practice
from tests.support.lint import run, told

CONF = "# shortens TIME_WAIT\nnet.ipv4.tcp_fin_timeout = 5\nnet.ipv4.tcp_tw_recycle = 1\n"


def test_what_is_judged_afterwards_is_judged_as_without_it(tmp_path: Path) -> None:
    """The lines themselves are never told."""
    before = told(run(tmp_path, {"sysctl.conf": CONF}), tmp_path)
    for _ in practice.steps():
        pass
    after = run(tmp_path, {"sysctl.conf": CONF})
    assert told(after, tmp_path) == before != []
    assert not any("practice" in finding.at.path for finding in after.findings if finding.at is not None)


def test_patterns_of_claims_are_compiled_by_then(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Judging a usual file compiles nothing of what comments are searched for."""
    for _ in practice.steps():
        pass
    compiled: list[str] = []
    real = re._compiler.compile  # type: ignore[attr-defined]

    def counted(pattern: str, flags: int = 0) -> object:
        compiled.append(pattern)
        return real(pattern, flags)

    monkeypatch.setattr(re._compiler, "compile", counted)  # type: ignore[attr-defined]
    run(tmp_path, {"sysctl.conf": "# ports\nnet.ipv4.tcp_fin_timeout = 30\nnet.ipv4.tcp_tw_reuse = 1\n"})
    assert compiled == []
