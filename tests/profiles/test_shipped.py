"""The shipped profiles: valid, resolved and without findings on every kernel, each value with its reason."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from tcptune.catalog import default_value, parameter, parameters
from tcptune.catalog.targets import living, releases_since
from tcptune.formats import json_
from tcptune.model.host import Host
from tcptune.model.profile import json_schema
from tcptune.model.version import KernelVersion, Target
from tcptune.profiles.facts import Facts
from tcptune.profiles.find import shipped_folder
from tcptune.profiles.load import load
from tcptune.profiles.resolve import resolve
from tcptune.profiles.view import judge, view

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "profiles").glob("*.yaml"))
NAMES = [path.stem for path in FILES]
KERNELS = (*living(), *releases_since(KernelVersion(4, 18)))
SCHEMA_LINE = "# yaml-language-server: $schema=profile.schema.json"


def facts(target: Target, gib: int, name: str) -> Facts:
    host = Host(target.version, vendor=target.vendor, memory_bytes=gib << 30)
    return Facts(target, gib << 30, initial=name != "pod", host=host)


def test_the_promised_profiles_are_there() -> None:
    promised = {"kernel-default", "base", "outbound-heavy", "web-server", "long-lived", "nat-gateway", "pod"}
    assert set(NAMES) == promised | {"kubernetes-node"}
    assert shipped_folder() == ROOT / "profiles"


def test_the_schema_beside_them_is_the_models() -> None:
    assert (ROOT / "profiles" / "profile.schema.json").read_text("utf-8") == json_.dump(json_schema())


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_each_is_valid_by_the_schema_that_its_first_line_names(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith(SCHEMA_LINE + "\n")
    schema = json.loads((path.parent / "profile.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    document = yaml.safe_load(text)
    jsonschema.Draft202012Validator(schema).validate(document)
    assert document["name"] == path.stem


@pytest.mark.parametrize(
    "change",
    [
        {"surprise": 1},
        {"settings": {"net.ipv4.tcp_retries2": {"at_leest": 8}}},
        {"settings": {"net.ipv4.tcp_retries2": 1.5}},
        {"settings": {"net.ipv4.tcp_retries2": {"default": False}}},
        {"accept": [{"rule": "TT410"}]},
    ],
)
def test_the_schema_refuses_what_the_model_refuses(change: dict[str, object]) -> None:
    document = yaml.safe_load((ROOT / "profiles" / "base.yaml").read_text("utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(json_schema()).validate({**document, **change})


@pytest.mark.parametrize("name", NAMES)
def test_the_rules_find_nothing_on_any_kernel_and_memory(name: str) -> None:
    chain = load(name)
    surroundings = frozenset({"pod"}) if name == "pod" else frozenset()
    for target in KERNELS:
        for gib in (1, 8, 64):
            found = judge(chain, facts(target, gib, name), surroundings)
            assert [(str(target), gib, each.rule, each.message) for each in found] == []


def test_a_profile_with_a_mistake_would_be_found(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    text = "schema: tcptune/profile/1\nname: bad\nsummary: x\nsettings: {net.ipv4.tcp_timestamps: 0}\n%s"
    path.write_text(text % "")
    (target,) = [each for each in KERNELS if each.label == "6.12"]
    assert "TT402" in {each.rule for each in judge(load(str(path)), Facts(target))}
    path.write_text(text % "accept: [{rule: TT402, why: a test}]\n")
    assert judge(load(str(path)), Facts(target)) == []


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("base", "kernel-default")])
def test_each_has_something_to_set_somewhere(name: str) -> None:
    chain = load(name)
    assert any(view(resolve(chain, where), where).settings for where in (facts(target, 8, name) for target in KERNELS))


def test_base_changes_nothing_on_a_host_with_the_kernels_defaults() -> None:
    chain = load("base")
    for target in KERNELS:
        for gib in (1, 8, 64, 512):
            where = facts(target, gib, "base")
            assert view(resolve(chain, where), where).settings == {}


@pytest.mark.parametrize("name", [name for name in NAMES if name != "kernel-default"])
def test_every_value_has_a_reason(name: str) -> None:
    assert [key for key, wish in load(name).last.profile.settings.items() if len(wish.why) < 40] == []


def test_kernel_default_names_every_parameter_that_tcptune_is_about() -> None:
    settings = load("kernel-default").last.profile.settings
    about = {
        key
        for key, entry in parameters().items()
        if entry.depth == "full" and entry.mode & 0o222 and any(entry.exists(target) for target in living())
    }
    assert set(settings) == about
    assert all(wish.default for wish in settings.values())


def test_what_a_pod_sets_belongs_to_its_namespace() -> None:
    for key in load("pod").last.profile.settings:
        entry = parameter(key)
        assert entry is not None
        for target in KERNELS:
            scope = entry.scope_on(target)
            assert scope is not None
            assert (scope.scope, scope.child) == ("netns", "own")
            assert default_value(entry, target) is not None
