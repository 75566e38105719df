"""What holds for the whole suite: tests that need root, skips under CI_FULL, and hypothesis' profiles."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.missing import skipped_without_commands

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
    if not any(line.split()[4] == "/" for line in Path("/proc/self/mountinfo").read_text().splitlines()):
        return "needs a root directory that is a mount: mount --bind this chroot's onto itself first"
    return None


@pytest.fixture(scope="session")
def pyz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """tcptune.pyz, built once; it takes what it needs from the package index."""
    if not (CI_FULL or os.environ.get("CI")):
        pytest.skip("builds with pip: set CI=1 to include it")
    path = tmp_path_factory.mktemp("pyz") / "tcptune.pyz"
    subprocess.run(
        [sys.executable, "-m", "tools.pyz", "--output", path], cwd=Path(__file__).parents[1], check=True, timeout=600
    )
    return path


def pytest_configure() -> None:
    """Answer an interrupt as at a terminal: what a shell starts in the background ignores it, and so do children."""
    for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGQUIT, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


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
def pytest_runtest_setup() -> Generator[None, None, None]:
    """Skip, with the reason, a test whose fixtures run a command that is not installed."""
    with skipped_without_commands():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, None, None]:
    """Skip, with the reason, a test that runs a command that is not installed."""
    with skipped_without_commands():
        return (yield)


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
