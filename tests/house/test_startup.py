"""Start-up is a feature: what each way of starting tcptune imports."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.program import clean_environment

HEAVY = {"typer", "pydantic", "tabulate", "yaml", "rich", "asyncio", "http", "unittest", "pyroute2", "jsonschema"}
SCRIPT = """
import sys
before = set(sys.modules)
from tcptune.__main__ import main
status = main({arguments!r})
print(status, *sorted(set(sys.modules) - before), file=sys.stderr)
"""


def imported(*arguments: str) -> set[str]:
    """Return the modules that a run of `tcptune ARGUMENTS` imports beyond those of a bare interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(arguments=list(arguments))],
        capture_output=True,
        text=True,
        env=clean_environment(),
        cwd="/",
        check=True,
        timeout=60,
    )
    status, *modules = done.stderr.splitlines()[-1].split()
    assert status == "0"
    return set(modules)


def test_the_version_imports_nothing_but_itself() -> None:
    assert imported("--version") <= {"tcptune", "tcptune.__main__", "__future__", "gc"}


def test_the_help_imports_no_command_and_nothing_heavy() -> None:
    modules = imported("--help")
    assert not modules & HEAVY
    assert {name for name in modules if name.startswith("tcptune.cli.")} == {"tcptune.cli.app"}


@pytest.mark.skipif(sys.platform != "linux", reason="audits the running Linux")
def test_an_audit_imports_only_what_it_needs() -> None:
    modules = imported("audit", "--fail-on", "never", "--format", "json")
    assert not modules & (HEAVY - {"typer", "pydantic"})
    assert not {name for name in modules if name.split(".")[:2] in (["tcptune", "lint"], ["tcptune", "sources"])}
    assert not modules & {"tcptune.cli.explain", "tcptune.cli.params", "tcptune.model.documents", "tcptune.audit.since"}


@pytest.mark.skipif(sys.platform != "linux", reason="audits the running Linux")
def test_an_audit_as_text_adds_the_table_alone() -> None:
    modules = imported("audit", "--fail-on", "never")
    assert modules & HEAVY == {"typer", "pydantic", "tabulate"}


@pytest.mark.skipif(sys.platform != "linux", reason="compares the running Linux")
def test_a_comparison_imports_no_sources_no_lint_and_one_rule() -> None:
    modules = imported("diff", "kernel-default", "--against", "kernel-default")
    assert modules & HEAVY <= {"typer", "pydantic", "tabulate", "yaml"}
    assert not {name for name in modules if name.split(".")[:2] == ["tcptune", "lint"]}
    assert {name for name in modules if name.startswith("tcptune.rules.tt")} == {"tcptune.rules.tt701_policy"}
