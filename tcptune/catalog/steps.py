"""Steps that many parameters share: what a handler accepts, and where a value lived before it became per namespace."""

from __future__ import annotations

from tcptune.model.history import RangeStep, ScopeStep
from tcptune.model.version import KernelVersion as V

U8_SINCE = V(5, 13)
U8_ALSO = (V(5, 10, 262),)
U8_COMMIT = "4ecc1baf362c"
"""The commit that moved small TCP numbers to eight bits; 5.10.262 is the oldest 5.10 in which it was seen."""

INT = RangeStep(handler="int")
U8 = RangeStep(
    since=U8_SINCE,
    also=U8_ALSO,
    commit=U8_COMMIT,
    handler="u8",
    note="Stored in eight bits since then: anything outside 0 to 255 is refused, where any integer was taken before.",
)
INT_THEN_U8 = (INT, U8)

JIFFIES = (
    RangeStep(
        handler="jiffies",
        note="Seconds are stored as ticks, and nothing but an overflow is refused: 0 and negative numbers are taken.",
    ),
)

PER_NETNS = (ScopeStep(scope="netns"),)
HOST_WIDE = (ScopeStep(scope="host", child="absent"),)


def per_netns_since(
    since: V, *vendors: str, commit: str | None = None, note: str | None = None
) -> tuple[ScopeStep, ...]:
    """Return the scope of a key that was host-wide, and unseen in other namespaces, before `since`."""
    return (*HOST_WIDE, ScopeStep(since=since, vendors=vendors, commit=commit, note=note, scope="netns"))
