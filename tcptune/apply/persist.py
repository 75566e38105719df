"""The drop-in brought from one known state to another, in one step; anything else that is found there stays."""

from __future__ import annotations

import os
from contextlib import suppress

from tcptune.apply import lock, trust
from tcptune.errors import TcptuneError
from tcptune.model.journal import FileStep


class Failure(Exception):
    """Something on the way failed; its text is one sentence for a person."""


def put_file(step: FileStep) -> None:
    """Bring the drop-in from its state before to that after; one that is as it should be is left.

    Raises `Failure` when it is neither, `TcptuneError` for an unsafe path, `OSError`.
    """
    head, name = os.path.split(step.path)
    with trust.folder(head) as folder, lock.files_held(folder):
        data = trust.read(folder, name, step.path)
        found = None if data is None else data.decode("utf-8", "surrogateescape")
        if found == step.after:
            with suppress(OSError):
                trust.forget(folder, trust.temporary(name))
            # A killed run may have put it there without having brought it to the disk.
            os.fsync(folder)
            return
        if found != step.before:
            raise Failure(f"{step.path} was changed by somebody else since it was planned")
        if step.after is None:
            trust.forget(folder, trust.temporary(name))
            trust.remove(folder, name)
        else:
            trust.replace(folder, name, step.after.encode("utf-8", "surrogateescape"), 0o644)


def current(path: str) -> str | None:
    """Return the text of a drop-in as it is now, None when it is not there.

    Raises `TcptuneError` for what is no file of root's own, or cannot be read.
    """
    head, name = os.path.split(path)
    try:
        with trust.folder(head) as folder:
            data = trust.read(folder, name, path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise TcptuneError(f"{path}: {error.strerror}", status=1) from None
    return None if data is None else data.decode("utf-8", "surrogateescape")


def words(error: Exception) -> str:
    """Return an error as one sentence."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return str(error) if isinstance(error, Failure | TcptuneError) else f"unexpected {type(error).__name__}: {error}"
