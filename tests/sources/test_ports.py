"""The ports of containers that are named beside a range of ports which covers them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.marks import check

OVER = "«TT304»«TT410»1024 65535"
CLEAR = "«TT410»1024 65535"
SERVICE = "services:\n  a:\n    image: x\n    {0}\n    sysctls:\n      net.ipv4.ip_local_port_range: {1}\n"


@pytest.mark.parametrize(
    "ports",
    [
        'ports: ["80:8080"]',
        'ports: ["8080"]',
        "ports: [127.0.0.1:80:8080/udp]",
        'ports: ["[::1]:80:8080"]',
        'ports: ["${PORT:-80}:8080"]',
        'ports: ["80-85:8080-8085"]',
        "ports: [{target: 8080, published: 80, protocol: tcp}]",
        "expose: [8080]",
        'expose: ["8080-8090/tcp"]',
        "ports: [80:80]\n    expose: [8080]",
    ],
)
def test_a_service_may_find_its_port_taken(tmp_path: Path, ports: str) -> None:
    check(tmp_path, "compose.yaml", SERVICE.format(ports, OVER))


@pytest.mark.parametrize(
    "ports",
    [
        'ports: ["8080:80"]',
        "ports: [{target: 80, published: 8080}]",
        'ports: ["8080:${PORT}"]',
        'ports: ["8080:8080/sctp"]',
        'ports: ["10000-60000:10000-60000/udp"]',
        'ports: ["99999"]',
        'environment: ["PORT=8080"]',
    ],
)
def test_ports_of_the_host_and_unknown_ones_take_no_harm(tmp_path: Path, ports: str) -> None:
    check(tmp_path, "compose.yaml", SERVICE.format(ports, CLEAR))


@pytest.mark.parametrize("reserved", ["8080", "8000-8100", "'${PORTS}'"])
def test_reserved_ports_stay_free(tmp_path: Path, reserved: str) -> None:
    more = f"      net.ipv4.ip_local_reserved_ports: {reserved}\n"
    check(tmp_path, "compose.yaml", SERVICE.format("expose: [8080]", CLEAR) + more)


def test_the_ports_of_one_service_are_not_those_of_another(tmp_path: Path) -> None:
    text = SERVICE.format("init: true", CLEAR) + "  b:\n    image: y\n    expose: [8080]\n"
    check(tmp_path, "compose.yaml", text)


def test_the_kernels_own_range_written_down_is_no_more_than_a_note(tmp_path: Path) -> None:
    check(tmp_path, "compose.yaml", SERVICE.format("expose: [50051]", "«TT304»«TT205»32768 60999"))


HEIR = "  b:\n    extends: {0}\n    {1}\n"


@pytest.mark.parametrize(
    "more",
    [
        HEIR.format("{service: a}", "expose: [8080]"),
        HEIR.format("a", "ports: ['80:8080']"),
        HEIR.format("{service: c}", "expose: [8080]")
        + HEIR.format("{service: a}", "init: true").replace("b:", "c:", 1),
    ],
)
def test_a_service_that_extends_another_has_its_range_and_ports_of_its_own(tmp_path: Path, more: str) -> None:
    check(tmp_path, "compose.yaml", SERVICE.format("init: true", OVER) + more)


@pytest.mark.parametrize(
    "more",
    [
        HEIR.format("{service: a, file: other.yaml}", "expose: [8080]"),
        HEIR.format("{service: c}", "expose: [8080]"),
        HEIR.format("{service: b}", "expose: [8080]"),
        HEIR.format("{service: a}", "expose: [80]"),
        HEIR.format("{service: a}", "expose: [8080]\n    sysctls: {net.ipv4.ip_local_reserved_ports: '8080'}"),
    ],
)
def test_a_service_that_extends_something_else_or_sets_its_own_says_nothing(tmp_path: Path, more: str) -> None:
    check(tmp_path, "compose.yaml", SERVICE.format("init: true", CLEAR) + more)


POD = """apiVersion: v1
kind: Pod
spec:
  {more}
  securityContext:
    sysctls:
    - name: net.ipv4.ip_local_port_range
      value: "{value}"
  containers:
  - name: a
    {first}
  - name: b
    ports: [{{containerPort: 80, hostPort: 8080}}]
"""


@pytest.mark.parametrize(
    "first", ["ports: [{name: web, containerPort: 8080}]", "ports: [{containerPort: 9000, protocol: UDP}]"]
)
def test_the_containers_of_a_pod_share_their_ports(tmp_path: Path, first: str) -> None:
    check(tmp_path, "a.yaml", POD.format(more="restartPolicy: Always", first=first, value=OVER))


@pytest.mark.parametrize("first", ["image: x", "ports: [{containerPort: 8080, protocol: SCTP}]"])
def test_a_pod_without_such_a_port_takes_no_harm(tmp_path: Path, first: str) -> None:
    check(tmp_path, "a.yaml", POD.format(more="restartPolicy: Always", first=first, value=CLEAR))


RUN = "initContainers: [{{name: i, image: x, command: [{0}sysctl, -w, net.ipv4.ip_local_port_range={1}]}}]"


@pytest.mark.parametrize(("begin", "value"), [("", OVER), ("nsenter, -t, '1', -n, --, ", CLEAR)])
def test_what_an_init_container_sets_is_for_the_whole_pod(tmp_path: Path, begin: str, value: str) -> None:
    pod = POD.format(more=RUN.format(begin, value), first="ports: [{containerPort: 8080}]", value="10240 65535")
    check(tmp_path, "a.yaml", pod)


def test_a_task_of_ecs_names_its_ports(tmp_path: Path) -> None:
    control = '{"namespace": "net.ipv4.ip_local_port_range", "value": "' + OVER + '"}'
    ports = '[{"containerPort": 8080, "hostPort": 80}]'
    one = f'{{"name": "a", "portMappings": {ports}, "systemControls": [{control}]}}'
    check(tmp_path, "task.json", f'{{"containerDefinitions": [{one}]}}\n')


@pytest.mark.parametrize("ports", ["published_ports: ['80:8080']", "exposed_ports: ['8080']"])
def test_a_module_for_containers_is_told_ports(tmp_path: Path, ports: str) -> None:
    task = "- name: Web\n  community.docker.docker_container:\n    name: web\n    image: x\n"
    check(tmp_path, "tasks/main.yml", f"{task}    {ports}\n    sysctls:\n      net.ipv4.ip_local_port_range: {OVER}\n")
