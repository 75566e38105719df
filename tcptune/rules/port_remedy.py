"""The one change that helps a destination whose ports run out, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tcptune.model.ports import RANGE, REUSE, TIMESTAMPS, Budget, Reuse, Use
from tcptune.rules.relations import to_set
from tcptune.rules.view import View

WIDE = (10240, 65535)
"""The widest range that keeps clear of the ports where services listen."""

ENOUGH = 100
"""So many sockets in TIME_WAIT are needed to tell bind() from connect() by the parity of their ports."""

_LASTS = "A port comes back 60 s after this side closed first; nothing shortens TIME_WAIT itself."
_KEEP = "keep connections open and use them again (keep-alive, a pool)"


class Remedy(NamedTuple):
    """What to do in one line, and why just that."""

    title: str
    why: str


def remedy(view: View, use: Use, stand: Budget, reuse: Reuse) -> Remedy:
    """Return the one change that helps this destination."""
    if use.live * 2 >= stand.held:
        return Remedy(
            f"close connections that are not needed (a pool with an upper limit), or add {_addresses(use)}",
            f"Most of these ports belong to {use.live:,} open connections: nothing about TIME_WAIT helps here.",
        )
    if binds((use,)):
        why = (
            "The ports have the parity that bind() tries first, so the program seems to call bind(address, 0) before"
            " connect(): tcp_tw_reuse does nothing for it, and a port in TIME_WAIT is taken for all destinations."
        )
        return Remedy(remedy_for_bind(), why)
    if reuse.timestamps == 0:
        return _timestamps_off(view, reuse, use)
    if use.timestamps is False:
        return _peer_without(view, use, reuse)
    if not reuse.wanted(use.destination):
        return _reuse(view, use, reuse)
    return _wider(
        view,
        use,
        f"tcp_tw_reuse is on and works; connections come faster than one port in {reuse.delay:g} s can be used again.",
    )


def _timestamps_off(view: View, reuse: Reuse, use: Use) -> Remedy:
    timestamps = to_set(view, TIMESTAMPS, 1)
    if reuse.wanted(use.destination):
        why = (
            f"{_LASTS} tcp_tw_reuse = {reuse.mode} does not help: without timestamps the kernel reuses no port. Sockets"
            " that are in TIME_WAIT already carry none and stay for their 60 s."
        )
        return Remedy(f"switch timestamps on: {timestamps}", why)
    title = f"switch timestamps on, and reuse with them: {timestamps} && {to_set(view, REUSE, 1)}"
    return Remedy(title, f"{_LASTS} tcp_tw_reuse alone does not help: without timestamps the kernel reuses no port.")


def _peer_without(view: View, use: Use, reuse: Reuse) -> Remedy:
    mode = f"tcp_tw_reuse = {reuse.mode}" if reuse.wanted(use.destination) else "tcp_tw_reuse"
    why = (
        f"{_LASTS} {mode} does not help: the live connections to {use.name} carry no timestamps, so the other side does"
        " not use them, and without them the kernel reuses no port."
    )
    return _wider(view, use, why)


def _reuse(view: View, use: Use, reuse: Reuse) -> Remedy:
    local = use.destination.on_loopback_device
    known = (
        "Live connections to it carry timestamps, so reuse works here"
        if use.timestamps
        else "No live connection told whether the other side uses timestamps, which reuse needs"
    )
    why = (
        f"{_LASTS} tcp_tw_reuse lets connect() take such a port again after {reuse.delay:g} s. {known}."
        f" It is {reuse.mode} now{'' if reuse.mode != 2 else ', which is for loopback alone'}."
    )
    return Remedy(f"let connect() reuse ports in TIME_WAIT: {to_set(view, REUSE, 2 if local else 1)}", why)


def _wider(view: View, use: Use, why: str) -> Remedy:
    """Return a wider range where there is a good part to gain, else what helps without more ports."""
    pair = view.pair(RANGE)
    wide = WIDE[1] - WIDE[0] + 1
    if pair is not None and use.budget is not None and use.budget * 3 < wide * 2:
        return Remedy(f"widen the range: {to_set(view, RANGE, WIDE)}", f"{why} The range can be {wide:,} ports wide.")
    return Remedy(f"{_KEEP}, or add {_addresses(use)}", why)


def _addresses(use: Use) -> str:
    return f"a second address on either side (each pair of addresses has {use.budget or 0:,} ports of its own)"


def binds(uses: Iterable[Use]) -> bool:
    """Tell whether the ports look like chosen by bind(): most have the parity that connect() tries last."""
    waiting = bound = 0
    for use in uses:
        waiting += use.time_wait
        bound += use.bound
    return waiting >= ENOUGH and bound * 20 > waiting * 11


def remedy_for_bind() -> str:
    """Return what helps a program that binds before it connects."""
    return "let the program set IP_BIND_ADDRESS_NO_PORT before bind(), so that connect() chooses the port"
