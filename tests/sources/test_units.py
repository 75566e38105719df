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


@pytest.mark.parametrize(
    "lines",
    [
        "  ExecStart=/sbin/sysctl -w net.ipv4.tcp_fin_timeout=«TT404»5\n",
        "\tExecStartPre = -/sbin/sysctl -w net.ipv4.tcp_fin_timeout=«TT404»5\n",
        "  ExecStartPost=/bin/sh -c 'echo «TT404»5 > /proc/sys/net/ipv4/tcp_fin_timeout'\n",
        f"  ExecStart=/bin/echo 5 > «TT001»{FIN}\n",
        "ExecCondition=/sbin/sysctl -w net.ipv4.tcp_fin_timeout=«TT404»5\n",
        "  ExecStart=/usr/bin/docker run --rm --sysctl net.ipv4.tcp_fin_timeout=«TT404»5 web\n",
        "  ExecStart=/usr/bin/podman run \\\n      --sysctl=net.ipv4.tcp_fin_timeout=«TT404»5 \\\n      web\n",
        'Environment="OPTS=--sysctl net.ipv4.tcp_fin_timeout=«TT404»5"\nExecStart=/usr/bin/docker run $OPTS web\n',
        "ExecStart=/sbin/sysctl -w \\\n  # short\n; shorter\n  net.ipv4.tcp_fin_timeout=«TT404»5\n",
        "  ExecStart=sysctl -w net.ipv4.tcp_fin_timeout=«TT404»5\n  ExecStop=sysctl -w net.ipv4.tcp_fin_timeout=40\n",
        "  # ExecStart=/sbin/sysctl -w net.ipv4.tcp_fin_timeout=5\n",
        "ExecStart=/usr/bin/web \\\n  # ExecStart=/sbin/sysctl -w net.ipv4.tcp_fin_timeout=5\n  --fast\n",
        'Environment="HINT=run sysctl -w net.ipv4.tcp_fin_timeout=5"\nExecStart=/usr/bin/web\n',
    ],
)
def test_blanks_before_a_command_and_comments_within_it_change_nothing(tmp_path: Path, lines: str) -> None:
    check(tmp_path, "a.service", f"[Service]\nType=oneshot\n{lines}")
