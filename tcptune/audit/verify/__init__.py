"""The catalogue against a running kernel: every parameter's existence, mode, scope, default and accepted range.

On a host, values are written in network namespaces made for it and nowhere else; a guest that is thrown away
afterwards has its host-wide parameters tried as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from tcptune.audit.verify.accepted import check_accepted
from tcptune.audit.verify.case import Case
from tcptune.audit.verify.defaults import check_default
from tcptune.audit.verify.inheritance import check_inheritance
from tcptune.audit.verify.presence import check_existence, check_mode, is_left_out
from tcptune.audit.verify.report import Mismatch, VerifyReport
from tcptune.audit.verify.scope import check_scope
from tcptune.audit.verify.stage import Stage, staged
from tcptune.catalog import parameters
from tcptune.model.parameter import Parameter

__all__ = ["Mismatch", "VerifyReport", "verify", "verify_running"]

FAMILIAR = re.compile(r"net\.(ipv4\.tcp_|core\.|netfilter\.nf_conntrack|nf_conntrack)\w*")
"""The keys of which the catalogue claims to know all."""


def verify_running() -> VerifyReport:
    """Compare the whole catalogue with this kernel. Needs root; raises `TcptuneError` without."""
    return verify(parameters().values())


def verify(entries: Iterable[Parameter], *, disposable: bool = False) -> VerifyReport:
    """Compare some entries with this kernel.

    `disposable` says that this is a user-mode guest, freshly booted and thrown away afterwards: every difference from
    a default is a mismatch then, and host-wide parameters are written too. It is refused on any other kernel.
    """
    cases: list[Case] = []
    notes: list[str] = []
    with staged(disposable=disposable) as stage:
        if stage.writes:
            notes.append(f"nothing was written: {stage.writes}")
        for entry in entries:
            case = Case.of(entry, stage)
            if is_left_out(case):
                notes += case.notes
            else:
                _compare(case)
                cases.append(case)
        if disposable:
            check_inheritance(cases)
        return VerifyReport(
            release=stage.outside_host.release,
            entries=len(cases),
            checks=sum(case.checks for case in cases),
            probes=sum(case.probes for case in cases),
            mismatches=tuple(mismatch for case in cases for mismatch in case.mismatches),
            notes=(*notes, *(line for case in cases for line in case.notes)),
            unknown=_unknown(stage),
        )


def _compare(case: Case) -> None:
    """Run every check; what is expected to be absent, or is, has no more than its existence."""
    check_existence(case)
    if not case.entry.exists(case.stage.target):
        return
    check_mode(case)
    check_default(case)
    check_accepted(case)
    check_scope(case)


def _unknown(stage: Stage) -> tuple[str, ...]:
    """Return the familiar keys, outside or in a fresh namespace, that the catalogue has no entry for."""
    found = _keys() | stage.first.run(_keys)
    return tuple(sorted(key for key in found if key not in parameters()))


def _keys() -> set[str]:
    """Return the familiar keys that the calling thread's namespace has."""
    root = Path("/proc/sys")
    files = (file for folder in ("net", "net/ipv4", "net/core", "net/netfilter") for file in (root / folder).glob("*"))
    keys = {".".join(file.relative_to(root).parts) for file in files if file.is_file()}
    return {key for key in keys if FAMILIAR.fullmatch(key)}
