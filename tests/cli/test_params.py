"""The catalogue as a table, for one kernel."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tcptune.cli.schema import DOCUMENTS, document_schema
from tests.support.program import tcptune


def listed(*arguments: str) -> dict[str, dict[str, Any]]:
    """Return the parameters by key, from a document that is what its schema says."""
    document = tcptune("params", "-f", "json", *arguments).json()
    jsonschema.Draft202012Validator(document_schema("params")).validate(document)
    return {parameter["key"]: parameter for parameter in document["parameters"]}


def test_the_table_has_default_unit_and_range() -> None:
    done = tcptune("params", "--kernel", "6.1")
    assert done.status == 0
    line = next(line for line in done.out.splitlines() if line.startswith("tcp_fin_timeout "))
    assert line.split()[1:3] == ["60", "seconds"]
    assert [line for line in done.out.splitlines() if len(line) > 80] == []


def test_a_kernel_has_what_it_had() -> None:
    old, new = listed("--kernel", "3.10", "--all"), listed("--kernel", "6.1", "--all")
    assert "net.ipv4.tcp_tw_recycle" in old
    assert "net.ipv4.tcp_tw_recycle" not in new
    assert old["net.ipv4.tcp_tw_reuse"]["default"] == 0
    assert new["net.ipv4.tcp_tw_reuse"]["default"] == 2


def test_all_adds_the_parameters_known_by_type_alone() -> None:
    some, every = listed("--kernel", "6.1"), listed("--kernel", "6.1", "--all")
    assert set(some) < set(every)
    assert {parameter["depth"] for parameter in some.values()} == {"full"}


@pytest.mark.skipif(sys.platform != "linux", reason="compares with the running Linux")
def test_without_a_kernel_the_running_one_is_meant_and_formulas_are_computed() -> None:
    assert isinstance(listed()["net.ipv4.tcp_max_tw_buckets"]["default"], int)


def test_a_kernel_that_is_none_is_one_line() -> None:
    done = tcptune("params", "--kernel", "yesterday")
    assert done.status == 2
    assert done.out == ""
    assert "yesterday" in done.err
    assert "Traceback" not in done.err


def test_it_can_be_written_to_a_file(tmp_path: Path) -> None:
    file = tmp_path / "params.json"
    done = tcptune("params", "--kernel", "6.1", "-f", "json", "-o", file)
    assert (done.status, done.out) == (0, "")
    assert file.read_text() == tcptune("params", "--kernel", "6.1", "-f", "json").out


@pytest.mark.parametrize("name", list(DOCUMENTS))
def test_every_schema_is_one(name: str) -> None:
    done = tcptune("schema", name)
    assert done.status == 0
    jsonschema.Draft202012Validator.check_schema(done.json())
    assert done.json()["$id"].startswith("tcptune/")


def test_a_schema_that_is_none_is_wrong_usage_and_names_those_there_are() -> None:
    done = tcptune("schema", "everything")
    assert done.status == 2
    assert "audit" in done.err


@pytest.mark.root
def test_verify_compares_with_the_running_kernel() -> None:
    document = tcptune("params", "--verify", "-f", "json", timeout=120)
    jsonschema.Draft202012Validator(document_schema("verify")).validate(document.json())
    text = tcptune("params", "--verify", timeout=120)
    assert text.status == document.status == int(bool(document.json()["mismatches"]))
    assert "parameters compared" in text.out


def test_verify_takes_no_other_kernel() -> None:
    assert tcptune("params", "--verify", "--kernel", "5.10").status == 2
