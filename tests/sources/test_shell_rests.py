"""Loops whose words are names and values, put behind a beginning that all of them share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptune.sources import shell
from tcptune.sources.base import Text
from tests.support.marks import check

BOTH = [("vm.swappiness", "7"), ("vm.dirty_ratio", "9")]
LOOP = "for kv in swappiness=7 dirty_ratio=9; do"


def pairs(script: str) -> list[tuple[str, str]]:
    reading = shell.read(Text("a.sh", script))
    return [(setting.key, setting.raw) for setting in reading.settings if not setting.templated]


@pytest.mark.parametrize(
    "script",
    [
        f'{LOOP} sysctl -w "vm.$kv"; done',
        f"{LOOP}\n  sudo sysctl -qw vm.${{kv}} >/dev/null || true\ndone",
        "for kv in \\\n  swappiness=7 \\\n  'dirty_ratio=9'; do\n  sysctl -w vm.$kv\ndone",
        f"{LOOP} sysctl -w /proc/sys/vm/$kv; done",
        f"P=vm\n{LOOP} sysctl -w $P.$kv; done",
        'A=(swappiness=7\n  # by hand\n  "dirty_ratio=9")\nfor kv in "${A[@]}"; do sysctl -w "vm.$kv"; done',
        'A=(swappiness=7)\nA+=(dirty_ratio=9)\nfor kv in "${A[@]}"; do sysctl -w "vm.$kv"; done',
        'A="swappiness=7 dirty_ratio=9"\nfor kv in $A; do sysctl -w vm.$kv; done',
        'A="\n  swappiness=7\n  dirty_ratio=9\n"\nfor kv in $A; do sysctl -w vm.$kv; done',
        f'{LOOP} echo "vm.$kv" >> /etc/sysctl.conf; done',
        f"{LOOP} printf 'vm.%s\\n' \"$kv\"; done | sudo tee /etc/sysctl.d/9.conf",
        'for kv in swappiness:7 dirty_ratio:9; do sysctl -w "vm.${kv%%:*}=${kv#*:}"; done',
        'for kv in swappiness=7 dirty_ratio=9; do sysctl -w vm.${kv%=*}="${kv##*=}"; done',
        f'{LOOP} echo "${{kv#*=}}" > "/proc/sys/vm/${{kv%%=*}}"; done',
        f"{LOOP} echo ${{kv#*=}} | sudo tee /proc/sys/vm/${{kv%=*}}; done",
    ],
)
def test_each_word_of_the_loop_is_told(script: str) -> None:
    assert pairs(f"{script}\n") == BOTH


@pytest.mark.parametrize(
    "script",
    [
        f'{LOOP} echo "vm.$kv"; done',
        f'{LOOP} grep -q "vm.$kv" /etc/sysctl.conf; done',
        f'{LOOP} sysctl -n "vm.${{kv%%=*}}"; done',
        f'{LOOP} echo "vm.$kv" >> /var/log/setup.log; done',
        f'{LOOP} sysctl -w "vm.$other"; done',
        f'{LOOP} sysctl -w "$P.$kv"; done',
        f'{LOOP} echo 1 > "/proc/sys/vm/${{kv%%=*}}"; done',
        'echo "${kv#*=}" > "/proc/sys/vm/${kv%%=*}"',
        f'{LOOP} true; done\nkv=$(cat)\nsysctl -w "vm.$kv"',
        'for kv in swappiness dirty_ratio; do sysctl "vm.$kv"; done',
        'A=(swappiness=7)\nA=()\nfor kv in "${A[@]}"; do sysctl -w "vm.$kv"; done',
        'for kv in "$@"; do sysctl -w "vm.$kv"; done',
    ],
)
def test_what_reads_shows_or_is_not_known_sets_nothing(script: str) -> None:
    assert pairs(f"{script}\n") == []


def test_findings_stand_on_the_words_and_have_no_edit(tmp_path: Path) -> None:
    text = (
        "#!/bin/sh\n"
        "for kv in arp_ignore=1 «TT101»arp_anounce=2; do\n"
        '  sysctl -w "net.ipv4.conf.all.$kv"\n'
        "done\n"
        "MORE=(\n"
        "  tcp_retries2=«TT409»3\n"
        "  «TT101»tcp_keepalive_tme=90\n"
        ")\n"
        'for kv in "${MORE[@]}"; do\n'
        '  sysctl -w "net.ipv4.$kv"\n'
        "done\n"
    )
    check(tmp_path, "a.sh", text)
    (first, _) = shell.read(Text("a.sh", 'for kv in a=1 b=2; do sysctl -w "vm.$kv"; done\n')).settings
    assert first.key_at is not None
    assert first.key_at.end_column is None
