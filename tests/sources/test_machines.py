"""What a machine gets at its first boot: user data in any form, and files that cloud-init and Ignition write."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import quote

import pytest

from tcptune.sources import user_data
from tcptune.sources.base import Text
from tests.support.marks import check

CRIO = '[crio.runtime]\ndefault_sysctls = ["net.ipv4.tcp_fin_timeout=5"]\n'
NODE_CLASS = "kind: EC2NodeClass\nspec:\n  userData: |\n"
IGNITION = "kind: MachineConfig\nspec:\n  config:\n    storage:\n      files:\n      - path: /etc/crio/crio.conf.d/9\n"


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", f"{NODE_CLASS}    #!/bin/bash\n    sysctl -w net.ipv4.tcp_fin_timeout=«TT404»5\n"),
        (
            "a.yaml",
            (
                f"{NODE_CLASS}    MIME-Version: 1.0\n    Content-Type: multipart/mixed; boundary=B\n\n    --B\n"
                "    Content-Type: text/x-shellscript\n\n    #!/bin/sh\n"
                "    sysctl -w net.ipv4.tcp_fin_timeout=«TT404»5\n"
                "    --B\n    Content-Type: text/cloud-config\n\n    #cloud-config\n    runcmd:\n"
                "      - sysctl -w net.ipv4.tcp_retries2=«TT409»3\n    --B--\n"
            ),
        ),
        ("a.yaml", f'{NODE_CLASS}    [settings.kernel.sysctl]\n    "net.ipv4.tcp_fin_timeout" = "«TT404»5"\n'),
        ("a.yaml", "x:\n  Fn::Base64: !Sub |\n    #!/bin/sh\n    sysctl -w net.ipv4.tcp_fin_timeout=«TT404»5\n"),
        (
            "a.tf",
            (
                "x {\n  user_data = <<-END\n    MIME-Version: 1.0\n\n    --B\n    Content-Type: text/x-shellscript\n\n"
                "    #!/bin/sh\n    sysctl -w net.ipv4.tcp_fin_timeout=«TT404»5\n    --B--\n  END\n}\n"
            ),
        ),
        (
            "a.yaml",
            (
                "#cloud-config\nwrite_files:\n- path: /etc/network/interfaces.d/a\n  content: |\n"
                "    iface a inet dhcp\n"
                "      post-up sysctl -w net.ipv4.tcp_fin_timeout=«TT404»5\n      up echo sysctl\n"
            ),
        ),
        (
            "a.yaml",
            (
                "#cloud-config\nwrite_files:\n- path: /etc/sysctl.d/9.conf\n  encoding: b64\n"
                f"  content: «TT404»{in_base64('net.ipv4.tcp_fin_timeout = 5')}\n"
            ),
        ),
        (
            "a.yaml",
            (
                "#cloud-config\nwrite_files:\n- path: /etc/systemd/system/a.service\n  content: |\n    [Service]\n"
                "    ExecStart=/sbin/sysctl -w net.ipv4.tcp_fin_timeout=«TT404»5\n"
            ),
        ),
        ("a.yaml", '#cloud-config\nbootcmd:\n- [sh, -c, "echo «TT409»3 > /proc/sys/net/ipv4/tcp_retries2"]\n'),
        ("a.yaml", "#cloud-config\nbootcmd:\n- [cloud-init-per, once, x, sysctl, net.ipv4.tcp_fin_timeout=«TT404»5]\n"),
        ("a.ign", '{"files": [{"path": "/etc/sysctl.d/9", "contents": {"source": "data:,net.core.somaxcon%3D9"}}]}\n'),
        ("a.bu", "files:\n- path: /etc/sysctl.d/9\n  contents:\n    inline: |\n      «TT101»net.core.somaxcon = 9\n"),
        ("a.yaml", f"{IGNITION}        contents:\n          source: data:;base64,«TT404»{in_base64(CRIO)}\n"),
        (
            "a.yaml",
            f"{IGNITION}        contents:\n          source: data:,{quote(CRIO)}\n".replace(
                "timeout%3D5", "timeout%3D«TT404»5"
            ),
        ),
        (
            "a.yaml",
            (
                f"{IGNITION}        contents:\n          inline: |\n            [crio.runtime]\n"
                '            default_sysctls = [\n              "net.ipv4.tcp_fin_timeout=«TT404»5",\n            ]\n'
            ),
        ),
        ("a.yaml", "spec: |\n  version: v1\n  machine:\n    sysctls:\n      net.ipv4.tcp_fin_timeout: '«TT404»5'\n"),
        (
            "a.yaml",
            (
                "kind: HelmChart\nspec:\n  valuesContent: |-\n    podSecurityContext:\n      sysctls:\n"
                "      - name: «TT107»net.core.somaxconn\n        value: '70'\n"
            ),
        ),
        ("a.yaml", "text: |\n  sysctls are net.core.somaxcon: 1\n"),
        ("crio.conf", 'default_sysctls = [\n  "net.ipv4.tcp_fin_timeout=«TT404»5", # short\n]\nx = ["net.a.b=1"]\n'),
        ("a.toml", "[containers]\ndefault_sysctls = ['net.ipv4.tcp_fin_timeout=«TT404»5']\n"),
    ],
)
def test_each_setting_is_found_at_its_place(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text.replace("data:,net.core.somaxcon%", "data:,«TT101»net.core.somaxcon%"))


@pytest.mark.parametrize(
    "text",
    [
        f"{NODE_CLASS}    Notes for\n    sysctl -w net.ipv4.tcp_fin_timeout=5\n",
        "#cloud-config\nwrite_files:\n- path: /root/notes\n  content: |\n    net.ipv4.tcp_fin_timeout = 5\n",
        "#cloud-config\nwrite_files:\n- path: /etc/sysctl.d/9.conf\n  encoding: gzip\n  content: net.core.somaxcon=1\n",
        "#cloud-config\nwrite_files:\n- path: /etc/sysctl.d/9.conf\n  encoding: b64\n  content: '====='\n",
        f"{IGNITION}        contents:\n          source: data:;base64,{in_base64(CRIO)}\n          compression: gzip\n",
    ],
)
def test_what_is_no_such_text_sets_nothing(tmp_path: Path, text: str) -> None:
    check(tmp_path, "a.yaml", text)


def test_a_header_without_a_body_is_no_part() -> None:
    text = "MIME-Version: 1.0\n--B\nContent-Type: a;\n b\n--B\n\n--B--"
    form = user_data.reader(text)
    assert form is not None
    assert form(Text("a", text)).settings == []
