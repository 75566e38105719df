"""The patterns of claims: what their authors say of them is so."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any

import pytest

from tcptune.rules.claims import CLAIMS, TIME_WAIT, Claim
from tcptune.rules.claims_asked import MORE

# The parser of patterns has no public name.
_parser, codes = import_module("re._parser"), import_module("re._constants")
_MARK = "\ue000"


def _needs(parts: Iterable[tuple[Any, Any]]) -> bool:
    """Tell whether whatever a parsed pattern matches holds the mark."""
    for code, told in parts:
        if code is codes.LITERAL and told == ord(_MARK):
            return True
        if code is codes.BRANCH and all(map(_needs, told[1])):
            return True
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT) and told[0] > 0 and _needs(told[2]):
            return True
        if (code is codes.SUBPATTERN and _needs(told[-1])) or (code is codes.ATOMIC_GROUP and _needs(told)):
            return True
    return False


@pytest.mark.parametrize("claim", [*CLAIMS, *MORE], ids=lambda claim: f"{claim.key} {claim.said}")
def test_a_claim_says_whether_each_way_to_put_it_names_the_state(claim: Claim) -> None:
    """Where it does, comments without the state are not searched for the claim at all."""
    assert claim.state == _needs(_parser.parse(claim.pattern.replace(TIME_WAIT, _MARK)))


def test_the_check_itself_can_tell() -> None:
    assert _needs(_parser.parse(f"a(?:b{_MARK}|{_MARK}+c)d?"))
    assert not _needs(_parser.parse(f"a(?:b{_MARK}|c)"))
    assert not _needs(_parser.parse(f"a(?={_MARK})(?:{_MARK})?"))
