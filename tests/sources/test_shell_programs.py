"""How scripts call sysctl: by a variable, behind other programs, to keep what it prints; words that assign nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.marks import check

ASSIGNS = "«TT101»net.ipv4.conf.eth0.arp_annouce=0\n"
ZERO = "tcp_syncookies=«TT407»0\n"


@pytest.mark.parametrize(
    "script",
    [
        f'S="sudo sysctl"\n$S -w {ASSIGNS}',
        f'S="sudo -n /sbin/sysctl -q -w"\n$S {ASSIGNS}',
        f'X="nsenter -t 1 -n sysctl"\n$X -w {ASSIGNS}',
        f"S=$(which sysctl)\n$S -w {ASSIGNS}",
        f'S="$(command -v sysctl || echo /sbin/sysctl)"\n"$S" -w {ASSIGNS}',
        f"S=`command -v sysctl`\n$S -w {ASSIGNS}",
        f"S=${{S:-/sbin/sysctl}}\n$S -w {ASSIGNS}",
        'W="sudo tee"\necho «TT407»0 | $W /proc/sys/net/ipv4/tcp_syncookies\n',
        f"out=$(sysctl -w {ASSIGNS.strip()} 2>&1)\n",
        f'if ! out="$(sudo sysctl -w {ASSIGNS.strip()} 2>&1)"; then exit 1; fi\n',
        f"out=`/sbin/sysctl {ASSIGNS.strip()}`\n",
        f"P=net.ipv4\nsysctl -w $P.{ZERO}",
        f'P=net.ipv4\nsysctl -w "${{P}}.{ZERO.strip()}"\n',
        f"P=net.ipv4.tcp_\nsysctl -w ${{P}}{ZERO.removeprefix('tcp_')}",
        "P=net.ipv4.conf\nsysctl -w «TT101»$P.eth0.arp_annouce=0\n",
        "for p in «TT101»net.ipv4.conf.all «TT101»net.ipv4.conf.default; do sysctl -w $p.arp_annouce=1; done\n",
    ],
)
def test_what_stands_for_sysctl_or_for_the_name_is_followed(tmp_path: Path, script: str) -> None:
    check(tmp_path, "a.sh", f"#!/bin/sh\n{script}")


@pytest.mark.parametrize(
    "script",
    [
        f'S="echo sysctl"\n$S -w {ASSIGNS}',
        "P=$1\nsysctl -w $P.tcp_syncookies=0\n",
        "P=net.ipv4\nread P\nsysctl -w $P.tcp_syncookies=0\n",
        "if x; then\n  P=net.ipv4\nfi\nsysctl -w $P.tcp_syncookies=0\n",
        "for p in eth0 eth1; do sysctl -w $p.nosuch=1; done\n",
        "out=$(sysctl -n net.ipv4.conf.eth0.arp_annouce)\n",
        'echo "run: sudo sysctl -w net.ipv4.conf.eth0.arp_annouce=0"\n',
    ],
)
def test_what_only_looks_like_that_is_silent(tmp_path: Path, script: str) -> None:
    check(tmp_path, "a.sh", f"#!/bin/sh\n{script.replace('«TT101»', '')}")


@pytest.mark.parametrize(
    "script",
    [
        'sysctl -w «TT001»"net.ipv4.tcp_syncookies"\n',
        "sysctl -w «TT001»net.ipv4.tcp_fin_timeout:30\n",
        "sysctl «TT001»net.ipv4.tcp_fin_timeout:30\n",
        "sudo sysctl -q --write «TT001»net/ipv4/tcp_syncookies\n",
        "sysctl -ew «TT001»net.core.somaxconn vm.swappiness=10\n",
        'sysctl -w «TT001»net.ipv4.tcp_rmem "4096 131072 6291456"\n',
    ],
)
def test_a_word_that_assigns_nothing_is_told(tmp_path: Path, script: str) -> None:
    check(tmp_path, "a.sh", f"#!/bin/sh\n{script}")


@pytest.mark.parametrize(
    "script",
    [
        "sysctl net.ipv4.tcp_syncookies\n",
        "sysctl -n net.ipv4.tcp_syncookies net.ipv4.tcp_fin_timeout\n",
        "sysctl -a -r net.ipv4.tcp\n",
        "sysctl -w $KEY\n",
        "sysctl -w net.ipv4.tcp_syncookies$SET\n",
        "sysctl -w -p /etc/sysctl.d/net.conf\n",
        "! sysctl -w net.ipv4.tcp_syncookies || false\n",
        "sysctl -w net.ipv4.conf.eth0:1.arp_announce=2\n",
    ],
)
def test_a_name_that_is_only_read_is_silent(tmp_path: Path, script: str) -> None:
    check(tmp_path, "a.sh", f"#!/bin/sh\n{script}")
