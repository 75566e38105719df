"""`sysctl --system`, point by point; the real program is asked in test_conformance."""

from __future__ import annotations

import pytest

from tcptune.loaders import procps
from tcptune.loaders.kernel import Keys
from tcptune.loaders.outcome import LINES_TOLD, Ignored, Load, Masked
from tcptune.loaders.tree import Link, MemoryTree
from tcptune.loaders.versions import PROCPS, Procps
from tcptune.model.setting import Location

OLD, MIDDLE, GLOBS, STRICT, NEW = PROCPS
FIN, SOMAX = "net.ipv4.tcp_fin_timeout", "net.core.somaxconn"
ALL, DEFAULT, LO = (f"net.ipv4.conf.{name}.rp_filter" for name in ("all", "default", "lo"))
LOCKED = "net.ipv4.tcp_available_ulp"
Files = dict[str, bytes | str | Link | None]


def load(files: Files | str, version: Procps = NEW) -> Load:
    """Load files, or one file's text, on a kernel that takes numbers and refuses everything else."""
    tree = MemoryTree({"/etc/sysctl.d/a.conf": files} if isinstance(files, str) else files)
    kernel = Keys(
        [FIN, SOMAX, ALL, DEFAULT, LO, LOCKED],
        read_only=[LOCKED],
        accepts=lambda key, text: "" if text.strip().lstrip("-").isdigit() else "EINVAL",
    )
    return procps.load(tree, kernel, version)


def raws(done: Load) -> dict[str, str]:
    """Return what is in force at the end."""
    return {key: value.raw for key, value in done.values.items()}


def test_the_main_file_is_last_and_wins() -> None:
    """Over every drop-in, whatever its name; what it overrode is told, the latest first."""
    done = load(
        {
            "/etc/sysctl.conf": f"{FIN} = 55\n",
            "/etc/sysctl.d/99-zz.conf": f"{FIN} = 66\n",
            "/usr/lib/sysctl.d/10-x.conf": f"\n  {FIN} = 77\n",
        }
    )
    value = done.values[FIN]
    assert (value.raw, value.location) == ("55", Location("/etc/sysctl.conf", 1, 1, 1, 25))
    assert [(lost.raw, lost.location.path) for lost in value.overrides] == [
        ("66", "/etc/sysctl.d/99-zz.conf"),
        ("77", "/usr/lib/sysctl.d/10-x.conf"),
    ]
    assert value.overrides[1].location == Location("/usr/lib/sysctl.d/10-x.conf", 2, 3, 2, 27)
    assert [value.raw for value in done.writes] == ["77", "66", "55"]


def test_the_higher_folder_masks_and_the_order_is_that_of_names() -> None:
    """By bytes over all folders; a dotfile counts, another ending does not."""
    done = load(
        {
            "/etc/sysctl.d/9-x.conf": "",
            "/run/sysctl.d/9-x.conf": f"{FIN} = 1\n",
            "/usr/lib/sysctl.d/.hidden.conf": f"{FIN} = 2\n",
            "/usr/lib/sysctl.d/B.conf": "",
            "/usr/lib/sysctl.d/a.conf": "",
            "/usr/lib/sysctl.d/10-x.conf": "",
            "/usr/lib/sysctl.d/x.conf.bak": "",
            "/lib": Link("usr/lib"),
        }
    )
    assert [path.rpartition("/")[2] for path in done.files_read] == [
        ".hidden.conf",
        "10-x.conf",
        "9-x.conf",
        "B.conf",
        "a.conf",
    ]
    assert done.files_masked == [Masked("/run/sysctl.d/9-x.conf", "/etc/sysctl.d/9-x.conf", on_purpose=True)]
    assert done.files_ignored == [Ignored("/usr/lib/sysctl.d/x.conf.bak", "suffix")]
    assert raws(done) == {FIN: "2"}


@pytest.mark.parametrize(
    "spelled", [FIN, "net/ipv4/tcp_fin_timeout", "/net/ipv4/tcp_fin_timeout", f".{FIN}", "net..ipv4.tcp_fin_timeout"]
)
def test_dots_and_slashes_name_the_same_key(spelled: str) -> None:
    """The first separator decides; the value carries the dotted name and the spelling of the file."""
    done = load(f"{spelled} = 5\n")
    assert (raws(done), done.values[FIN].spelled) == ({FIN: "5"}, spelled)


