"""Hide the registers of newer processors (AMX) from guests that have too little room for them.

Debian's user-mode kernels 5.10, 6.1 and 6.12 have a fixed room for the registers of a process. Where AMX makes them
more, such a guest ends before its first program runs. Refused them (`PTRACE_GETREGSET` of `NT_X86_XSTATE`), it takes
the older set of registers instead. 7.2 has the room, and does not start without.
"""

from __future__ import annotations

import ctypes
import errno
from pathlib import Path

from tcptune.errors import TcptuneError

_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2

_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_ASKED = ((4, 0xC000003E), (0, 101), (16, 0x4204), (32, 0x202))
"""Places in `struct seccomp_data`, and what stands there: x86-64, ptrace, PTRACE_GETREGSET, NT_X86_XSTATE."""

_TOO_NEW = ("AVX", "AVX2", "AVX512F", "AVX512VL", "AVX512BW", "XSAVE", "XSAVEC", "AVX_Fast_Unaligned_Load")
"""What glibc is told to do without; OpenSSL has a mask of its own for AVX and all that came after it."""


class _Step(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("value", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("steps", ctypes.POINTER(_Step)))


def outgrown(series: str) -> bool:
    """Tell whether this machine's processor has more registers than that series of kernels (`6.1`) has room for."""
    flags = next((line for line in _cpu() if line.startswith("flags")), "")
    return "amx_tile" in flags.split() and tuple(int(part) for part in series.split(".")) <= (6, 12)


def older(series: str) -> dict[str, str]:
    """Return the environment in which a guest's programs do without the registers that are hidden from it.

    With the older set, a page fault costs a program the upper halves of its AVX registers: it crashes.
    """
    if not outgrown(series):
        return {}
    without = ",".join(f"-{name}" for name in _TOO_NEW)
    return {"GLIBC_TUNABLES": f"glibc.cpu.hwcaps={without}", "OPENSSL_ia32cap": "~0x1000000000000000:0x0"}


def _cpu() -> list[str]:
    return Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines()


def hide() -> None:
    """Refuse the newer registers to this process and to all that it starts. Raises `TcptuneError` where that fails."""
    steps = []
    for index, (place, wanted) in enumerate(_ASKED):
        rest = 2 * (len(_ASKED) - 1 - index) + 1
        steps += [_Step(_LOAD, 0, 0, place), _Step(_EQUAL, 0, rest, wanted)]
    steps += [_Step(_RETURN, 0, 0, _ERRNO | errno.EINVAL), _Step(_RETURN, 0, 0, _ALLOW)]
    program = _Program(len(steps), (_Step * len(steps))(*steps))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0
    ):
        raise TcptuneError(f"the processor's registers cannot be hidden from a guest: errno {ctypes.get_errno()}")
