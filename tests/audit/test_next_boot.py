"""What the next boot brings: each of these is what a real boot of Debian 12 with systemd gave (`make boot`)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tcptune.audit.answers import accepted
from tcptune.audit.modules import needs_late
from tcptune.audit.origins import origins
from tcptune.audit.refused import refused as judged
from tcptune.audit.root import kernel_of
from tcptune.loaders.tree import Link, MemoryTree
from tcptune.loaders.versions import LoaderVersions, procps, systemd
from tcptune.model.origin import Origins
from tcptune.model.version import KernelVersion, Target
from tcptune.rules.registry import rules

FIN, SOMAX = "net.ipv4.tcp_fin_timeout", "net.core.somaxconn"
MAX, OTHER = "net.netfilter.nf_conntrack_max", "net.nf_conntrack_max"
DEBIAN = Target(KernelVersion(6, 1), "debian", "6.1")
BOTH = LoaderVersions(procps((4, 0, 2)), systemd((252,)))
LOAD = "/etc/modules-load.d/a.conf"
Held = Mapping[str, bytes | str | Link | None]


def files(held: Held) -> Origins:
    return origins(MemoryTree(dict(held)), kernel_of(DEBIAN), DEBIAN, versions=BOTH)


def at_boot(held: Held) -> dict[str, str]:
    return {key: source.systemd.raw for key, source in files(held).sources.items() if source.systemd is not None}


def test_what_stands_in_run_is_gone_after_a_reboot_and_explains_a_value_until_then() -> None:
    found = files({"/run/sysctl.d/60-a.conf": f"{FIN} = 30\n", "/etc/sysctl.d/50-b.conf": f"{FIN} = 20\n"})
    source = found.sources[FIN]
    assert source.systemd is not None
    assert source.systemd.raw == "20"
    assert source.now is not None
    assert (source.now.raw, source.now.by) == ("30", "systemd")
    assert [(one.at.path, one.reason) for one in found.unread] == [("/run/sysctl.d/60-a.conf", "run")]
    assert found.unread[0].readers == ("systemd", "procps")


def test_a_mask_and_a_list_of_modules_in_run_are_gone_too() -> None:
    preset = {"/usr/lib/sysctl.d/50-a.conf": f"{FIN} = 20\n"}
    assert at_boot({**preset, "/run/sysctl.d/50-a.conf": Link("/dev/null")}) == {FIN: "20"}
    assert at_boot({**preset, "/etc/sysctl.d/50-a.conf": Link("/dev/null")}) == {}
    tracked = {"/etc/sysctl.d/a.conf": f"{MAX} = 5\n"}
    assert at_boot({**tracked, "/run/modules-load.d/a.conf": "nf_conntrack\n"}) == {}
    assert at_boot({**tracked, LOAD: "nf_conntrack\n"}) == {MAX: "5"}


@pytest.mark.parametrize(
    ("held", "late"),
    [
        ({}, True),
        ({LOAD: "nf-conntrack\n"}, False),
        ({LOAD: "nf_nat\n"}, False),
        ({LOAD: "ip_vs_rr\n"}, False),
        ({LOAD: "dummy\n"}, True),
        ({"/etc/modules": "nf_conntrack\n"}, True),
        ({"/etc/modules": "nf_conntrack\n", "/etc/modules-load.d/modules.conf": Link("../modules")}, False),
        ({LOAD: "nf_conntrack\n", "/etc/modprobe.d/a.conf": "blacklist nf_conntrack\n"}, True),
        ({LOAD: "nf_conntrack\n", "/etc/modprobe.d/a.conf": "install nf-conntrack /bin/false\n"}, True),
        ({LOAD: "nf_conntrack\n", "/etc/modprobe.d/a.conf": "install nf-conntrack /usr/bin/true\n"}, True),
        ({LOAD: "nf_conntrack\n", "/etc/modprobe.d/a.conf": "# blacklist nf_conntrack\noptions x y=1\n"}, False),
    ],
)
def test_which_modules_are_there_before_the_files_are_read(held: Held, late: bool) -> None:
    assert ("net.netfilter.nf_conntrack_" in needs_late(MemoryTree(dict(held)), DEBIAN)) is late


def test_a_rule_of_udev_sets_the_keys_that_it_names_when_their_module_comes() -> None:
    rule = 'ACTION=="add", SUBSYSTEM=="module", KERNEL=="nf_conntrack", RUN+="/lib/systemd/systemd-sysctl'
    lines = {"/etc/sysctl.d/a.conf": f"{MAX} = 5\n{OTHER} = 6\n"}
    named = {**lines, "/etc/udev/rules.d/99-a.rules": f'{rule} --prefix=/net/netfilter"\n'}
    assert at_boot(named) == {MAX: "5"}
    every = {**lines, "/etc/udev/rules.d/99-a.rules": f'{rule}"\n'}
    assert at_boot(every)[OTHER] == "6"
    off = {**lines, "/etc/udev/rules.d/99-a.rules": f'#{rule}"\n'}
    assert at_boot(off) == {}
    assert at_boot({**lines, "/etc/udev/rules.d/99-a.rules": f'{rule.replace("nf_conn", "x")}"\n'}) == {}


def test_two_names_of_one_variable_have_what_was_written_last() -> None:
    load = {LOAD: "nf_conntrack\n"}
    assert at_boot({**load, "/etc/sysctl.d/a.conf": f"{MAX} = 5\n{OTHER} = 6\n"}) == {MAX: "6", OTHER: "6"}
    assert at_boot({**load, "/etc/sysctl.d/a.conf": f"{OTHER} = 6\n{MAX} = 5\n"}) == {MAX: "5", OTHER: "5"}
    assert at_boot({**load, "/etc/sysctl.d/a.conf": f"{MAX} = 5\n"}) == {MAX: "5"}
    assert at_boot({**load, "/etc/sysctl.d/a.conf": f"{OTHER} = 6\n"})[MAX] == "6"


def test_a_pattern_finds_the_interfaces_that_every_host_has() -> None:
    found = at_boot({"/etc/sysctl.d/a.conf": "net.ipv4.conf.*.rp_filter = 2\nnet.ipv4.conf.lo.rp_filter = 1\n"})
    assert found == {
        f"net.ipv4.conf.{name}.rp_filter": value for name, value in (("all", "2"), ("default", "2"), ("lo", "1"))
    }


def refused(line: str) -> list[tuple[str, str]]:
    return [(one.key, one.raw) for one in files({"/etc/sysctl.d/a.conf": line}).refused]


@pytest.mark.parametrize(
    "line",
    [
        "net.ipv4.tcp_tw_recycle = 1",
        "net.ipv4.tcp_fin_timout = 1",
        "net.ipv4.tcp_tw_reuse = 7",
        "net.ipv4.conf.all.log_martians =",
        "net.ipv4.conf.all.log_martians = 1#x",
        "net.ipv4.ip_local_port_range = 7",
        "net.ipv4.ip_local_port_range = 61000",
        "net/ipv4.tcp_retries2 = 9",
        "./net/ipv4/tcp_retries2 = 9",
        "nonesuch.key = 1",
    ],
)
def test_a_line_that_sets_nothing_is_among_the_refused(line: str) -> None:
    assert len(refused(f"{line}\n{FIN} = 30\n")) == 1


@pytest.mark.parametrize(
    "line",
    [
        "-net.ipv4.tcp_tw_reuse = 7",
        "net.ipv4.conf.all.log_martians = 0x1",
        "net.ipv4.conf.eth7.rp_filter = 1",
        "net.ipv4.ip_local_port_range = 20000",
        f"{MAX} = 5",
        "dev.raid.speed_limit_max = 1",
        "no assignment",
    ],
)
def test_a_line_that_is_forgiven_done_or_comes_later_is_not(line: str) -> None:
    assert refused(f"{line}\n") == []


def test_the_range_of_ports_begins_at_the_first_unprivileged_one_as_it_is_then() -> None:
    answer = accepted(DEBIAN, 250)
    ports, first = "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start"
    assert answer(ports, "500 60000") == "EINVAL"
    assert answer(first, "0") == ""
    assert answer(ports, "500 60000") == ""
    assert answer(first, "501") == "EINVAL"
    assert answer(ports, "0x1000 020000") == ""
    assert answer(ports, "020001") == "EINVAL"


def test_of_many_lines_that_are_no_assignment_one_sentence_is_said_and_of_a_binary_file_none() -> None:
    def told(text: bytes) -> tuple[str, ...]:
        return files({"/etc/sysctl.d/a.conf": text}).problems

    (line,) = told(b"\nx\ny\nz\n")
    assert line.startswith("/etc/sysctl.d/a.conf:2:1: The line is no assignment: systemd-sysctl leaves it out")
    assert line.endswith("2 more such lines.")
    assert all("assignment" not in line for line in told(b"\0x\ny\n"))


def test_what_tuned_may_only_raise_or_lower_counts_where_it_does_so() -> None:
    profile = "/etc/tuned/mine/tuned.conf"

    def managed(line: str, held: Held) -> list[str]:
        tuned: Held = {"/etc/tuned/active_profile": "mine", profile: f"[sysctl]\n{line}\n", **held}
        found = files(tuned)
        return [one.raw for one in found.sources[FIN].managers] if FIN in found.sources else []

    low: Held = {"/usr/lib/sysctl.d/a.conf": f"{FIN} = 20\n"}
    assert managed(f"{FIN}=>50", {}) == []
    assert managed(f"{FIN}=>70", {}) == ["70"]
    assert managed(f"{FIN}=<50", {}) == ["50"]
    assert managed(f"{FIN}=<70", {}) == []
    assert managed(f"{FIN}=>50", low) == ["50"]
    assert managed(f"{FIN}=<50", low) == []


def test_without_systemd_a_module_that_nothing_loads_before_is_missed_too() -> None:
    """OpenRC reads /etc/modules itself."""
    busybox = LoaderVersions(BOTH.procps, BOTH.systemd, has_procps=False, has_systemd=False, busybox=True)

    def late(held: Held) -> bool:
        tree = MemoryTree({"/etc/sysctl.conf": f"{MAX} = 5\n{FIN} = 30\n", **held})
        found = origins(tree, kernel_of(DEBIAN), DEBIAN, versions=busybox)
        assert found.boot == "procps"
        assert found.sources[FIN].procps is not None
        return found.sources[MAX].late is not None

    assert late({})
    assert not late({"/etc/modules": "nf_conntrack\n"})
    assert not late({"/etc/modules-load.d/ct.conf": "nf_conntrack\n"})
    assert needs_late(MemoryTree({"/etc/modules": "nf_conntrack\n"}), DEBIAN)


def test_lines_for_absent_interfaces_are_quiet_by_the_thousand_and_a_wrong_name_among_them_is_not() -> None:
    lines = [f"net.ipv4.conf.eth{number}.{name} = 1\n" for number in range(50) for name in ("rp_filter", "rp_filtr")]
    found = judged(files({"/etc/sysctl.d/a.conf": "".join(lines)}), DEBIAN, rules(), {}, None)
    assert {(one.rule, one.key) for one in found} == {("TT101", f"net.ipv4.conf.eth{n}.rp_filtr") for n in range(50)}
