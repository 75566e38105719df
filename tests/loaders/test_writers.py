"""Who writes after the loaders: known by files and processes, with what their files set and where it stands."""

from __future__ import annotations

from tcptune.loaders.tree import Link, MemoryTree
from tcptune.loaders.writers import candidates, writers
from tcptune.model.setting import Location

FIN, SOMAX, BACKLOG = "net.ipv4.tcp_fin_timeout", "net.core.somaxconn", "net.ipv4.tcp_max_syn_backlog"
BASE = "/usr/lib/tuned/profiles/base/tuned.conf"
MINE = "/etc/tuned/profiles/mine/tuned.conf"

TUNED: dict[str, bytes | str | Link | None] = {
    "/etc/tuned/active_profile": "mine\n",
    BASE: f"[main]\nsummary=x\n\n[sysctl]\n# why\n{FIN}=30 # behind it\n{SOMAX}=>2048\n{BACKLOG} = 9\n",
    MINE: f"[main]\ninclude=base\n[variables]\nwait=20\n[sysctl]\n  {FIN} = ${{wait}}\ndrop={BACKLOG}\n"
    f"[more]\ntype=sysctl\nnet/ipv4/tcp_tw_reuse=1\n[arm]\ntype=sysctl\nuname_regex=aarch64\n{SOMAX}=1\n",
}


def values(files: dict[str, bytes | str | Link | None], name: str = "tuned") -> dict[str, str]:
    """Return what a manager's files set."""
    (writer,) = [one for one in writers(MemoryTree(files)) if one.name == name]
    return {value.key: value.raw for value in writer.values}


def test_tuned_sets_what_its_active_profile_and_its_parents_say() -> None:
    """The child wins, may drop, and other sections may be of the sysctl type; hardware's own sections are left out."""
    assert values(TUNED) == {FIN: "20", SOMAX: ">2048", "net.ipv4.tcp_tw_reuse": "1"}


def test_a_value_of_tuned_has_its_place_and_says_whether_it_is_filled_in() -> None:
    """In the file of the profile that has it."""
    (writer,) = writers(MemoryTree(TUNED))
    places = {value.key: (value.location, value.templated) for value in writer.values}
    assert places[FIN] == (Location(MINE, 6, 3, 6, 27), False)
    assert places[SOMAX] == (Location(BASE, 7, 1, 7, 19), False)
    computed = values({**TUNED, MINE: f"[sysctl]\n{FIN}=${{f:calc}}\n"})
    assert computed == {FIN: "${f:calc}"}


def test_a_replaced_or_disabled_section_sets_nothing_of_before() -> None:
    """`replace=1` drops the parent's options, `enabled=0` all of them."""
    assert values({**TUNED, MINE: f"[main]\ninclude=base\n[sysctl]\nreplace=1\n{FIN}=9\n"}) == {FIN: "9"}
    assert values({**TUNED, MINE: "[main]\ninclude=base\n[sysctl]\nenabled=0\n"}) == {}


def test_the_administrators_profile_hides_the_distributions() -> None:
    """By name; and one that includes its own name goes on to the next folder, never in a circle."""
    own = {**TUNED, "/etc/tuned/active_profile": "base", "/etc/tuned/profiles/base/tuned.conf": "[sysctl]\na.b=1\n"}
    assert values(own) == {"a.b": "1"}
    circle = "[main]\ninclude=base\n[sysctl]\na.b=1\n"
    assert values({**own, "/etc/tuned/profiles/base/tuned.conf": circle})["a.b"] == "1"
    assert values({**own, "/etc/tuned/profiles/base/tuned.conf": circle})[FIN] == "30"


def test_several_active_profiles_are_merged_and_odd_names_left_out() -> None:
    """Later ones win; a name is no path."""
    files = {**TUNED, "/etc/tuned/active_profile": "mine base ../../etc/shadow missing"}
    assert values(files)[FIN] == "20"
    assert values({**files, MINE: f"[sysctl]\n{FIN}=1\n"})[FIN] == "30"


