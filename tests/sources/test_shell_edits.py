"""Lines that a script puts into the loaders' files by editors, by helpers of its own, and by what functions print."""

from __future__ import annotations

import pytest

from tcptune.model.setting import Location
from tcptune.sources import shell
from tcptune.sources.base import Reading, Text

LOOP = 'for p in $P; do sysctl -w "$p"; done\n'


def read(script: str) -> Reading:
    return shell.read(Text("a.sh", script))


def pairs(script: str) -> list[tuple[str, str]]:
    return [(one.key, one.raw) for one in read(script).settings if not one.templated]


@pytest.mark.parametrize(
    "script",
    [
        'add_line /etc/sysctl.conf "net.core.optmem_max = 7"\n',
        "F=/etc/sysctl.d/9.conf\nreplace_or_add $F net.core.optmem_max 7\n",
        'ensure_line "net.core.optmem_max=7" /etc/sysctl.d/9.conf\n',
        "conf() {\n  cat <<E\nnet.core.optmem_max = 7\nE\n}\nconf > /etc/sysctl.d/9.conf\n",
        "function conf {\n  echo net.core.optmem_max = 7\n}\nconf | sudo tee /etc/sysctl.d/9.conf\n",
        'C=$(cat <<E\nnet.core.optmem_max = 7\nE\n)\necho "$C" > /etc/sysctl.d/9.conf\n',
        'local C="$(cat <<\'E\'\nnet.core.optmem_max = 7\nE\n)"\necho "$C" > /etc/sysctl.d/9.conf\n',
        f'P="net.core.optmem_max=7"\n{LOOP}',
        "while read -r k v; do\n  sysctl -w $k=$v\ndone <<E\n# name value\nnet.core.optmem_max 7\nE\n",
        'A=(\n \'net.core.optmem_max|7|what for\'\n)\nfor a in "${A[@]}"; do sysctl -w "$k=$v"; done\n',
        "cat > /etc/sysctl.d/9.conf <<E\n$(if true; then\n  echo 'net.core.optmem_max = 7'\nfi)\nE\n",
        "echo 7 > /proc/sys//net/core//optmem_max\n",
        "on boot\n    write /proc/sys/net/core/optmem_max 7\n",
        "grep -q optmem_max /etc/sysctl.conf || echo 'net.core.optmem_max=7' >> /etc/sysctl.conf\n",
    ],
)
def test_a_line_that_is_put_in_is_read(script: str) -> None:
    assert pairs(script) == [("net.core.optmem_max", "7")]


@pytest.mark.parametrize(
    "script",
    [
        "sed -i 's/^net.core.optmem_max.*/net.core.optmem_max = 7/' /etc/sysctl.conf\n",
        "sed -i '/net.core.optmem_max = 7/d' /etc/sysctl.conf\n",
        "sed -i '$a\\net.core.optmem_max = 7' /etc/sysctl.conf\n",
        "sed -i '$ a net.core.optmem_max = 7' /etc/sysctl.conf\n",
        "sed -i '/optmem_max/c\\net.core.optmem_max = 7' /etc/sysctl.d/9.conf\n",
        'sudo sed -i "/^net.core.optmem_max/ c\\net.core.optmem_max = 7"  /etc/sysctl.conf\n',
        "sed -i '1i net.core.optmem_max=7' /etc/sysctl.conf\n",
        "F=/etc/sysctl.conf\nsed -i -e '/x/d' -e '$a net.core.optmem_max=7' $F\n",
        "sed -i '$a\\\nnet.core.optmem_max=7' /etc/sysctl.conf\n",
        "sed '$a net.core.optmem_max = 7' /etc/sysctl.conf\n",
        "sed -i '$a net.core.optmem_max = 7' notes.txt\n",
        "sed -i '$a # net.core.optmem_max = 7' /etc/sysctl.conf\n",
        'remove_line /etc/sysctl.conf "net.core.optmem_max = 7"\n',
        'check_line /etc/sysctl.conf "net.core.optmem_max = 7"\n',
        'add_line /etc/motd "net.core.optmem_max = 7"\n',
        "usage() {\n  cat <<E\nnet.core.optmem_max = 7\nE\n}\nusage >&2\n",
        'P="net.core.optmem_max=7"\nfor p in $P; do sysctl -n "$p"; done\n',
        "echo 'net.core.optmem_max = 7' | tee -a /var/log/tune\n",
        "echo 'net.core.optmem_max = 7' >> sysctl.log\n",
        "cat > NOTES.md <<E\nnet.core.optmem_max = 7\nE\n",
        "trap 'sysctl -w net.core.optmem_max=7' EXIT\n",
        "while read -r k v; do\n  echo $k=$v\ndone <<E\nnet.core.optmem_max 7\nE\n",
        'A=(\'net.core.optmem_max|7|what for\')\nfor a in "${A[@]}"; do echo "$a"; done\n',
    ],
)
def test_what_replaces_deletes_prints_or_asks_sets_nothing(script: str) -> None:
    assert read(script).settings == []
    assert read(script).problems == []


def test_the_place_is_that_of_name_and_value() -> None:
    (only,) = read("add_line /etc/sysctl.conf 'net.core.optmem_max = 7'\n").settings
    assert only.key_at == Location("a.sh", 1, 28, 1, 47)
    assert only.value_at == Location("a.sh", 1, 50, 1, 51)


def test_several_pairs_in_one_variable_stand_where_they_are_written() -> None:
    script = f'P="vm.swappiness=1 net.core.optmem_max=7"\n{LOOP}'
    found = [(one.key, one.key_at) for one in read(script).settings]
    assert found == [
        ("vm.swappiness", Location("a.sh", 1, 4, 1, 17)),
        ("net.core.optmem_max", Location("a.sh", 1, 20, 1, 39)),
    ]


@pytest.mark.parametrize(
    "words", ["net.ipv4.tcp_rmem = 4096 131072 6291456", "vm.swappiness = 1", "vm.swappiness= 1", "vm.swappiness =1"]
)
def test_blanks_around_the_equals_sign_are_an_error_where_the_assignment_begins(words: str) -> None:
    found = read(f"sudo sysctl -w {words}\n")
    (problem,) = found.problems
    assert (problem.rule, problem.at.column) == ("TT001", 16)
    assert found.settings == []


@pytest.mark.parametrize("words", ["-w vm.swappiness=1 vm.x=2", '-w vm.x="= 1"', "vm.x vm.y", "-n vm.x 2>/dev/null"])
def test_assignments_without_blanks_and_readings_are_none(words: str) -> None:
    assert read(f"sysctl {words}\n").problems == []


def test_a_script_for_a_bsd_sets_nothing_on_linux() -> None:
    theirs = "sysctl net.inet.tcp.msl=1000\nsysctl kern.ipc.somaxconn=5\nsysctl net.inet.ip.portrange.first=1024\n"
    assert read(theirs).settings == []
    assert len(read("sysctl -w net.inet.tcp.msl=1000 net.core.somaxconn=5\n").settings) == 2


def test_a_process_in_the_place_of_a_file_begins_no_function() -> None:
    first, second = read("diff <(sysctl -a) <(cat x)\nsysctl -w vm.a=1\nf() {\nsysctl -w vm.a=2\n}\n").settings
    assert first.group == ()
    assert second.group != ()
