"""A role's tasks and templates say for which parameter a variable is: its value is judged where it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptune.lint import crew
from tests.support.lint import lint, options, run, told, write

DEFAULTS = "---\nlong: {tcp_fin_timeout: 10}\nweb_tcp_fin_timeout: 10  # seconds\nweb_tcp_timestamps: 'no'\n"
AT = ("TT404", "roles/web/defaults/main.yml", 3, 22)


def role(task: str, variables: str = DEFAULTS, path: str = "tasks/main.yml") -> dict[str, str]:
    return {f"roles/web/{path}": task, "roles/web/defaults/main.yml": variables}


def task(value: str, more: str = "") -> str:
    return f"- ansible.posix.sysctl:\n    name: net.ipv4.tcp_fin_timeout\n    value: {value}\n{more}"


@pytest.mark.parametrize(
    "files",
    [
        role(task('"{{ web_tcp_fin_timeout }}"')),
        role(task('"{{web_tcp_fin_timeout|default(60) | string}}"')),
        role("- sysctl: name=net.ipv4.tcp_fin_timeout value={{ web_tcp_fin_timeout }}\n"),
        role(
            "- sysctl: >\n    name=net.ipv4.tcp_fin_timeout\n    value={{ web_tcp_fin_timeout }}\n    state=present\n"
        ),
        role("net.ipv4.tcp_fin_timeout = {{ web_tcp_fin_timeout }}\n", path="templates/etc/sysctl.d/9-a.conf.j2"),
        role("all: {net.ipv4.tcp_fin_timeout: '{{ web_tcp_fin_timeout }}'}\n", path="vars/other.yml"),
        role(task('"{{ web_tcp_fin_timeout }}"') * 2),
    ],
)
def test_a_value_is_judged_on_the_variables_line(tmp_path: Path, files: dict[str, str]) -> None:
    report = run(tmp_path, files)
    assert told(report, tmp_path) == [AT]
    (used,) = report.findings[0].related
    assert Path(used.at.path).name != "main.yml" or "tasks" in used.at.path


def test_variables_below_others_and_those_of_vars_that_win(tmp_path: Path) -> None:
    write(tmp_path, role(task('"{{ long.tcp_fin_timeout }}"')))
    (found,) = told(lint([str(tmp_path)], options()), tmp_path)
    assert found == ("TT404", "roles/web/defaults/main.yml", 2, 25)
    write(tmp_path, {"roles/web/vars/main.yml": "long:\n  tcp_fin_timeout: 9\n"})
    (found,) = told(lint([str(tmp_path)], options()), tmp_path)
    assert found == ("TT404", "roles/web/vars/main.yml", 2, 20)


def test_relations_and_words_for_on_and_off(tmp_path: Path) -> None:
    one = task('"{{ web_tcp_timestamps }}"').replace("tcp_fin_timeout", "tcp_timestamps")
    other = "- sysctl: {name: net.ipv4.tcp_tw_reuse, value: '{{ reuse }}'}\n"
    found = told(run(tmp_path, role(one + other, f"{DEFAULTS}reuse: 1\n")), tmp_path)
    assert [(rule, line) for rule, _, line, _ in found] == [("TT402", 4), ("TT301", 5)]


@pytest.mark.parametrize(
    "files",
    [
        role(task('"{{ web_tcp_fin_timeout }}"', "  when: web_tcp_fin_timeout | int > 10\n")),
        role(task('"{{ web_tcp_fin_timeout * 3 }}"')),
        role(task('"{{ item }}"')),
        role(task('"{{ web_tcp_fin_timeout }}"'), "web_tcp_fin_timeout: UNSET\n"),
        role(task('"{{ web_tcp_fin_timeout }}"'), "web_tcp_fin_timeout: '{{ 60 }}'\n"),
        role(task('"{{ web_tcp_fin_timeout }}"'), "web_tcp_fin_timeout: 60\n"),
        role(
            "{% if web_tcp_fin_timeout > 10 %}\nnet.ipv4.tcp_fin_timeout = {{ web_tcp_fin_timeout }}\n{% endif %}\n",
            path="templates/sysctl.conf.j2",
        ),
        {"roles/a/tasks/main.yml": task('"{{ web_tcp_fin_timeout }}"'), "roles/b/defaults/main.yml": DEFAULTS},
    ],
)
def test_what_is_not_certain_or_fine_is_passed_over(tmp_path: Path, files: dict[str, str]) -> None:
    assert told(run(tmp_path, files), tmp_path) == []


def test_a_suppression_beside_the_variable_counts(tmp_path: Path) -> None:
    files = role(task('"{{ web_tcp_fin_timeout }}"'), "# tcptune: ignore[TT404] for a test\nweb_tcp_fin_timeout: 10\n")
    report = run(tmp_path, files)
    assert (report.findings, report.suppressed, report.unused) == ((), 1, ())


def test_of_files_given_by_themselves_only_those_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, role(task('"{{ web_tcp_fin_timeout }}"')))
    monkeypatch.chdir(tmp_path)
    assert not lint(["roles/web/tasks/main.yml"], options()).findings
    assert [one.rule for one in lint(["roles/web/defaults/main.yml"], options()).findings] == ["TT404"]


def test_the_parts_of_a_role_are_judged_by_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    conf = "net.ipv4.tcp_fin_timeout = {{ web_tcp_fin_timeout }}\n"
    for number in range(30):
        write(tmp_path / str(number), role(conf, path=f"templates/{'sysctl.d/' * (number % 2)}9-a.conf.j2"))
        write(tmp_path / str(number), {f"roles/web/files/{name}.conf": "net.core.a = 1\n" for name in "abc"})
    alone = lint([str(tmp_path)], options())
    monkeypatch.setattr(crew, "FEW", 5)
    monkeypatch.setattr(crew, "workers", lambda: 3)
    assert lint([str(tmp_path)], options()).findings == alone.findings
    assert len([one for one in alone.findings if one.rule == "TT404"]) == 30


SWITCH = "web_tcp_timestamps: false\nweb_tcp_short: 'yes'\n"
SETS = '- sysctl:\n    name: net.ipv4.{}\n    value: "{{{{ {} }}}}"\n'


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("tcp_timestamps", "'1' if web_tcp_timestamps else '0'", "TT402"),
        ("tcp_timestamps", "1 if web_tcp_timestamps | bool else 0", "TT402"),
        ("tcp_timestamps", "web_tcp_timestamps | ternary('1', '0')", "TT402"),
        ("tcp_timestamps", "(web_tcp_timestamps | bool) | ternary(1, 0) | string", "TT402"),
        ("tcp_fin_timeout", "5 if web_tcp_short else 60", "TT404"),
        ("tcp_fin_timeout", "60 if web_tcp_short else 5", ""),
        ("tcp_timestamps", "'1' if web_other else '0'", ""),
        ("tcp_timestamps", "'1' if not web_tcp_timestamps else '0'", ""),
        ("tcp_timestamps", "'0' if web_tcp_timestamps == 'x' else '1'", ""),
    ],
)
def test_a_value_that_a_switch_of_the_defaults_chooses_is_known(
    tmp_path: Path, name: str, value: str, rule: str
) -> None:
    report = run(tmp_path, role(SETS.format(name, value), SWITCH))
    wanted = [(rule, "roles/web/tasks/main.yml", 3, 13)] if rule else []
    assert told(report, tmp_path) == wanted
    assert [one.message for finding in report.findings for one in finding.related] == (
        ["web_tcp_timestamps is false" if "stamps" in value else "web_tcp_short is yes"] if rule else []
    )


def test_a_switch_that_a_branch_of_the_file_asks_for_decides_nothing(tmp_path: Path) -> None:
    line = "net.ipv4.tcp_timestamps = {{ 1 if web_tcp_timestamps else 0 }}\n"
    template = "roles/web/templates/sysctl.conf.j2"
    write(tmp_path, {**role("", SWITCH), template: f"{{% if web_tcp_timestamps %}}\n{line}{{% endif %}}\n"})
    assert told(lint([str(tmp_path)], options()), tmp_path) == []
    write(tmp_path, {template: line})
    assert [(rule, line) for rule, _, line, _ in told(lint([str(tmp_path)], options()), tmp_path)] == [("TT402", 1)]


def test_a_switch_that_another_file_turns_or_a_task_asks_for_is_not_known(tmp_path: Path) -> None:
    sets = SETS.format("tcp_timestamps", "'1' if web_tcp_timestamps else '0'")
    write(tmp_path, role(f"{sets}  when: web_tcp_timestamps\n", SWITCH))
    assert told(lint([str(tmp_path)], options()), tmp_path) == []
    write(tmp_path, role(sets, SWITCH))
    assert len(told(lint([str(tmp_path)], options()), tmp_path)) == 1
    write(tmp_path, {"site.yml": "- hosts: all\n  vars: {web_tcp_timestamps: true, net.ipv4.tcp_sack: 1}\n"})
    assert [rule for rule, *_ in told(lint([str(tmp_path)], options()), tmp_path)] == ["TT205"]


def test_a_map_of_the_defaults_may_take_its_values_by_such_a_switch(tmp_path: Path) -> None:
    text = f"{SWITCH}all:\n  net.ipv4.tcp_timestamps: \"{{{{ '1' if web_tcp_timestamps else '0' }}}}\"\n"
    report = run(tmp_path, {"roles/web/defaults/main.yml": text})
    assert [(rule, line) for rule, _, line, _ in told(report, tmp_path)] == [("TT402", 4)]
