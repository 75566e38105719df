"""Load a guest's kernel modules from the folder its package ships, without kmod. Runs inside the guest."""

from __future__ import annotations

import ctypes
import errno
import os
import re
from pathlib import Path

from tcptune.errors import TcptuneError

_DEPENDS = re.compile(rb"\0depends=([^\0]*)\0")
_SYSCALL_FINIT_MODULE = 313
"""x86-64, the only architecture for which Debian builds the user-mode kernel."""


def load(name: str, folder: Path, words: bytes = b"") -> None:
    """Load a module and what it depends on; one that is built in or loaded already is fine. `words` are parameters."""
    found = next(iter(folder.rglob(f"{name}.ko")), None)
    if found is None:
        return
    listed = _DEPENDS.search(found.read_bytes())
    for needed in listed[1].decode("ascii").split(",") if listed and listed[1] else ():
        load(needed, folder)
    libc = ctypes.CDLL(None, use_errno=True)
    with found.open("rb") as file:
        if libc.syscall(_SYSCALL_FINIT_MODULE, file.fileno(), words, 0) != 0 and ctypes.get_errno() != errno.EEXIST:
            raise TcptuneError(f"the guest cannot load {name}: {os.strerror(ctypes.get_errno())}")
