"""Commands behind something else: recipes of Makefiles, units of systemd."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.marks import check

R2 = "net.ipv4.tcp_retries2"


@pytest.mark.parametrize(
    "text",
    [
        f"SYSCTL ?= sysctl\ntune:\n\t$(SYSCTL) -w {R2}=«TT409»3\n",
        f"tune:\n\t@$(SUDO) $(SYSCTL) -w {R2}=«TT409»3\n",
        f"tune:\n\tfor i in 1; do $$SYSCTL -w {R2}=«TT409»3; done\n",
        f"V = 3\ntune:\n\t$(SYSCTL) -w {R2}=$(V)\n\t$(SYSCTL) -n net.ipv4.tcp_tw_recycle\n",
    ],
)
def test_a_tool_that_a_variable_of_make_names(tmp_path: Path, text: str) -> None:
    check(tmp_path, "Makefile", text)


@pytest.mark.parametrize(
    "script",
    [
        f'"sysctl -w \\\n  {R2}=«TT409»3 \\\n  net.ipv4.tcp_syncookies=«TT407»0"',
        f'"echo \\"a\\"; sysctl -w {R2}=«TT409»3"',
        f"'sysctl -w {R2}=«TT409»3'",
    ],
)
def test_what_goes_on_behind_an_escape_in_quotes_has_its_own_place(tmp_path: Path, script: str) -> None:
    check(tmp_path / "units", "a.service", f"[Service]\nExecStart=/bin/sh -c {script}\n")
    check(tmp_path / "scripts", "a.sh", f"bash -c {script}\n")
