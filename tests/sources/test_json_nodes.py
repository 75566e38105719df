"""JSON's own way to nodes: it comes to what YAML's parser comes to, place by place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptune.sources import json_nodes, yaml_nodes
from tcptune.sources.base import Text
from tcptune.sources.yaml_nodes import Node

_WORDS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=8) | st.sampled_from(
    ["net.core.somaxconn", 'say "x"', "a\\b", "}{][", "a: b, c", "", "\u4e2d"]
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS, inner, max_size=4),
    max_leaves=20,
)


def flat(node: Node) -> object:
    """Return a node as what can be compared."""
    place = (node.line, node.column, node.end_line, node.end_column)
    told = (node.kind, node.value, node.plain, node.block)
    return place, told, [flat(item) for item in node.items], [(flat(key), flat(value)) for key, value in node.pairs]


def by_yaml(text: str, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return what YAML's parser makes of a text."""
    with monkeypatch.context() as patched:
        patched.setattr(json_nodes, "document", lambda _source: None)
        return [flat(one) for one in yaml_nodes.parse(Text("a.json", text)).documents]


@given(
    value=st.lists(_VALUES, max_size=4) | st.dictionaries(_WORDS, _VALUES, max_size=4),
    indent=st.sampled_from([None, 0, 2]),
)
def test_it_comes_to_the_nodes_of_yaml(value: object, indent: int | None) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    with pytest.MonkeyPatch.context() as patched:
        wanted = by_yaml(text, patched)
    assert [flat(one) for one in yaml_nodes.parse(Text("a.json", text)).documents] == wanted


@pytest.mark.parametrize(
    "text",
    [
        '{"net.core.somaxconn": 4096, "b": [1, 2.5, -3, true, null, "x"], "c": {"d": {}, "e": []}}',
        '\n {\r\n\t"a" : "b\\"c}",\r\n\t"d": {"e": "f\\\\", "g": "{"}}\n\n',
        '[{"name": "net.ipv4.tcp_tw_reuse", "value": "1"}, {"name": "x", "value": "}"}]',
        "[]",
        '{"a": 1e5, "a": 2}',
    ],
)
def test_these_do_too(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [flat(one) for one in yaml_nodes.parse(Text("a.json", text)).documents] == by_yaml(text, monkeypatch) != []
    assert json_nodes.document(text.replace("\t", " ")) is not None


def test_what_lies_flat_is_divided_once_and_when_it_is_asked_for() -> None:
    found = json_nodes.document('{"a": {"b": 1, "c": 2}}')
    assert found is not None
    inner = found.pairs[0][1]
    assert inner.get("c") is inner.pairs[1][1] and inner.items == ()
    anything: Any = inner
    with pytest.raises(AttributeError):
        _ = anything.children


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '{"a": 1,}',
        "{'a': 1}",
        '{"a": 1} {"b": 2}',
        '{"a": "\\u0041"}',
        "{a: 1}",
        "[" * 250 + "]" * 250,
        "[" * 100_000,
    ],
)
def test_the_rest_is_left_to_yaml(text: str) -> None:
    assert json_nodes.document(text) is None


def test_a_text_with_too_many_nodes_is_left_to_yaml_which_says_so() -> None:
    text = "[" + ",".join(["1"] * (yaml_nodes.MOST + 1)) + "]"
    assert json_nodes.document(text) is None
    problem = yaml_nodes.parse(Text("a.json", text)).problem
    assert problem is not None and "more than" in problem.message
