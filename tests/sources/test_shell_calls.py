"""Scripts that set parameters by functions of their own, from arrays and in loops; what asks or prints sets nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptune.sources import shell
from tcptune.sources.base import Text
from tests.support.marks import check

SET = 'apply() {\n  sysctl -w "$1=$2"\n}\n'
TRY = 'apply() {\n  sysctl -w "$1=$2" || true\n}\n'
SAVE = 'put() {\n  echo "$1 = $2" >> /etc/sysctl.d/9.conf || true\n}\n'
HELD = 'F=/etc/sysctl.d/9.conf\nkeep() {\n  echo "$1 = $2" >> "$F"\n}\n'
LOOP = 'for k in "${!P[@]}"; do sysctl -w "$k=${P[$k]}"; done\n'


def pairs(script: str) -> list[tuple[str, str]]:
    reading = shell.read(Text("a.sh", script))
    return [(setting.key, setting.raw) for setting in reading.settings if not setting.templated]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (f"{SET}apply net.core.somaxconn 4096\n", [("net.core.somaxconn", "4096")]),
        (f'{SET}apply "net.ipv4.tcp_rmem" "4096 5000 6000"\n', [("net.ipv4.tcp_rmem", "4096 5000 6000")]),
        (f"{SET}apply net.core.somaxconn=4096\n", [("net.core.somaxconn", "4096")]),
        (f"{SAVE}put 'listen queue' net.core.somaxconn 4096\n", [("net.core.somaxconn", "4096")]),
        ("function f {\n  echo $2 > /proc/sys/$1; }\nf net.core.somaxconn 1\n", [("net.core.somaxconn", "1")]),
        ("set-sysctl net.core.somaxconn 4096\n", [("net.core.somaxconn", "4096")]),
        ("Set_Sysctl net.core.somaxconn 4096\n", [("net.core.somaxconn", "4096")]),
        ("sysctl_optimize net.core.somaxconn 4096\n", [("net.core.somaxconn", "4096")]),
        ("_sysctl_set net.core.somaxconn 4096\n", [("net.core.somaxconn", "4096")]),
        (f'declare -A P=(\n  ["net.core.somaxconn"]="4096"\n)\n{LOOP}', [("net.core.somaxconn", "4096")]),
        ('A=("vm.swappiness=1" "fs.nr_open = 2")\nsysctl -w "$a"', [("vm.swappiness", "1"), ("fs.nr_open", "2")]),
        ('for s in "net.core.somaxconn=2"; do sysctl -w "$s"; done', [("net.core.somaxconn", "2")]),
        ("for k in vm.a vm.b; do\n  sysctl -w $k=9\ndone", [("vm.a", "9"), ("vm.b", "9")]),
        ("for k in vm.swappiness; do sysctl -w ${k}=9; done", [("vm.swappiness", "9")]),
        ('for p in "vm.a:9" "vm.b:8"; do sysctl -w "${p%:*}=${p#*:}"; done', [("vm.a", "9"), ("vm.b", "8")]),
        ("tweak /proc/sys/net/core/somaxconn 4096\n", [("net.core.somaxconn", "4096")]),
        ("tunable backlog /proc/sys/net/core/somaxconn 4096\n", [("net.core.somaxconn", "4096")]),
        ("lock_val 4096 /proc/sys/net/core/somaxconn\n", [("net.core.somaxconn", "4096")]),
        ("P=/proc/sys/net/core\nput $P/somaxconn 4096\n", [("net.core.somaxconn", "4096")]),
        (f"{HELD}keep net.core.somaxconn 4096 'why'\n", [("net.core.somaxconn", "4096")]),
        ('A="\nvm.a|9|why\n# no\nvm.b 8\n"\nsysctl -w "$k=$v" # $A\n', [("vm.a", "9"), ("vm.b", "8")]),
    ],
)
def test_what_is_handed_on_to_sysctl_is_read(script: str, expected: list[tuple[str, str]]) -> None:
    assert pairs(script) == expected


@pytest.mark.parametrize(
    "script",
    [
        'check() { sysctl -n "$1" | grep -q "$2"; }\ncheck net.core.somaxconn 4096\n',
        'check() {\n  [ "$(sysctl -n $1)" = "$2" ]\n}\n' + SET + "check net.core.somaxconn 4096\n",
        f"{SET}log net.core.somaxconn 4096\n",
        f"{SET}apply net.core.somaxconn 'the listen queue'\n",
        'WANT=("net.core.somaxconn=4096")\nfor w in "${WANT[@]}"; do echo "$w"; done\n',
        f"{LOOP}grep 'net.core.somaxconn=4096' file\n",
        "for k in net.core.rmem_max; do sysctl -n $k; done\n",
        "chmod 644 /proc/sys/net/core/somaxconn 4096\n",
        "wait_for /proc/sys/net/core/somaxconn 4096\n",
        "see 4096 /proc/sys/net/core/somaxconn\n",
        'F=/etc/hosts\nkeep() {\n  echo "$1 $2" >> "$F"\n}\nkeep net.core.somaxconn 4096\n',
        'A="\nvm.a|9|why\nand a sentence\n"\nsysctl -w "$k=$v" # $A\n',
        "echo >> /etc/sysctl.conf <<EOF\nnet.core.somaxconn = 4096\nEOF\n",
    ],
)
def test_what_only_asks_or_prints_sets_nothing(script: str) -> None:
    assert pairs(script) == []


def test_places_are_those_of_name_and_value() -> None:
    (setting,) = shell.read(Text("a.sh", f'{SET}apply "net.core.somaxconn" "4096"\n')).settings
    assert setting.key_at is not None
    assert setting.value_at is not None
    assert (setting.key_at.line, setting.key_at.column) == (4, 8)
    assert (setting.value_at.line, setting.value_at.column, setting.value_at.end_column) == (4, 29, 33)


def test_a_function_that_goes_on_after_a_failure_forgives_it() -> None:
    (forgiven,) = [s for s in shell.read(Text("a.sh", f"{TRY}apply vm.swappiness 1\n")).settings if not s.templated]
    (strict,) = [s for s in shell.read(Text("a.sh", f"{SET}apply vm.swappiness 1\n")).settings if not s.templated]
    assert "ignore-errors" in forgiven.facts
    assert "ignore-errors" not in strict.facts


def test_a_function_that_asks_first_speaks_for_kernel_and_module() -> None:
    text = 'emit_sysctl() {\n  if known_exists "$1"; then echo "$1 = $2" >> "$OUT"; fi\n}\n'
    reading = shell.read(Text("a.sh", f"#!/bin/sh\n{text}emit_sysctl net.netfilter.nf_conntrack_max 9999\n"))
    (setting,) = reading.settings
    assert "exists" in setting.facts


ARRAYS = "KEYS=(net.ipv4.tcp_sack «{}»{})\nVALUES=(\n  0\n  1\n)\n"
PAIRS = 'for i in "${!KEYS[@]}"; do\n  DO\ndone\n'
GONE = "net.ipv4.tcp_tw_recycle"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('echo "${KEYS[$i]} = ${VALUES[$i]}" >> /etc/sysctl.conf', True),
        ('echo "${KEYS[i]}=${VALUES[i]}" | sudo tee -a /etc/sysctl.d/9-a.conf', True),
        ('sysctl -w "${KEYS[$i]}=${VALUES[$i]}"', True),
        ('sysctl -qw ${KEYS[${i}]}="${VALUES[${i}]}"', True),
        ('echo "${KEYS[$i]} = ${VALUES[$i]}"', False),
        ('[ -e "/proc/sys/${KEYS[$i]//.//}" ] || continue\n  sysctl -w "${KEYS[$i]}=${VALUES[$i]}"', False),
        ('sysctl -w "${KEYS[$i]}=${OTHERS[$i]}"', False),
    ],
)
def test_names_and_values_in_two_arrays_are_put_together(tmp_path: Path, line: str, told: bool) -> None:
    arrays = ARRAYS.format("TT102", GONE) if told else ARRAYS.replace("«{}»{}", GONE)
    check(tmp_path, "a.sh", "#!/bin/bash\n" + arrays + PAIRS.replace("DO", line))


def test_a_loop_under_a_condition_may_be_for_another_kernel(tmp_path: Path) -> None:
    loop = '  for i in "${!KEYS[@]}"; do\n    sysctl -w "${KEYS[$i]}=${VALUES[$i]}"\n  done\n'
    arrays = ARRAYS.replace("«{}»{}", GONE)
    check(tmp_path, "a.sh", f"#!/bin/bash\n{arrays}if old; then\n{loop}fi\n")


def test_arrays_of_unlike_length_are_no_pairs(tmp_path: Path) -> None:
    line = 'sysctl -w "${KEYS[$i]}=${VALUES[$i]}"'
    arrays = ARRAYS.replace("«{}»{}", f"{GONE} vm.swappiness")
    check(tmp_path, "a.sh", "#!/bin/bash\n" + arrays + PAIRS.replace("DO", line))
