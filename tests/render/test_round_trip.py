"""Whatever a profile says and for whatever reason: the written file is read back to exactly its settings."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tcptune.render.comments import comment, harmless
from tcptune.render.sheet import FORMATS, Entry, Refusal, Sheet, Silence, writer
from tests.support.render import read_back
from tests.support.settings import REASONS, SETTABLE, values

SILENCES = st.builds(Silence, st.sampled_from(["TT205", "TT402"]), REASONS, st.sampled_from(["key", "value"]))


@st.composite
def entries(draw: st.DrawFn) -> tuple[Entry, ...]:
    chosen = draw(st.lists(st.sampled_from(SETTABLE), max_size=6, unique_by=lambda entry: entry.key))
    return tuple(
        Entry(
            entry.key,
            draw(values(entry)),
            draw(REASONS),
            entry.lifetime.module if draw(st.booleans()) else None,
            tuple(draw(st.lists(SILENCES, max_size=2))),
        )
        for entry in chosen
    )


SHEETS = st.builds(
    Sheet,
    st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True),
    REASONS.filter(bool),
    st.just("6.1"),
    REASONS,
    entries(),
    st.just(()),
    st.lists(st.builds(Refusal, st.just("net.core.somaxconn"), REASONS), max_size=2).map(tuple),
    st.lists(st.builds(Refusal, st.just("net.ipv4.tcp_rmem"), REASONS), max_size=2).map(tuple),
)


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=40)
@given(sheet=SHEETS)
def test_a_written_file_is_read_back_to_the_same_settings(form: str, sheet: Sheet) -> None:
    text = writer(form).write(sheet)
    assert text.encode("utf-8").decode("utf-8") == text
    assert "\t" not in text
    assert read_back(form, text) == {entry.key: entry.value for entry in sheet.entries}


@settings(max_examples=40)
@given(sheet=SHEETS)
def test_a_real_parser_of_yaml_finds_the_same(sheet: Sheet) -> None:
    wanted = {entry.key: entry.text for entry in sheet.entries}
    pod = yaml.safe_load(writer("kubernetes").write(sheet))["spec"]["securityContext"]["sysctls"]
    assert {item["name"]: item["value"] for item in pod} == wanted
    service = yaml.safe_load(writer("compose").write(sheet))["services"]["app"]["sysctls"]
    assert {key: str(value) for key, value in service.items()} == wanted
    variables = yaml.safe_load(writer("ansible-vars").write(sheet))
    assert {item["name"]: item["value"] for item in variables["tcptune_sysctl"]} == wanted
    assert variables["tcptune_modules"] == list(sheet.modules)


@settings(max_examples=40)
@given(sheet=SHEETS)
def test_a_shell_splits_the_command_into_its_words(sheet: Sheet) -> None:
    words = shlex.split(writer("docker-run").write(sheet).replace("\\\n", ""), comments=True)
    assert words == ["exec", "docker", "run", *_options(sheet), "$@"]


def _options(sheet: Sheet) -> list[str]:
    return [word for entry in sheet.entries for word in ("--sysctl", f"{entry.key}={entry.text}")]


@given(REASONS)
def test_a_reason_is_only_ever_a_comment(text: str) -> None:
    lines = comment(text, "  ")
    assert all(line.startswith("  # ") for line in lines)
    assert all(line.isprintable() for line in lines)
    assert not re.search(r"\{\{|\}\}|\{%|%\}|\{#|<%|%>|tcptune:\s*ignore", "\n".join(lines))
    assert len(harmless(text).split()) >= len(text.split())


def test_words_of_a_reason_survive() -> None:
    assert harmless("  a # b:\n'c'  \"d\" ") == "a # b: 'c' \"d\""
    assert harmless("{{ x }}{% if %}<% y %>") == "{ { x } }{ % if % }< % y % >"
    assert harmless("bell \x07") == "bell \\x07"
    assert comment("") == comment(" \n ") == []


def test_two_writings_are_the_same_bytes(tmp_path: Path) -> None:
    sheet = Sheet("mine", "a test", "6.1", "Linux 6.1", (Entry("net.ipv4.tcp_tw_reuse", 1, "a reason"),))
    for form in FORMATS:
        assert writer(form).write(sheet) == writer(form).write(sheet)
        assert "a reason" in writer(form).write(sheet)
        assert "the profile mine for Linux 6.1" in writer(form).write(sheet)
