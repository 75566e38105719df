"""What a function prints and a script catches: read where it is handed on, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.marks import check

PRINTS = [
    'f() {\n  echo "«TT101»net.ipv4.tcp_fin_timeuot=5"\n}\n',
    "function f {\n  cat <<EOF\n# ours\n\n«TT101»net.ipv4.tcp_fin_timeuot=5\nEOF\n}\n",
    "f() { printf '%s\\n' '«TT101»net.ipv4.tcp_fin_timeuot=5'; }\n",
    "f() {\n  local n=5\n  g\n}\ng() {\n  if true; then\n    echo «TT101»net.ipv4.tcp_fin_timeuot=5\n  fi\n}\n",
]
"""Functions that print a line for the loaders."""

SINKS = [
    'S=$(f)\necho "$S" > /etc/sysctl.d/9.conf\n',
    "S=`f`\nprintf '%s\\n' \"${S}\" | sudo tee -a /etc/sysctl.conf >/dev/null\n",
    'F=/etc/sysctl.d/9.conf\nmain() {\n  local S\n  S="$(f --all)"\n  echo "$S" >> "$F"\n}\nmain\n',
    'echo "$(f)" > /etc/sysctl.d/9.conf\n',
    "cat > /etc/sysctl.d/9.conf <<EOF\n# ours\n$(f)\nEOF\n",
    "S=$(f)\ncat > /etc/sysctl.d/9.conf <<EOF\n$S\nEOF\n",
    'S=$(f)\nwhile IFS= read -r line; do\n  echo "$line" >> /etc/sysctl.d/9.conf\ndone <<< "$S"\n',
    'S=$(f)\nwhile read l; do k="${l%%=*}"; v="${l#*=}"; echo "$k=$v" >> $T; done <<< "$S"\nmv $T /etc/sysctl.d\n',
    'f | while IFS="=" read -r key value; do sysctl -w "$key=$value"; done\n',
    'f | sort | while read -r line; do\n  sysctl -qw "$line" || true\ndone\n',
    'while read -r line; do\n  sysctl -w "$line"\ndone < <(f)\n',
    'for pair in $(f); do sysctl -w "$pair"; done\n',
    'mapfile -t A < <(f)\nfor line in "${A[@]}"; do\n  sysctl -w "$line"\ndone\n',
    'while IFS== read -r k v; do\n  echo "$v" > "/proc/sys/${k//.//}"\ndone < <(f)\n',
    'put() {\n  sysctl -w "$1=$2"\n}\nf | while IFS== read -r k v; do\n  put "$k" "$v"\ndone\n',
    "S=$(f)\nsysctl -w $S\n",
    "f | sudo sysctl -p -\n",
    'f | grep -v "^#" | tee /etc/sysctl.d/9.conf\n',
]
"""What is done with it."""

SHOWN = [
    'S=$(f)\necho "$S"\n',
    'S=$(f)\necho "$S" >> "$LOG_FILE"\n',
    'S=$(f)\necho "$S" > /var/log/tuned.log\n',
    'S=$(f)\nlogger "$S"\n',
    'S=$(f)\n[ "$S" = "$(cat /etc/sysctl.d/9.conf)" ] || echo "differs" >> /etc/sysctl.d/9.conf.log\n',
    "f | less\n",
    'f | while read -r line; do\n  echo "$line"\ndone\n',
    'f | while IFS== read -r k v; do\n  now=$(sysctl -n "$k")\n  [ "$now" = "$v" ] || echo "$k is $now" >&2\ndone\n',
    'while read -r line; do\n  echo "sysctl -w $line" >> notes.txt\ndone < <(f)\n',
    'for pair in $(f); do\n  sysctl -n "${pair%%=*}"\ndone\n',
    'S=$(f)\nS=$(hostname)\necho "$S" > /etc/sysctl.d/9.conf\n',
    'N=$(f | wc -l)\necho "$N" > /etc/sysctl.d/9.conf\n',
    "diff <(f) /etc/sysctl.d/9.conf\n",
]
"""What sets nothing."""


def plain(text: str) -> str:
    """Return a text without its marks."""
    return text.replace("«TT101»", "")


@pytest.mark.parametrize("sink", SINKS)
def test_what_a_function_prints_is_read_where_it_goes(tmp_path: Path, sink: str) -> None:
    """A file of the loaders, sysctl, a loop over its lines."""
    check(tmp_path, "a.sh", "#!/bin/bash\n" + PRINTS[0] + sink)


@pytest.mark.parametrize("function", PRINTS)
@pytest.mark.parametrize("sink", [SINKS[0], SINKS[6], SINKS[8]])
def test_a_function_prints_in_several_ways(tmp_path: Path, function: str, sink: str) -> None:
    """By echo, by a here-document, by another function that it calls."""
    check(tmp_path, "a.sh", "#!/bin/bash\n" + function + sink)


@pytest.mark.parametrize("function", PRINTS)
@pytest.mark.parametrize("sink", SHOWN)
def test_what_is_shown_or_compared_sets_nothing(tmp_path: Path, function: str, sink: str) -> None:
    """The terminal, a log, a comparison with what the kernel has."""
    check(tmp_path, "a.sh", "#!/bin/bash\n" + plain(function) + sink)


def test_a_function_is_called_before_it_is_written_down(tmp_path: Path) -> None:
    """The call is in another function above it."""
    check(
        tmp_path,
        "a.sh",
        '#!/bin/bash\nmain() {\n  S=$(f)\n  echo "$S" > /etc/sysctl.d/9.conf\n}\n' + PRINTS[0] + "main\n",
    )


def test_what_a_function_says_on_another_way_is_not_caught(tmp_path: Path) -> None:
    """Only its output is."""
    check(
        tmp_path,
        "a.sh",
        '#!/bin/bash\nf() {\n  echo "net.ipv4.tcp_fin_timeuot=5" >&2\n  echo "net.ipv4.tcp_fin_timeuot=6" > x.log\n'
        '  echo «TT101»net.ipv4.tcp_fin_timeuot=7\n}\nS=$(f)\necho "$S" > /etc/sysctl.d/9.conf\n',
    )


@pytest.mark.parametrize("function", ["cat <<EOF\nnet.core.somaxconn {0}\nEOF\n", "echo 'net.core.somaxconn|{0}'\n"])
def test_lines_that_a_loop_takes_apart_are_no_lines_for_the_loaders(tmp_path: Path, function: str) -> None:
    """They have no sign of equality, and need none."""
    loop = 'f | while IFS="| " read -r k v; do\n  sysctl -w "$k=$v"\ndone\n'
    check(tmp_path, "a.sh", f"#!/bin/bash\nf() {{\n{function.format(4096)}}}\n{loop}")


@pytest.mark.parametrize("mark", ["", "«TT102»"])
def test_a_loop_that_asks_for_each_parameter_takes_those_that_are_there(tmp_path: Path, mark: str) -> None:
    """By the test itself, by a function that is one, by the function that sets."""
    prints = f"f() {{\n  echo {mark}net.ipv4.tcp_tw_recycle=1\n}}\n"
    asks = '  has "$k" || continue\n' if not mark else ""
    has = 'has() {\n  sysctl -n "$1" >/dev/null 2>&1\n}\n'
    loop = f'while IFS== read -r k v; do\n{asks}  echo "$k = $v" >> "$T"\ndone <<< "$S"\nmv "$T" /etc/sysctl.d/9.conf\n'
    check(tmp_path, "a.sh", f"#!/bin/bash\n{has}{prints}S=$(f)\n{loop}")


def test_a_loop_hands_on_to_a_function_that_asks(tmp_path: Path) -> None:
    """What it sets is there."""
    put = 'put() {\n  [ -e "/proc/sys/${1//.//}" ] || return 0\n  sysctl -w "$1=$2"\n}\n'
    prints = "f() {\n  echo net.ipv4.tcp_tw_recycle=1\n}\n"
    check(tmp_path, "a.sh", f'#!/bin/bash\n{put}{prints}f | while IFS== read -r k v; do put "$k" "$v"; done\n')


def test_a_loop_reads_a_text_in_brackets(tmp_path: Path) -> None:
    """`done < <(cat <<EOF …)`."""
    check(
        tmp_path,
        "a.sh",
        '#!/bin/bash\nwhile IFS== read -r k v; do\n  echo "$k = $v" >> /etc/sysctl.d/9.conf\ndone < <(cat <<EOF\n'
        "«TT101»net.ipv4.tcp_fin_timeuot=5\nEOF\n)\n",
    )
