"""What the kernel changes besides the parameter that is written, so that an undo restores that, too."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from tcptune.apply.procsys import ProcSys
from tcptune.model.journal import Step

CHOSEN = "net.ipv4.tcp_congestion_control"
ALLOWED = "net.ipv4.tcp_allowed_congestion_control"


def with_side_effects(steps: Sequence[Step], proc: ProcSys) -> list[Step]:
    """Return the steps with what follows from them as steps of their own.

    A congestion control that becomes the default is from then on allowed to every user (net/ipv4/tcp_cong.c:
    tcp_set_default_congestion_control), and stays so when another one becomes the default.
    """
    found = list(steps)
    chosen = next((step for step in steps if step.key == CHOSEN), None)
    if chosen is not None and all(step.key != ALLOWED for step in steps):
        with suppress(OSError):
            before = proc.read(ALLOWED)
            if chosen.after not in before.split():
                found.insert(found.index(chosen) + 1, Step(ALLOWED, before, f"{before} {chosen.after}"))
    return found
