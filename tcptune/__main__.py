"""The way in: `--version` before anything heavy, and every failure turned into an exit status.

Statuses: what the command returned; 2 for wrong usage, an unreadable input or a defect of tcptune itself; 130 when
interrupted; 141 when the reader of a pipe has gone.
"""

from __future__ import annotations

import gc
import os
import sys

from tcptune import __version__

INTERRUPTED = 130
PIPE_CLOSED = 141


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return the exit status; never raises for what a user, a file or a host can cause."""
    arguments = sys.argv[1:] if argv is None else argv
    if sys.stdin is None or sys.stdout is None or sys.stderr is None:
        _stand_in()
    try:
        status = _run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _abandon_output(PIPE_CLOSED)
    except Exception as error:
        return _failed(error)
    finally:
        # What is left belongs to the system in a moment; looking for cycles in it first takes a tenth of a run.
        gc.freeze()
    return status


def _run(arguments: list[str]) -> int:
    if arguments in (["--version"], ["-V"]):
        sys.stdout.write(f"tcptune {__version__}\n")
        return 0
    _prepare()
    from tcptune.cli.app import run

    return run(arguments)


def _stand_in() -> None:
    """Put something in the place of standard streams that were closed (`>&-`): where a result goes, writing fails."""
    if sys.stdin is None:
        sys.stdin = os.fdopen(os.open(os.devnull, os.O_RDONLY), encoding="utf-8")
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")


def _prepare() -> None:
    # One short run: collecting garbage while modules are imported costs time and frees nothing.
    gc.disable()
    # Without this pydantic reads the metadata of every installed distribution to look for plugins.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _failed(error: Exception) -> int:
    """Say what went wrong in a line or two and return the status."""
    from tcptune.errors import TcptuneError

    if os.environ.get("TCPTUNE_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    if isinstance(error, TcptuneError):
        return _say(error.message, error.hint, error.status)
    if isinstance(error, FileNotFoundError) and error.filename is None:
        # Only the question where we are has no name in its answer.
        return _say("the working directory is gone", "cd to one that is there, and run it again", 2)
    if isinstance(error, OSError) and error.filename is None:
        # Only a stream has no name here: a full disk behind standard output, a closed descriptor.
        return _abandon_output(_say(f"cannot write the output: {error.strerror or error}", None, 2))
    hint = "this is a defect of tcptune: please report it with the output of TCPTUNE_DEBUG=1 tcptune ..."
    return _say(f"unexpected {type(error).__name__}: {error}", hint, 2)


def _say(message: str, hint: str | None, status: int) -> int:
    from tcptune.formats.style import folded, visible

    try:
        sys.stderr.write(folded(f"tcptune: {visible(message)}", sys.stderr) + "\n")
        if hint:
            sys.stderr.write(folded(f"  {visible(hint)}", sys.stderr) + "\n")
        sys.stderr.flush()
    except OSError:
        _abandon_output(status)
    return status


def _abandon_output(status: int) -> int:
    """Point standard output at nothing, so that what is still buffered cannot fail once more at exit."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = None
    return status


def end() -> None:
    """Run the command line and end the process with its status.

    What was imported is left to the system as it is: taking it apart first takes a twentieth of a run, after the last
    line is out.
    """
    status = main()
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:  # It was told, or there is nobody to tell.
            continue
    os._exit(status)


if __name__ == "__main__":
    end()
