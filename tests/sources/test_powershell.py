"""PowerShell: what it holds, writes and runs for Linux; what it shows sets nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptune.sources import powershell
from tcptune.sources.base import Text
from tests.support.marks import check

LOW = "net.ipv4.tcp_retries2"


@pytest.mark.parametrize(
    "script",
    [
        f"$conf = @'\n# by hand\n{LOW} = «TT409»3\n«TT101»net.ipv4.tcp_tw_reus = 1\n'@\n$conf | Out-File $path\n",
        f'$conf = @"\n{LOW} = «TT409»3\nnet.core.somaxconn = $backlog\n"@\n',
        f"Set-Content -Path $p -Value @'\n#!/bin/bash\nset -e\nsysctl -w {LOW}=«TT409»3\n'@\n",
        "$s = @'\ncat > /etc/sysctl.d/9.conf <<EOF\nnet.ipv4.ip_forward=«TT003»1 # routes\nEOF\n'@\nssh h $s\n",
        f'$s = @"\nsysctl -w {LOW}=`$VALUE\necho «TT409»3 > /proc/sys/net/ipv4/tcp_retries2\n"@\nwsl sh -c $s\n',
        '@"\nservices:\n  vpn:\n    image: a:$tag\n    sysctls:\n      - «TT106»net.core.wmem_max=8388608\n"@\n',
        f"wsl -u root sysctl -w {LOW}=«TT409»3\n",
        f'wsl.exe -d Debian -- bash -c "sysctl -w {LOW}=«TT409»3"\n',
        "if ($x) { ssh root@h 'echo «TT409»3 > /proc/sys/net/ipv4/tcp_retries2' }\n",
        f"$out = & docker run --sysctl {LOW}=«TT409»3 nginx\n".replace("& ", ""),
        f'az vm run-command invoke -g r -n v --scripts "sysctl -w {LOW}=«TT409»3"\n',
        f'"{LOW} = «TT409»3" | Out-File -Append /etc/sysctl.conf\n',
        f"'{LOW} = «TT409»3' >> /etc/sysctl.d/9.conf\n",
        f'Write-Output "{LOW} = «TT409»3" | Out-File /etc/sysctl.d/9.conf\n',
        f'Add-Content -Path /etc/sysctl.conf -Value "{LOW} = «TT409»3"\n',
        f'Set-Content "$root\\etc\\sysctl.d\\9.conf" "net.core.somaxconn=8192`n{LOW}=«TT409»3`n"\n',
        f'@(\n  "net.core.somaxconn = 8192"\n  # {LOW} = 2\n  "{LOW} = «TT409»3"\n) | Set-Content /etc/sysctl.conf\n',
        f'@("net.core.somaxconn = 8192", "{LOW} = «TT409»3") | Set-Content /etc/sysctl.d/9.conf\n',
    ],
)
def test_what_is_for_linux_is_read(tmp_path: Path, script: str) -> None:
    check(tmp_path, "setup.ps1", script)


@pytest.mark.parametrize(
    "script",
    [
        f"Write-Host @'\nsysctl -w {LOW}=3\n'@\n",
        f"$usage = @'\nsysctl -w {LOW}=3\n'@\n",
        f'Write-Host "sysctl -w {LOW}=3"\n',
        f'echo "sysctl -w {LOW}=3"\n',
        f'throw "run sysctl -w {LOW}=3 first"\n',
        f"# wsl sysctl -w {LOW}=3\n",
        f"<#\n  wsl sysctl -w {LOW}=3\n#>\n",
        f"$v = wsl sysctl -n {LOW}\n",
        f"if ((Get-Content /etc/sysctl.conf) -match '{LOW} = 3') {{ exit }}\n",
        f"$code = @'\nWe had {LOW} = 3 for a year.\nIt was too low.\n'@\n",
        f"$s = @'\nsysctl -w {LOW}=3\n",
    ],
)
def test_what_is_shown_or_asked_sets_nothing(tmp_path: Path, script: str) -> None:
    check(tmp_path, "setup.ps1", script)


def test_tests_set_nothing(tmp_path: Path) -> None:
    check(tmp_path, "setup.Tests.ps1", f"$conf = @'\n{LOW} = 3\n'@\n")


def test_time_is_linear_in_what_never_ends() -> None:
    for piece in ("@'\n", '@"\n', "<#", "@(", '"', "`", "sysctl "):
        powershell.read(Text("big.ps1", piece * 50_000))
