"""Where a value lives: seen in the files' identity, and proven by writing on one side and reading on the others."""

from __future__ import annotations

from collections.abc import Callable

from tcptune.audit.verify.case import Case
from tcptune.live.probe import FreshNamespace, Here
from tcptune.model.value import WIDTH

WORDS = ("reno", "cubic", "8080", "00000001-00000002-00000003-00000004", "1", "pfifo", "fq_codel")
"""One of these differs from what stands in a text parameter, and is taken there."""

HOST_WIDE = "one value for the host"
PER_NAMESPACE = "a value of its own in each network namespace"


def check_scope(case: Case) -> None:
    """Compare the scope, with as much proof as may be had here."""
    if case.outside is None or case.inside is None:
        return
    said = PER_NAMESPACE if case.scope.scope == "netns" else HOST_WIDE
    if case.shared:
        case.compare("scope", case.scope.scope == "host", said, f"{HOST_WIDE}, the same file in every namespace")
        return
    if case.may_write_inside and (case.entry.kind in WIDTH or case.entry.kind == "ports" or case.stage.disposable):
        _prove_own(case, said)
    if case.may_write_outside:
        _prove_outside(case, said)


def _prove_own(case: Case, said: str) -> None:
    """Write in one fresh namespace; the other one and the outside must not change."""
    stage, key = case.stage, case.entry.key
    other_before, outside_before = _text(stage.second, key), _text(stage.outside, key)
    before = _text(stage.first, key)
    if before is None or not stage.first.run(lambda: change(case, stage.first, before)):
        case.note("scope not proven by a write: no other value was taken")
        return
    other, outside = _text(stage.second, key), _text(stage.outside, key)
    _put_back(case, stage.first, before)
    own = (other, outside) == (other_before, outside_before)
    reached = "another namespace" if other != other_before else "the host"
    case.compare("scope", own, said, f"a write in one fresh namespace shows in {reached}")


def _prove_outside(case: Case, said: str) -> None:
    """Write outside, in a guest only; a namespace that was there before follows exactly when the value is host-wide."""
    stage, key = case.stage, case.entry.key
    inside_before, before = _text(stage.first, key), _text(stage.outside, key)
    if before is None or not change(case, stage.outside, before):
        return
    follows = _text(stage.first, key) != inside_before
    _put_back(case, stage.outside, before)
    seen = "follows" if follows else "does not follow"
    case.compare(
        "scope", follows == (case.scope.scope == "host"), said, f"a namespace {seen} a write in the initial one"
    )


def change(case: Case, ground: FreshNamespace | Here, before: str) -> bool:
    """Write values until the parameter holds another one than before; tell whether one was found."""
    for text in _others(case, before):
        case.probes += 1
        seen = None if ground.write(case.entry.key, text) else ground.look(case.entry.key)
        if seen is not None and seen.text is not None and seen.text.split() != before.split():
            return True
    return False


def _others(case: Case, before: str) -> list[str]:
    """Return texts that may differ from what stands there: the first number a little changed, or a likely word."""
    words = before.split()
    if case.entry.kind not in WIDTH:
        return [word for word in WORDS if word not in words]
    number, rest = int(words[0]), words[1:]
    values = (number + 1, number - 1, number + 1000, number - 1000, 0, 1, 2)
    return [" ".join((str(value), *rest)) for value in values if value != number]


def _text(ground: FreshNamespace | Here, key: str) -> str | None:
    look: Callable[[], str | None] = lambda: getattr(ground.look(key), "text", None)  # noqa: E731
    return ground.run(look)


def _put_back(case: Case, ground: FreshNamespace | Here, before: str) -> None:
    answer = ground.run(lambda: ground.write(case.entry.key, before.strip()))
    if answer:
        case.note(f"{before.strip()!r} could not be put back after the proof of its scope")
