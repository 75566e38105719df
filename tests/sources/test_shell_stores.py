"""Functions of a script that put what they read into a file, and what is handed to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptune.sources import shell
from tcptune.sources.base import Text
from tests.support.marks import check

FILE = "/etc/sysctl.d/99-x.conf"
WRITE = 'write() { cat > "$1"; }\n'
LINE = "net.ipv4.tcp_fin_timeuot=5"


@pytest.mark.parametrize(
    "function",
    [
        WRITE,
        'write() {\n  local file="$1"\n  cat - >"${file}"\n}\n',
        'function write {\n  mkdir -p "$(dirname "$1")"\n  cat > $1\n  chmod 644 "$1"\n}\n',
        'write() { tee "$1" > /dev/null; }\n',
        'write() { sudo tee -a "$1" >/dev/null; }\n',
        'write()\n{\n  $SUDO tee -- "${1:?file}" >/dev/null\n}\n',
        'write() {\n  tee "$@" > /dev/null\n}\n',
        'write() { install -m 644 /dev/stdin "$1"; }\n',
        'write() { sudo install -D -m 0644 -o root /dev/stdin "$ROOT$1"; }\n',
        'write() { dd of="$1" status=none; }\n',
        'write() {\n  local text\n  text=$(cat)\n  printf "%s\\n" "$text" > "$1"\n}\n',
        'write() {\n  local text="$(cat -)"\n  echo "$text" | sudo tee "$1" >/dev/null\n}\n',
        'write() {\n  local tmp; tmp=$(mktemp)\n  cat > "$tmp"\n  mv "$tmp" "$1"\n}\n',
        'write() {\n  if [ -n "$DRY" ]; then\n    cat >/dev/null\n  else\n    cat > "$1"\n  fi\n}\n',
        'put() { cat > "$1"; }\nwrite() { put "$1"; }\n',
    ],
)
@pytest.mark.parametrize(
    "call",
    [
        f"write {FILE} <<EOF\n«TT101»{LINE}\nEOF\n",
        f"write {FILE} <<'EOF' || exit 1\n«TT101»{LINE}\nEOF\n",
        f"echo «TT101»{LINE} | write {FILE}\n",
        f"cat <<EOF | write {FILE}\n«TT101»{LINE}\nEOF\n",
        f"f() {{\n  echo «TT101»{LINE}\n}}\nf | write {FILE}\n",
        f"{{\n  echo «TT101»{LINE}\n}} | write {FILE}\n",
        f"if ! write {FILE} <<< «TT101»{LINE}; then\n  exit 1\nfi\n",
    ],
)
def test_what_a_function_is_handed_goes_into_the_file_that_it_is_told(tmp_path: Path, function: str, call: str) -> None:
    check(tmp_path, "a.sh", "#!/bin/bash\n" + function + call)


@pytest.mark.parametrize(
    ("function", "call"),
    [
        ('write() { cat > "/etc/sysctl.d/$1.conf"; }\n', "write 99-x"),
        ('write() {\n  local mode=$1 name="$2"\n  cat > "/etc/sysctl.d/$name"\n}\n', "write 644 99-x.conf"),
        ('write() {\n  local mode=$1\n  shift\n  cat > "$1"\n}\n', f"write 644 {FILE}"),
        ("write() {\n  cat > /etc/sysctl.d/99-x.conf\n}\n", "write"),
        ('put() { cat > "$1"; }\nwrite() {\n  put "/etc/sysctl.d/$1"\n}\n', "write 99-x.conf"),
    ],
)
def test_a_function_may_make_the_name_of_the_file(function: str, call: str) -> None:
    (setting,) = shell.read(Text("a.sh", f"{function}echo vm.swappiness=10 | {call}\n")).settings
    assert (setting.key, setting.store.split(" ")[0]) == ("vm.swappiness", FILE)


@pytest.mark.parametrize(
    "script",
    [
        f'write() {{ sed "s/a/b/" > "$1"; }}\n{{ echo {LINE}; }} | write {FILE}\n',
        f'write() {{ cat "$2" > "$1"; }}\necho {LINE} | write {FILE} other\n',
        f'write() {{ grep net | cat > "$1"; }}\necho {LINE} | write {FILE}\n',
        f'write() {{ cat > "$1" <<EOF\n# nothing\nEOF\n}}\necho {LINE} | write {FILE}\n',
        f'write() {{ cat > "$1"; }}\necho {LINE} | write /root/notes.txt\n',
        f'write() {{ cat > "$1"; }}\necho {LINE} | write\n',
        f'note() {{ cat > "$1"; }}\necho {LINE} | tee /tmp/x.log | other {FILE}\n',
        f"write() {{ cat >&2; }}\necho {LINE} | write {FILE}\n",
    ],
)
def test_a_function_that_does_something_else_with_it_puts_it_nowhere(tmp_path: Path, script: str) -> None:
    check(tmp_path, "a.sh", "#!/bin/bash\n" + script)


def test_a_function_that_is_told_a_value_too_is_none_of_them() -> None:
    """It reads only where it is handed something."""
    function = 'write() {\n  if [ $# -gt 1 ]; then echo "$2" > "$1"; else cat > "$1"; fi\n}\n'
    settings = shell.read(Text("a.sh", f"{function}write {FILE} vm.swappiness=10\n")).settings
    assert {(setting.key, setting.raw) for setting in settings} == {("vm.swappiness", "10")}


def test_a_file_written_anew_by_such_a_function_holds_nothing_else(tmp_path: Path) -> None:
    """A second text for it is no duplicate; one that is added to it is."""
    add = 'add() { cat >> "$1"; }\n'
    one, other = (f"{{}} {FILE} <<EOF\nnet.core.somaxconn={{}}{value}\nEOF\n" for value in (1024, 2048))
    check(tmp_path, "a.sh", "#!/bin/bash\n" + WRITE + add + one.format("write", "") + other.format("write", ""))
    check(tmp_path, "a.sh", "#!/bin/bash\n" + WRITE + add + one.format("write", "") + other.format("add", "«TT004»"))


@pytest.mark.parametrize("adds", ["tee -a {0} <<EOF\n{1}\nEOF\n", "cat <<EOF | sudo tee -a {0}\n{1}\nEOF\n"])
def test_a_file_is_one_and_the_same_for_all_that_writes_it(tmp_path: Path, adds: str) -> None:
    """Options of `tee` and what stands before it are no part of its name."""
    text = f"cat > {FILE} <<EOF\nnet.core.somaxconn=1024\nEOF\n" + adds.format(FILE, "net.core.somaxconn=«TT004»2048")
    check(tmp_path, "a.sh", "#!/bin/bash\n" + text)
