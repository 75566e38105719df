"""YAML that a host is compared with, or that says what may be set; commands of hosts and of containers."""

from __future__ import annotations

from textwrap import indent

import pytest

from tcptune.sources import yaml_source
from tcptune.sources.base import Reading, Text

FIN = "net.ipv4.tcp_fin_timeout"
LOOP = f"  loop:\n  - {{key: {FIN}, value: 5}}\n"


def read(text: str) -> Reading:
    return yaml_source.read(Text("main.yml", text))


@pytest.mark.parametrize(
    "text",
    [
        f"- name: look\n  command: sysctl -n {{{{ item.key }}}}\n{LOOP}",
        f"- name: look\n  command: {{argv: [sysctl, -n, '{{{{ item.key }}}}']}}\n{LOOP}",
        f"- name: look\n  ansible.builtin.assert: {{that: '{{{{ item.value == seen[item.key] }}}}'}}\n{LOOP}",
        f"sysctl_expected_values:\n  {FIN}: 5\n",
        f"sysctl_checks:\n- {{n: {FIN}, v: 5}}\n",
        f"profile::monitoring::checks:\n  sysctl:\n    {FIN}: 5\n",
        f"metrics:\n- {{name: {FIN}, value: 5}}\n",
        f"results:\n- {{name: {FIN}, expected: '5', value: 5}}\n",
        f"openAPIV3Schema:\n  sysctls:\n    default: {{{FIN}: 5}}\n",
        f"properties:\n  sysctls:\n    example: {{{FIN}: 5}}\n",
        f"sysctl::values:\n  {FIN}: {{ensure: absent, value: 5}}\n",
    ],
)
def test_what_a_host_is_compared_with_sets_nothing(text: str) -> None:
    assert read(text).settings == []


@pytest.mark.parametrize("above", ["test", "production", "properties", "sysctl_tested"])
def test_what_is_named_otherwise_is_data(above: str) -> None:
    (setting,) = read(f"{above}:\n  sysctls:\n    {FIN}: 5\n").settings
    assert setting.raw == "5"


@pytest.mark.parametrize(("above", "count"), [("good", 0), ("bad", 0), ("Examples", 0), ("patches", 1)])
def test_manifests_that_a_check_is_to_pass_or_to_refuse_set_nothing(above: str, count: int) -> None:
    pod = f"- |\n  kind: Pod\n  spec:\n    securityContext:\n      sysctls:\n      - {{name: {FIN}, value: '5'}}\n"
    assert len(read(f"kubernetes:\n  {above}:\n{indent(pod, '  ')}").settings) == count


def test_a_loop_whose_entries_are_written_is_read() -> None:
    (setting,) = read(f"- name: set\n  command: sysctl -w {{{{ item.key }}}}={{{{ item.value }}}}\n{LOOP}").settings
    assert (setting.key, setting.raw) == (FIN, "5")


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("roles/a/meta/argument_specs.yml", 0),
        ("chart/values.schema.json", 0),
        ("molecule/default/verify.yml", 0),
        ("roles/a/tasks/verify.yml", 1),
        ("roles/a/defaults/main.yml", 1),
    ],
)
def test_files_that_say_what_values_may_be_set_nothing(name: str, count: int) -> None:
    assert len(yaml_source.read(Text(name, f'{{"sysctl_config": {{"default": {{"{FIN}": 5}}}}}}')).settings) == count


@pytest.mark.parametrize(
    "text",
    [
        f"- command: sysctl -w {FIN}=5\n",
        f"- name: a\n  block:\n  - name: b\n    command: sysctl -w {FIN}=5\n  when: c\n",
        f"- hosts: all\n  handlers:\n  - name: a\n    command: sysctl -w {FIN}=5\n",
        f"- name: a\n  command: sysctl -w {FIN}=5\n  when: b\n",
    ],
)
def test_a_task_runs_its_command_on_the_host_and_in_no_container(text: str) -> None:
    (setting,) = yaml_source.read(Text("roles/a/tasks/main.yml", text)).settings
    assert not setting.facts & {"container", "command"}


@pytest.mark.parametrize(
    "text",
    [
        f"services:\n  a:\n    command: sysctl -w {FIN}=5\n",
        f"containers:\n- name: a\n  image: b\n  command: [sysctl, -w, {FIN}=5]\n",
    ],
)
def test_a_container_runs_its_command_in_itself(text: str) -> None:
    (setting,) = read(text).settings
    assert "container" in setting.facts


@pytest.mark.parametrize(
    "text",
    [
        f"- community.docker.docker_container:\n    name: a\n    image: b\n    command: sysctl -w {FIN}=5\n",
        f"- docker_container: {{name: a, image: b, sysctls: {{{FIN}: 5}}}}\n",
        f"- containers.podman.podman_container:\n    name: a\n    sysctl:\n      {FIN}: 5\n",
    ],
)
def test_a_module_that_runs_a_container_sets_it_in_there(text: str) -> None:
    (setting,) = read("- hosts: all\n  tasks:\n" + indent(text, "  ")).settings
    assert "container" in setting.facts


def test_a_container_on_the_hosts_network_is_told() -> None:
    text = f"- docker_container:\n    image: b\n    network_mode: host\n    sysctls: {{{FIN}: 5}}\n"
    (setting,) = read(text).settings
    assert {"container", "host-network"} <= setting.facts
