"""Lint reports in every format: escaped, with places that consumers take, the same for the same input."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pytest

from tcptune.formats import github, gitlab, junit, lint_text, sarif
from tcptune.formats.style import Style
from tcptune.model.finding import Finding, Fix, Related
from tcptune.model.lint import LintReport
from tcptune.model.page import Page
from tcptune.model.setting import Edit, Location

HOSTILE = "a\n::error::x\r%0A\x1b[31m]]>&<\"'\x00\u202e"


def report(*findings: Finding, **more: Any) -> LintReport:
    return LintReport(findings=findings, files=1, seen=1, **more)


def finding(message: str = "It is off.", path: str = "etc/sysctl.conf", **more: Any) -> Finding:
    values: dict[str, Any] = {
        "rule": "TT402",
        "slug": "timestamps-off",
        "severity": "warning",
        "message": message,
        "why": "It loses much.",
        "key": "net.ipv4.tcp_timestamps",
        "value": 0,
        "at": Location(path, 3, 27, 3, 28),
        "fix": Fix("set it to 1", edits=(Edit(path, 3, 27, 3, 28, "1"),)),
        "related": (Related(Location("b.conf", 1, 1), "here too"),),
    } | more
    return Finding(**values)


def test_github_gets_one_line_a_finding_with_its_place() -> None:
    line = github.lint(report(finding()))
    assert line.startswith("::warning title=TT402 timestamps-off,file=etc/sysctl.conf,line=3,col=27,endColumn=28::")
    assert "It is off.%0AIt loses much.%0AFix: set it to 1" in line


def test_a_value_never_begins_a_line_or_a_property_of_a_workflow_command() -> None:
    text = github.lint(report(finding(HOSTILE, path="a,line=9:b\n::x")))
    assert text.count("\n") == 1
    assert "\x1b" not in text
    assert "file=a%2Cline=9%3Ab" in text


def test_github_gets_no_column_when_the_lines_differ() -> None:
    assert "col=" not in github.lint(report(finding(at=Location("a", 1, 2, 3, 4))))


def test_gitlab_gets_what_it_compares() -> None:
    (issue,) = json.loads(gitlab.lint(report(finding())))
    assert issue["severity"] == "major"
    assert issue["location"] == {"path": "etc/sysctl.conf", "lines": {"begin": 3}}
    assert issue["fingerprint"] == finding().fingerprint


def test_junit_is_wellformed_whatever_a_finding_says() -> None:
    for one in (finding(), finding(HOSTILE, path=HOSTILE), finding(severity="note")):
        root = ElementTree.fromstring(junit.lint(report(one)))
        assert root.get("tests") == "1"
        assert root.get("failures") == ("0" if one.severity == "note" else "1")
    assert ElementTree.fromstring(junit.lint(report())).get("failures") == "0"


def test_sarif_names_rule_place_and_fix() -> None:
    log = json.loads(
        sarif.lint(
            report(finding()),
            {"TT402": ("timestamps-off", "warning", Page("TT402 timestamps-off", "rule", "Off.", ()))},
        )
    )
    run = log["runs"][0]
    assert run["columnKind"] == "unicodeCodePoints"
    (rule,) = run["tool"]["driver"]["rules"]
    assert (rule["id"], rule["name"], rule["help"]["text"]) == (
        "TT402",
        "TimestampsOff",
        "TT402 timestamps-off\nOff.\n",
    )
    (result,) = run["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "etc/sysctl.conf", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 3, "startColumn": 27, "endLine": 3, "endColumn": 28}
    assert result["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"] == {"text": "1"}
    assert set(result["partialFingerprints"].values()) == {finding().fingerprint}


@pytest.mark.parametrize("path", ["a b/ü.conf", "./x%y.conf", "a\\b.conf"])
def test_sarif_paths_are_uris(path: str) -> None:
    log = json.loads(sarif.lint(report(finding(path=path)), {}))
    uri = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.isascii()
    assert " " not in uri
    assert "\\" not in uri
    assert not uri.startswith("./")


def test_text_puts_a_marker_under_the_column() -> None:
    row = "\tnet.ipv4.名前 = 0"
    one = finding(at=Location("a", 1, 15, 1, 16))
    text = lint_text.lint(report(one, lines={("a", 1): row}), Style(False), 80)
    shown, marker = text.split("\n")[1:3]
    assert shown.endswith("= 0")
    assert marker.index("^") == len("    1 | ") + lint_text.columns(row[:14].replace("\t", " "))


def test_text_shows_control_characters_as_what_they_are() -> None:
    text = lint_text.lint(report(finding(HOSTILE), lines={("etc/sysctl.conf", 3): HOSTILE}), Style(False), 80)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\n::error" not in text


def test_the_last_line_counts() -> None:
    text = lint_text.lint(report(finding(), finding(severity="error"), suppressed=2), Style(False), 80)
    assert "1 error, 1 warning in 1 file with settings, 2 suppressed" in text
    assert "nothing found" in lint_text.lint(report(), Style(False), 80)


def test_statistics_count_rules() -> None:
    assert lint_text.statistics(report(finding(), finding())) == "     2  TT402  warning  timestamps-off\n"
