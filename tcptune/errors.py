"""The one error that crosses a border inside tcptune.

Everything that a user, a file or a host can cause ends in a `TcptuneError`: one line for a person, an optional
hint that says what to do next, and the exit status of the process.
"""


class TcptuneError(Exception):
    """A failure with one clear line.

    `message` names what is wrong and, for a file, where (`path:line:column`); `hint` says what to do next;
    `status` is the exit status of the process (2 unless something else is promised).
    """

    def __init__(self, message: str, *, hint: str | None = None, status: int = 2) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.status = status


def at(path: str, line: int | None = None, column: int | None = None) -> str:
    """Return `path`, `path:line` or `path:line:column`, as far as the place is known."""
    place = path
    if line is not None:
        place += f":{line}"
        if column is not None:
            place += f":{column}"
    return place
