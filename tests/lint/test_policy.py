"""`lint --profile`: the lines of files held against a profile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tcptune.cli.schema import document_schema
from tests.support import profiles
from tests.support.lint import write
from tests.support.program import tcptune

FIN = "net.ipv4.tcp_fin_timeout"
STAMPS = "net.ipv4.tcp_timestamps"
ACCEPT = "accept:\n  - {rule: timestamps-off, why: an appliance drops them}\n"


def lint(folder: Path, *arguments: str | Path) -> list[Any]:
    import jsonschema

    done = tcptune("lint", folder, "--profile", folder / "mine.yaml", "-f", "json", *arguments)
    jsonschema.Draft202012Validator(document_schema("lint")).validate(done.json())
    found: list[Any] = done.json()["findings"]
    return [item for item in found if not item["location"]["path"].endswith("mine.yaml")]


def told(found: list[Any]) -> list[tuple[str, str, int]]:
    return [(item["rule"], Path(item["location"]["path"]).name, item["location"]["line"]) for item in found]


def test_lines_of_every_format_are_held_against_the_profile(tmp_path: Path) -> None:
    profiles.write(tmp_path, f"{FIN}: {{value: 30, why: it is so}}")
    pod = "kind: Pod\napiVersion: v1\nspec:\n  securityContext:\n    sysctls:\n"
    pod += f'      - name: {FIN}\n        value: "20"\n'
    write(tmp_path, {"sysctl.d/60-a.conf": f"{FIN} = 20\n", "pod.yaml": pod, "run.sh": f"sysctl -w {FIN}=20\n"})
    assert told(lint(tmp_path, "--select", "TT701", "--kernel", "6.1")) == [
        ("TT701", "pod.yaml", 7),
        ("TT701", "run.sh", 1),
        ("TT701", "60-a.conf", 1),
    ]


def test_a_line_that_a_later_file_of_the_folder_replaces_is_passed_over(tmp_path: Path) -> None:
    profiles.write(tmp_path, f"{FIN}: 30\n{STAMPS}: 1")
    files = {"sysctl.d/60-a.conf": f"{FIN} = 20\n{STAMPS} = 0\n{STAMPS} = 1\n", "sysctl.d/70-b.conf": f"{FIN} = 30\n"}
    write(tmp_path, files)
    assert lint(tmp_path, "--select", "TT701") == []
    write(tmp_path, {"sysctl.d/70-b.conf": f"{FIN} = 40\n"})
    assert told(lint(tmp_path, "--select", "TT701")) == [("TT701", "70-b.conf", 1)]


def test_what_the_profile_takes_is_silent_counted_and_told(tmp_path: Path) -> None:
    path = profiles.write(tmp_path, f"{STAMPS}: 0", ACCEPT)
    write(tmp_path, {"sysctl.d/60-a.conf": f"{STAMPS} = 0\n"})
    assert lint(tmp_path) == []
    done = tcptune("lint", tmp_path / "sysctl.d", "--profile", path, "-v")
    assert done.status == 0
    assert "60-a.conf:1:27: TT402" in done.out
    assert "The profile mine takes it on purpose: an appliance drops them" in done.out
    assert tcptune("lint", tmp_path / "sysctl.d").status == 1
    assert tcptune("lint", tmp_path / "sysctl.d", "--profile", path, "-f", "json").json()["suppressed"] == 1


def test_a_suppression_hides_a_policy_finding_too(tmp_path: Path) -> None:
    profiles.write(tmp_path, f"{FIN}: 30")
    write(tmp_path, {"sysctl.d/60-a.conf": f"# tcptune: ignore[policy] measured\n{FIN} = 20\n"})
    assert lint(tmp_path, "--select", "TT701") == []


def test_the_fix_brings_the_file_to_the_profile(tmp_path: Path) -> None:
    path = profiles.write(
        tmp_path, f"{FIN}: {{at_least: 15, at_most: 60}}\nnet.ipv4.ip_local_port_range: [10240, 65535]"
    )
    drop_in = tmp_path / "sysctl.d/60-a.conf"
    write(tmp_path, {"sysctl.d/60-a.conf": f"# why\n{FIN}=5\nnet.ipv4.ip_local_port_range = 32768 60000\n"})
    chosen = ("--profile", path, "--select", "TT701")
    assert tcptune("lint", drop_in, *chosen, "--fix").status == 1
    assert tcptune("lint", drop_in, *chosen, "--fix", "--unsafe-fixes").status == 0
    assert drop_in.read_text() == f"# why\n{FIN}=15\nnet.ipv4.ip_local_port_range = 10240 65535\n"


def test_kernels_named_decide_what_the_profile_wants(tmp_path: Path) -> None:
    profiles.write(tmp_path, "net.core.somaxconn: {value: 4096, when: {kernel: '<5.4'}}")
    write(tmp_path, {"sysctl.d/60-a.conf": "net.core.somaxconn = 1000\n"})
    assert lint(tmp_path, "--kernel", "6.1", "--select", "TT701") == []
    (finding,) = lint(tmp_path, "--kernel", "rhel8,6.1", "--select", "TT701")
    assert finding["kernels"] == ["rhel8"]


def test_a_whole_host_is_held_against_the_profile_with_what_no_file_sets(tmp_path: Path) -> None:
    """Below --root the set is complete: what is in force counts, and a default that is not what is wanted is said."""
    path = profiles.write(tmp_path, f"{FIN}: {{value: 30, why: it is so}}\n{STAMPS}: 1\nnet.ipv4.tcp_retries2: 8")
    files = {"image/etc/sysctl.d/60-a.conf": f"{FIN} = 20\n", "image/usr/lib/sysctl.d/70-b.conf": f"{FIN} = 25\n"}
    write(tmp_path, files)

    def told_of(*arguments: str) -> list[tuple[str, str]]:
        command = ("lint", "--root", tmp_path / "image", "--profile", path, "--select", "TT701", "-f", "json")
        done = tcptune(*command, "--kernel", "6.1", *arguments)
        assert done.status == 1 if done.json()["findings"] else done.status == 0
        assert not [other for one in done.json()["findings"] for other in one["related"] if other["path"] != str(path)]
        return [(Path(one["location"]["path"]).name, one["key"]) for one in done.json()["findings"]]

    assert told_of() == [("70-b.conf", FIN), ("mine.yaml", "net.ipv4.tcp_retries2")]
    assert told_of("etc/sysctl.d/60-a.conf") == []
    assert told_of("usr/lib/sysctl.d/70-b.conf") == [("70-b.conf", FIN)]
    for name in files:
        (tmp_path / name).unlink()
    assert told_of() == [("mine.yaml", FIN), ("mine.yaml", "net.ipv4.tcp_retries2")]


def test_the_drop_in_of_a_difference_is_what_the_profile_wants(tmp_path: Path) -> None:
    """`diff --sysctl` of an empty image: both loaders' model reads it back, and nothing differs any more."""
    image = tmp_path / "image"
    (image / "etc/sysctl.d").mkdir(parents=True)
    made = tcptune("diff", "outbound-heavy", "--root", image, "--sysctl")
    assert made.status == 1
    (image / "etc/sysctl.d/80-tcptune.conf").write_text(made.out)
    assert tcptune("diff", "outbound-heavy", "--root", image).status == 0
    done = tcptune("lint", image / "etc/sysctl.d", "--profile", "outbound-heavy", "--kernel", "6.1")
    assert (done.status, done.err) == (0, "")
