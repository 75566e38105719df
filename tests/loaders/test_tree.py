"""A file tree is read below its root only, in bounded time and memory, whatever stands in it."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tcptune.loaders import tree as module
from tcptune.loaders.tree import Content, DiskTree, Failure, Link, MemoryTree, Tree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make an image beside a file that is none of its business."""
    (tmp_path / "secret").write_text("outside\n")
    image = tmp_path / "image"
    (image / "etc/sysctl.d").mkdir(parents=True)
    (image / "etc/secret").write_text("inside\n")
    return image


def text(tree: Tree, path: str) -> str:
    """Read a file that has to be readable."""
    content = tree.read(path)
    assert isinstance(content, Content), content
    return content.text


def kind(tree: Tree, path: str) -> str:
    """Read a file that has to be unreadable."""
    content = tree.read(path)
    assert isinstance(content, Failure), content
    return content.kind


def test_an_absolute_link_means_the_root(root: Path) -> None:
    """As within a chroot: /etc/secret of the image, not of the host."""
    (root / "etc/sysctl.d/a.conf").symlink_to("/etc/secret")
    content = DiskTree(root).read("/etc/sysctl.d/a.conf")
    assert content == Content("inside\n", "/etc/secret")


def test_a_link_that_climbs_out_ends_at_the_root(root: Path) -> None:
    """It is followed inside, and that it wanted out is told."""
    (root / "etc/sysctl.d/a.conf").symlink_to("../../../secret")
    (root / "etc/sysctl.d/b.conf").symlink_to("../../../etc/secret")
    tree = DiskTree(root)
    assert kind(tree, "/etc/sysctl.d/a.conf") == "missing"
    assert tree.read("/etc/sysctl.d/b.conf") == Content("inside\n", "/etc/secret", left=True)


def test_a_folder_that_is_a_link_is_followed_inside(root: Path) -> None:
    """Also through several links."""
    (root / "run").symlink_to("/etc")
    (root / "var").symlink_to("run")
    assert text(DiskTree(root), "/var/secret") == "inside\n"
    assert DiskTree(root).names("/var") == ["secret", "sysctl.d"]


def test_a_folder_that_becomes_a_link_while_we_walk_leads_nowhere(root: Path) -> None:
    """A live container may exchange its folders between the look and the reading."""
    tree = DiskTree(root)
    assert tree.resolve("/etc/secret").kind == "file"
    (root / "etc").rename(root / "old")
    (root / "etc").symlink_to("..")
    assert kind(tree, "/etc/secret") == "missing"


def test_a_loop_of_links_is_one(root: Path) -> None:
    """One that leads to itself, and two that lead to each other."""
    (root / "etc/one").symlink_to("one")
    (root / "etc/two").symlink_to("three")
    (root / "etc/three").symlink_to("/etc/two")
    tree = DiskTree(root)
    assert [kind(tree, path) for path in ("/etc/one", "/etc/two", "/etc/one/x")] == ["loop"] * 3


def test_special_files_are_not_opened(root: Path) -> None:
    """A FIFO would wait for a writer for good."""
    os.mkfifo(root / "etc/fifo")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(root / "etc/socket"))
        tree = DiskTree(root)
        assert [kind(tree, path) for path in ("/etc/fifo", "/etc/socket")] == ["special"] * 2
    assert kind(DiskTree(), "/dev/zero") == "special"


def test_the_null_device_is_empty_even_where_there_is_none(root: Path) -> None:
    """An image has no devices, and its links to /dev/null still switch presets off."""
    (root / "etc/sysctl.d/a.conf").symlink_to("/dev/null")
    assert text(DiskTree(root), "/etc/sysctl.d/a.conf") == ""
    assert text(DiskTree(), "/dev/null") == ""


def test_what_is_no_file_has_its_reason(root: Path) -> None:
    """Missing, a folder, something below a file, a name that is too long."""
    tree = DiskTree(root)
    assert kind(tree, "/etc/none") == "missing"
    assert kind(tree, "/etc/sysctl.d") == "folder"
    assert kind(tree, "/etc/secret/x") == "not-a-folder"
    assert kind(tree, f"/etc/{'x' * 300}") == "missing"
    assert tree.names("/etc/secret") == Failure("not-a-folder", "/etc/secret")
    assert tree.names("/nowhere") == Failure("missing", "/nowhere")


def test_a_large_file_is_cut(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the limit of one file, and at what is left of the limit of the tree."""
    monkeypatch.setattr(module, "FILE_LIMIT", 10)
    (root / "etc/ten").write_text("0123456789")
    (root / "etc/eleven").write_text("0123456789a")
    tree = DiskTree(root)
    assert tree.read("/etc/ten") == Content("0123456789", "/etc/ten")
    assert tree.read("/etc/eleven") == Content("0123456789", "/etc/eleven", cut=True)
    tree = DiskTree(root)
    tree._left = 13
    assert tree.read("/etc/ten") == Content("0123456789", "/etc/ten")
    assert tree.read("/etc/eleven") == Content("012", "/etc/eleven", cut=True)
    assert tree.read("/etc/secret") == Content("", "/etc/secret", cut=True)


def test_bytes_that_are_no_text_survive(root: Path) -> None:
    """In contents and in names."""
    (root / "etc/bytes").write_bytes(b"a\xff\xc3\n")
    (root / os.fsdecode(b"etc/sysctl.d/\xff.conf")).touch()
    tree = DiskTree(root)
    assert text(tree, "/etc/bytes").encode("utf-8", "surrogateescape") == b"a\xff\xc3\n"
    assert tree.names("/etc/sysctl.d") == ["\udcff.conf"]


def test_names_come_in_the_order_of_their_bytes(root: Path) -> None:
    """Not in that of characters or of a language."""
    for name in ("a", "B", "10", "9", "\u00e9", "\ue000", "\U00010000"):
        (root / "etc/sysctl.d" / name).touch()
    assert DiskTree(root).names("/etc/sysctl.d") == ["10", "9", "B", "a", "\u00e9", "\ue000", "\U00010000"]


@pytest.mark.root
def test_what_may_not_be_read_is_denied(root: Path) -> None:
    """An ordinary user's audit: neither the file nor the folder."""
    (root / "etc/secret").chmod(0)
    (root / "etc/sysctl.d").chmod(0)
    for place in (root, *root.parents[:3]):
        place.chmod(0o755)
    child = os.fork()
    if child == 0:
        os.setresuid(65534, 65534, 65534)
        tree = DiskTree(root)
        good = kind(tree, "/etc/secret") == "denied" and tree.names("/etc/sysctl.d") == Failure(
            "denied", "/etc/sysctl.d"
        )
        os._exit(0 if good else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_a_tree_in_memory_is_like_one_on_disk(root: Path) -> None:
    """For what a collector brought from another host."""
    tree = MemoryTree({"/etc/a/x": "text\n", "/etc/b": Link("a"), "/etc/c": None, "/etc/loop": Link("loop")})
    assert text(tree, "/etc/b/x") == "text\n"
    assert tree.names("/etc") == ["a", "b", "c", "loop"]
    assert [kind(tree, f"/etc/{name}") for name in ("c", "loop", "d")] == ["folder", "loop", "missing"]
    assert tree.names("/") == ["etc"]
