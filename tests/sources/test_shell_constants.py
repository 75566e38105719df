"""What a variable of a script holds is put in its place where it cannot hold anything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.lint import run
from tests.support.marks import check

WRITE = "sysctl -w net.ipv4.tcp_fin_timeout="
PUT = f"{WRITE}«TT404»$FIN\n"
LEFT = f"{WRITE}$FIN\n"


@pytest.mark.parametrize(
    "script",
    [
        f"FIN=5\n{PUT}",
        f"# FIN=60 was too long\nreadonly FIN='5'\necho $FIN ${{FIN}}\n{PUT}",
        f"declare -r FIN=5\nif test -f /x; then\n  {PUT}fi\n",
        f"A=1 FIN=5\n. /etc/os-release\n{PUT}",
        "FIN=5\necho net.ipv4.tcp_fin_timeout=«TT404»${FIN} >> /etc/sysctl.conf\n",
        "FIN=5\necho «TT404»$FIN > /proc/sys/net/ipv4/tcp_fin_timeout\n",
        "FIN=5\ncat > /etc/sysctl.d/9.conf <<EOF\nnet.ipv4.tcp_fin_timeout = «TT404»$FIN\nEOF\n",
        'L=1024 U=65535\nsysctl -w net.ipv4.ip_local_port_range="«TT410»$L $U"\n',
        f"tune() {{\n  local FIN=5\n  {PUT}}}\n",
        f"FIN=5\nsudo sh -c '{PUT}'\n",
        f"M=5\n{WRITE}30\n{WRITE}«TT004»«TT404»$M\n",
    ],
)
def test_a_variable_that_is_given_one_value_is_that_value(tmp_path: Path, script: str) -> None:
    check(tmp_path, "a.sh", f"#!/bin/sh\n{script}")


@pytest.mark.parametrize(
    "script",
    [
        LEFT,
        f"FIN=5\nFIN=30\n{LEFT}",
        f"FIN=5\nread FIN\n{LEFT}",
        f"FIN=${{1:-5}}\n{LEFT}",
        f"FIN=$(compute 5)\n{LEFT}",
        f"if test -f /x; then\n  FIN=5\nfi\n{LEFT}",
        f"test -f /x && FIN=5\n{LEFT}",
        f"FIN=5 run\n{LEFT}",
        f"FIN=5\n. /etc/tune.conf\n{LEFT}",
        f"tune() {{\n  local FIN=5\n}}\n{LEFT}",
        "FIN=5\nN=1\nsysctl -w net.ipv4.tcp_fin_timeout=$FIN$M\n",
        "A=5\ncat > /etc/tuned/x/tuned.conf <<'EOF'\n[sysctl]\nnet.ipv4.tcp_fin_timeout = ${A}\nEOF\n",
    ],
)
def test_a_variable_that_may_hold_something_else_is_not_told(tmp_path: Path, script: str) -> None:
    check(tmp_path, "a.sh", f"#!/bin/sh\n{script}")


def test_a_value_that_a_descriptor_swallows_is_told(tmp_path: Path) -> None:
    script = (
        "#!/bin/sh\necho 5> /proc/sys/«TT001»net/ipv4/tcp_fin_timeout\necho 1>/proc/sys/«TT001»vm/swappiness\n"
        "echo 30 2>/dev/null > /proc/sys/net/ipv4/tcp_fin_timeout\necho 1> /dev/null\necho > /proc/sys/vm/swappiness\n"
    )
    check(tmp_path, "a.sh", script)


@pytest.mark.parametrize(
    "script",
    [
        (
            'W[net.ipv4.tcp_retries2]=«TT409»3\nW["net.ipv4.tcp_syncookies"]=«TT407»0\n'
            'for k in "${!W[@]}"; do sysctl -w "$k=${W[$k]}"; done\n'
        ),
        (
            "W[net.ipv4.tcp_retries2]=3\n"
            'for k in "${!W[@]}"; do\n  test "$(sysctl -n "$k")" = "${W[$k]}"\ndone\nsysctl -w "$1"\n'
        ),
        'descriptions[net.ipv4.tcp_retries2]=3\nsysctl -w "$1"\n',
        "tee_if_not_exists 'net.ipv4.tcp_fin_timeout = «TT404»5' /etc/sysctl.conf\n",
        "steer_exists 'net.ipv4.tcp_fin_timeout = 5' /etc/sysctl.conf\n",
    ],
)
def test_elements_of_arrays_and_helpers_that_copy_lines_set_what_they_hold(tmp_path: Path, script: str) -> None:
    check(tmp_path, "a.sh", f"#!/bin/bash\n{script}")


@pytest.mark.parametrize(
    "script",
    [
        "cd /proc/sys/net/ipv4 && echo «TT404»5 > tcp_fin_timeout\n",
        "cd /proc/sys/net\necho «TT404»5 > ./ipv4/tcp_fin_timeout\ncd /tmp\necho 5 > ipv4/tcp_fin_timeout\n",
        "D=/proc/sys/net/ipv4/\npushd $D\necho «TT404»5 | tee tcp_fin_timeout\npopd\necho 3 > tcp_retries2\n",
        "(cd /proc/sys/net/ipv4; echo «TT404»5 > tcp_fin_timeout)\necho 3 > tcp_retries2\n",
        "cd $D\necho 5 > tcp_fin_timeout\n",
        "cd /proc/sys/net/ipv4\necho 5 > /tmp/tcp_fin_timeout\necho 5 > $F\n",
    ],
)
def test_files_are_named_from_the_folder_that_a_script_goes_to(tmp_path: Path, script: str) -> None:
    check(tmp_path, "a.sh", f"#!/bin/sh\n{script}")


@pytest.mark.parametrize(
    "script",
    [
        "KEY=net.ipv4.tcp_fin_timout\nsysctl -w «TT101»$KEY=30\n",
        'KEY=net.ipv4.tcp_fin_timeout\nsysctl -qw "${KEY}=«TT404»5"\n',
        'readonly KEY=net.ipv4.tcp_fin_timout\necho "«TT101»$KEY = 30" >> /etc/sysctl.conf\n',
        "IF=all\nsysctl -w net.ipv4.conf.${IF}.rp_filter=«TT201»yes\n",
        "KEY=net.ipv4.tcp_fin_timout\nKEY=net.ipv4.tcp_sack\nsysctl -w $KEY=1\n",
        "KEY=$(name)\nsysctl -w $KEY=5\n",
        "KEY=fin_timout\nsysctl -w $KEY=5\n",
        "if x; then\n  KEY=net.ipv4.tcp_fin_timout\nfi\nsysctl -w $KEY=5\n",
    ],
)
def test_a_name_that_a_variable_holds_is_judged_where_it_is_set(tmp_path: Path, script: str) -> None:
    check(tmp_path, "a.sh", f"#!/bin/sh\n{script}")


def test_a_name_that_a_variable_holds_is_not_written_over_the_variable(tmp_path: Path) -> None:
    (finding,) = run(tmp_path, {"a.sh": "KEY=net.ipv4.tcp_fin_timout\nsysctl -w $KEY=30\n"}).findings
    assert finding.rule == "TT101" and finding.fix is not None and not finding.fix.edits


@pytest.mark.parametrize("target", ['"$CONF"', "${CONF}", "$CONF"])
def test_an_array_is_handed_on_to_a_file_that_a_variable_names(tmp_path: Path, target: str) -> None:
    head = "CONF=/etc/sysctl.d/9.conf\ndeclare -A P=(\n  [«TT101»net.ipv4.tcp_fin_timout]=30\n)\n"
    check(tmp_path, "a.sh", f'{head}for k in "${{!P[@]}}"; do\n  echo "$k = ${{P[$k]}}" >> {target}\ndone\n')
