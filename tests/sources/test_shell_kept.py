"""What functions, arrays and loops of a script write into files of the loaders, and what they set at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.lint import run

KEY = "net.netfilter.nf_conntrack_max"
ADD = 'echo "$1 = $2" >> /etc/sysctl.conf'
FILE, NOW = "At boot the files are read", "On a host where nothing has loaded it yet the command fails"


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (f"put() {{\n  {ADD}\n}}\nput {KEY} 400000\n", FILE),
        (f"put() {{\n  {ADD} || true\n  sysctl -p\n}}\nput {KEY} 400000\n", FILE),
        (
            f"F=/etc/sysctl.conf\nput() {{\n  k=$1\n  v=$2\n  if grep -q $k $F; then\n"
            '    sed -i "s|^$k.*|$k = $v|" $F\n  else\n    echo "$k = $v" >> $F\n  fi\n}}\n'
            f"put {KEY} 400000\n".replace("}}", "}"),
            FILE,
        ),
        (
            (
                f'put() {{\n  if [ "$(sysctl -n $1)" = x ]; then return; fi\n  {ADD}\n}}\n'
                f"all() {{\n  put net.core.somaxconn 9000\n  put {KEY} 400000\n}}\nall\n"
            ),
            None,
        ),
        (f'put() {{\n  {ADD}\n}}\nboth() {{\n  put "$1" "$2"\n}}\nboth {KEY} 400000\n', FILE),
        (f'put() {{\n  {ADD}\n  sysctl -w "$1=$2"\n}}\nput {KEY} 400000\n', NOW),
        (f'put() {{\n  {ADD}\n  sysctl "$1=$2"\n}}\nput {KEY} 400000\n', NOW),
        (f"put() {{\n  {ADD}\n  sysctl -qw $1=$2\n}}\nput {KEY} 400000\n", NOW),
        (f"put() {{\n  echo $2 > /proc/sys/$1\n  {ADD}\n}}\nput {KEY} 400000\n", NOW),
        (f'now() {{\n  sysctl -w "$1=$2"\n}}\nput() {{\n  {ADD}\n  now $1 $2\n}}\nput {KEY} 400000\n', NOW),
        (
            (
                f'now() {{\n  sysctl -w "$1=$2"\n}}\nkeep() {{\n  {ADD}\n}}\n'
                f'put() {{\n  keep "$1" "$2"\n  now "$1" "$2"\n}}\nput {KEY} 400000\n'
            ),
            NOW,
        ),
        (f"set_sysctl {KEY} 400000\necho 'vm.swappiness = 5' >> /etc/sysctl.conf\n", NOW),
        (f'L=(\n  "{KEY}=400000"\n)\nfor l in "${{L[@]}}"; do echo "$l" >> /etc/sysctl.conf; done\n', FILE),
        (f'L=(\n  "{KEY}=400000"\n)\nfor l in "${{L[@]}}"; do sysctl -w "$l"; done\n', NOW),
        (
            f'L=(\n  "{KEY}=400000"\n)\nfor l in "${{L[@]}}"; do echo "$l" >> /etc/sysctl.conf; sysctl -w "$l"; done\n',
            NOW,
        ),
    ],
)
def test_the_reason_tells_a_line_of_a_file_from_a_command(tmp_path: Path, script: str, why: str | None) -> None:
    found = [one.why for one in run(tmp_path, {"a.sh": script}).findings if one.rule == "TT105"]
    assert [text[: len(why or "")] for text in found] == ([] if why is None else [why])


def test_what_stands_behind_a_value_is_part_of_the_line_that_a_function_writes(tmp_path: Path) -> None:
    script = f"put() {{\n  {ADD}\n}}\nput vm.swappiness '5 # little'\n"
    assert [one.rule for one in run(tmp_path / "a", {"a.sh": script}).findings] == ["TT003"]
