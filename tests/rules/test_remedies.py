"""A remedy is called safe where nothing else can be meant, and loses nothing of what stands on the line."""

from __future__ import annotations

import pytest

from tcptune.model.finding import Finding
from tests.support.views import file_view, found

SACK, FIN = "net.ipv4.tcp_sack", "net.ipv4.tcp_fin_timeout"


def one(code: str, text: str, *kernels: str) -> Finding:
    (finding,) = found(file_view(f"{text}\n", *kernels), code)
    return finding


@pytest.mark.parametrize(
    "text", ["net.ipv4.tcp_fin_timout = 30 # soon", "net.ipv4.tcp_tw_recycle = 0 # NAT", "net.ipv4.no_such = 1# x"]
)
def test_what_no_kernel_has_is_neither_set_nor_refused(text: str) -> None:
    finding = one("TT003", text, "6.1")
    assert "is set" not in finding.why
    assert "kernel" not in finding.message
    assert finding.severity == ("error" if "1# x" in text else "warning")


def test_what_older_kernels_have_may_be_set() -> None:
    assert "so 0 is set" in one("TT003", "net.ipv4.tcp_tw_recycle = 0 # NAT", "4.11", "6.1").why


@pytest.mark.parametrize(
    ("comment", "edit"),
    [
        (f"; {FIN} = 30 ; net.core.somaxconn = 1024", f"{FIN} = 30\nnet.core.somaxconn = 1024\n"),
        (f"; {FIN} = 30;", f"{FIN} = 30\n"),
        (f"; {FIN} = 30 # both", None),
        (f"; sysctl -w {FIN}=30", None),
        (f";{FIN}=", None),
    ],
)
def test_settings_behind_a_value_are_not_made_a_comment(comment: str, edit: str | None) -> None:
    fix = one("TT003", f"{SACK} = 0 {comment}").fix
    assert fix is not None
    assert (fix.title, fix.safe) == ("write each setting on a line of its own", False)
    assert [one.text for one in fix.edits] == ([] if edit is None else [edit, ""])


@pytest.mark.parametrize("comment", [f"# {FIN} = 30", f"# off; {FIN} = 30", "; off", "; see net.ipv4"])
def test_a_comment_is_moved_as_it_is(comment: str) -> None:
    fix = one("TT003", f"{SACK} = 0 {comment}").fix
    assert fix is not None
    assert (fix.safe, fix.edits[0].text) == (True, f"{comment}\n")


@pytest.mark.parametrize(
    "behind", ['; net.ipv4.tcp_wmem="4096 65536 4194304"', " # read", "; net.ipv4.tcp_sack=0", " 'x'"]
)
def test_quotes_with_more_behind_them_are_not_simply_taken_out(behind: str) -> None:
    fix = one("TT005", f'net.ipv4.tcp_rmem="4096 87380 6291456"{behind}').fix
    assert fix is not None
    assert (fix.safe, fix.edits) == (False, ())
    assert fix.title.startswith("write 4096 87380 6291456 without quotes, and what stands behind")


@pytest.mark.parametrize("value", ['"30"', "'30'", '"30'])
def test_quotes_alone_are_taken_out(value: str) -> None:
    fix = one("TT005", f"{FIN} = {value}").fix
    assert fix is not None
    assert (fix.safe, [edit.text for edit in fix.edits]) == (True, ["30"])


@pytest.mark.parametrize(
    ("key", "safe"),
    [
        ("net.ipv4.tcp_fin_timout", True),
        ("net.ipv4.tcp_tw_resue", True),
        ("net.core.somaxcon", True),
        ("net.ipv4.tcp_rme", True),
        ("kernel.shmmx", False),
        ("kernel.shmax", False),
        ("net.ipv4.tcp_xmem", False),
        ("net.core.xmem_max", False),
    ],
)
def test_a_slip_is_mended_for_sure_where_no_other_name_is_about_as_near(key: str, safe: bool) -> None:
    fix = one("TT101", f"{key} = 1").fix
    assert fix is not None
    assert fix.title.startswith("write ")
    assert fix.safe is safe
