"""The house's measure: files of at most 400 lines, functions of at most 60; the catalogue's data may be longer."""

from __future__ import annotations

import ast
import statistics
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = sorted((ROOT / "tcptune").rglob("*.py"))
FOLDERS = ("tcptune", "tools", "bench", "tests", "ansible_collections")
CODE = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
DATA = ROOT / "tcptune" / "catalog"

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 60
MEDIAN_OF_FILES = 120
MEDIAN_OF_FUNCTIONS = 12


def _functions(path: Path) -> list[tuple[str, int]]:
    tree = ast.parse(path.read_text("utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", _length(node)) for node in found]


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_file_is_too_long() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in CODE if not path.is_relative_to(DATA)}
    assert {str(path): n for path, n in lengths.items() if n > MOST_LINES_OF_A_FILE} == {}


def test_no_function_is_too_long() -> None:
    functions = [item for path in CODE for item in _functions(path)]
    assert {name: n for name, n in functions if n > MOST_LINES_OF_A_FUNCTION} == {}


def test_most_files_and_functions_are_short() -> None:
    files = [len(path.read_text("utf-8").splitlines()) for path in PACKAGE if not path.is_relative_to(DATA)]
    assert statistics.median(files) <= MEDIAN_OF_FILES
    assert statistics.median([n for path in PACKAGE for _, n in _functions(path)]) <= MEDIAN_OF_FUNCTIONS
