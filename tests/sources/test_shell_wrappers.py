"""Functions of a script that only hand on what they get to another one which sets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptune.sources import shell
from tcptune.sources.base import Text
from tests.support.marks import check

ONE = 'one() {\n  sysctl -w "$1=$2"\n}\n'
SURE = ("net.core.somaxconn", "«TT201»2G")


@pytest.mark.parametrize(
    "wrapper",
    [
        'apply() { one "$1" "$2"; }',
        'apply() { one "$@"; }',
        'apply() {\n  log "set $1"\n  one $1 $2 || true\n}',
        'apply() {\n  local key="$1" value="$2"\n  one "$key" "$value"\n}',
        'apply() {\n  local key="$1"\n  shift\n  one "$key" "$1"\n}',
        'inner() { one "$1" "$2"; }\napply() { inner "$@"; }',
        'function apply {\n  if [ -n "$2" ]; then\n    one "$1" "$2"\n  fi\n}',
    ],
)
def test_a_wrong_value_goes_through_a_function_in_between(tmp_path: Path, wrapper: str) -> None:
    check(tmp_path, "a.sh", f"#!/bin/sh\n{ONE}{wrapper}\napply net.core.somaxconn «TT201»2G\n")


def test_the_function_in_between_may_have_the_beginning_of_the_name_or_the_value(tmp_path: Path) -> None:
    tcp = 'tcp() { one "net.ipv4.tcp_$1" "$2"; }\ntcp retries2 «TT409»3\ntcp «TT101»retires1 5\n'
    zero = 'zero() { one "$1" 0; }\nzero net.ipv4.«TT101»tcp_timestamp\n'.replace(
        "net.ipv4.«TT101»", "«TT101»net.ipv4."
    )
    check(tmp_path, "a.sh", f"#!/bin/sh\n{ONE}{tcp}{zero}")


def test_every_pair_of_a_call_is_read() -> None:
    script = 'all() {\n  for kv in "$@"; do sysctl -w "$kv"; done\n}\nall vm.a=1 vm.b=2 vm.c=3 vm.d=4 vm.e=5\n'
    assert len(shell.read(Text("a.sh", script)).settings) == 5


@pytest.mark.parametrize(
    "script",
    [
        'check() { one "$1" "$2"; }\ncheck net.core.somaxconn 2G\n',
        'note() { echo "$1 $2"; one net.core.somaxconn 8192; }\nnote net.core.rmem_max 2G\n',
        'apply() { one "$1" "$(cat)"; }\napply net.core.somaxconn 2G\n',
        'apply() { echo "one $1 $2"; }\napply net.core.somaxconn 2G\n',
        'apply() { one "$(name "$1")" "$2"; }\napply net.core.somaxconn 2G\n',
        'apply() { one "$1" "$(bytes "$2")"; }\napply net.core.somaxconn 2G\n',
    ],
)
def test_what_asks_tells_or_makes_something_else_of_it_is_silent(tmp_path: Path, script: str) -> None:
    check(tmp_path, "a.sh", f"#!/bin/sh\n{ONE}{script}")


def test_time_is_linear_in_functions() -> None:
    text = ONE + "".join(f'f{number}() {{ f{number + 1} "$1" "$2"; }}\n' for number in range(5_000))
    shell.read(Text("big.sh", text))
