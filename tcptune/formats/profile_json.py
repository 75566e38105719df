"""Profiles as JSON: the documents of `tcptune.model.documents_profile`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tcptune.formats import json_
from tcptune.model.finding import Finding
from tcptune.model.value import as_json

if TYPE_CHECKING:
    from tcptune.model.demand import Demand
    from tcptune.model.documents_profile import (
        DemandDocument,
        ProfileCheckDocument,
        ProfileItem,
        ProfileListDocument,
        ProfileShowDocument,
    )


def listing(items: Sequence[ProfileItem], problems: Sequence[str]) -> ProfileListDocument:
    """Return the profiles that were found, and those that cannot be read."""
    return {
        "schema": "tcptune/profile-list/1",
        "tool": json_.tool(),
        "command": "profile",
        "profiles": list(items),
        "problems": list(problems),
    }


def page(
    item: ProfileItem,
    parents: Sequence[str],
    kernel: str,
    demands: Sequence[Demand],
    accepted: Sequence[tuple[str, str]],
) -> ProfileShowDocument:
    """Return one profile with what it wants on a kernel."""
    return {
        "schema": "tcptune/profile-show/1",
        "tool": json_.tool(),
        "command": "profile",
        "name": item["name"],
        "summary": item["summary"],
        "path": item["path"],
        "parents": list(parents),
        "kernel": kernel,
        "settings": [_demand(each) for each in demands],
        "accept": [{"rule": rule, "why": why} for rule, why in accepted],
    }


def _demand(item: Demand) -> DemandDocument:
    return {
        "key": item.key,
        "values": [as_json(value) for value in item.values],
        "at_least": item.low,
        "at_most": item.high,
        "per_gib": item.per_gib,
        "default": item.default,
        "why": item.why,
        "condition": item.condition or None,
        "unmet": item.unmet,
        "location": {
            "path": item.at.path,
            "line": item.at.line,
            "column": item.at.column,
            "end_line": item.at.end_line,
            "end_column": item.at.end_column,
        },
    }


def verdict(profiles: Sequence[str], kernels: Sequence[str], found: Sequence[Finding]) -> ProfileCheckDocument:
    """Return what a check of profiles found."""
    return {
        "schema": "tcptune/profile-check/1",
        "tool": json_.tool(),
        "command": "profile",
        "profiles": list(profiles),
        "kernels": list(kernels),
        "findings": [json_.finding(item) for item in found],
        "summary": json_.summary(found, len(profiles)),
    }
