"""Profiles are read with the place of whatever is wrong, and merged with their parents in the promised order."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tcptune.cli.config import refuse_writable
from tcptune.cli.diff import meant
from tcptune.errors import TcptuneError
from tcptune.profiles import find
from tcptune.profiles.facts import Facts
from tcptune.profiles.load import Chain, load
from tcptune.profiles.resolve import Wanted, resolve
from tests.support.views import targets

HEAD = "schema: tcptune/profile/1\nname: mine\nsummary: a test\n"


def written(folder: Path, text: str, name: str = "mine.yaml") -> str:
    path = folder / name
    path.write_text(text, "utf-8")
    return str(path)


def loaded(folder: Path, text: str, name: str = "mine.yaml") -> Chain:
    return load(written(folder, text, name), suggest=meant)


def wants(chain: Chain, key: str, kernel: str = "6.18", memory: int | None = 16 << 30) -> Wanted:
    found = resolve(chain, Facts(targets(kernel)[0], memory))
    return next(item for item in found if item.key == key)


def refused(folder: Path, text: str) -> TcptuneError:
    with pytest.raises(TcptuneError) as caught:
        loaded(folder, text)
    assert caught.value.status == 2
    assert "\n" not in caught.value.message
    return caught.value


BAD = {
    "unknown key": ("nmae: x\n", "mine.yaml:4:1: there is no key 'nmae'"),
    "unknown part of a setting": (
        "settings:\n  net.ipv4.tcp_retries2: {at_leest: 8}\n",
        ":5:27: there is no key 'at_le",
    ),
    "unknown part of a condition": (
        "settings:\n  net.ipv4.tcp_retries2:\n    value: 8\n    when: {kernle: '>=5'}\n",
        ":7:12: there is no key 'kernle'",
    ),
    "wrong type": ("settings:\n  net.ipv4.tcp_retries2: {at_least: much}\n", ":5:27: at_least: a whole number"),
    "a boolean": ("settings:\n  net.ipv4.tcp_tw_reuse: true\n", ":5:3: "),
    "a list of settings": ("settings: [1]\n", ":4:1: settings: "),
    "no kind of demand": ("settings:\n  net.ipv4.tcp_tw_reuse: {why: x}\n", ":5:3: "),
    "two kinds": ("settings:\n  net.ipv4.tcp_tw_reuse: {value: 1, default: true}\n", ":5:3: "),
    "a duplicate key": (
        "settings:\n  net.ipv4.tcp_retries2: 8\n  net.ipv4.tcp_tw_reuse: 1\n  net.ipv4.tcp_retries2: 9\n",
        ":7:3: 'net.ipv4.tcp_retries2' stands here again, first in line 5",
    ),
    "an unknown parameter": ("settings:\n  net.ipv4.tcp_tw_reusee: 1\n", ":5:3: there is no parameter"),
    "bounds the wrong way round": (
        "settings:\n  net.ipv4.tcp_fin_timeout: {at_least: 60, at_most: 15}\n",
        ":5:30: at_least 60 is above at_most 15",
    ),
    "bounds of a pair": ("settings:\n  net.ipv4.ip_local_port_range: {at_least: 1}\n", ":5:34: at_least is for one"),
    "half a pair": (
        "settings:\n  net.ipv4.ip_local_port_range: 10240\n",
        ":5:3: net.ipv4.ip_local_port_range does not",
    ),
    "octal": ("settings:\n  net.ipv4.tcp_retries2: 010\n", "does not take '010': it is octal: write 8"),
    "read-only": ("settings:\n  net.ipv4.tcp_ehash_entries: 1\n", "can only be read"),
    "a secret": ("settings:\n  net.ipv4.tcp_fastopen_key: 0-0-0-0\n", "is a secret"),
    "no comparison": (
        "settings:\n  net.ipv4.tcp_retries2: {value: 8, when: {kernel: new}}\n",
        ":5:44: kernel: 'new' is",
    ),
    "no distribution": (
        "settings:\n  net.ipv4.tcp_retries2: {value: 8, when: {distro: bsd}}\n",
        ":5:44: 'bsd' is neither",
    ),
    "no rule": ("accept:\n  - {rule: TT999, why: x}\n", ":5:6: there is no rule 'TT999'"),
    "a mapping that is none": (
        "settings: !!python/object/apply:os.system [id]\n",
        ":4:1: settings: a mapping is expected",
    ),
    "a list that is none": ("accept: {a: b}\n", ":4:1: accept: a list is expected"),
    "a text that is none": (
        "settings:\n  net.ipv4.tcp_retries2: {value: 8, why: [a]}\n",
        ":5:37: why: a text is expected",
    ),
    "a choice that is none": (
        "settings:\n  net.ipv4.tcp_retries2: {value: 8, when: {netns: all}}\n",
        ":5:44: netns: only 'initial' or 'other' is known",
    ),
    "a number of a thousand digits": (
        f"settings:\n  net.ipv4.tcp_retries2: {'9' * 1000}\n",
        f":5:3: net.ipv4.tcp_retries2 does not take '{'9' * 60}…': that is too long",
    ),
    "a merge key": ("settings:\n  <<: {net.ipv4.tcp_retries2: 8}\n", ":5:3: `<<` merges nothing in a profile"),
    "a default that is not wanted": (
        "settings:\n  net.ipv4.tcp_retries2: {default: false}\n",
        ":5:27: default: only true is known",
    ),
    "no YAML": ("settings: [\n", "the YAML does not parse"),
    "a template": ("settings:\n  net.ipv4.tcp_retries2: {{ retries }}\n", ":5:26: a template is still in it"),
    "a second document": ("---\na: 1\n", "a second document"),
    "a missing parent": ("extends: [bsae]\n", ":4:11: there is no profile 'bsae'"),
    "a parent with a NUL": ('extends: "./a\\0"\n', ":4:1: './a\\x00' is no name and no path"),
    "a missing file of a parent": ("extends: ./nowhere.yaml\n", ":4:1: the parent './nowhere.yaml' is not there"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_said_in_one_line_with_its_place(case: str, tmp_path: Path) -> None:
    text, expected = BAD[case]
    assert expected in refused(tmp_path, HEAD + text).message


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("nmae: x\n", "did you mean 'name'?"),
        ("settings:\n  net.ipv4.tcp_retries2: {at_leest: 8}\n", "did you mean 'at_least'?"),
        ("settings:\n  net.ipv4.tcp_retries2: {value: 8, when: {kernle: '>=5'}}\n", "did you mean 'kernel'?"),
        ("settings:\n  net.ipv4.tcp_tw_reusee: 1\n", "did you mean 'net.ipv4.tcp_tw_reuse'?"),
        ("extends: [bsae]\n", "did you mean 'base'?"),
    ],
)
def test_a_misspelt_name_gets_a_suggestion(text: str, hint: str, tmp_path: Path) -> None:
    assert refused(tmp_path, HEAD + text).hint == hint


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    assert "'name' is missing" in refused(tmp_path, "schema: tcptune/profile/1\nsummary: x\n").message
    assert "empty" in refused(tmp_path, "").message
    assert "a mapping is expected" in refused(tmp_path, "- 1\n").message


def test_bombs_and_giants_end_in_one_line(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    assert "nested too deeply" in refused(tmp_path, bomb).message
    wide = "b: &b [" + "x, " * 500 + "x]\nc: [" + "*b, " * 200 + "*b]\n"
    assert "more than" in refused(tmp_path, wide).message
    assert "nested" in refused(tmp_path, "a: &a [*a]\n").message
    assert "no profile" in refused(tmp_path, HEAD + "#" * 10_000_000).message


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (bytes(range(1, 256)) * 3, ":2:118: not UTF-8"),
        (HEAD.encode("utf-16"), ":1:1: not UTF-8"),
        (HEAD.encode() + "größer".encode("latin-1"), ":4:3: not UTF-8"),
        (HEAD.encode() + "é: ".encode() + b"\0\n", ":4:4: a NUL byte, a profile is text"),
    ],
)
def test_what_is_no_text_is_said_with_the_place_of_the_byte(data: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes(data)
    with pytest.raises(TcptuneError) as caught:
        load(str(path))
    assert caught.value.message == f"{path}{said}"


def test_what_is_no_file_is_said_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    for name, said in {
        "pipe": "is no regular file",
        "folder": "Is a directory",
        "loop": "Too many levels of symbolic links",
        "nothing": "No such file or directory",
    }.items():
        path = str(tmp_path / f"{name}.yaml")
        with pytest.raises(TcptuneError) as caught:
            load(path)
        assert caught.value.message == f"{path}: {said}"
        with pytest.raises(TcptuneError, match=r"mine\.yaml:4:1: the parent .* is not there"):
            loaded(tmp_path, HEAD + f"extends: ./{name}.yaml\n")


def test_windows_line_ends_and_a_mark_at_the_beginning_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    text = HEAD + "settings:\n  net.ipv4.tcp_retries2: 9\n"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert wants(load(str(path)), "net.ipv4.tcp_retries2").values == (9,)


def test_a_circle_is_shown(tmp_path: Path) -> None:
    written(tmp_path, HEAD.replace("mine", "b") + "extends: ./c.yaml\n", "b.yaml")
    written(tmp_path, HEAD.replace("mine", "c") + "extends: ./mine.yaml\n", "c.yaml")
    error = refused(tmp_path, HEAD + "extends: ./b.yaml\n")
    assert "c.yaml:4:1: " in error.message
    assert error.message.endswith("in a circle: mine → b → c → mine")


def test_the_later_parent_wins_and_the_child_over_both(tmp_path: Path) -> None:
    written(tmp_path, HEAD + "settings: {net.ipv4.tcp_retries2: 8, net.ipv4.tcp_tw_reuse: 0}\n", "a.yaml")
    written(tmp_path, HEAD + "settings: {net.ipv4.tcp_retries2: 9, net.ipv4.tcp_tw_reuse: 1}\n", "b.yaml")
    chain = loaded(
        tmp_path, HEAD + "extends: [./a.yaml, ./b.yaml]\nsettings: {net.ipv4.tcp_tw_reuse: 2}\n", "child.yaml"
    )
    assert wants(chain, "net.ipv4.tcp_retries2").values == (9,)
    assert wants(chain, "net.ipv4.tcp_tw_reuse").values == (2,)


def test_a_common_parent_counts_once_and_first(tmp_path: Path) -> None:
    written(tmp_path, HEAD + "settings: {net.ipv4.tcp_retries2: 8}\n", "a.yaml")
    written(tmp_path, HEAD + "extends: ./a.yaml\nsettings: {net.ipv4.tcp_retries2: 9}\n", "b.yaml")
    written(tmp_path, HEAD + "extends: ./a.yaml\n", "c.yaml")
    chain = loaded(tmp_path, HEAD + "extends: [./b.yaml, ./c.yaml]\n")
    assert [Path(member.path).name for member in chain.members] == ["a.yaml", "b.yaml", "c.yaml", "mine.yaml"]
    assert wants(chain, "net.ipv4.tcp_retries2").values == (9,)


def test_bounds_are_merged_one_by_one_and_a_contradiction_names_both_places(tmp_path: Path) -> None:
    written(tmp_path, HEAD + "settings: {net.ipv4.tcp_max_tw_buckets: {at_least: 20000}}\n", "a.yaml")
    text = HEAD + "extends: ./a.yaml\nsettings: {net.ipv4.tcp_max_tw_buckets: {at_most: %d}}\n"
    both = wants(loaded(tmp_path, text % 30000), "net.ipv4.tcp_max_tw_buckets")
    assert (both.low, both.high) == (20000, 30000)
    with pytest.raises(TcptuneError) as caught:
        wants(loaded(tmp_path, text % 10000), "net.ipv4.tcp_max_tw_buckets")
    assert "a.yaml:4:" in caught.value.message
    assert "mine.yaml:5:" in caught.value.message


def test_a_number_grows_with_memory_within_its_bounds(tmp_path: Path) -> None:
    text = "settings: {net.netfilter.nf_conntrack_max: {per_gib: 65536, at_least: 262144, at_most: 2097152}}\n"
    chain = loaded(tmp_path, HEAD + text)
    sizes = {1: 262144, 8: 524288, 64: 2097152}
    for gib, low in sizes.items():
        assert wants(chain, "net.netfilter.nf_conntrack_max", memory=gib << 30).low == low


def test_a_condition_decides_and_leaves_the_parent_in_force(tmp_path: Path) -> None:
    written(tmp_path, HEAD + "settings: {net.core.somaxconn: 1024}\n", "a.yaml")
    text = "extends: ./a.yaml\nsettings:\n  net.core.somaxconn: {value: 4096, when: {kernel: '>=4.18, <=5.3'}}\n"
    chain = loaded(tmp_path, HEAD + text)
    assert wants(chain, "net.core.somaxconn", "5.3.18").values == (4096,)
    assert wants(chain, "net.core.somaxconn", "5.4").values == (1024,)
    alone = loaded(tmp_path, HEAD + "settings: {net.core.somaxconn: {value: 9, when: {memory: '>=64GiB'}}}\n")
    assert wants(alone, "net.core.somaxconn").unmet == "only with memory >=64GiB"


@pytest.mark.parametrize(
    ("condition", "facts", "holds"),
    [
        ("distro: debian12", {"distro": "Debian GNU/Linux 12 (bookworm)"}, True),
        ("distro: debian13", {"distro": "Debian GNU/Linux 12 (bookworm)"}, False),
        ("distro: [rhel9, rhel8]", {"distro": "Rocky Linux 9.4 (Blue Onyx)"}, True),
        ("distro: rocky9", {"distro": "Red Hat Enterprise Linux 9.4 (Plow)"}, True),
        ("distro: ubuntu22.04", {"distro": "Ubuntu 22.04.4 LTS"}, True),
        ("module: nf_conntrack", {"loaded": lambda name: name == "nf_conntrack"}, True),
        ("module: [nf_conntrack, br_netfilter]", {"loaded": lambda name: name == "nf_conntrack"}, False),
        ("netns: initial", {"initial": True}, True),
        ("netns: initial", {"initial": False}, False),
        ("netns: other", {"initial": False}, True),
        ("loader: systemd", {"loader": "procps"}, False),
    ],
)
def test_conditions_are_held_against_the_host(
    condition: str, facts: dict[str, Any], holds: bool, tmp_path: Path
) -> None:
    chain = loaded(tmp_path, HEAD + f"settings:\n  net.ipv4.tcp_tw_reuse: {{value: 1, when: {{{condition}}}}}\n")
    (item,) = resolve(chain, Facts(targets("6.18")[0], **facts))
    assert (item.unmet is None) is holds


def test_a_pair_is_a_text_or_a_list(tmp_path: Path) -> None:
    for text in ("[10240, 65535]", "10240 65535", "'10240 65535'"):
        chain = loaded(tmp_path, HEAD + f"settings: {{net.ipv4.ip_local_port_range: {text}}}\n")
        assert wants(chain, "net.ipv4.ip_local_port_range").values == ((10240, 65535),)


def test_a_bare_name_is_never_looked_up_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, HEAD, "local.yaml")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TcptuneError) as caught:
        load("local.yaml")
    assert caught.value.hint == "a path has a slash: ./local.yaml"
    assert load("./local.yaml").last.profile.name == "mine"


def test_a_user_has_a_folder_of_their_own_and_root_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    own = tmp_path / ".config" / "tcptune" / "profiles"
    own.mkdir(parents=True)
    written(own, HEAD, "base.yaml")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert find.locate("base") == str(own / "base.yaml")
    monkeypatch.setenv("HOME", ".")
    monkeypatch.chdir(tmp_path)
    assert find.locate("base") == str(find.shipped_folder() / "base.yaml")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert find.locate("base") == str(find.shipped_folder() / "base.yaml")


def test_every_file_but_the_shipped_ones_is_asked_about(tmp_path: Path) -> None:
    asked: list[str] = []
    path = written(tmp_path, HEAD + "extends: [base]\n")
    load(path, guard=asked.append)
    assert asked == [path]


@pytest.mark.root
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_root_refuses_a_profile_that_others_can_write(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD)
    Path(path).chmod(0o666)
    with pytest.raises(TcptuneError, match="others than root can write"):
        load(path, guard=refuse_writable)
    Path(path).chmod(0o644)
    assert load(path, guard=refuse_writable).last.profile.name == "mine"
