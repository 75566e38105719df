"""Where results and messages go: the result to standard output or a file, everything else to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from tcptune.cli import working
from tcptune.errors import TcptuneError
from tcptune.formats.style import Style, folded, visible

PIPED_WIDTH = 80
WIDEST = 120


def wants_colour(choice: str, stream: TextIO, output: str | None = None) -> bool:
    """Tell whether to colour: `always`, `never`, or `auto` (a terminal, no NO_COLOR, no dumb terminal, no file)."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or output not in (None, "-"):
        return False
    return stream.isatty()


def width(output: str | None = None) -> int:
    """Return the columns that text may use: the terminal's, at most 120; 80 for a pipe or a file."""
    if output not in (None, "-") or not sys.stdout.isatty():
        return PIPED_WIDTH
    try:
        columns = int(os.environ.get("COLUMNS") or os.get_terminal_size(sys.stdout.fileno()).columns)
    except (OSError, ValueError):
        return PIPED_WIDTH
    return max(40, min(columns or PIPED_WIDTH, WIDEST))


def ascii_only(output: str | None = None) -> bool:
    """Tell whether the result can hold nothing but ASCII: standard output's encoding is no UTF; a file's is UTF-8."""
    return output in (None, "-") and not (sys.stdout.encoding or "").lower().startswith("utf")


def style(choice: str, output: str | None = None) -> Style:
    """Return the style for the result."""
    return Style(wants_colour(choice, sys.stdout, output))


def emit(text: str, output: str | None = None) -> None:
    """Write the result: to standard output, or to a file that is replaced in one step."""
    working.ended()
    if output in (None, "-"):
        sys.stdout.write(text)
    else:
        write_file(output or "", text)


def notice(text: str) -> None:
    """Say something beside the result, on standard error."""
    working.hidden()
    sys.stdout.flush()
    sys.stderr.write(folded(f"tcptune: {visible(text)}", sys.stderr) + "\n")


def progress(doing: str, seconds: float | None) -> Callable[[float], None] | None:
    """Return what shows how much of a sample is done: a line that is rewritten, on a terminal only."""
    if seconds is None or not sys.stderr.isatty():
        return None
    working.ended()

    def show(share: float) -> None:
        line = f"{doing}: {share * seconds:.0f} of {seconds:g} s" if share < 1 else ""
        sys.stderr.write(f"\r\x1b[K{line}")
        sys.stderr.flush()

    return show


def write_file(path: str, text: str) -> None:
    """Replace a file in one step: a temporary file in the same folder, fsync, rename, fsync of the folder.

    The mode of a file that is there already is kept; a device or a pipe is written to as it is. Raises `TcptuneError`
    when it cannot be written; what was there before is untouched then.
    """
    write_bytes(path, text.encode("utf-8", "backslashreplace"))


def write_bytes(path: str, data: bytes) -> None:
    """Replace a file in one step, as `write_file` does."""
    import stat

    try:
        target = Path(path).resolve()
        mode = target.stat().st_mode if target.exists() else None
        if mode is not None and not stat.S_ISREG(mode):
            target.write_bytes(data)
            return
        _replace(target, data, stat.S_IMODE(mode) if mode is not None else None)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise TcptuneError(f"{path}: cannot be written: {error.strerror}") from None


def _replace(target: Path, data: bytes, mode: int | None) -> None:
    import tempfile

    descriptor, name = tempfile.mkstemp(prefix=".tcptune-", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            temporary.chmod(mode if mode is not None else 0o666 & ~_umask())
            stream.flush()
            os.fsync(descriptor)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):  # Windows cannot open a folder.
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
