"""Objects of Kubernetes: profiles of tuned, parameters of pods, the environment of containers."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest

from tests.support.marks import check

PROFILE = "  - name: {name}\n    data: |\n      [sysctl]\n      net.ipv4.tcp_retries2=«TT409»{value}\n"
POD = "kind: Pod\nspec:\n  securityContext:\n    sysctls:\n"


@pytest.mark.parametrize("values", [(5, 5), (5, 6)])
def test_each_profile_of_a_tuned_object_is_for_nodes_of_its_own(tmp_path: Path, values: tuple[int, int]) -> None:
    profiles = "".join(PROFILE.format(name=f"n{value}", value=value) for value in values)
    check(tmp_path, "a.yaml", f"kind: Tuned\nspec:\n  profile:\n{profiles}")


def test_within_a_profile_of_tuned_a_second_line_is_told(tmp_path: Path) -> None:
    again = "      net.ipv4.tcp_retries2=«TT004»«TT409»5\n"
    check(tmp_path, "a.yaml", "kind: Tuned\nspec:\n  profile:\n" + PROFILE.format(name="a", value=5) + again)


def test_what_a_pod_asks_for_without_a_value_is_judged_by_its_name(tmp_path: Path) -> None:
    check(tmp_path, "a.yaml", f"{POD}    - name: «TT107»kernel.sem\n    - name: «TT106»vm.swappiness\n")


@pytest.mark.parametrize("above", ["pattern", "anyPattern"])
def test_what_a_policy_allows_a_pod_is_not_asked_for(tmp_path: Path, above: str) -> None:
    check(tmp_path, "a.yaml", f"validate:\n  {above}:\n" + indent(f"{POD}    - name: kernel.sem\n", "    "))


def test_a_name_that_is_the_value_of_a_variable_is_no_value_of_the_parameter(tmp_path: Path) -> None:
    entries = "- name: SYSCTL_KEY\n  value: vm.max_map_count\n- name: SYSCTL_VALUE\n  value: '262144'\n"
    container = f"name: sysctl\nimage: alpine-sysctl\nenv:\n{entries}"
    check(tmp_path, "a.yaml", f"kind: Pod\nspec:\n  initContainers:\n  -\n{indent(container, '    ')}")


SOMAXCONN = '{name: «TT107»net.core.somaxconn, value: "1000"}'
SEM = "{name: «TT107»kernel.sem, value: 1 2 3 4}"
FIRST, SECOND = (f"- spec:\n    securityContext:\n      sysctls:{end}" for end in (" &all\n", ""))


@pytest.mark.parametrize(
    "text",
    [
        f"x: &all\n- {SOMAXCONN}\nitems:\n{SECOND} *all\n",
        f"x: &one {SOMAXCONN}\nitems:\n{SECOND}\n      - *one\n",
        f"items:\n{FIRST}      - {SOMAXCONN}\n{SECOND} *all\n",
        f"items:\n{SECOND}\n      - &one {SOMAXCONN}\n{SECOND}\n      - *one\n      - {SEM}\n",
    ],
)
def test_an_alias_stands_for_what_its_anchor_names(tmp_path: Path, text: str) -> None:
    check(tmp_path, "a.yaml", f"apiVersion: v1\nkind: List\n{text}")


BUDGET, SHARED = "net.core.netdev_budget", "net.core.somaxconn"


@pytest.mark.parametrize(
    "text",
    [
        f"podSecurityContext:\n  sysctls:\n    «TT107»{SHARED}: 1024\n    «TT106»{BUDGET}: 400\n",
        f"web:\n  securityContext:\n    sysctls: {{«TT106»{BUDGET}: 400}}\n",
        f"master_security_context:\n  sysctls:\n  - {{name: «TT106»{BUDGET}, value: '400'}}\n",
        "".join(f"{name}: {{podSecurityContext: {{sysctls: {{«TT106»{BUDGET}: 40{name}}}}}}}\n" for name in "01"),
        f"# for the pods of the cluster\nsysctls:\n  {BUDGET}: 400\n  {SHARED}: 1024\n",
        f"pod:\n  sysctls:\n    {BUDGET}: 400\n",
    ],
)
def test_what_the_values_of_a_chart_give_to_pods_is_told_by_the_key_above(tmp_path: Path, text: str) -> None:
    check(tmp_path, "values.yaml", text)


COMMANDS = (
    f'["sysctl", "-w", "«TT106»{BUDGET}={{{{ .Values.x }}}}"]',
    f'[busybox, sysctl, -w, "«TT106»{BUDGET}={{{{ .Values.x }}}}"]',
    f'["/bin/sh", "-c", "sysctl -w «TT106»{BUDGET}={{{{ .Values.x | int }}}}"]',
    '["sysctl", "-w", "net.core.{{ .Values.name }}={{ .Values.x }}"]',
    f'["nsenter", "-t", "1", "-n", "--", "sysctl", "-w", "{BUDGET}={{{{ .x }}}}"]',
)
CHART = "apiVersion: v1\nkind: Pod\nspec:\n{0}  initContainers:\n  - name: a\n    command: {1}\n"
BROKEN = "  {{- with .Values.x }}\n foo: [\n  {{- end }}\n"


@pytest.mark.parametrize("broken", ["", BROKEN])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_a_chart_is_judged_by_its_names(tmp_path: Path, command: str, broken: str) -> None:
    check(tmp_path, "templates/a.yaml", CHART.format(broken, command))


def test_a_command_that_is_filled_in_later_is_none_yet(tmp_path: Path) -> None:
    check(tmp_path, "templates/a.yaml", CHART.format(BROKEN, "{{ list [ sysctl"))
    check(tmp_path, "templates/a.yaml", CHART.format(BROKEN, '{{ list "[" "sysctl" }}'))


@pytest.mark.parametrize("value", ["{{ .Values.x }}", "400", "=400"])
def test_a_name_and_its_value_in_two_words_set_nothing(tmp_path: Path, value: str) -> None:
    command = f'["sysctl", "-w", "«TT001»«TT106»{BUDGET}", "{value}"]'
    check(tmp_path, "templates/a.yaml", CHART.format("", command))


@pytest.mark.parametrize("words", [f'["sysctl", "-n", "{BUDGET}", "400"]', f'["sysctl", "-e", "{SHARED}"]'])
def test_a_name_alone_is_asked_for(tmp_path: Path, words: str) -> None:
    check(tmp_path, "templates/a.yaml", CHART.format("", words))


def test_what_is_no_yaml_keeps_the_words_of_a_command_and_the_sysctls_of_a_pod(tmp_path: Path) -> None:
    words = f"\n    - sysctl\n    - -w\n    - «TT106»{BUDGET}={{{{ .x }}}}\n    - «TT102»net.ipv4.tcp_tw_recycle=1\n"
    inner = (
        f'    args:\n    - sysctl -w "«TT106»net.core.optmem_max={{{{ .y }}}}"\n  - command: [a]\n    - {BUDGET}=1\n'
    )
    pod = f"  securityContext:\n    sysctls:\n    - name: «TT107»{SHARED}\n      value: '{{{{ .z }}}}'\n"
    after = f"  values:\n    sysctls:\n    - name: {BUDGET}\n      value: 400\n"
    check(tmp_path, "templates/a.yaml", CHART.format(BROKEN, words.rstrip("\n")) + inner + pod + after)


@pytest.mark.parametrize(
    "command",
    [
        '[sysctl, -w, "«TT001»vm.max_map_count: 262144"]',
        "\n        - sysctl\n        - -w\n        - «TT001»vm.max_map_count",
        '["sysctl", "«TT001»net.core.somaxconn:1024"]',
        "[sysctl, vm.max_map_count]",
    ],
)
def test_a_word_without_a_sign_assigns_nothing_in_a_containers_command_either(tmp_path: Path, command: str) -> None:
    pod = "apiVersion: v1\nkind: Pod\nspec:\n  initContainers:\n    - name: a\n      command: "
    check(tmp_path, "a.yaml", f"{pod}{command}\n")
