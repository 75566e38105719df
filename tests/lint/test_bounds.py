"""Time and memory stay in proportion to the input, whatever it is; what is too much ends in one clear finding."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tcptune.model.lint import LintReport
from tests.support.lint import lint, options
from tests.support.program import clean_environment

SET = "net.ipv4.tcp_sack"
WIDER = 8
"""How much larger the second input is than the first."""

MOST = 2.5 * WIDER
"""How much longer the second may take: less than a third of what a square would."""

Make = Callable[[int], str]
GROWING: dict[str, tuple[str, int, Make]] = {
    "a line": ("sysctl.conf", 40_000, lambda n: f"{SET} = {'1' * n}\n"),
    "blanks before a word": ("sysctl.conf", 20_000, lambda n: f"{SET} = 1{' ' * n}x\n"),
    "parts of a key": ("sysctl.conf", 20_000, lambda n: f"net.{'a.' * n}b = 1\n"),
    "a key again and again": ("sysctl.conf", 400, lambda n: f"{SET} = 0\n" * n),
    "comments above a line": ("sysctl.conf", 8_000, lambda n: "# tcp_sack makes it fast\n" * n + f"{SET} = 0\n"),
    "suppressions": ("sysctl.conf", 1_500, lambda n: "# tcptune: ignore[TT402]\n" * n + f"{SET} = 0\n"),
    "conditions of a template": ("sysctl.conf.j2", 2_000, lambda n: "{% if x %}\n" * n + f"{SET} = 0\n"),
    "open brackets": ("a.yaml", 20_000, lambda n: f"{SET}: " + "[" * n),
    "open braces": ("a.json", 20_000, lambda n: f'{{"{SET}": ' + '{"a": ' * n),
    "documents": ("a.yaml", 300, lambda n: f"---\n{SET}: 0\n" * n),
    "aliases of aliases": (
        "a.yaml",
        100,
        lambda n: f"a0: &a0 {{{SET}: 0}}\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, n)),
    ),
    "comments of YAML": ("a.yaml", 4_000, lambda n: f"# {SET}\n" * n + f"{SET}: 0\n"),
    "a script in YAML": ("a.yaml", 200, lambda n: "- name: x\n  shell: |\n" + f"    sysctl -w {SET}=0\n" * n),
    "heredocs within heredocs": ("a.sh", 500, lambda n: "sh <<E\n" * n + f"sysctl -w {SET}=0\n" + "E\n" * n),
    "heredocs without an end": ("a.sh", 500, lambda n: "".join(f"cat > /etc/sysctl.d/x <<E{i}\n" for i in range(n))),
    "branches within branches": ("a.sh", 400, lambda n: "if x; then\n" * n + f"sysctl -w {SET}=0\n"),
    "alternatives": ("a.sh", 125, lambda n: f"sysctl -w {SET}=0 || sysctl -w {SET}=2\n" * n),
    "substitutions": ("a.sh", 5_000, lambda n: f"sysctl -w {SET}=" + "$(" * n),
    "quotes": ("a.sh", 4_000, lambda n: 'sysctl -w "' + '\\"' * n),
    "flags of an engine": ("a.sh", 800, lambda n: "A='-" + "--sysctl " * n + "'\n"),
    "the name of a function": ("a.sh", 1_500, lambda n: f"# sysctl\n{'set_' * n} $x y\n"),
    "a name that logs": ("a.sh", 1_500, lambda n: f"# sysctl\n{'fail' * n}! 'sysctl -w a.b=1' x\n"),
    "levels below an attribute": (
        "a.rb",
        500,
        lambda n: "default['sysctl']['net'] = {\n" + "'a' => {\n" * n + "'b' => 1,\n" * n,
    ),
    "continued lines": ("Dockerfile", 400, lambda n: f"RUN sysctl -w {SET}=0 && \\\n" * n),
    "a list of modules": ("a.nix", 1_000, lambda n: "boot.kernelModules = sysctl " * n),
    "levels of an attribute": ("a.rb", 1_000, lambda n: "default" + "['sysctl']" * n),
    "a word of Ruby": ("a.rb", 1_000, lambda n: "sysctl" * n),
    "sections": ("tuned.conf", 400, lambda n: "".join(f"[s{i}]\ntype=sysctl\n{SET}=0\n" for i in range(n))),
}


def seconds(path: str, text: str) -> float:
    data, chosen = text.encode(), options()
    began = time.process_time()
    lint(["-"], chosen, stdin=(path, data))
    return time.process_time() - began


@pytest.mark.parametrize("name", GROWING)
def test_the_time_grows_no_faster_than_the_input(name: str) -> None:
    path, size, make = GROWING[name]
    seconds(path, make(10))  # What is imported and remembered by the first run is none of the second's time.
    # The machine may be busy: the best of three pairs counts.
    ratios = []
    for _ in range(3):
        before = max(seconds(path, make(size)), 0.002)
        ratios.append(seconds(path, make(size * WIDER)) / before)
        if ratios[-1] <= MOST:
            return
    assert min(ratios) <= MOST


def one(path: str, data: bytes) -> LintReport:
    return lint(["-"], options(), stdin=(path, data))


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("a.yaml", f"{SET}: " + "[" * 100_000, "nested deeper than"),
        ("a.json", f'{{"{SET}": ' + "[" * 100_000, "nested deeper than"),
        ("a.yaml", f"{SET}: 1\n" + "---\n" * 300_000, "more than"),
        ("a.yaml", f"{SET}: [" + "1," * 1_000_000, "more than"),
    ],
)
def test_what_is_too_much_is_one_finding(path: str, text: str, said: str) -> None:
    (finding,) = (found for found in one(path, text.encode()).findings if found.rule == "TT007")
    assert said in finding.message
    assert len(finding.message) < 200


def test_what_an_alias_bomb_names_is_read_once() -> None:
    bomb = [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 30)]
    report = one("a.yaml", "\n".join(["a0: &a0 {net.ipv4.tcp_timestamps: 0}", *bomb]).encode())
    assert [(found.rule, found.at.line if found.at else 0) for found in report.findings] == [("TT402", 1)]


def test_a_line_of_50_mb_takes_memory_in_proportion(tmp_path: Path) -> None:
    path = tmp_path / "sysctl.conf"
    path.write_bytes(f"{SET} = ".encode() + b"1" * 50_000_000 + b"\n")
    limit = 1_500_000_000
    command = [sys.executable, "-m", "tcptune", "lint", str(path), "-q"]
    done = subprocess.run(
        command,
        capture_output=True,
        timeout=120,
        check=False,
        env=clean_environment(),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"TT201" in done.stdout
    assert len(done.stdout) < 3_000


def test_a_file_that_is_larger_still_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sysctl.conf"
    with path.open("wb") as stream:
        stream.truncate(65 << 20)
    command = [sys.executable, "-m", "tcptune", "lint", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=clean_environment())
    assert done.returncode == 2
    assert "larger than 64 MiB" in done.stderr
