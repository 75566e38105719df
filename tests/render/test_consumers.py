"""Written files do what they say where they are used: loaders, shell, tuned, Nix, Ansible, published schemas."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tcptune.catalog import parameter
from tcptune.catalog.targets import newest
from tcptune.model.profile import Profile
from tcptune.profiles.facts import Facts
from tcptune.profiles.load import load
from tcptune.render.plan import plan
from tcptune.render.sheet import Sheet, writer
from tests.support.consumers import nix_reads, tuned_reads
from tests.support.netns import foreign, in_namespace

BIN = Path(sys.executable).parent

MINE = r"""
schema: tcptune/profile/1
name: mine
summary: "A # test: 'with' \"quotes\" and ${X}, %d, {y}, 時 \x1b"
extends: [outbound-heavy, web-server, long-lived]
settings:
  net.ipv4.tcp_congestion_control: {value: reno, why: "a\n# b: c\n\n[sysctl]\nnet.ipv4.tcp_tw_reuse = 0 '''"}
  net.ipv4.ip_local_reserved_ports: {value: "20000-20010,30000", why: "*/ /* ${x} `id` $(id) \\ \""}
  net.ipv4.tcp_rmem: {value: [4096, 131072, 6291456], why: "größer; 💥 {if x}"}
  net.ipv4.tcp_retries2: {value: 9, why: ""}
"""
"""Each kind of value, and reasons that would break out of a careless comment."""

SHORT = """
schema: tcptune/profile/1
name: mine
summary: A few parameters, since Ansible takes half a second for each.
settings:
  net.ipv4.ip_local_port_range: {value: [10240, 65535], why: "größer: '#' \\"x\\""}
  net.ipv4.tcp_tw_reuse: {value: 1, why: "a\\nb: c"}
"""

LARGE = """\
  net.core.optmem_max: {value: 9223372036854775807}
  net.core.rmem_max: {value: 9223372036854775808}
  net.core.wmem_max: {value: -9223372036854775808}
"""

ALSO = "  net.netfilter.nf_conntrack_tcp_timeout_time_wait: {value: 60, when: {module: nf_conntrack}}\n"


def made(folder: Path, form: str, text: str = MINE) -> tuple[Path, Sheet]:
    """Write the profile for a target into a folder; return the file and what it is to say."""
    profile = folder / "mine.yaml"
    profile.write_text(text, "utf-8")
    sheet = plan(load(str(profile)), Facts(newest(), 8 << 30, loaded=lambda _: True), writer(form))
    assert sheet.refused == ()
    assert {entry.key for entry in sheet.entries} >= set(load(str(profile)).last.profile.settings)
    path = folder / {"nixos": "mine.nix", "tuned": "tuned.conf"}.get(form, "written")
    path.write_text(writer(form).write(sheet), "utf-8")
    return path, sheet


def wanted(sheet: Sheet) -> dict[str, str]:
    return {entry.key: entry.text for entry in sheet.entries}


def live(keys: list[str]) -> dict[str, str]:
    return {key: " ".join(Path("/proc/sys", *key.split(".")).read_text().split()) for key in keys}


@pytest.mark.root
@pytest.mark.parametrize("command", [["sysctl", "-p"], ["/usr/lib/systemd/systemd-sysctl"]], ids=["procps", "systemd"])
def test_the_loaders_set_what_a_file_for_sysctl_d_says(command: list[str], tmp_path: Path) -> None:
    path, sheet = made(tmp_path, "sysctl.d")
    for key in wanted(sheet):
        entry = parameter(key)
        scope = entry.scope_on(newest()) if entry is not None else None
        assert scope is not None
        assert (scope.scope, scope.child) == ("netns", "own"), f"{key} would be set for the whole machine"

    def inside() -> tuple[int, str, dict[str, str]]:
        assert foreign()
        done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False, timeout=30)
        return done.returncode, done.stderr, live(list(wanted(sheet)))

    status, said, values = in_namespace(inside, mounts=True)
    assert (status, said) == (0, "")
    assert values == wanted(sheet)


def test_a_shell_hands_docker_exactly_these_options(tmp_path: Path) -> None:
    path, sheet = made(tmp_path, "docker-run")
    docker = tmp_path / "docker"
    docker.write_text("#!/bin/sh\nprintf '%s\\0' \"$@\"\n")
    docker.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:/usr/bin:/bin"}
    done = subprocess.run(
        ["sh", path, "--rm", "an image"], env=environment, capture_output=True, text=True, check=True, timeout=30
    )
    options = [word for key, value in wanted(sheet).items() for word in ("--sysctl", f"{key}={value}")]
    assert done.stdout.split("\0")[:-1] == ["run", *options, "--rm", "an image"]
    assert done.stderr == ""


def test_tuned_reads_the_profile(tmp_path: Path) -> None:
    path, sheet = made(tmp_path, "tuned")
    main, units = tuned_reads(path)
    assert units["sysctl"] == wanted(sheet)
    assert set(units) == {"sysctl"}
    assert main["summary"].startswith("A ")


def test_nix_reads_the_module(tmp_path: Path) -> None:
    path, sheet = made(tmp_path, "nixos", MINE + ALSO + LARGE)
    kernel = nix_reads(path)["boot"]
    assert {key: str(value) for key, value in kernel["kernel"]["sysctl"].items()} == wanted(sheet)
    assert kernel["kernelModules"] == ["nf_conntrack"]


RECORDER = """
from ansible.module_utils.basic import AnsibleModule
names = ("name", "value", "sysctl_file", "sysctl_set", "persistent")
module = AnsibleModule({name: {"type": "str"} for name in names})
module.exit_json(changed=False, got=module.params)
"""
"""Stands in the place of the two modules, which are in no package of Python's: says what it was given, sets nothing."""


