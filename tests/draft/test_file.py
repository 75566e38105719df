"""Another tool's file becomes a profile: values, reasons and conditions are carried over, the rest is named by line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcptune.catalog.targets import newest, releases_since
from tcptune.cli.policy import meant
from tcptune.draft import file
from tcptune.draft.item import Draft, Item, reason
from tcptune.draft.settle import settle
from tcptune.draft.text import write
from tcptune.errors import TcptuneError
from tcptune.model.profile import Profile
from tcptune.model.version import KernelVersion
from tcptune.profiles.facts import Facts
from tcptune.profiles.load import load
from tcptune.profiles.nodes import read
from tcptune.profiles.values import checked
from tcptune.render.comments import harmless
from tcptune.render.plan import plan
from tcptune.render.sheet import FORMATS, writer
from tests.support.settings import REASONS, SETTABLE, values
from tools.fuzz.trial import WRITTEN

KERNELS = releases_since(KernelVersion(4, 18))


def drafted(text: str, name: str = "etc/sysctl.d/9.conf") -> Draft:
    return file.draft(name, text.encode("utf-8"), newest(), meant)


def one(text: str, name: str = "etc/sysctl.d/9.conf") -> Item:
    found = drafted(text, name)
    assert found.left == ()
    (item,) = found.items
    return item


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("# the reason\nnet.core.somaxconn = 4096\n", "the reason"),
        ("# of the file\n\n; one\n# two\nnet.core.somaxconn = 4096\n", "one two"),
        ("# ------\n# why\n# ======\nnet.core.somaxconn = 4096\n", "why"),
        ("# net.core.somaxconn = 128\n# why\nnet.core.somaxconn = 4096\n", "why"),
        ("# tcptune: ignore[TT410] x\n# why\nnet.core.somaxconn = 4096\n", "why"),
        ("net.core.somaxconn = 4096 # beside it\n", "beside it"),
        ("net.core.somaxconn = 4096\n", ""),
    ],
)
def test_a_comment_above_or_beside_is_the_reason(text: str, why: str) -> None:
    item = one(text)
    assert (item.key, item.value, item.why) == ("net.core.somaxconn", 4096, why)


def test_a_long_comment_is_cut_at_a_word() -> None:
    told = reason("# " + "word " * 300)
    assert len(told) <= 500
    assert told.endswith("word…")


@pytest.mark.parametrize(
    ("name", "text", "bound", "contained"),
    [
        ("tuned.conf", "[sysctl]\n# why\nnet.core.somaxconn=4096\n", "value", False),
        ("tuned.conf", "[sysctl]\n# why\nnet.core.somaxconn=>4096\n", "at_least", False),
        ("tuned.conf", "[sysctl]\n# why\nnet.core.somaxconn = <4096\n", "at_most", False),
        ("a.yml", "x:\n  # why\n  - name: net.core.somaxconn\n    value: 4096\n", "value", False),
        ("a.yml", "services:\n  a:\n    sysctls:\n      # why\n      net.core.somaxconn: 4096\n", "value", True),
        ("a.nix", '{\n  # why\n  boot.kernel.sysctl."net.core.somaxconn" = 4096;\n}\n', "value", False),
        ("a.sh", "# why\nsysctl -w net.core.somaxconn=4096\n", "value", False),
    ],
)
def test_each_tools_file_is_taken(name: str, text: str, bound: str, contained: bool) -> None:
    item = one(text, name)
    assert (item.key, item.value, item.why) == ("net.core.somaxconn", 4096, "why")
    assert (item.bound, item.contained) == (bound, contained)


LEFT = {
    "net.ipv4.tcp_tw_resuse = 1": "no parameter that is known here; did you mean net.ipv4.tcp_tw_reuse?",
    "net.core.somaxconn = {{ x }}": "its value is filled in later ({{ x }})",
    "net.ipv4.tcp_rmem = 4096 87380": "it does not take '4096 87380'",
    "net.ipv4.tcp_retries2 = fast": "the kernel takes whole numbers",
    "net.ipv4.tcp_ehash_entries = 1": "it can only be read",
    "net.ipv4.tcp_fastopen_key = 0-0-0-0": "it is a secret",
    "net.ipv4.tcp_congestion_control = bbr # x": "no value that a profile can hold",
    "net.ipv4.conf.*.rp_filter = 1": "a pattern for several parameters",
    "net.ipv4.tcp_tw_reuse": "no assignment",
}


@pytest.mark.parametrize("line", LEFT)
def test_what_cannot_be_carried_over_is_said_with_its_line(line: str) -> None:
    found = drafted(f"net.ipv4.tcp_sack = 1\n{line}\n")
    assert [item.key for item in found.items] == ["net.ipv4.tcp_sack"]
    (said,) = found.left
    assert said.startswith("etc/sysctl.d/9.conf:2:1: ")
    assert LEFT[line] in said


def test_the_later_line_counts_and_the_earlier_one_is_named() -> None:
    found = drafted("net.core.somaxconn = 1\nnet.core.somaxconn = 2\n")
    assert [(item.value, item.place) for item in found.items] == [(2, "etc/sysctl.d/9.conf:2:1")]
    assert found.left == ("etc/sysctl.d/9.conf:1:1: net.core.somaxconn: set otherwise in etc/sysctl.d/9.conf:2:1",)


def test_hosts_that_contradict_each_other_are_not_mixed() -> None:
    found = drafted("a:\n  net.core.somaxconn: 1\nb:\n  net.core.somaxconn: 2\n  net.ipv4.tcp_sack: 1\n", "a.yml")
    assert [item.key for item in found.items] == ["net.ipv4.tcp_sack"]
    assert "each with its own value" in found.left[-1]
    under = drafted("- sysctl: {name: net.core.somaxconn, value: 1}\n  when: x\n", "tasks.yml")
    assert under.items == ()
    assert "under a condition" in under.left[0]


def test_of_a_saved_list_only_what_is_no_default_is_taken() -> None:
    marks = "kernel.ostype = Linux\nkernel.osrelease = 6.1\nkernel.version = 1\nfs.file-nr = 1 0 2\n"
    found = drafted(marks + "net.ipv4.tcp_sack = 1\nnet.ipv4.tcp_tw_reuse = 1\nnet.ipv4.tcp_ehash_entries = 9\n")
    assert [(item.key, item.value) for item in found.items] == [("net.ipv4.tcp_tw_reuse", 1)]


def test_a_file_without_settings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TcptuneError, match=r"notes\.md: no settings in a format"):
        drafted("# hello\n", "notes.md")
    with pytest.raises(TcptuneError, match=r"a\.yml:1:4: This YAML does not parse"):
        drafted("a: [net.core.somaxconn: 1\n", "a.yml")
    with pytest.raises(TcptuneError, match="is no regular file"):
        file.load(str(tmp_path))
    with pytest.raises(TcptuneError, match="No such file"):
        file.load(str(tmp_path / "nowhere"))
    (tmp_path / "huge").write_bytes(b"#" * (file.LARGEST + 1))
    with pytest.raises(TcptuneError, match="larger than"):
        file.load(str(tmp_path / "huge"))


def test_what_does_not_take_effect_goes_and_risks_are_accepted_by_name() -> None:
    text = "net.ipv4.tcp_timestamps = 0\nnet.ipv4.tcp_tw_reuse = 1\nnet.ipv4.tcp_tw_recycle = 1\n"
    done = settle("mine", drafted(text), KERNELS)
    profile = Profile.model_validate(read("x", done.text.encode()).values)
    assert set(profile.settings) == {"net.ipv4.tcp_timestamps"}
    assert [each.rule for each in profile.accept] == ["TT402"]
    assert "taken over from etc/sysctl.d/9.conf:1:1" in profile.accept[0].why
    assert [line for line in done.said if "tcp_tw_reuse = 1 does nothing" in line]
    assert [line for line in done.said if "tcp_tw_recycle: no kernel has it any more" in line]


@st.composite
def items(draw: st.DrawFn) -> list[Item]:
    chosen = draw(st.lists(st.sampled_from(SETTABLE), max_size=5, unique_by=lambda entry: entry.key))
    plain = [entry for entry in chosen if entry.key != "net.ipv4.tcp_fastopen_key"]
    return [Item(each.key, draw(values(each)), "x:1:1", draw(REASONS), "value", draw(st.booleans())) for each in plain]


@settings(max_examples=80)
@given(items(), REASONS, st.dictionaries(st.sampled_from(["TT402", "TT410"]), REASONS.filter(harmless)))
def test_a_draft_reads_as_what_it_was_made_of(found: list[Item], source: str, accepted: dict[str, str]) -> None:
    document = read("x", write("mine", source, found, accepted).encode("utf-8"))
    profile = checked(Profile.model_validate(document.values), document)
    assert {key: (wish.value, wish.why) for key, wish in profile.settings.items()} == {
        item.key: (item.value, harmless(item.why)) for item in found
    }
    for item in found:
        when = profile.settings[item.key].when
        assert (when is not None and when.netns == "other") == item.contained
        assert (when.module if when is not None else None) == ((item.module,) if item.module else None)
    assert {each.rule: each.why for each in profile.accept} == {rule: harmless(why) for rule, why in accepted.items()}


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "docker-run"])
def test_a_rendered_profile_comes_back_with_its_reasons(form: str) -> None:
    chain = load("long-lived")
    sheet = plan(chain, Facts(newest(), 8 << 30), writer(form))
    found = file.draft(WRITTEN[form], writer(form).write(sheet).encode("utf-8"), newest(), meant)
    assert found.left == ()
    extra = "Safe since" if form == "kubernetes" else ""
    assert [(item.key, item.value) for item in found.items] == [(each.key, each.value) for each in sheet.entries]
    for item, entry in zip(found.items, sheet.entries, strict=True):
        assert item.why.startswith(" ".join(entry.why.split()))
        assert item.why == entry.why or extra in item.why or "Unsafe" in item.why
