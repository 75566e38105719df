"""TT501 of the drop-ins that one script writes: which line loses, and when nothing is certain."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.lint import run
from tests.support.marks import clean

KEY = "net.ipv4.tcp_retries2"
A, B = "/etc/sysctl.d/98-a.conf", "/etc/sysctl.d/99-b.conf"
ONE = f"cat <<E > {A}\n{KEY} = «TT501»9\nE\n"
TWO = f"cat <<E > {B}\n{KEY} = 10\nE\n"
PLAIN = ONE.replace("«TT501»", "")


def lines(folder: Path, name: str, text: str) -> list[tuple[int, int]]:
    found = run(folder, {name: text}).findings
    return [(one.at.line, one.at.column) for one in found if one.rule == "TT501" and one.at is not None]


@pytest.mark.parametrize(
    "text",
    [
        ONE + TWO,
        TWO + ONE,
        f"X={A}\nY='{B}'\n" + ONE.replace(A, '"$X"') + TWO.replace(B, "${Y}"),
        f"sudo tee {A} <<'E'\n{KEY} = «TT501»9\nE\n{TWO}",
        f"echo '{KEY} = «TT501»9' > {A}\necho '{KEY} = 10' | sudo tee {B} >/dev/null\n",
        f"f() {{\n{ONE}{TWO}}}\nf\n",
        f"cat <<E > {B}\n{KEY} = 3\nE\n{ONE}{TWO}",
        f"echo x > {A}.bak\ncp {A} /root/\nrm -f /tmp/98-a\n{ONE}{TWO}",
        (ONE + TWO).replace("/etc/", "/mnt/etc/"),
        f"{ONE}cat <<E > {B}\nvm.swappiness = 5\nE\necho '{KEY}=12' >> {B}\n",
    ],
)
def test_a_line_that_loses_to_another_file_of_the_script_is_told(tmp_path: Path, text: str) -> None:
    script, wanted = clean(text)
    assert lines(tmp_path, "a.sh", script) == [(line, column) for _, line, column in wanted]


def test_the_finding_names_the_file_and_the_line_that_win(tmp_path: Path) -> None:
    (finding,) = (one for one in run(tmp_path, {"a.sh": PLAIN + TWO}).findings if one.rule == "TT501")
    assert finding.message == f"{KEY} = 9 has no effect: 99-b.conf sets it to 10 later."
    assert [(one.at.line, one.message) for one in finding.related] == [(5, "this line, in 99-b.conf, wins")]


@pytest.mark.parametrize(
    "text",
    [
        f"if $a; then\n{PLAIN}else\n{TWO}fi\n",
        f"{PLAIN}if $a; then\n{TWO}fi\n",
        f"{PLAIN}$a && {TWO}",
        f"f() {{\n{PLAIN}}}\ng() {{\n{TWO}}}\n$1\n",
        f"{PLAIN}g() {{\n{TWO}}}\n",
        f"{PLAIN}{TWO}if $a; then\n  echo '{KEY} = 9' >> {B}\nfi\n",
        f"{PLAIN}rm -f {A}\n{TWO}",
        f"{PLAIN}{TWO}rm -f {B}\n",
        f"X={A}\n{PLAIN.replace(A, '$X')}mv $X $X.old\n{TWO}",
        f"{PLAIN}rm -f /etc/sysctl.d/*.conf\n{TWO}",
        f"{PLAIN}rm -rf /etc/sysctl.d\nmkdir /etc/sysctl.d\n{TWO}",
        f"{PLAIN}sed -i '/retries2/d' {A}\n{TWO}",
        f"{PLAIN}{TWO}: > {B}\n",
        f"{PLAIN}{TWO}cat <<E > {B}\nvm.swappiness = 5\nE\n",
        PLAIN + TWO.replace("10", "9"),
        PLAIN + TWO.replace("10", "$x"),
        PLAIN + TWO.replace("10", "many"),
        PLAIN + TWO.replace("99-b", "$x"),
        PLAIN + TWO.replace("99-b", "99-$(date)"),
        PLAIN + TWO.replace("99-b.conf", "99-b.conf.off"),
        PLAIN + TWO.replace("/etc/", "/usr/lib/"),
        PLAIN + TWO.replace(B, A),
        PLAIN + TWO.replace(B, "/etc/sysctl.conf"),
        f"ssh one 'echo {KEY}=9 > {A}'\nssh two 'echo {KEY}=10 > {B}'\n",
        f"sysctl -w {KEY}=9\n{TWO}",
    ],
)
def test_where_one_of_two_files_may_not_be_there_nothing_is_said(tmp_path: Path, text: str) -> None:
    assert lines(tmp_path, "a.sh", text) == []


def test_scripts_within_other_files_are_looked_at_too(tmp_path: Path) -> None:
    image = f"FROM x\nRUN echo '{KEY} = 9' > {A} && \\\n    echo '{KEY} = 10' > {B}\n"
    assert lines(tmp_path, "Dockerfile", image) == [(2, 35)]
    unit = f"- shell: |\n    echo '{KEY} = 9' > {A}\n    echo '{KEY} = 10' > {B}\n"
    assert lines(tmp_path / "b", "tasks/main.yml", unit) == [(2, 35)]


@pytest.mark.parametrize(("count", "told_of"), [(50, 49), (51, 0)])
def test_more_drop_ins_than_a_person_writes_are_not_held_against_each_other(
    tmp_path: Path, count: int, told_of: int
) -> None:
    """Each is looked for among the commands that take files away, which a program's script may have without number."""
    script = "".join(f"echo vm.swappiness={number} > /etc/sysctl.d/{number:02}.conf\n" for number in range(count))
    assert len(lines(tmp_path, "a.sh", script)) == told_of
