"""Nobody is warned of what nobody touched: the defaults of every kernel and size, and a fresh network namespace."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tcptune.catalog import parameter
from tcptune.model.version import KernelVersion, Target
from tcptune.rules.registry import rules, run
from tests.support.netns import in_namespace, write_sysctl
from tests.support.program import Result, tcptune
from tests.support.views import GIB, live_view

KERNELS = ("5.10", "6.1", "6.12", "6.18", "7.2")
SIZES = {"512 MiB": GIB // 2, "4 GiB": 4 * GIB, "24 GiB": 24 * GIB, "256 GiB": 256 * GIB}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kernel", KERNELS)
def test_the_defaults_of_a_host_yield_nothing_above_a_note(kernel: str, size: str) -> None:
    view = live_view(kernel=kernel, memory=SIZES[size])
    assert view.settings["net.ipv4.tcp_fin_timeout"].value == 60
    assert [found for found in run(view, rules()) if found.severity != "note"] == []


def test_the_same_host_is_told_once_somebody_touches_it() -> None:
    """The proof that the test above can fail."""
    view = live_view({"net.ipv4.tcp_tw_reuse": 1, "net.ipv4.tcp_timestamps": 0})
    assert "TT301" in {found.rule for found in run(view, rules())}


def _of_the_namespace(key: str | None, kernel: str) -> bool:
    """Tell whether a finding is about the namespace: a host-wide value may have been set by anybody."""
    entry = parameter(key) if key else None
    if entry is None:
        return True
    scope = entry.scope_on(Target(KernelVersion.parse(kernel)))
    return scope is None or scope.scope == "netns"


def audited(changed: Mapping[str, int]) -> Result:
    """Audit a fresh network namespace in which some values were set; `write_sysctl` makes sure that it is one."""

    def inside() -> Result:
        for key, value in changed.items():
            write_sysctl(key, value)
        return tcptune("audit", "--format", "json", "--fail-on", "never")

    return in_namespace(inside)


@pytest.mark.root
def test_a_fresh_namespace_yields_nothing_above_a_note() -> None:
    result = audited({})
    assert result.status == 0, result.err
    report = result.json()
    kernel = report["host"]["kernel"]
    grave = [found for found in report["findings"] if found["severity"] != "note"]
    assert [found for found in grave if _of_the_namespace(found["key"], kernel)] == []


@pytest.mark.root
def test_a_namespace_with_a_wrong_value_is_told() -> None:
    """The proof that the test above can fail."""
    result = audited({"net.ipv4.tcp_tw_reuse": 1, "net.ipv4.tcp_timestamps": 0})
    assert result.status == 0, result.err
    assert "TT301" in {found["rule"] for found in result.json()["findings"]}
