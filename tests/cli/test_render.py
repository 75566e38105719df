"""`tcptune render` as a process: what is written, where to, what is refused by name and what to do then."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tcptune.render.sheet import FORMATS
from tests.support.inside import inside
from tests.support.program import tcptune

HEAD = "schema: tcptune/profile/1\nname: mine\nsummary: a test\n"


def mine(folder: Path, settings: str, more: str = "") -> Path:
    path = folder / "mine.yaml"
    path.write_text(f"{HEAD}{more}settings:\n{settings}", "utf-8")
    return path


def test_each_value_stands_below_its_reason(tmp_path: Path) -> None:
    path = mine(tmp_path, "  net.ipv4.tcp_tw_reuse: {value: 1, why: many short connections}\n")
    done = tcptune("render", path, "--to", "sysctl.d", "--kernel", "rhel9")
    assert (done.status, done.err) == (0, "")
    assert done.out.endswith("\n\n# many short connections\nnet.ipv4.tcp_tw_reuse = 1\n")
    assert "the profile mine for rhel9 (Linux 5.14)" in done.out.split("\n")[0]


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_written(form: str) -> None:
    done = inside("render", "long-lived", "--to", form, "--kernel", "6.1")
    assert (done.status, done.err) == (0, "")
    assert "net.ipv4.tcp_keepalive_time" in done.out
    assert "200" in done.out


def test_a_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    target = tmp_path / "80.conf"
    target.write_text("old")
    done = tcptune("render", "long-lived", "--to", "sysctl.d", "--kernel", "6.1", "-o", target)
    assert (done.status, done.out) == (0, "")
    assert "net.ipv4.tcp_keepalive_time = 200\n" in target.read_text()
    assert [each.name for each in tmp_path.iterdir()] == ["80.conf"]


def test_a_refusal_leaves_the_file_alone_and_names_each_setting(tmp_path: Path) -> None:
    target = tmp_path / "pod.yaml"
    path = mine(tmp_path, "  net.core.netdev_max_backlog: 5000\n  fs.file-max: 500000\n  net.ipv4.tcp_tw_reuse: 1\n")
    done = tcptune("render", path, "--to", "kubernetes", "--kernel", "6.1", "-o", target)
    assert (done.status, done.out) == (2, "")
    lines = done.err.splitlines()
    why = "it belongs to the whole host, no container or pod has its own"
    assert lines[:2] == [f"tcptune: {key}: {why}" for key in ("fs.file-max", "net.core.netdev_max_backlog")]
    assert lines[2] == "tcptune: 2 settings of mine cannot be written for kubernetes"
    assert "--skip-unsupported" in lines[3]
    assert not target.exists()


def test_what_is_left_out_on_demand_is_said_in_the_file_and_beside_it(tmp_path: Path) -> None:
    path = mine(tmp_path, "  fs.file-max: 500000\n  net.ipv4.tcp_tw_reuse: 1\n")
    done = inside("render", path, "--to", "compose", "--kernel", "6.1", "--skip-unsupported")
    assert done.status == 0
    assert done.err.startswith("tcptune: left out: fs.file-max: it belongs to the whole host")
    assert "# Left out: fs.file-max: it belongs to the whole host" in done.out
    assert "net.ipv4.tcp_tw_reuse: 1" in done.out
    assert inside("render", path, "--to", "compose", "--kernel", "6.1", "--skip-unsupported", "-q").err == ""


FACTS = {
    "memory": ("{per_gib: 65536, at_least: 1000}", "--memory SIZE", ["--memory", "4GiB"], "262144"),
    "a default computed from memory": ("{at_least: 30000}", "--memory SIZE", ["--memory", "256MiB"], "30000"),
    "a condition on memory": ("{value: 5000, when: {memory: '>=3GiB'}}", "--memory SIZE", ["--memory", "3GiB"], "5000"),
    "distribution": ("{value: 5000, when: {distro: rhel9}}", "--distro NAME", ["--distro", "rocky9"], "5000"),
    "module": ("{value: 5000, when: {module: tcp_bbr}}", "--module tcp_bbr", ["--module", "tcp_bbr"], "5000"),
    "loader": ("{value: 5000, when: {loader: procps}}", "--loader", ["--loader", "procps"], "5000"),
}


@pytest.mark.parametrize("fact", FACTS)
def test_a_value_that_needs_a_fact_asks_for_it_and_takes_it(fact: str, tmp_path: Path) -> None:
    wish, option, given, value = FACTS[fact]
    path = mine(tmp_path, f"  net.ipv4.tcp_max_tw_buckets: {wish}\n")
    refused = inside("render", path, "--to", "sysctl.d", "--kernel", "6.1")
    assert refused.status == 2
    assert "net.ipv4.tcp_max_tw_buckets: its value depends on" in refused.err
    assert option in refused.err
    done = inside("render", path, "--to", "sysctl.d", "--kernel", "6.1", *given)
    assert (done.status, done.err) == (0, "")
    assert f"\nnet.ipv4.tcp_max_tw_buckets = {value}\n" in done.out


@pytest.mark.parametrize(("kernel", "written"), [("debian12", True), ("rhel9", False)])
def test_a_kernel_named_by_its_distribution_tells_the_distribution(kernel: str, written: bool, tmp_path: Path) -> None:
    path = mine(tmp_path, "  net.ipv4.tcp_retries2: {value: 9, when: {distro: debian12}}\n")
    done = inside("render", path, "--to", "sysctl.d", "--kernel", kernel)
    assert (done.status, done.err) == (0, "")
    assert ("\nnet.ipv4.tcp_retries2 = 9\n" in done.out) == written
    assert ("only on debian12" in done.out) != written


def test_a_value_that_no_missing_fact_changes_is_written(tmp_path: Path) -> None:
    wish = "{at_least: 2097152, why: more than any default}"
    path = mine(tmp_path, f"  net.ipv4.tcp_max_tw_buckets: {wish}\n")
    done = inside("render", path, "--to", "sysctl.d", "--kernel", "6.1")
    assert (done.status, done.err) == (0, "")
    assert "net.ipv4.tcp_max_tw_buckets = 2097152\n" in done.out


def test_what_the_default_meets_is_written_on_demand_only() -> None:
    bare = inside("render", "base", "--to", "sysctl.d", "--kernel", "6.1", "--memory", "8GiB")
    assert not [line for line in bare.out.splitlines() if line and not line.startswith("#")]
    assert "net.ipv4.tcp_fin_timeout" in bare.out
    full = inside("render", "base", "--to", "sysctl.d", "--kernel", "6.1", "--memory", "8GiB", "--all")
    assert "\nnet.ipv4.tcp_fin_timeout = 60\n" in full.out


def test_demands_become_the_nearest_value_that_is_right(tmp_path: Path) -> None:
    settings = """\
  net.ipv4.tcp_fin_timeout: {at_most: 30}
  net.core.somaxconn: {at_least: 8192}
  net.ipv4.tcp_syncookies: {one_of: [2, 0]}
  net.ipv4.tcp_keepalive_time: {default: true}
