"""What holds for the whole suite: tests that need root, skips under CI_FULL, and hypothesis' profiles."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

CI_FULL = os.environ.get("CI_FULL") == "1"
CAP_SYS_ADMIN = 21

settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if CI_FULL or os.environ.get("CI") else "default")


def lacks_root() -> str | None:
    """Return why no namespace can be made here; None when it can."""
    if os.geteuid() != 0:
        return "needs root: run the tests as root to include it"
    status = Path("/proc/self/status").read_text()
    mask = next((line.split()[1] for line in status.splitlines() if line.startswith("CapEff:")), "0")
    if not int(mask, 16) >> CAP_SYS_ADMIN & 1:
        return "needs CAP_SYS_ADMIN: root of this container may not make namespaces"
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with the reason, what needs root where there is none."""
    why = lacks_root()
    if why is not None:
        for item in items:
            if item.get_closest_marker("root") is not None:
                item.add_marker(pytest.mark.skip(reason=why))


def reason_of(longrepr: object) -> str:
    """Return the reason in a report of a skip."""
    text = longrepr[2] if isinstance(longrepr, tuple) else longrepr
    return str(text).removeprefix("Skipped: ")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure that shows its reason where CI_FULL=1 promises that everything runs."""
    report = yield
    if CI_FULL and report.skipped and not hasattr(report, "wasxfail"):
        report.longrepr = f"skipped, and CI_FULL=1 allows no skip: {reason_of(report.longrepr)}"
        report.outcome = "failed"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Do the same for a whole module that skips itself."""
    report = yield
    if CI_FULL and report.outcome == "skipped":
        report.longrepr = f"skipped, and CI_FULL=1 allows no skip: {reason_of(report.longrepr)}"
        report.outcome = "failed"
    return report
