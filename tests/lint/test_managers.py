"""What ufw's own file sets otherwise than the loaders' files beside it, without a host to ask."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.lint import run

SACK = "net.ipv4.tcp_sack = 0\n"
UFW = "net/ipv4/tcp_sack=1\n"


def told(folder: Path, files: dict[str, str]) -> list[tuple[str, int]]:
    """Return where TT505 stands."""
    found = [one for one in run(folder, files).findings if one.rule == "TT505" and one.at is not None]
    return [(one.at.path.rpartition("etc/")[2], one.at.line) for one in found if one.at is not None]


@pytest.mark.parametrize(
    "files",
    [
        {"etc/sysctl.d/9.conf": SACK, "etc/ufw/sysctl.conf": UFW},
        {"etc/sysctl.d/1.conf": "net.ipv4.tcp_sack = 1\n", "etc/sysctl.d/9.conf": SACK, "etc/ufw/sysctl.conf": UFW},
        {"etc/sysctl.d/9.conf": SACK, "etc/ufw/sysctl.conf": UFW, "etc/ufw/ufw.conf": "ENABLED=yes\n"},
        {
            "etc/sysctl.d/9.conf": SACK,
            "etc/ufw/sysctl.conf": UFW,
            "etc/default/ufw": "IPT_SYSCTL=/etc/ufw/sysctl.conf\n",
        },
        {"etc/sysctl.d/9.conf": SACK, "etc/ufw/sysctl.conf": f"net.ipv4.tcp_sack=0\n{UFW}"},
    ],
)
def test_the_line_that_does_not_last_is_named(tmp_path: Path, files: dict[str, str]) -> None:
    assert told(tmp_path, files) == [("sysctl.d/9.conf", 1)]


def test_sysctl_conf_is_such_a_file_as_well(tmp_path: Path) -> None:
    files = {"etc/sysctl.conf": f"# a\n{SACK}", "etc/ufw/sysctl.conf": UFW}
    assert told(tmp_path, files) == [("sysctl.conf", 2)]


@pytest.mark.parametrize(
    "files",
    [
        {"etc/sysctl.d/9.conf": "net.ipv4.tcp_sack = 1\n", "etc/ufw/sysctl.conf": UFW},
        {"etc/sysctl.d/9.conf": SACK, "etc/ufw/sysctl.conf": f"#{UFW}"},
        {"etc/sysctl.d/9.conf": SACK, "etc/ufw/sysctl.conf": UFW, "etc/ufw/ufw.conf": "ENABLED=no\n"},
        {"etc/sysctl.d/9.conf": SACK, "etc/ufw/sysctl.conf": UFW, "etc/default/ufw": "IPT_SYSCTL=/etc/sysctl.conf\n"},
        {"etc/sysctl.d/1.conf": SACK, "etc/sysctl.d/9.conf": "net.ipv4.tcp_sack = 1\n", "etc/ufw/sysctl.conf": UFW},
        {"a/etc/sysctl.d/9.conf": SACK, "b/etc/ufw/sysctl.conf": UFW},
        {"etc/sysctl.d/9.txt": SACK, "etc/ufw/sysctl.conf": UFW},
    ],
)
def test_what_agrees_is_off_or_of_another_host(tmp_path: Path, files: dict[str, str]) -> None:
    assert told(tmp_path, files) == []
