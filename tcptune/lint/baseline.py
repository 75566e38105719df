"""A baseline: what was found before is known, only what is new counts."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

from tcptune.errors import TcptuneError, at
from tcptune.model.lint import LintReport


def load(path: str) -> Counter[str]:
    """Return the fingerprints of an earlier `lint --format json`, each as often as it was found.

    Raises `TcptuneError` for a file that is none.
    """
    try:
        document = json.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise TcptuneError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise TcptuneError(f"{path}: is no UTF-8") from None
    except json.JSONDecodeError as error:
        raise TcptuneError(f"{at(path, error.lineno, error.colno)}: {error.msg}") from None
    if not isinstance(document, dict) or document.get("schema") != "tcptune/lint/1":
        raise TcptuneError(f"{path}: is no report of tcptune lint", hint="make one: tcptune lint -f json -o FILE PATH")
    return Counter(str(finding.get("fingerprint")) for finding in document.get("findings", []))


def only_new(report: LintReport, known: Counter[str]) -> LintReport:
    """Return the report without the findings that the baseline has, each taken off as often as it stands there."""
    left = Counter(known)
    new = []
    for finding in report.findings:
        if left[finding.fingerprint] > 0:
            left[finding.fingerprint] -= 1
        else:
            new.append(finding)
    return replace(report, findings=tuple(new))
