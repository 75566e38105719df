"""`tcptune schema`: the JSON Schema of a document that tcptune writes or reads."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tcptune.cli import console
from tcptune.cli import options as o
from tcptune.errors import TcptuneError

DOCUMENTS: dict[str, str] = {
    "audit": "AuditDocument",
    "lint": "LintDocument",
    "params": "ParamsDocument",
    "verify": "VerifyDocument",
    "explain": "ExplainDocument",
    "diff": "DiffDocument",
    "profile-list": "documents_profile:ProfileListDocument",
    "profile-show": "documents_profile:ProfileShowDocument",
    "profile-check": "documents_profile:ProfileCheckDocument",
    "sockets": "documents_sockets:SocketsDocument",
    "capacity": "documents_capacity:CapacityDocument",
    "apply": "documents_apply:ApplyDocument",
    "history": "documents_apply:HistoryDocument",
    "lab": "documents_lab:LabDocument",
    "lab-list": "documents_lab:LabListDocument",
    "lab-end": "documents_lab:LabEndDocument",
}
"""The name on the command line, and the type in `tcptune.model.documents`, or in another module beside it."""

NAMES = (*DOCUMENTS, "profile")
"""All that have a schema: what tcptune writes, and the profile, which it reads."""


def schema(
    name: Annotated[str, typer.Argument(metavar="NAME", help=f"One of: {', '.join(NAMES)}.", show_default=False)],
    output: o.Output = None,
) -> int:
    """Print the JSON Schema of a document that tcptune writes or reads.

    Exit status: 0 done, 2 wrong usage or no such document.
    """
    from tcptune.formats import json_

    console.emit(json_.dump(document_schema(name)), output)
    return 0


def document_schema(name: str) -> dict[str, Any]:
    """Return the schema of the named document. Raises `TcptuneError` for a name that is none."""
    from importlib import import_module

    from pydantic import TypeAdapter

    if name == "profile":
        from tcptune.model.profile import json_schema

        return json_schema()
    if name not in DOCUMENTS:
        from tcptune.cli.advice import near

        raise TcptuneError(f"there is no document {name!r}", hint=near(name, NAMES, f"there are: {', '.join(NAMES)}"))
    module, _, kind = DOCUMENTS[name].rpartition(":")
    made = TypeAdapter(getattr(import_module(f"tcptune.model.{module or 'documents'}"), kind)).json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"tcptune/{name}/1",
        **_closed(made),
    }


def _closed(node: Any) -> Any:
    """Return the schema with every record closed: a field that is not in it is not written either."""
    if isinstance(node, dict):
        found = {key: _closed(value) for key, value in node.items()}
        if found.get("type") == "object" and "properties" in found:
            found.setdefault("additionalProperties", False)
        return found
    return [_closed(item) for item in node] if isinstance(node, list) else node
