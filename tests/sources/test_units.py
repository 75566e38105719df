"""Commands of systemd's units: no shell runs them, so that signs of redirection are words as all others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.marks import check

FIN = "/proc/sys/net/ipv4/tcp_fin_timeout"


@pytest.mark.parametrize(
    "command",
    [
        f"/bin/echo 5 > «TT001»{FIN}",
        f"-/usr/bin/printf 5 >> «TT001»{FIN}",
        f"/bin/echo 5 | tee «TT001»{FIN}",
        "/bin/echo net.ipv4.tcp_fin_timeout=5 >> «TT001»/etc/sysctl.conf",
        f"/bin/sh -c 'echo «TT404»5 > {FIN}'",
        f"/usr/bin/env bash -c 'echo «TT404»5 | tee {FIN}'",
        "/sbin/sysctl -w net.ipv4.tcp_fin_timeout=«TT404»5 > /dev/null",
        f"/bin/echo {FIN} is 5",
        f"/bin/echo '> {FIN}'",
    ],
)
def test_what_is_redirected_without_a_shell_sets_nothing(tmp_path: Path, command: str) -> None:
    check(tmp_path, "a.service", f"[Service]\nType=oneshot\nExecStart={command}\n")
