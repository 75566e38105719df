"""YAML and JSON: each shape that sets a parameter, with its place; and what is no setting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptune.model.setting import Setting
from tcptune.sources import yaml_source
from tcptune.sources.base import Reading, Text


def read(text: str, name: str = "main.yml") -> Reading:
    return yaml_source.read(Text(name, text))


def one(text: str, name: str = "main.yml") -> Setting:
    (setting,) = read(text, name).settings
    return setting


@pytest.mark.parametrize(
    "text",
    [
        "- sysctl:\n    name: net.core.somaxconn\n    value: '4096'\n",
        "- ansible.posix.sysctl: {name: net.core.somaxconn, value: 4096}\n",
        "- name: set\n  sysctl: name=net.core.somaxconn value=4096 state=present\n",
        "- sysctl: {name: '{{ item.k }}', value: '{{ item.v }}'}\n  loop:\n    - {k: net.core.somaxconn, v: 4096}\n",
        "limits:\n  net.core.somaxconn: 4096\n",
        "limits:\n  - name: net.core.somaxconn\n    value: 4096\n",
        "limits:\n  - { n: net.core.somaxconn, v: 4096 }\n",
        "spec:\n  securityContext:\n    sysctls:\n    - name: net.core.somaxconn\n      value: '4096'\n",
        "services:\n  web:\n    sysctls:\n      - net.core.somaxconn=4096\n",
        "services:\n  web:\n    sysctls:\n      net.core.somaxconn: 4096\n",
        "initContainers:\n- command: [sh, -c, 'sysctl -w net.core.somaxconn=4096']\n",
        "initContainers:\n- command: [sysctl, -w, net.core.somaxconn=4096]\n",
        "#cloud-config\nruncmd:\n  - sysctl -w net.core.somaxconn=4096\n",
        "write_files:\n- path: /etc/sysctl.d/9.conf\n  content: |\n    net.core.somaxconn = 4096\n",
        "- copy:\n    dest: /etc/sysctl.d/9.conf\n    content: |\n      net.core.somaxconn = 4096\n",
        "- name: x\n  shell: sysctl -w net.core.somaxconn=4096\n",
        "kind: ConfigMap\ndata:\n  sysctl.conf: |\n    # a\n    net.core.somaxconn = 4096\n",
        "machine:\n  sysctls:\n    net.core.somaxconn: '4096'\n",
    ],
)
def test_each_shape_is_read_with_its_place(text: str) -> None:
    setting = one(text)
    assert (setting.key, setting.raw) == ("net.core.somaxconn", "4096")
    rows = text.split("\n")
    for place, expected in ((setting.key_at, "net.core.somaxconn"), (setting.value_at, "4096")):
        assert place is not None
        assert place.end_column is not None
        assert rows[place.line - 1][place.column - 1 : place.end_column - 1] == expected


@pytest.mark.parametrize(
    "text",
    [
        "- sysctl: {name: net.core.somaxconn, state: absent}\n",
        "- sysctl: {name: net.core.somaxconn, value: 1, state: absent}\n",
        "- name: net.core.somaxconn\n  debug: {msg: hello}\n",
        "labels:\n  app.kubernetes.io/name: net\n",
        "description: set net.core.somaxconn to 4096\n",
        "- command: sysctl net.core.somaxconn\n  register: x\n",
        "forbidden:\n  - net.core.somaxconn\n",
        "# net.core.somaxconn: 4096\n",
        "kernel-param:\n  net.core.somaxconn: {value: '4096'}\n",
        "machine:\n  sysfs:\n    kernel.mm.lru_gen.enabled: '0'\n",
        "properties:\n  net.core.somaxconn: {type: integer, value: 4096}\n",
        "title: net.core.somaxconn\nvalue: 4096\n",
    ],
)
def test_what_sets_nothing_is_no_setting(text: str) -> None:
    assert read(text).settings == []


def test_json_with_tabs_is_read() -> None:
    assert one('{\n\t"limits": {\n\t\t"net.core.somaxconn": 4096\n\t}\n}\n', "limits.json").raw == "4096"


def test_documents_plays_services_and_conditions_are_groups() -> None:
    documents = read("net.core.somaxconn: 1\n---\nnet.core.somaxconn: 2\n").settings
    services = read("services:\n  a:\n    sysctls: [net.core.somaxconn=1]\n  b:\n    sysctls: [net.core.somaxconn=2]\n")
    tasks = read(
        "- sysctl: {name: net.core.somaxconn, value: 1}\n  when: ansible_kernel is version('4.12', '<')\n"
        "- sysctl: {name: net.core.somaxconn, value: 2}\n"
    ).settings
    for found in (documents, services.settings, tasks):
        assert len({setting.group for setting in found}) == 2
    assert "kernel-condition" in tasks[0].facts
    assert "kernel-condition" not in tasks[1].facts


def test_variables_of_one_file_are_groups_of_their_own() -> None:
    text = "web:\n  net.core.somaxconn: 1\nbase:\n  - {n: net.core.somaxconn, v: 2}\n  - {n: vm.swappiness, v: 1}\n"
    first, second, third = read(text).settings
    assert first.group != second.group == third.group


def test_a_pod_on_the_hosts_network_says_so() -> None:
    text = (
        "spec:\n  hostNetwork: true\n  securityContext:\n    sysctls:\n    - {name: net.core.somaxconn, value: '1'}\n"
    )
    assert {"pod", "host-network"} <= one(text).facts


def test_what_the_kubelet_allows_is_collected() -> None:
    assert read("allowedUnsafeSysctls:\n- net.core.*\n").allowed_unsafe == {"net.core.*"}


def test_helm_templates_are_read_though_they_are_no_yaml() -> None:
    text = "{{- if .Values.on }}\nspec:\n  {{ toYaml .Values.x }}\n   bad: [\n  net.core.somaxconn: 4096\n{{- end }}\n"
    reading = read(text, "x.yaml")
    assert [setting.raw for setting in reading.settings] == ["4096"]
    assert reading.problems == []
    assert one("limits:\n  net.core.somaxconn: {{ .Values.max }}\n").templated
    text = '{{- if .on }}\nspec:\n  containers:\n  - command: ["sysctl", "-w", "vm.max_map_count={{ .Values.max }}"]\n'
    assert one(f"{text}{{{{- end }}}}\n").templated


def test_what_does_not_parse_is_a_problem_with_the_parsers_place() -> None:
    (problem,) = read("a: 1\nb: [1, 2]\nc: ]\n").problems
    assert problem.rule == "TT007"
    assert problem.at.line == 3


def test_comments_above_and_beside_a_setting_are_kept_and_those_in_strings_are_none() -> None:
    text = "a:\n  # above\n  net.core.somaxconn: 1  # beside\n  b: 'no # comment'\n  c: |\n    # text\n"
    reading = read(text)
    assert reading.settings[0].comment == "# above\n# beside"
    assert [comment.text for comment in reading.comments] == ["# above", "# beside"]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 50_000,
        "- " * 50_000,
        "a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
        + "".join(f"{n}: &{n} [{','.join(['*' + p] * 9)}]\n" for p, n in zip("bcdefgh", "cdefghi", strict=True)),
        "{{" * 50_000,
        "x: " + "y" * 5_000_000,
    ],
    ids=["brackets", "braces", "dashes", "alias bomb", "open templates", "long line"],
)
def test_hostile_input_ends_in_bounded_time(text: str) -> None:
    read(text)


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    read(text)


@given(st.text(alphabet="abc:-[]{}&*|>'\"#%! \n\tsysctlname.", max_size=80))
def test_any_yaml_punctuation_is_read_without_an_error(text: str) -> None:
    read(text)
