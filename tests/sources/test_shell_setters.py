"""Functions and loops of a script that certainly set what they get: wrong values and names begun in the function."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.marks import check

PUT = 'put() {\n  sysctl -w "$1=$2"\n}\n'
NAMED = 'put() {\n  local key="$1" value=$2\n  [ "$(sysctl -n "$key")" = "$value" ] || sysctl -w "$key=$value"\n}\n'
PROC = "put() {\n  echo $2 > /proc/sys/net/ipv4/$1\n}\n"
SAVE = 'put() {\n  echo "net.ipv4.$1 = $2" >> /etc/sysctl.d/9-x.conf\n}\n'
DIVIDED = "while IFS='=' read -r k v; do\n  [ -n \"$k\" ] || continue\n  "
CASES = "put() {\n  case $1 in\n    4) sysctl -w net.ipv4.$2=$3 ;;\n    6) sysctl -w net.ipv6.$2=$3 ;;\n  esac\n}\n"
READ = 'while read -r k v; do sysctl -w "$k=$v"; done'


@pytest.mark.parametrize(
    "script",
    [
        f"{PUT}put net.core.somaxconn «TT201»2G\n",
        f"{PUT}put net.core.somaxconn «TT201»30s\n",
        f"{PUT}put net.core.somaxconn «TT201»true\n",
        f"{PUT}put net.core.somaxconn «TT201»1.0\n",
        f"{PUT}put net.core.somaxconn «TT204»0x8000\n",
        f'{PUT}put net.core.somaxconn "«TT003»5000 # fast"\n',
        f'{PUT}put net.core.somaxconn «TT001»""\n',
        f"{NAMED}put net.core.somaxconn «TT201»16M\n",
        'put() { echo "$2" > "$1"; }\nput /proc/sys/net/core/somaxconn «TT201»max\n',
        'put() { echo "$1" | sudo tee "$2" >/dev/null; }\nput «TT201»max /proc/sys/net/core/somaxconn\n',
        'put() {\n  echo "$1" >> "$LOG"\n  sysctl -w "$1=$2" >> $LOG 2>&1\n}\nput net.core.somaxconn «TT201»1k\n',
        'put() { local k=$1; shift; sysctl -w "$k=$*"; }\nput net.ipv4.tcp_rmem «TT201»4096 131072 6MB\n',
        'put() {\n  log "$1"\n  sysctl -w "$2=$3" || true\n}\nput "the queue" net.core.somaxconn «TT201»1k\n',
        'F=/etc/sysctl.d/9.conf\nput() { echo "$1=$2" >> "$F"; }\nput net.core.somaxconn «TT201»many\n',
        f"{READ} <<EOF\n# name value\nnet.core.somaxconn «TT201»2G\nEOF\n",
        f"{READ} <<EOF\nnet.core.somaxconn «TT003»5000 # fast\nEOF\n",
        f'{DIVIDED}echo "$k = $v" >> /etc/sysctl.conf\ndone <<EOF\nnet.core.somaxconn = «TT201»true\nEOF\n',
        'put() {\n  local f=/proc/sys/${1//./\\/}\n  echo "$2" > "$f"\n}\nput net.core.somaxconn «TT201»max\n',
        'put() {\n  f=/proc/sys/$(echo "$1" | tr . /)\n  echo "$2" > "$f"\n}\nput net.core.somaxconn «TT201»max\n',
        'F=/etc/sysctl.conf\nput() { echo "$1=$2" | sudo tee -a "$F"; }\nput net.core.somaxconn «TT201»max\n',
        "put_line /etc/sysctl.conf net.core.somaxconn «TT201»2G\n",
        "put /proc/sys/net/core/somaxconn «TT201»30s\n",
    ],
)
def test_a_wrong_value_for_a_function_that_certainly_sets_it_is_told(tmp_path: Path, script: str) -> None:
    check(tmp_path, "a.sh", f"#!/bin/sh\n{script}")


@pytest.mark.parametrize(
    "script",
    [
        'put() { sysctl -w "vm.$1=$2"; }\nput «TT101»swapiness 10\n',
        "tcp() { sysctl -w net.ipv4.tcp_$1=$2; }\ntcp «TT101»fin_timeot 20\ntcp syncookies «TT407»0\n",
        f"{PROC}put «TT101»tcp_fin_timeot 20\n",
        f"{PROC}put tcp_fin_timeout «TT201»yes\n",
        f"{SAVE}put «TT101»tcp_fin_timeot 20\n",
        'put() {\n  printf \'net.ipv4.%s = %s\\n\' "$1" "$2" >> /etc/sysctl.conf\n}\nput «TT101»tcp_fin_timeot 20\n',
        "B=/proc/sys/net/ipv4\nput() { echo $2 > $B/$1; }\nput «TT101»tcp_fin_timeot 20\n",
        'P=net.ipv4\nput() { sysctl -w "$P.$1=$2"; }\nput «TT101»tcp_fin_timeot 20\n',
        "on() { sysctl -w net.ipv4.$1=1; }\non «TT101»tcp_syncookie\n",
        "put() { sysctl -w net.ipv4.conf.$1.$2=$3; }\nput eth0 «TT101»arp_annouce 2\n",
        'put() {\n  local base="net.ipv4.conf.$1"\n  sysctl -w "$base.arp_announce=$2"\n}\nput eth0 «TT202»7\n',
    ],
)
def test_a_name_that_begins_in_the_function_is_read(tmp_path: Path, script: str) -> None:
    check(tmp_path, "a.sh", f"#!/bin/sh\n{script}")


@pytest.mark.parametrize(
    "script",
    [
        f"{PUT}put net.core.somaxconn 'the listen queue'\n",
        f'{PUT}put net.core.somaxconn "$N"\nput net.core.somaxconn\n',
        f"{PUT}put net.core.somaxcon maybe\n",
        'put() {\n  [ "$2" = max ] && return\n  sysctl -w "$1=$2"\n}\nput net.core.somaxconn max\n',
        'put() {\n  case "$2" in max) set -- "$1" 65535 ;; esac\n  sysctl -w "$1=$2"\n}\nput net.core.somaxconn max\n',
        'put() {\n  [ -n "$2" ] || return\n  sysctl -w "$1=$2"\n}\nput net.core.somaxconn ""\n',
        'put() {\n  sysctl -w "$1=${2:-4096}"\n}\nput net.core.somaxconn ""\n',
        'P=net.ipv4\nP=net.ipv6\nput() { sysctl -w "$P.$1=$2"; }\nput tcp_fin_timeot 20\n',
        'put() {\n  v=$2\n  v=$(bytes "$v")\n  sysctl -w "$1=$v"\n}\nput net.core.somaxconn 2_G.\n',
        'say() { echo "$1: $2"; }\nsay net.core.somaxconn 2G\n',
        'put() { echo "$2" > "$1"; }\nput /tmp/net.core.somaxconn max\n',
        'keep() { sysctl -n "$1" > "$2"; }\nkeep net.core.somaxconn max\n',
        f"{CASES}put 6 nosuch 1\n",
        'while read -r k why; do sysctl -n "$k"; done <<EOF\nnet.core.somaxconn many\nEOF\n',
        'while read -r k v why; do sysctl -w "$k=$v"; done <<EOF\nnet.core.somaxconn 8192 for many clients\nEOF\n',
    ],
)
def test_what_a_function_may_make_something_else_of_is_silent(tmp_path: Path, script: str) -> None:
    check(tmp_path, "a.sh", f"#!/bin/sh\n{script}")
