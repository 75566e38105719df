"""What Kubernetes makes of `sysctls:`: in the values of charts, and of numbers where it asks for texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptune.lint import fix
from tests.support.lint import run
from tests.support.marks import check

MAP = 'sysctls:\n  «TT107»net.core.somaxconn: "8192"\n'
LIST = 'sysctls:\n- name: «TT107»net.core.somaxconn\n  value: "8192"\n'
PAGE = "# See https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/\n"
QUIET = MAP.replace("«TT107»", "")


def below(name: str, text: str) -> str:
    return f"{name}:\n" + "".join(f"  {row}\n" for row in text.splitlines())


@pytest.mark.parametrize("sysctls", [MAP, LIST])
@pytest.mark.parametrize("name", ["values.yaml", "values-prod.yml", "prod.values.yaml", "values.yaml.gotmpl"])
def test_the_values_of_a_chart_name_those_of_its_pods(tmp_path: Path, name: str, sysctls: str) -> None:
    check(tmp_path, name, below("controller", sysctls))


@pytest.mark.parametrize(
    "text",
    [
        PAGE + MAP,
        below("proxy", f"podSecurityContext: {{}}\n{LIST}"),
        below("proxy", f"replicaCount: 2\n{MAP}"),
        f"image: a\nresources: {{}}\n{MAP}",
        below("workers", f"securityContext: {{}}\n{MAP}"),
        PAGE + 'sysctls:\n  «TT106»vm.max_map_count: "262144"\n',
    ],
)
def test_so_does_what_stands_beside_or_above_them(tmp_path: Path, text: str) -> None:
    check(tmp_path, "values.yaml", text)


def test_a_release_has_values_in_a_file_of_its_own(tmp_path: Path) -> None:
    release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n"
    check(tmp_path, "release.yaml", release + below("spec", below("values", below("controller", MAP))))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("vars.yaml", below("controller", QUIET)),
        ("values.yaml", QUIET),
        ("values.yaml", below("machineDeployment", f"replicaCount: 2\n{QUIET}")),
        ("values.yaml", below("sysctlInit", f"image: a\nresources: {{}}\n{QUIET}")),
        ("values.yaml", below("kernelTuning", f"podSecurityContext: {{}}\n{QUIET}")),
        ("values.yaml", f"securityContext: {{privileged: true}}\n{QUIET}"),
        ("values.yaml", below("controller", f"hostNetwork: true\n{QUIET}")),
        ("values.yaml", 'image: a\nresources: {}\nsysctls:\n  vm.max_map_count: "262144"\n'),
        ("values.yaml", below("sysctl", "parameters:\n  net.core.somaxconn: 8192\n")),
        ("sysctl-setter/values.yaml", below("controller", QUIET)),
    ],
)
def test_what_may_be_for_nodes_is_not_told_to_be_for_pods(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)


ENTRY = "securityContext: {sysctls: [{name: net.ipv4.tcp_fin_timeout, value: ()}]}"
BELOW = {
    "Pod": "spec: {()}",
    "Deployment": "spec: {template: {spec: {()}}}",
    "CronJob": "spec: {jobTemplate: {spec: {template: {spec: {()}}}}}",
    "PodTemplate": "template: {spec: {()}}",
}


def manifest(kind: str, value: str) -> str:
    return f"apiVersion: v1\nkind: {kind}\n" + BELOW.get(kind, BELOW["Pod"]).replace("()", ENTRY.replace("()", value))


@pytest.mark.parametrize("kind", list(BELOW))
@pytest.mark.parametrize("value", ["30", "30.", "true", "No", "1.5"])
def test_a_pods_value_has_to_be_a_text(tmp_path: Path, kind: str, value: str) -> None:
    check(tmp_path, "a.yaml", manifest(kind, f"«TT201»{value}"))


@pytest.mark.parametrize(
    ("kind", "value"),
    [("Pod", '"30"'), ("Pod", "'30'"), ("Pod", "!!str 30"), ("Pod", "{{ x }}"), ("ClusterPolicy", "30"), ("Own", "30")],
)
def test_what_is_one_or_for_another_reader_is_left_alone(tmp_path: Path, kind: str, value: str) -> None:
    check(tmp_path, "a.yaml", manifest(kind, value))


@pytest.mark.parametrize(("value", "becomes"), [("30", '"30"'), ("true", "true")])
def test_the_mend_puts_quotes_around_a_number(tmp_path: Path, value: str, becomes: str) -> None:
    report = run(tmp_path, {"a.yaml": manifest("Pod", value)})
    fix.write(fix.plan(report, unsafe=False))
    assert (tmp_path / "a.yaml").read_text() == manifest("Pod", becomes)
