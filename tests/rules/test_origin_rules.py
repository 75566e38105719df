"""The rules about files as a host's loaders read them: the good case beside the bad one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tcptune.audit.access import Mode
from tcptune.audit.modules import Without
from tcptune.audit.origins import origins
from tcptune.loaders.kernel import Accepts, Kernel, Keys
from tcptune.loaders.tree import Link, MemoryTree
from tcptune.loaders.versions import LoaderVersions, procps, systemd
from tcptune.model.finding import Finding
from tcptune.model.origin import Origins
from tcptune.model.value import Value
from tcptune.model.version import KernelVersion, Target
from tcptune.rules.registry import rules, run
from tests.support.views import live_view

FIN = "net.ipv4.tcp_fin_timeout"
REUSE = "net.ipv4.tcp_tw_reuse"
MAX = "net.netfilter.nf_conntrack_max"
TARGET = Target(KernelVersion(6, 18), None, "6.18")
BOTH = LoaderVersions(procps((4, 0, 4)), systemd((257,)))
ETC = "/etc/sysctl.d"


def make(accepts: Accepts, absent: tuple[str, ...]) -> Kernel:
    return Without(Keys([FIN, REUSE, MAX], complete=False, accepts=accepts), absent)


def files(held: Mapping[str, bytes | str | Link | None], **more: Any) -> Origins:
    return origins(MemoryTree(dict(held)), make, TARGET, **{"versions": BOTH, **more})


def judged(found: Origins, code: str, live: Mapping[str, Value] | None = None) -> list[Finding]:
    view = replace(live_view(live), origins=found)
    return run(view, [rule for rule in rules() if rule.code == code])


def test_drift_is_a_value_that_neither_loader_nor_manager_gives() -> None:
    found = files({f"{ETC}/60-a.conf": f"{FIN} = 30\n", "/etc/sysctl.conf": f"{FIN} = 40\n"})
    assert [one.value for one in judged(found, "TT502")] == [60]
    assert [one.value for one in judged(found, "TT502", {FIN: 20})] == [20]
    assert judged(found, "TT502", {FIN: 30}) == []
    assert judged(found, "TT502", {FIN: 40}) == []


def test_a_number_in_another_base_and_a_text_behind_it_are_no_drift() -> None:
    assert judged(files({f"{ETC}/60-a.conf": f"{FIN} = 0x1e\n"}), "TT502", {FIN: 30}) == []
    assert judged(files({f"{ETC}/60-a.conf": f"{FIN} = 30 # why\n"}), "TT502", {FIN: 30}) == []


def test_a_value_that_the_kernel_refuses_is_no_drift() -> None:
    assert judged(files({f"{ETC}/60-a.conf": f"{REUSE} = 7\n"}), "TT502") == []


def test_drift_names_the_manager_that_is_here_as_a_candidate() -> None:
    found = files(
        {f"{ETC}/60-a.conf": f"{MAX} = 1000\n", "/etc/modules-load.d/a.conf": "nf_conntrack\n"},
        processes=["kube-proxy"],
    )
    (drift,) = judged(found, "TT502", {MAX: 5000})
    assert "kube-proxy is here and may have set it" in drift.why


def test_drift_of_a_managers_own_value_is_told_with_the_manager() -> None:
    """tuned's profile says it and no drop-in does; the remedy is never to write into a package's file."""
    profile = "/usr/lib/tuned/mine/tuned.conf"
    found = files({"/etc/tuned/active_profile": "mine", profile: f"[sysctl]\n{FIN}=20\n"})
    (drift,) = judged(found, "TT502", {FIN: 45})
    assert drift.message == f"{FIN} is 45, and {profile} says 20."
    assert drift.why == "tuned sets it when it starts; it did not run since the file changed, or somebody set 45 later."
    assert drift.fix is not None
    assert drift.fix.title.endswith("or write 45 into a file of /etc/sysctl.d")
    assert judged(found, "TT502", {FIN: 20}) == []


def test_a_module_that_is_loaded_later_makes_one_finding_and_no_drift() -> None:
    held = {f"{ETC}/60-a.conf": f"{MAX} = 1000\n"}
    found = files(held)
    assert [one.key for one in judged(found, "TT105", {MAX: 5000})] == [MAX]
    assert judged(found, "TT502", {MAX: 5000}) == []
    assert judged(found, "TT506", {MAX: 5000}) == []
    assert judged(files({**held, "/etc/modules-load.d/a.conf": "nf_conntrack\n"}), "TT105", {MAX: 5000}) == []
    assert judged(files({**held, "/sys/module/nf_conntrack": None}), "TT105", {MAX: 5000}) == []


def test_a_masked_list_of_modules_loads_nothing() -> None:
    held: dict[str, bytes | str | Link | None] = {
        f"{ETC}/60-a.conf": f"{MAX} = 1000\n",
        "/usr/lib/modules-load.d/a.conf": "nf_conntrack\n",
        "/etc/modules-load.d/a.conf": Link("/dev/null"),
    }
    assert len(judged(files(held), "TT105", {MAX: 5000})) == 1


def test_who_can_write_a_drop_in_its_folder_or_the_target_of_its_link() -> None:
    held: dict[str, bytes | str | Link | None] = {
        f"{ETC}/60-a.conf": f"{FIN} = 60\n",
        f"{ETC}/70-b.conf": Link("/opt/app/sysctl.conf"),
        "/opt/app/sysctl.conf": f"{FIN} = 60\n",
    }
    good = Mode(0o644, 0, 0)

    def told(**modes: Mode) -> set[str]:
        named = {"file": f"{ETC}/60-a.conf", "target": "/opt/app/sysctl.conf", "folder": ETC, "beside": "/opt/app"}
        of = {named[name]: mode for name, mode in modes.items()}
        found = files(held, stat=lambda path: of.get(path, good))
        return {one.message for one in judged(found, "TT504")}

    assert told() == set()
    assert told(file=Mode(0o664, 0, 0)) == set()
    assert told(file=Mode(0o664, 0, 50)) == {f"The file {ETC}/60-a.conf can be written by the group 50."}
    assert told(folder=Mode(0o1777, 0, 0)) == {f"The folder {ETC} can be written by everybody."}
    through = f" ({ETC}/70-b.conf leads there)."
    assert told(target=Mode(0o600, 33, 0)) == {
        "The file /opt/app/sysctl.conf can be written by its owner, the user 33" + through
    }
    assert told(beside=Mode(0o777, 0, 0)) == {"The folder /opt/app can be written by everybody" + through}


def test_a_manager_that_contradicts_and_one_that_yields() -> None:
    profile = {
        "/etc/tuned/active_profile": "mine\n",
        "/etc/tuned/mine/tuned.conf": f"[sysctl]\n{FIN} = 25\n",
    }
    line = {f"{ETC}/60-a.conf": f"{FIN} = 30\n"}
    stubborn = {"/etc/tuned/tuned-main.conf": "reapply_sysctl = 0\n"}
    (found,) = judged(files({**profile, **line, **stubborn}), "TT505")
    assert found.at is not None
    assert found.at.path == f"{ETC}/60-a.conf"
    assert found.related[0].at.path == "/etc/tuned/mine/tuned.conf"
    assert judged(files({**profile, **line}), "TT505") == []
    same = {f"{ETC}/60-a.conf": f"{FIN} = 25\n"}
    assert judged(files({**profile, **same, **stubborn}), "TT505") == []


def test_a_value_that_a_manager_set_is_no_drift() -> None:
    profile = {"/etc/tuned/active_profile": "mine\n", "/etc/tuned/mine/tuned.conf": f"[sysctl]\n{FIN} = 25\n"}
    assert judged(files({**profile, "/usr/lib/sysctl.d/50-a.conf": f"{FIN} = 30\n"}), "TT502", {FIN: 25}) == []


def test_the_loaders_disagree_on_sysctl_conf_and_agree_through_its_link() -> None:
    held: dict[str, bytes | str | Link | None] = {
        f"{ETC}/60-a.conf": f"{FIN} = 30\n",
        "/etc/sysctl.conf": f"{FIN} = 40\n",
    }
    (found,) = judged(files(held), "TT506")
    assert found.message.startswith(f"{FIN} becomes 30 at boot")
    assert len(judged(files(held), "TT503")) == 1
    linked = files({**held, f"{ETC}/99-sysctl.conf": Link("../sysctl.conf")})
    assert judged(linked, "TT506") == []
    assert judged(linked, "TT503") == []
    assert [one.at.path for one in judged(linked, "TT501") if one.at] == [f"{ETC}/60-a.conf"]


def test_with_one_loader_there_is_nobody_to_disagree() -> None:
    held: dict[str, bytes | str | Link | None] = {
        f"{ETC}/60-a.conf": f"{FIN} = 30\n",
        "/etc/sysctl.conf": f"{FIN} = 40\n",
    }
    alone = replace(BOTH, has_systemd=False)
    found = files(held, versions=alone)
    assert judged(found, "TT506") == []
    assert judged(found, "TT503") == []
    assert found.boot == "procps"


def test_an_exclusion_that_only_systemd_takes_for_a_removal_is_a_disagreement() -> None:
    (found,) = judged(files({f"{ETC}/60-a.conf": f"{FIN} = 30\n-{FIN}\n"}), "TT506")
    assert "and not by systemd-sysctl at boot" in found.message


def test_files_that_no_loader_or_only_one_reads() -> None:
    held: dict[str, bytes | str | Link | None] = {
        f"{ETC}/60-a.conf.bak": f"{FIN} = 30\n",
        f"{ETC}/.61-hidden.conf": f"{FIN} = 60\n",
        f"{ETC}/62-c.conf.dpkg-old": f"{FIN} = 30\n",
        f"{ETC}/README": "Files are read in order.\nExample: a = b\n",
    }
    said = {one.at.path: one.message for one in judged(files(held), "TT503") if one.at}
    assert set(said) == {f"{ETC}/60-a.conf.bak", f"{ETC}/.61-hidden.conf"}
    assert said[f"{ETC}/60-a.conf.bak"].startswith("No loader reads")
    assert said[f"{ETC}/.61-hidden.conf"].startswith("Only sysctl --system reads")


def test_in_another_namespace_nothing_is_measured_by_the_files() -> None:
    found = replace(files({f"{ETC}/60-a.conf": f"{FIN} = 30\n{MAX} = 1\n"}), applies=False)
    for code in ("TT105", "TT502", "TT505"):
        assert judged(found, code, {FIN: 20, MAX: 5}) == []
