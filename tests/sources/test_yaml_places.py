"""Where TT007 stands in YAML: at the line that a reader would mend, which the parser is often past already."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.marks import check

SERVICE = "services:\n  a:\n    sysctls:\n{}    restart: always\n"


@pytest.mark.parametrize(
    "text",
    [
        SERVICE.format("      - net.ipv4.ip_forward=1\n      «TT007»-net.ipv4.tcp_sack=0\n"),
        SERVICE.format("      «TT007»net.ipv4.ip_forward\n      net.ipv4.tcp_sack: 0\n"),
        SERVICE.format("      «TT007»net.ipv4.ip_forward 1\n      net.ipv4.conf.all.rp_filter 1\n      vm.x: 0\n"),
        SERVICE.format("      net.ipv4.ip_forward: 1\n      «TT007»net.ipv4.tcp_sack 0\n"),
        SERVICE.format("      net.ipv4.ip_forward: 1\n       net.ipv4.tcp_sack«TT007»: 0\n"),
        SERVICE.format("      - «TT007»'net.ipv4.ip_forward=1\n      - 'net.ipv4.tcp_sack=0'\n"),
        SERVICE.format('      net.ipv4.ip_forward: «TT007»"1\n      net.ipv4.tcp_sack: "1"\n'),
        SERVICE.format('      net.ipv4.ip_forward: "a\n        b"\n      net.ipv4.tcp_sack: "1" «TT007»"\n'),
        "a: 1\nsysctls: «TT007»[net.ipv4.tcp_sack=0, net.core.somaxconn=5000\nb: 2\n",
        "sysctls:\n  a: «TT007»{net.ipv4.tcp_sack: 0,\n    net.core.somaxconn: 5000\n  b: 2\n",
        "sysctls:\n  a: «TT007»{net.ipv4.tcp_sack: 0\n",
        "sysctls: «TT007»'a\n---\nb: net.ipv4.x\n",
        "sysctls: {\n  net.ipv4.tcp_sack: [0]\n  «TT007»net.core.somaxconn: 5000\n}\n",
    ],
)
def test_the_line_that_is_to_be_mended_is_named(tmp_path: Path, text: str) -> None:
    check(tmp_path, "docker-compose.yml", text)
