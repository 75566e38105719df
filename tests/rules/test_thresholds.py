"""TT203 for the thresholds of fragments, each of which is a bound of the other one at the moment that it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptune.model.finding import Finding
from tests.support.marks import check
from tests.support.views import file_view, found

HIGH, LOW = "net.ipv4.ipfrag_high_thresh", "net.ipv4.ipfrag_low_thresh"
TASKS = "- sysctl:\n    name: {}\n    value: {}\n- sysctl:\n    name: {}\n    value: {}\n"


def told(text: str, *kernels: str) -> list[Finding]:
    return found(file_view(text, *kernels), "TT203")


@pytest.mark.parametrize(
    ("text", "line", "words", "fix"),
    [
        (f"{HIGH} = 512000\n", 1, "below ipfrag_low_thresh, which is 3145728", "512000 or less in a line before"),
        (f"{HIGH} = 512000\n{LOW} = 446464\n", 1, "which is 3145728 when it is written", "512000 or less"),
        (f"{LOW} = 6291456\n{HIGH} = 8388608\n", 1, "above ipfrag_high_thresh, which is 4194304", "6291456 or more"),
        (f"{HIGH} = 4000000\n{LOW} = 5000000\n", 2, "which is 4000000 when it is written", "5000000 or more"),
        (f"{LOW} = 8000000\n", 1, "above ipfrag_high_thresh", "8000000 or more"),
        ("net.ipv6.ip6frag_high_thresh = 262144\n", 1, "below ip6frag_low_thresh", "262144 or less"),
        ("net.netfilter.nf_conntrack_frag6_high_thresh = 9\n", 1, "below nf_conntrack_frag6_low_thresh", "9 or less"),
    ],
)
def test_a_threshold_beyond_the_other_one_is_not_taken(text: str, line: int, words: str, fix: str) -> None:
    (finding,) = told(text, "3.10", "4.18", "6.18")
    assert finding.at is not None
    assert finding.fix is not None
    assert (finding.at.line, finding.severity, finding.kernels) == (line, "error", ("4.18", "6.18"))
    assert words in finding.message
    assert fix in finding.fix.title


@pytest.mark.parametrize(
    "text",
    [
        f"{LOW} = 446464\n{HIGH} = 512000\n",
        f"{HIGH} = 8388608\n{LOW} = 6291456\n",
        f"{HIGH} = 512000\n{LOW} = 446464\n{HIGH} = 512000\n",
        f"{HIGH} = 3145728\n",
        f"{LOW} = 4194304\n",
        f"{HIGH} = $x\n",
        f"{LOW} = $x\n{HIGH} = 512000\n",
        f"{HIGH} = -1\n",
    ],
)
def test_what_the_kernel_takes_in_this_order_or_nobody_knows_is_fine(text: str) -> None:
    assert told(text) == []


def test_older_kernels_are_not_judged() -> None:
    assert told(f"{HIGH} = 512000\n", "3.10") == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tasks/a.yml", TASKS.format(HIGH, 512000, LOW, 446464)),
        ("tasks/a.yml", TASKS.format(HIGH, 512000, LOW, "«TT203»546464")),
        ("tasks/a.yml", f"- sysctl:\n    name: {HIGH}\n    value: «TT203»512000\n"),
        ("a.nix", f'{{ boot.kernel.sysctl = {{ "{HIGH}" = 512000; "{LOW}" = 446464; }}; }}\n'),
        ("a.sh", f"sysctl -w {HIGH}=«TT203»512000\nsysctl -w {LOW}=446464\n"),
        ("a.sh", f'if [ -n "$A" ]; then\n  sysctl -w {LOW}=446464\nfi\nsysctl -w {HIGH}=512000\n'),
    ],
)
def test_the_order_counts_where_it_is_known(tmp_path: Path, name: str, text: str) -> None:
    check(tmp_path, name, text)