def test_tuned_lets_the_administrators_drop_ins_win_unless_told_otherwise() -> None:
    """`reapply_sysctl` in its main file."""
    assert writers(MemoryTree(TUNED))[0].yields_to == ("/etc/sysctl.conf", "/etc/sysctl.d/", "/run/sysctl.d/")
    told = {**TUNED, "/etc/tuned/tuned-main.conf": "# reapply_sysctl = 1\nreapply_sysctl = 0\n"}
    assert writers(MemoryTree(told))[0].yields_to == ()


def test_ufw_sets_what_its_file_says_while_it_is_on() -> None:
    """In procps' grammar, with slashes; the file stands in its defaults."""
    files: dict[str, bytes | str | Link | None] = {
        "/etc/ufw/ufw.conf": "# on at boot\nENABLED=yes\n",
        "/etc/default/ufw": '# where\nIPT_SYSCTL="/etc/ufw/sysctl.conf"\n',
        "/etc/ufw/sysctl.conf": "#net/ipv4/ip_forward=1\nnet/ipv4/tcp_syncookies=0\n"
        "-net/ipv4/tcp_sack\nnet/ipv4/tcp_syncookies=1\n",
    }
    assert values(files, "ufw") == {"net.ipv4.tcp_syncookies": "1"}
    (writer,) = writers(MemoryTree(files))
    assert (writer.evidence, writer.values[0].location.line) == ("/etc/ufw/sysctl.conf", 4)
    assert writers(MemoryTree({**files, "/etc/ufw/ufw.conf": "ENABLED=no\n"})) == []
    assert values({**files, "/etc/default/ufw": "IPT_SYSCTL=\n"}, "ufw") == {}


def test_others_are_candidates_for_the_keys_they_may_set() -> None:
    """By process or by path, each once."""
    tree = MemoryTree({"/var/lib/kube-proxy": None, "/run/docker.sock": "", "/etc/runlevels/boot/sysctl": Link("/x")})
    present = writers(tree, ["kube-proxy", "dockerd", "bash"])
    assert [(one.name, one.evidence) for one in present] == [
        ("docker", "process dockerd"),
        ("kube-proxy", "process kube-proxy"),
    ]
    assert candidates(present, "net.netfilter.nf_conntrack_tcp_timeout_close_wait") == ["kube-proxy"]
    assert candidates(present, "net.ipv4.conf.cni0.route_localnet") == ["docker", "kube-proxy"]
    assert candidates(present, FIN) == []
    assert candidates(writers(MemoryTree(TUNED)), FIN) == ["tuned"]


def test_cloud_init_may_have_set_anything() -> None:
    """It runs whatever its user data say."""
    present = writers(
        MemoryTree(
            {"/var/lib/cloud/instance": Link("/var/lib/cloud/instances/i-1"), "/var/lib/cloud/instances/i-1": None}
        )
    )
    assert candidates(present, FIN) == ["cloud-init"]


def test_a_host_without_managers_has_none() -> None:
    """Neither by files nor by processes."""
    assert writers(MemoryTree({"/etc/tuned/active_profile": "\n"}), ["bash"]) == []


def test_the_script_at_the_end_of_the_boot_is_a_candidate_for_what_it_names() -> None:
    """Spelled with dots or as a path; what stands in a comment is not meant."""
    script = f"#!/bin/sh\n# sysctl -w {SOMAX}=1\nsysctl -w {FIN}=5\necho 1 > /proc/sys/net/ipv4/tcp_tw_reuse\n"
    present = writers(MemoryTree({"/etc/rc.local": script}))
    assert [candidates(present, key) for key in (FIN, "net.ipv4.tcp_tw_reuse")] == [["rc.local"], ["rc.local"]]
    assert candidates(present, SOMAX) == []
    assert writers(MemoryTree({"/etc/rc.local": "#!/bin/sh\nexit 0\n"})) == []