def test_a_mixed_name_is_another_key() -> None:
    """And a missing one is passed over in silence."""
    done = load("net.ipv4/tcp_fin_timeout = 5\n")
    assert (done.status, done.values, done.refused[0].outcome) == (0, {}, "missing")


def test_globs_leave_out_what_is_named() -> None:
    """By an assignment or an exclusion, whichever comes first."""
    text = f"net.ipv4.conf.*.rp_filter = 2\n{LO} = 1\n-{ALL}\n"
    assert raws(load(text)) == {DEFAULT: "2", LO: "1"}
    assert load(text).values[DEFAULT].globbed
    assert raws(load(text, OLD)) == {LO: "1"}


def test_an_exclusion_may_be_a_pattern_since_4_0_5() -> None:
    """Before, it takes out nothing."""
    text = "net.ipv4.conf.*.rp_filter = 2\n-net.ipv4.conf.*l*.rp_filter\n"
    assert set(load(text, MIDDLE).values) == {ALL, DEFAULT, LO}
    assert set(load(text, GLOBS).values) == set()


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        (f"{FIN} = no\n", [0, 1, 1, 1, 1]),
        (f"-{FIN} = no\n", [0, 1, 1, 1, 0]),
        (f"{LOCKED} = 1\n", [0, 0, 0, 1, 1]),
        ("net.ipv4.conf = 1\n", [0, 0, 0, 1, 1]),
        ("net.ipv4.nothing = 1\n", [0, 0, 0, 0, 0]),
        ("no assignment\n", [0, 0, 0, 0, 0]),
        ("= 1\n", [0, 1, 1, 1, 1]),
    ],
)
def test_the_status_depends_on_the_release(text: str, statuses: list[int]) -> None:
    """Refused, refused and forgiven, read-only, a folder, missing, no assignment, no key."""
    if text == "= 1\n":
        keys = Keys([FIN])
        tree = MemoryTree({"/etc/sysctl.conf": text})
        # Nothing but the folder itself stands at /proc/sys/, and that is not below it.
        assert [procps.load(tree, keys, version).refused[0].path for version in PROCPS[1:]] == [""] * 4
        return
    assert [load(text, version).status for version in PROCPS] == statuses


def test_a_refused_text_leaves_the_earlier_one_in_force() -> None:
    """Every assignment is a write of its own."""
    done = load(f"{FIN} = 30\n{FIN} = no\n")
    assert raws(done) == {FIN: "30"}
    assert [(value.raw, value.outcome, value.error) for value in done.refused] == [("no", "refused", "EINVAL")]


def test_text_behind_a_value_is_part_of_it() -> None:
    """There are no comments behind values; blanks around them go, carriage returns too."""
    assert [write.raw for write in load(f"{FIN} = 1 # fast\r\n{FIN}=1#fast\n{FIN}== 1\n").writes] == [
        "1 # fast",
        "1#fast",
        "= 1",
    ]


def test_a_line_without_assignment_is_told_with_its_place() -> None:
    """Columns count characters; a file full of them is cut short."""
    done = load("\u00e9\u00e9 no\n  k: v\n")
    assert [str(problem.at) for problem in done.problems] == ["/etc/sysctl.d/a.conf:1:1", "/etc/sysctl.d/a.conf:2:3"]
    assert done.problems[0].at.end_column == 6
    many = load("no assignment\n" * 1000)
    assert len(many.problems) == LINES_TOLD
    assert many.problems[-1].message.endswith("There are more such lines below.")


def test_before_4_0_each_line_is_a_write_and_equal_signs_are_skipped() -> None:
    """And the two deprecated names are never written."""
    done = load(f"=={FIN}=7\n-{FIN} = 8\nnet.ipv4.neigh.lo.base_reachable_time = 3\n", OLD)
    assert raws(done) == {FIN: "8"}
    assert [(write.raw, write.outcome) for write in done.writes] == [("7", "set"), ("8", "set"), ("3", "read-only")]


def test_a_file_named_like_a_pattern_stands_for_others() -> None:
    """procps hands the names of drop-ins to glob(3)."""
    files: Files = {"/etc/sysctl.d/*.conf": f"{FIN} = 1\n", "/etc/sysctl.d/a.conf": f"{FIN} = 2\n"}
    assert [path.rpartition("/")[2] for path in load(files).files_read] == ["*.conf", "a.conf", "a.conf"]
