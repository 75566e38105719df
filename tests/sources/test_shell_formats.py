"""What printf puts together of its format and its arguments, and the places of what came of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptune.sources import shell
from tcptune.sources.base import Text
from tests.support.marks import check


def pairs(script: str) -> list[tuple[str, str]]:
    reading = shell.read(Text("a.sh", script))
    return [(setting.key, setting.raw) for setting in reading.settings if not setting.templated]


SWAP, RATIO = ("vm.swappiness", "7"), ("vm.dirty_ratio", "9")


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("printf '%s = %s\\n' vm.swappiness 7 > /etc/sysctl.d/9.conf", [SWAP]),
        ('printf "%s=%d\\n" vm.swappiness 7 vm.dirty_ratio 9 >> /etc/sysctl.conf', [SWAP, RATIO]),
        ("printf '%s=%s\\n%s=%s\\n' vm.swappiness 7 vm.dirty_ratio 9 >> /etc/sysctl.conf", [SWAP, RATIO]),
        ("printf '# %s\\n%s=%d\\n' 'by hand' vm.swappiness 7 | sudo tee -a /etc/sysctl.conf", [SWAP]),
        ("printf '%-20s = %s\\n' vm.swappiness 7 | tee /etc/sysctl.d/9.conf >/dev/null", [SWAP]),
        ("printf 'vm.%s = %s\\n' swappiness 7 dirty_ratio 9 > /etc/sysctl.d/9.conf", [SWAP, RATIO]),
        ("printf 'vm.swappiness = %d\\n' 7 > /etc/sysctl.d/9.conf", [SWAP]),
        ('printf "%s\\n" "vm.swappiness = 7" "vm.dirty_ratio = 9" > /etc/sysctl.d/9.conf', [SWAP, RATIO]),
        ("printf '%b' 'vm.swappiness = 7\\nvm.dirty_ratio = 9\\n' > /etc/sysctl.d/9.conf", [SWAP, RATIO]),
        ("printf '%s %s\\n' 7 9 > /proc/sys/net/ipv4/ip_local_port_range", [("net.ipv4.ip_local_port_range", "7 9")]),
        ("printf '%d' 7 > /proc/sys/vm/swappiness", [SWAP]),
        ("N=7\nprintf 'vm.swappiness = %d\\n' \"$N\" > /etc/sysctl.d/9.conf", [SWAP]),
        ("sh -c \"printf '%s=%s\\n' vm.swappiness 7 > /etc/sysctl.d/9.conf\"", [SWAP]),
    ],
)
def test_a_format_is_filled_with_its_arguments(script: str, expected: list[tuple[str, str]]) -> None:
    assert pairs(script + "\n") == expected


@pytest.mark.parametrize(
    "script",
    [
        "printf '%s = %s\\n' vm.swappiness 7",
        "printf '%s = %s\\n' vm.swappiness 7 > /dev/stderr",
        "printf '%s = %s\\n' vm.swappiness 7 >> /var/log/setup.log",
        'printf \'%s = %s\\n\' "$key" "$value" > /etc/sysctl.d/9.conf',
        "printf '%s = %s\\n' \"$@\" > /etc/sysctl.d/9.conf",
        "printf '%s = %s\\n' \"${ALL[@]}\" > /etc/sysctl.d/9.conf",
        "printf 'vm.swappiness = %d\\n' 0x10 > /etc/sysctl.d/9.conf",
        "printf 'vm.swappiness = %.1f\\n' 7 > /etc/sysctl.d/9.conf",
        "printf 'vm.swappiness = %s\\n' > /etc/sysctl.d/9.conf",
    ],
)
def test_what_goes_nowhere_or_is_not_certain_sets_nothing(script: str) -> None:
    assert pairs(script + "\n") == []


def test_findings_stand_on_the_arguments(tmp_path: Path) -> None:
    text = (
        "#!/bin/sh\n"
        "printf '%s = %s\\n' net.ipv4.tcp_retries2 «TT409»3 >> /etc/sysctl.conf\n"
        "printf '%s=%d\\n' net.core.somaxconn 8192 «TT101»net.ipv4.tcp_retires1 5 > /etc/sysctl.d/9.conf\n"
        "printf '%d %d\\n' «TT203»60999 32768 > /proc/sys/net/ipv4/ip_local_port_range\n"
    )
    check(tmp_path, "a.sh", text)


@pytest.mark.parametrize(
    "line",
    [
        "printf 'vm.%s = %s%s\\n' swappiness 7 0 > /etc/sysctl.d/9.conf",
        "printf '%s = \"%s\"\\n' vm.swappiness 70 > /etc/sysctl.d/9.conf",
        "printf '%s 5\\n' 99 > /proc/sys/net/ipv4/ip_local_port_range",
    ],
)
def test_what_comes_from_several_places_has_no_end_and_so_no_edit(line: str) -> None:
    (setting,) = shell.read(Text("a.sh", line + "\n")).settings
    assert setting.value_at is not None
    assert setting.value_at.end_column is None


def test_time_is_linear_in_arguments() -> None:
    shell.read(Text("big.sh", "printf '" + "%s=" * 5_000 + "' " + "a " * 100_000 + "> /etc/sysctl.conf\n"))
