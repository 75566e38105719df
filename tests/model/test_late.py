import copy
import pickle
import re

import pytest

from tcptune.model.late import late


def test_a_late_pattern_does_what_a_compiled_one_does() -> None:
    """Every use that a compiled pattern has, of text and of bytes."""
    pattern, compiled = late(r"(?P<name>a+)b", re.IGNORECASE), re.compile(r"(?P<name>a+)b", re.IGNORECASE)
    for use in (one for one in dir(compiled) if not one.startswith("_") and one != "scanner"):
        there = getattr(compiled, use)
        assert callable(getattr(pattern, use)) == callable(there)
        if not callable(there):
            assert getattr(pattern, use) == there
    assert [match["name"] for match in pattern.finditer("AB aab")] == ["A", "aa"]
    assert late(rb"x+").sub(b"y", b"axx") == b"ay"


def test_it_is_compiled_once_and_only_when_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is never used is never compiled, so that a mistake in it is raised by the first use."""
    compiled: list[object] = []
    real = re.compile

    def counted(text: str, flags: int = 0) -> re.Pattern[str]:
        compiled.append(text)
        return real(text, flags)

    monkeypatch.setattr(re, "compile", counted)
    pattern, wrong = late("a|b"), late("(")
    assert compiled == []
    assert pattern.search("b") and pattern.match("a") and not pattern.fullmatch("c")
    assert compiled == ["a|b"]
    with pytest.raises(re.error):
        wrong.search("")


def test_looking_at_one_does_not_compile_it() -> None:
    """Copies are made without compiling."""
    assert copy.copy(late("a")).search("a")
    assert pickle.loads(pickle.dumps(late("a"))).search("a")
