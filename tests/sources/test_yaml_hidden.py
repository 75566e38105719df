"""What anchors, packed contents, appended parts and lists within lists hold, and entries among others."""

from __future__ import annotations

import base64
import gzip
from pathlib import Path

import pytest

from tests.support.marks import check

WRONG = "net.core.somaxcon = 1\n"
PLAIN = base64.b64encode(WRONG.encode()).decode()
PACKED = base64.b64encode(gzip.compress(WRONG.encode(), mtime=0)).decode()
FILE = "#cloud-config\nwrite_files:\n- path: /etc/sysctl.d/1.conf\n  encoding: {}\n  content: {}\n"
OBJECT = "kind: MachineConfig\nspec:\n  config:\n    storage:\n      files:\n      - path: /etc/sysctl.d/1.conf\n"
COMPOSE = "x-net: &net\n  {}\nservices:\n  a:\n    sysctls:{}\n  b:\n    sysctls: *net\n"
POD = "kind: Pod\napiVersion: v1\nspec:\n  securityContext:\n    sysctls:\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", FILE.format("b64", "«TT101»" + PLAIN)),
        ("a.yaml", FILE.format("gz+b64", "«TT101»" + PACKED)),
        ("a.yaml", FILE.format("gzip+base64", "«TT101»" + PACKED)),
        ("a.yaml", FILE.format("gz+b64", PLAIN)),
        ("a.yaml", FILE.format("text/plain", "«TT101»" + WRONG)),
        ("a.yaml", FILE.format("''", "«TT101»!!binary " + PLAIN)),
        ("a.yaml", OBJECT + "        append:\n        - source: data:,«TT101»net.core.somaxcon%3D1\n"),
        (
            "a.yaml",
            OBJECT
            + f"        contents:\n          compression: gzip\n          source: data:;base64,«TT101»{PACKED}\n",
        ),
        (
            "a.yaml",
            OBJECT + f"        contents:\n          compression: zstd\n          source: data:;base64,{PACKED}\n",
        ),
        ("a.yaml", "#cloud-config\nruncmd:\n- [sysctl, -w, «TT001»net.core.somaxconn, '4096']\n"),
        ("a.yaml", "#cloud-config\nruncmd:\n- [sysctl, -n, net.core.somaxconn]\n"),
        ("compose.yml", COMPOSE.format("net.ipv4.tcp_syncookies: «TT201»true", " *net")),
        ("compose.yml", COMPOSE.format("- «TT101»net.core.somaxcon=1", " *net")),
        (
            "compose.yml",
            COMPOSE.format("«TT106»vm.swappiness: 1", "\n      <<: *net\n      net.ipv4.tcp_retries2: «TT202»300"),
        ),
        ("compose.yml", "x-a: &a\n  sysctls: {net.ipv4.tcp_sack: «TT201»true}\nservices:\n  a:\n    <<: *a\n"),
        (
            ".gitlab-ci.yml",
            "a:\n  script:\n  - [sysctl -w «TT101»net.core.somaxcon=1]\n",
        ),
        (".gitlab-ci.yml", ".a: &a\n- sysctl -w «TT101»net.core.somaxcon=1\nb:\n  script: *a\nc:\n  script: *a\n"),
        ("a.yaml", POD + "    - {name: net.ipv4.tcp_syncookies, value: '«TT407»0'}\n"),
        (
            "a.yaml",
            POD + "    - {name: net.ipv4.ip_unprivileged_port_start, value: '0'}\n"
            "    - {name: «TT001»net.ipv4.ping_group_range}\n",
        ),
        ("a.yaml", POD + "    - {name: net.ipv4.ping_group_range}\n"),
        (
            "defaults/main.yml",
            "sysctl_list:\n- net.ipv4.tcp_retries2=9\n- «TT001»net.core.rmem_max=\n- «TT001»net.core.wmem_max 5000\n",
        ),
        (
            "defaults/main.yml",
            "sysctl_list:\n- net.ipv4.tcp_retries2=9\n- {name: «TT101»net.core.somaxcon, value: 5}\n",
        ),
        ("defaults/main.yml", "sysctl_list:\n- net.core.rmem_max 5000\n- net.core.wmem_max\n"),
        ("a.yml", "- ansible.posix.sysctl: {name: net.ipv4.ip_local_port_range, value: «TT201»[20000, 60999]}\n"),
    ],
)
def test_hidden_and_beside(tmp_path: Path, name: str, text: str) -> None:
    """What is hidden is read where a program unpacks it; what stands under an anchor is what its users make of it."""
    check(tmp_path, name, text)


def test_too_much(tmp_path: Path) -> None:
    """What would fill the memory is not unpacked."""
    bomb = base64.b64encode(gzip.compress(WRONG.encode() * 100_000, mtime=0)).decode()
    check(tmp_path, "a.yaml", FILE.format("gz+b64", bomb))
