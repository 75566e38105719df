"""The catalogue and Debian's user-mode kernels agree: 6.1 always, all of them with TCPTUNE_ALL_KERNELS=1."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tcptune.errors import TcptuneError
from tools.kernels import SUITES, Unavailable, boot, kernel_path, prove
from tools.uml.packages import PROJECT, cache, unpacked
from tools.uml.registers import hide

PR_SET_CHILD_SUBREAPER = 36

pytestmark = [
    pytest.mark.kernels,
    pytest.mark.skipif(sys.platform != "linux", reason="boots a kernel that is a Linux program"),
]
SERIES = list(SUITES) if os.environ.get("TCPTUNE_ALL_KERNELS") == "1" else ["6.1"]

WRONG = """
import json, sys
from tcptune.audit.verify import verify
from tcptune.catalog import parameter
from tcptune.model.history import DefaultStep, RangeStep, ScopeStep
backlog = parameter("net.core.netdev_max_backlog")
reuse = parameter("net.ipv4.tcp_tw_reuse")
report = verify(
    [
        backlog.but(default=(DefaultStep(value=999),)),
        backlog.but(accepted=(RangeStep(handler="int_minmax", low=0, high=10),)),
        reuse.but(inherited=True),
        reuse.but(scope=(ScopeStep(scope="host", child="own"),)),
    ],
    disposable=True,
)
open(sys.argv[1], "w").write(json.dumps(report.as_json()))
"""


def available(series: str) -> Path:
    """Return the kernel's program, or skip with the reason why it cannot be had."""
    try:
        return kernel_path(series)
    except Unavailable as why:
        pytest.skip(f"no kernel {series}: {why.message}")


@pytest.mark.parametrize("series", SERIES)
def test_the_catalogue_agrees_with_a_freshly_booted_kernel(series: str) -> None:
    available(series)
    report = prove(series)
    assert report.release.startswith(f"{series}.")
    assert [str(mismatch) for mismatch in report.mismatches] == []
    assert report.unknown == ()
    assert report.entries > 150
    assert report.probes > 3000


def test_a_guest_shows_what_is_wrong_about_host_wide_and_inherited_values() -> None:
    available("6.1")
    command = shlex.join([sys.executable, "-c", WRONG])
    done = boot("6.1", f"cd {shlex.quote(str(PROJECT))} && {command} $RESULT", args={"PYTHONDONTWRITEBYTECODE": "1"})
    assert done.status == 0, done.output
    found = {(one["key"], one["aspect"], one["kernel"]) for one in json.loads(done.result)["mismatches"]}
    assert ("net.core.netdev_max_backlog", "default", "1000") in found
    assert {key for key, aspect, _ in found if aspect == "range"} == {"net.core.netdev_max_backlog"}
    reuse = "net.ipv4.tcp_tw_reuse"
    assert (reuse, "inherited", "a new namespace starts with the default") in found
    assert (reuse, "scope", "a namespace does not follow a write in the initial one") in found


def test_a_boot_hands_back_status_result_and_arguments() -> None:
    available("6.1")
    done = boot("6.1", 'echo "$WORD" > $RESULT; uname -r >> $RESULT; exit 7', args={"WORD": "two words; 'quoted'"})
    assert done.status == 7
    assert done.result.splitlines()[0] == "two words; 'quoted'"
    assert done.result.splitlines()[1].startswith("6.1.")


def test_a_guest_that_does_not_end_is_killed_with_everything_it_started() -> None:
    program = available("6.1")
    with adopting():
        with pytest.raises(TcptuneError, match="did not end within 4 s"):
            boot("6.1", "sleep 600", timeout=4)
        assert program.name not in children()


@contextlib.contextmanager
def adopting() -> Iterator[None]:
    """Make this process the parent of whatever its children leave behind, instead of init."""
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        libc.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def children() -> list[str]:
    """Return the names of this process's children, the dead ones that nobody has waited for included."""
    names = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            before, _, after = status.read_text().rpartition(")")
            if int(after.split()[1]) == os.getpid():
                names.append(before.partition("(")[2])
    return names


def test_a_kernel_that_nobody_offers_is_refused_by_name() -> None:
    with pytest.raises(TcptuneError, match=r"no kernel '4\.4'"):
        kernel_path("4.4")


def test_a_package_that_does_not_exist_ends_in_one_line() -> None:
    available("6.1")
    with pytest.raises(Unavailable) as caught:
        unpacked("bookworm", "no-such-package-at-all")
    assert "\n" not in caught.value.message
    assert not (cache() / "bookworm" / "no-such-package-at-all").exists()


def test_without_apt_the_reason_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TCPTUNE_KERNELS_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="no apt-get here"):
        kernel_path("6.1")


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="Debian builds these kernels for x86-64 alone")
def test_registers_that_a_guest_has_no_room_for_are_refused() -> None:
    code = "import ctypes; c = ctypes.CDLL(None, use_errno=True); c.ptrace({0}, 0, {1}, 0); print(ctypes.get_errno())"
    told = {}
    for asked, before in (((0x4204, 0x202), hide), ((0x4204, 0x202), None), ((0x4204, 0x2), hide)):
        words = [sys.executable, "-c", code.format(*asked)]
        done = subprocess.run(words, capture_output=True, text=True, check=True, preexec_fn=before)
        told[asked, before is hide] = int(done.stdout)
    assert told[(0x4204, 0x202), True] == errno.EINVAL
    assert told[(0x4204, 0x202), False] == told[(0x4204, 0x2), True] == errno.ESRCH