def ansible(folder: Path, *command: str) -> str:
    environment = {
        **os.environ,
        "HOME": str(folder),
        "ANSIBLE_COLLECTIONS_PATH": str(folder),
        "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_PIPELINING": "1",
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
        "LC_ALL": "C.UTF-8",
    }
    program, *rest = command
    done = subprocess.run(
        [BIN / program, *rest], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def playbook(folder: Path, variables: Path) -> Path:
    """Write the play that the header of the variables shows, and what is needed to run it."""
    for collection, module in (("ansible/posix", "sysctl"), ("community/general", "modprobe")):
        place = folder / "ansible_collections" / collection / "plugins" / "modules"
        place.mkdir(parents=True)
        (place / f"{module}.py").write_text(RECORDER)
    lines = variables.read_text("utf-8").split("\n")
    start = next(
        number
        for number, line in enumerate(lines)
        if line == "#   - name: Kernel modules that the parameters belong to"
    )
    shown = [line.removeprefix("#") for line in lines[start : lines.index("", start)]]
    tasks = yaml.safe_load("\n".join(shown))
    tasks[1]["register"] = "taken"
    tasks.append(
        {
            "name": "say",
            "ansible.builtin.copy": {
                "content": "{{ taken.results | map(attribute='got') | list | to_json }}",
                "dest": str(folder / "taken.json"),
            },
        }
    )
    play = [
        {
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "vars_files": [str(variables)],
            "tasks": tasks,
        }
    ]
    path = folder / "play.yml"
    path.write_text(yaml.safe_dump(play, sort_keys=False))
    return path


def test_ansible_takes_the_variables_with_the_tasks_that_the_header_shows(tmp_path: Path) -> None:
    path, sheet = made(tmp_path, "ansible-vars", SHORT + ALSO)
    play = playbook(tmp_path, path)
    ansible(tmp_path, "ansible-playbook", "--syntax-check", str(play))
    said = ansible(tmp_path, "ansible", "localhost", "-m", "debug", "-e", f"@{path}", "-a", "var=tcptune_sysctl")
    loaded = json.loads(said.partition("=>")[2])["tcptune_sysctl"]
    assert {item["name"]: item["value"] for item in loaded} == wanted(sheet)
    ansible(tmp_path, "ansible-playbook", str(play))
    taken = json.loads((tmp_path / "taken.json").read_text("utf-8"))
    assert {item["name"]: item["value"] for item in taken} == wanted(sheet)
    assert {item["sysctl_file"] for item in taken} == {"/etc/sysctl.d/80-tcptune.conf"}


def test_kubernetes_own_schema_takes_the_pod(tmp_path: Path) -> None:
    kubernetes_validate: Any = import_module("kubernetes_validate")

    path, sheet = made(tmp_path, "kubernetes")
    part = yaml.safe_load(path.read_text("utf-8"))
    pod: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a"},
        "spec": {**part["spec"], "containers": [{"name": "a", "image": "a"}]},
    }
    for version in ("1.29", "1.35"):
        kubernetes_validate.validate(pod, version, strict=True)
    assert {item["name"]: item["value"] for item in pod["spec"]["securityContext"]["sysctls"]} == wanted(sheet)
    pod["spec"]["securityContext"]["sysctls"][0]["value"] = 1
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(pod, "1.35", strict=True)


def test_composes_own_schema_takes_the_service(tmp_path: Path) -> None:
    check_jsonschema: Any = import_module("check_jsonschema")

    vendor = Path(check_jsonschema.__file__).parent / "builtin_schemas" / "vendor"
    schema = json.loads((vendor / "compose-spec.json").read_text("utf-8"))
    path, sheet = made(tmp_path, "compose")
    document = yaml.safe_load(path.read_text("utf-8"))
    jsonschema.validate(document, schema)
    assert {key: str(value) for key, value in document["services"]["app"]["sysctls"].items()} == wanted(sheet)
    document["services"]["app"]["sysctls"]["net.ipv4.tcp_rmem"] = [4096, 131072]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema)


def test_a_machineconfig_holds_the_very_file(tmp_path: Path) -> None:
    from urllib.request import urlopen

    path, sheet = made(tmp_path, "machineconfig", MINE + ALSO)
    document = yaml.safe_load(path.read_text("utf-8"))
    assert (document["kind"], document["metadata"]["name"]) == ("MachineConfig", "99-worker-tcptune-mine")
    files = {each["path"]: each for each in document["spec"]["config"]["storage"]["files"]}
    assert {each["mode"] for each in files.values()} == {0o644}
    content = {name: urlopen(each["contents"]["source"]).read().decode("utf-8") for name, each in files.items()}
    assert content["/etc/modules-load.d/tcptune-mine.conf"] == "nf_conntrack\n"
    assert content["/etc/sysctl.d/80-tcptune-mine.conf"] == writer("sysctl.d").write(sheet)


def test_the_profile_of_these_tests_has_each_kind_of_value() -> None:
    profile = Profile.model_validate(yaml.safe_load(MINE))
    kinds = {type(wish.value) for wish in profile.settings.values()}
    assert kinds == {int, str, tuple}
