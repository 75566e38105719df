"""The examples on the rules' pages: what is called bad is found, what is called good is not."""

from __future__ import annotations

import inspect
import sys
import textwrap
from pathlib import Path

import pytest

from tcptune.rules.base import Rule
from tcptune.rules.registry import rules
from tests.support.lint import run

RISKS = tuple(rule for rule in rules() if rule.code.startswith("TT4"))
WITHOUT = {
    "TT002": "bytes that cannot be seen in a text",
    "TT007": "another format",
    "TT106": "another format",
    "TT107": "another format",
    "TT304": "another format",
    "TT501": "several files",
    "TT502": "needs a running host",
    "TT503": "several files",
    "TT504": "permissions",
    "TT505": "several files",
    "TT506": "several files",
    "TT701": "needs a profile",
}
"""Rules whose pages have no example in sysctl lines, and why."""


ELSEWHERE = {"TT105"}
"""What a good example may still lack, since it belongs in another file."""


def page(rule: Rule) -> str:
    return inspect.getdoc(sys.modules[rule.check.__module__]) or ""


def example(rule: Rule, title: str) -> tuple[str, list[str]] | None:
    """Return the lines below a title of the rule's page, and the kernels that they name."""
    blocks = page(rule).split("\n\n")
    if f"{title}:" not in blocks:
        return None
    lines = textwrap.dedent(blocks[blocks.index(f"{title}:") + 1]).splitlines()
    kernels = [line.split()[1] for line in lines if line.startswith("Kernel:")]
    return "".join(f"{line}\n" for line in lines if not line.startswith("Kernel:")), kernels


def codes(folder: Path, text: str, kernels: list[str], *, notes: bool = True) -> set[str]:
    report = run(folder, {"sysctl.d/99-example.conf": text}, *kernels)
    return {item.rule for item in report.findings if notes or item.severity != "note"}


SHOWN = [rule for rule in rules() if example(rule, "Bad") is not None]


@pytest.mark.parametrize("rule", SHOWN, ids=lambda rule: rule.code)
def test_what_a_page_calls_bad_is_found_and_what_it_calls_good_is_not(rule: Rule, tmp_path: Path) -> None:
    bad = example(rule, "Bad")
    assert bad is not None
    assert rule.code in codes(tmp_path / "bad", *bad)
    good = example(rule, "Good")
    if good is not None:
        assert rule.code not in codes(tmp_path / "good", *good)
        assert codes(tmp_path / "good", *good, notes=False) <= ELSEWHERE


def test_every_rule_about_sysctl_lines_has_an_example() -> None:
    lines = {rule.code for rule in rules() if "pressure" not in rule.needs and rule not in RISKS}
    assert lines - set(WITHOUT) == {rule.code for rule in SHOWN}


@pytest.mark.parametrize("rule", [rule for rule in rules() if rule not in RISKS], ids=lambda rule: rule.code)
def test_every_page_begins_with_a_sentence_and_says_what_to_do(rule: Rule) -> None:
    first = " ".join(page(rule).split("\n\n")[0].split())
    assert first.endswith(".")
    assert "\n\nFix:\n\n" in page(rule)
