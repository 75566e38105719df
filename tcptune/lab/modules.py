"""Kernel modules: the lab has none loaded for it, for a module changes the host (its parameters, its memory)."""

from __future__ import annotations

from pathlib import Path

from tcptune.lab.host import NotHere
from tcptune.live.modules import on_disk


def need(*names: str, root: Path = Path("/")) -> None:
    """Raise `NotHere` where asking the kernel for one of these would make it load a module; `root` is for tests.

    A module that is built in, loaded already, or not to be had is fine: the kernel then answers for itself.
    """
    there = on_disk(root) or frozenset()
    missing = [name for name in names if name in there and not (root / "sys/module" / name).exists()]
    if missing:
        raise NotHere(
            f"the kernel has not loaded {', '.join(missing)}, and the lab loads nothing into the host's kernel "
            f"(modprobe -a {' '.join(missing)} does)"
        )
