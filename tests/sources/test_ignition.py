"""Files that Ignition writes: their content is read out of data URLs, with the place of each setting in the URL."""

from __future__ import annotations

import base64
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptune.sources import detect
from tcptune.sources.base import Reading, Text
from tcptune.sources.ignition import decoded

CONTENT = "# größer\nnet.core.somaxconn = 9999\nnet.ipv4.ip_local_port_range = 10240 65535\n"


def config(source: str, path: str = "/etc/sysctl.d/9.conf", more: str = "", name: str = "source") -> str:
    entry = f"        - path: {path}\n          contents:\n            {name}: {source}\n{more}"
    return f"kind: MachineConfig\nspec:\n  config:\n    storage:\n      files:\n{entry}"


def read(text: str) -> Reading:
    reading = detect.read(Text("a.yaml", text))
    assert reading is not None
    return reading


@pytest.mark.parametrize("safe", ["", " ="])
@pytest.mark.parametrize("start", ["data:,", "data:text/plain;charset=utf-8,"])
def test_each_setting_has_its_place_in_the_url(start: str, safe: str) -> None:
    text = config(f'"{start}{quote(CONTENT, safe=safe)}"')
    first, second = read(text).settings
    assert (first.key, first.raw) == ("net.core.somaxconn", "9999")
    assert (second.key, second.raw) == ("net.ipv4.ip_local_port_range", "10240 65535")
    for setting, key, raw in ((first, first.key, "9999"), (second, second.key, quote("10240 65535", safe=safe))):
        for at, expected in ((setting.key_at, key), (setting.value_at, raw)):
            assert at is not None
            assert at.end_column is not None
            assert text.split("\n")[at.line - 1][at.column - 1 : at.end_column - 1] == expected


def test_base64_is_read_and_stands_where_it_begins() -> None:
    text = config("data:;base64," + base64.b64encode(CONTENT.encode()).decode())
    first, _ = read(text).settings
    assert first.raw == "9999"
    assert first.key_at is not None
    assert text.split("\n")[first.key_at.line - 1][first.key_at.column - 1 :].startswith("IyBn")


def test_what_is_written_inline_is_read_too() -> None:
    text = config("|\n              net.core.somaxconn = 9999", name="inline")
    (setting,) = read(text).settings
    assert setting.value_at is not None
    assert (setting.raw, setting.value_at.line, setting.value_at.column) == ("9999", 9, 36)


@pytest.mark.parametrize(
    "text",
    [
        config('"data:,net.core.somaxconn%20%3D%209999"', path="/etc/motd"),
        config('"data:;base64,!!!"'),
        config('"data:;base64,/w=="'),
        config('"data:;base64,H4sI"', more="            compression: gzip\n"),
        config('"https://example.com/sysctl.conf"'),
        config('"data:,@reboot%20root%20sysctl%20-p"', path="/etc/cron.d/sysctl"),
        config('""'),
    ],
)
def test_what_is_no_text_for_sysctl_sets_nothing(text: str) -> None:
    assert (read(text).settings, read(text).problems) == ([], [])


def test_modules_that_are_loaded_at_boot_are_known() -> None:
    assert read(config('"data:,nf_conntrack%0A%23 x%0Atcp_bbr"', path="/etc/modules-load.d/a.conf")).modules == {
        "nf_conntrack",
        "tcp_bbr",
    }


@given(st.text(max_size=30), st.sampled_from(["", "/ =", "éàü"]))
def test_every_character_is_found_in_the_url(text: str, safe: str) -> None:
    url = "data:," + quote(text, safe=safe, errors="surrogatepass" if not text.isprintable() else "strict")
    found, offsets = decoded(url)
    assert len(offsets) == len(found) + 1
    assert offsets == sorted(offsets)
    assert offsets[-1] == len(url)
    if all(character.isprintable() for character in text):
        assert found == text
        for character, start, end in zip(found, offsets, offsets[1:], strict=False):
            assert unquote(url[start:end]) == character
