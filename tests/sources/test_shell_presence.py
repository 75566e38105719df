"""Tests of a script whether a parameter is there: what they guard is said to be there, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.marks import check

GONE = "net.ipv4.tcp_tw_recycle"
"""A parameter that new kernels do not have."""

HELPERS = [
    'has() {\n  sysctl -n "$1" >/dev/null 2>&1\n}\n',
    'has() { sysctl "$1" &>/dev/null; }\n',
    'has() { [ -e "/proc/sys/${1//.//}" ]; }\n',
    'function has {\n  local key="$1"\n  [[ -f "/proc/sys/${key//.//}" ]] && return 0\n  return 1\n}\n',
    (
        'has()\n{\n  local path="/proc/sys/$(echo "$1" | tr . /)"\n'
        '  if [ -w "$path" ]; then\n    return 0\n  fi\n  return 1\n}\n'
    ),
    'has() {\n  test -f "/proc/sys/$(echo "$1" | tr . /)"\n}\n',
    'has() {\n  sysctl -aN 2>/dev/null | grep -q "^$1$"\n}\n',
    'has() {\n  # of this kernel\n  [ ! -e "/proc/sys/${1//.//}" ] && return 1\n  return 0\n}\n',
]
"""Functions that only ask."""

OTHERS = [
    'has() {\n  grep -q "$1" /etc/wanted\n}\n',
    'has() {\n  echo "$1"\n}\n',
    'has() { [ -n "$1" ]; }\n',
    'has() { [ -f "$1" ]; }\n',
    'has() { [ ! -e "/proc/sys/${1//.//}" ]; }\n',
    'has() {\n  [ -e "/proc/sys/${1//.//}" ] && return 1\n  return 0\n}\n',
    "has() {\n  sysctl -n net.core.somaxconn >/dev/null\n}\n",
    'has() {\n  sysctl -n "$2" >/dev/null\n}\n',
]
"""Functions that tell something else, or the contrary."""

GUARDED = [
    "has KEY && sysctl -w KEY=1\n",
    "if has KEY; then\n  sysctl -w KEY=1\nfi\n",
    "if has KEY; then\n  echo KEY=1 >> /etc/sysctl.conf\nfi\n",
    "f() {\n  if ! has KEY; then\n    echo no\n    return 1\n  fi\n  sysctl -w KEY=1\n}\nf\n",
    "f() {\n  has KEY || return\n  sysctl -w KEY=1\n}\nf\n",
    'for k in KEY; do\n  has "$k" || continue\n  sysctl -w "$k=1"\ndone\n',
    'put() {\n  has "$1" || return 0\n  sysctl -w "$1=$2"\n}\nput KEY 1\n',
    (
        "declare -A S=(\n  [KEY]=1\n)\n"
        'for k in "${!S[@]}"; do\n  if has "$k"; then\n    sysctl -w "$k=${S[$k]}"\n  fi\ndone\n'
    ),
    'while read -r k v; do\n  has "$k" || continue\n  sysctl -w "$k=$v"\ndone <<EOF\nKEY 1\nEOF\n',
    (
        'S="KEY=1\nnet.ipv4.tcp_tw_reuse=1"\n'
        'while IFS== read -r k v; do\n  if ! has "$k"; then\n    continue\n  fi\n  sysctl -w "$k=$v"\ndone <<< "$S"\n'
    ),
]


@pytest.mark.parametrize("helper", HELPERS)
def test_a_function_that_only_asks_guards_as_the_test_itself_does(tmp_path: Path, helper: str) -> None:
    """Each spelling of it, before `&&` and in a condition."""
    check(tmp_path, "a.sh", "#!/bin/bash\n" + helper + (GUARDED[0] + GUARDED[1]).replace("KEY", GONE))


@pytest.mark.parametrize("script", GUARDED)
def test_what_a_test_guards_is_there(tmp_path: Path, script: str) -> None:
    """Behind it, in its branch, behind a way out, and in the loop of the names it asks for."""
    check(tmp_path, "a.sh", "#!/bin/bash\n" + HELPERS[0] + script.replace("KEY", GONE))


@pytest.mark.parametrize("helper", OTHERS)
def test_a_function_that_tells_something_else_guards_nothing(tmp_path: Path, helper: str) -> None:
    """It may be true for any name, or say that the parameter is missing."""
    check(
        tmp_path,
        "a.sh",
        "#!/bin/bash\n" + helper + f"has {GONE} && sysctl -w «TT102»{GONE}=1\n",
    )


@pytest.mark.parametrize(
    "script",
    [
        "has net.ipv4.tcp_sack || return\nsysctl -w «TT102»KEY=1\n",
        "has KEY || echo no\nsysctl -w «TT102»KEY=1\n",
        "if ! has KEY; then\n  echo no\nfi\nsysctl -w «TT102»KEY=1\n",
        "f() {\n  has KEY || return\n}\nf\nsysctl -w «TT102»KEY=1\n",
        "if has KEY; then\n  echo yes\nfi\nsysctl -w «TT102»KEY=1\n",
        'A="net.ipv4.tcp_sack"\nfor k in $A; do\n  has "$k" || continue\ndone\nsysctl -w «TT102»KEY=1\n',
        (
            "declare -A S=(\n  [«TT102»KEY]=1\n)\n"
            'for k in "${!S[@]}"; do\n  sysctl -w "$k=${S[$k]}"\ndone\nfor k in $B; do\n  has "$k" && echo "$k"\ndone\n'
        ),
    ],
)
def test_what_no_test_guards_is_told(tmp_path: Path, script: str) -> None:
    """A test of another parameter, one whose way goes on, one within a block that has ended."""
    check(tmp_path, "a.sh", "#!/bin/bash\n" + HELPERS[0] + script.replace("KEY", GONE))


def test_a_test_of_one_parameter_of_a_module_tells_of_the_others(tmp_path: Path) -> None:
    """Connection tracking is loaded, or it is not."""
    check(
        tmp_path,
        "a.sh",
        "#!/bin/bash\n[ -e /proc/sys/net/netfilter/nf_conntrack_max ] || exit 0\n"
        "sysctl -w net.netfilter.nf_conntrack_udp_timeout=40\n",
    )


ELSEWHERE = "/proc/sys/net/ipv4/tcp_congestion_control"
LINE = "net.netfilter.nf_conntrack_max=262144"


@pytest.mark.parametrize(
    "test",
    [
        f"[ -f {ELSEWHERE} ]",
        f"[[ -w {ELSEWHERE} ]]",
        f'[ "$(cat {ELSEWHERE})" = cubic ]',
        f"grep -q bbr {ELSEWHERE}",
        "sysctl net.ipv4.tcp_congestion_control >/dev/null 2>&1",
        "sysctl -n net.ipv4.tcp_congestion_control",
        "has net.ipv4.tcp_congestion_control",
        "[ -d /proc/sys/net/ipv4 ]",
        "[ -d /proc/sys ]",
    ],
)
@pytest.mark.parametrize(
    "script", ["if TEST; then\n  DO\nfi\n", "TEST && DO\n", "if TEST; then\n  sh -c 'DO'\nfi\n", "TEST && {\n  DO\n}\n"]
)
def test_a_test_of_a_parameter_that_is_always_there_tells_of_no_module(tmp_path: Path, script: str, test: str) -> None:
    """Only the parameter that is asked for is there, and those that come with it."""
    put = f"echo «TT105»{LINE} >> /etc/sysctl.conf"
    check(tmp_path, "a.sh", "#!/bin/bash\n" + HELPERS[0] + script.replace("TEST", test).replace("DO", put))


@pytest.mark.parametrize(
    "test",
    [
        "[ -f /proc/sys/net/netfilter/nf_conntrack_max ]",
        "[ -e /proc/sys/net/nf_conntrack_max ]",
        "[ -f /proc/sys/net/netfilter/nf_conntrack_tcp_timeout_time_wait ]",
        "[ -d /proc/sys/net/netfilter ]",
        "[ -d /proc/sys/net/netfilter/ ]",
        "[ -f /proc/net/nf_conntrack ]",
        "[ -d /sys/module/nf_conntrack ]",
        '[ -f "/proc/sys/$F" ]',
        "sysctl net.netfilter.nf_conntrack_max",
        "sysctl -a",
        "has net.netfilter.nf_conntrack_count",
        f"[ -f {ELSEWHERE} ] && [ -f /proc/sys/net/netfilter/nf_conntrack_max ]",
    ],
)
def test_a_test_of_what_comes_with_the_module_does(tmp_path: Path, test: str) -> None:
    """By the parameter itself, another of its module, the folder or the module."""
    script = f"if {test}; then\n  echo {LINE} >> /etc/sysctl.conf\nfi\n{test} && echo {LINE} >> /etc/sysctl.d/9.conf\n"
    check(tmp_path, "a.sh", "#!/bin/bash\n" + HELPERS[0] + script)


def test_a_test_of_another_parameter_may_be_one_of_the_kernel(tmp_path: Path) -> None:
    """What only old kernels have is told of by another one that they alone have."""
    check(tmp_path, "a.sh", f"#!/bin/bash\nif [ -f /proc/sys/net/ipv4/tcp_fack ]; then\n  sysctl -w {GONE}=1\nfi\n")


FILE = f"/proc/sys/{GONE.replace('.', '/')}"
NEED = 'need() {{\n  local f\n  for f in "$@"; do\n    {}\n  done\n}}\nneed /etc/passwd FILE\nsysctl -w {}KEY=1\n'


@pytest.mark.parametrize(
    "script",
    [
        'for p in FILE; do if [ ! -e "$p" ]; then exit 1; fi; done\nsysctl -w KEY=1\n',
        "for p in /etc/passwd FILE\ndo\n  [[ -f $p ]] || { echo no; exit 1; }\ndone\nsysctl -w KEY=1\n",
        'F=(\n  FILE\n)\nfor p in "${F[@]}"; do\n  test -w "$p" || exit 1\ndone\nsysctl -w KEY=1\n',
        "[ -e FILE ] || { echo no; exit 1; }\nsysctl -w KEY=1\n",
        NEED.format('[ -e "$f" ] || { echo no; exit 1; }', ""),
        NEED.format('if [[ ! -w "${f}" ]]; then\n      echo no >&2\n      exit 1\n    fi', ""),
        NEED.format('test -e "$f" || die no', ""),
        'need() { [ -e "$1" ] || { echo no; exit 1; }; }\nneed FILE\nsysctl -w KEY=1\n',
        'for p in FILE; do [ -e "$p" ] || continue; done\nsysctl -w «TT102»KEY=1\n',
        'for p in FILE; do [ -e "$p" ] || echo no; done\nsysctl -w «TT102»KEY=1\n',
        'for p in FILE; do [ -e "$p" ] && exit 0; done\nsysctl -w «TT102»KEY=1\n',
        'for p in /etc/passwd; do [ -e "$p" ] || exit 1; done\nsysctl -w «TT102»KEY=1\n',
        'f() {\n  for p in FILE; do [ -e "$p" ] || exit 1; done\n}\nsysctl -w «TT102»KEY=1\n',
        NEED.format('[ -e "$f" ] || echo no', "«TT102»"),
        NEED.format('if [ ! -e "$f" ]; then\n      echo no\n    fi', "«TT102»"),
        NEED.format('[ -e "$f" ] && exit 0', "«TT102»"),
        'need() { [ -e "$1" ] || exit 1; }\nneed /etc/passwd FILE\nsysctl -w «TT102»KEY=1\n',
    ],
)
def test_files_that_a_script_cannot_do_without_are_there(tmp_path: Path, script: str) -> None:
    """It ends where one of those that a loop runs over is missing, or one that a function is given."""
    check(tmp_path, "a.sh", "#!/bin/bash\n# exit\n" + script.replace("FILE", FILE).replace("KEY", GONE))
