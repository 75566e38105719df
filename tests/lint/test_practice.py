"""Practising before there is anything to judge: it leaves nothing behind but what is made once."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from tcptune.lint import practice
from tests.support.lint import run, told

CONF = "# shortens TIME_WAIT\nnet.ipv4.tcp_fin_timeout = 5\nnet.ipv4.tcp_tw_recycle = 1\n"


@pytest.fixture(autouse=True)
def _not_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each test practise all, whatever was judged before in this process."""
    monkeypatch.setattr(practice, "_left", [*practice.FILES])
    re.purge()


def test_what_is_judged_afterwards_is_judged_as_without_it(tmp_path: Path) -> None:
    """The lines themselves are never told."""
    before = told(run(tmp_path, {"sysctl.conf": CONF}), tmp_path)
    assert len([*practice.steps()]) == len(practice.FILES)
    after = run(tmp_path, {"sysctl.conf": CONF})
    assert told(after, tmp_path) == before != []
    assert not any("practice" in finding.at.path for finding in after.findings if finding.at is not None)


def test_each_line_is_judged_once() -> None:
    assert [*practice.steps()] != []
    assert [*practice.steps()] == []


@pytest.mark.parametrize("practised", [True, False])
def test_what_a_usual_comment_is_searched_for_is_compiled_by_then(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, practised: bool
) -> None:
    """The same file compiles patterns only where nobody has practised."""
    for _ in practice.steps() if practised else ():
        pass
    compiler = import_module("re._compiler")
    compiled: list[str] = []
    real = compiler.compile

    def counted(pattern: str, flags: int = 0) -> object:
        compiled.append(pattern)
        return real(pattern, flags)

    monkeypatch.setattr(compiler, "compile", counted)
    run(tmp_path, {"sysctl.conf": "# ports\nnet.ipv4.tcp_fin_timeout = 30\nnet.ipv4.tcp_tw_reuse = 1\n"})
    assert (compiled == []) is practised