"""
    done = inside("render", mine(tmp_path, settings), "--to", "sysctl.d", "--kernel", "6.1")
    written = [line for line in done.out.splitlines() if line and not line.startswith("#")]
    assert written == ["net.core.somaxconn = 8192", "net.ipv4.tcp_fin_timeout = 30", "net.ipv4.tcp_syncookies = 2"]


def test_a_risk_that_the_profile_takes_is_silenced_with_its_reason(tmp_path: Path) -> None:
    more = "accept: [{rule: TT402, why: the middlebox there strips them}]\n"
    path = mine(tmp_path, "  net.ipv4.tcp_timestamps: 0\n", more)
    for form, name in (("ansible-vars", "a.yml"), ("docker-run", "a.sh")):
        target = tmp_path / name
        assert inside("render", path, "--to", form, "--kernel", "6.1", "-o", target).status == 0
        assert "ignore" in target.read_text()
        assert "[TT402] the middlebox there strips them" in target.read_text()
        assert inside("lint", target, "--kernel", "6.1", "--fail-on", "note").status == 0
        target.write_text(target.read_text().replace("tcptune: ignore", "tcptune, ignore"))
        assert inside("lint", target, "--kernel", "6.1").status == 1


@pytest.mark.skipif(sys.platform != "linux", reason="asks the running Linux")
def test_without_a_kernel_it_is_this_host() -> None:
    done = inside("render", "web-server", "--to", "sysctl.d")
    assert (done.status, done.err) == (0, "")
    assert "GiB of memory" in " ".join(done.out.replace("#", "").split())
    other = inside("render", "web-server", "--to", "sysctl.d", "--memory", "1TiB")
    assert "1024 GiB of memory" in " ".join(other.out.replace("#", "").split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("base",), "missing option"),
        (("base", "--to", "puppet"), "puppet"),
        (("bsae", "--to", "tuned"), "there is no profile 'bsae'"),
        (("base", "--to", "tuned", "--kernel", "9x"), "'9x' is neither"),
        (("base", "--to", "tuned", "--memory", "8"), "--memory: '8' is no memory size such as 8GiB"),
        (("base", "--to", "tuned", "--memory", "0GiB"), "--memory: "),
        (("base", "--to", "tuned", "--distro", "bsd"), "'bsd' is neither"),
        (("base", "--to", "tuned", "--kernel", "6.1", "-o", "/nowhere/x"), "/nowhere/x: cannot be written"),
    ],
)
def test_wrong_usage_is_status_2_without_a_trace(arguments: tuple[str, ...], said: str) -> None:
    done = inside("render", *arguments)
    assert done.status == 2
    assert said in done.err
    assert "Traceback" not in done.err
