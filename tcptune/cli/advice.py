"""What to do next: every error ends with it, and a mistyped word is met with the near one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tcptune.errors import TcptuneError

_PLAIN = (
    (r"input should be a valid integer.*", "a whole number is expected"),
    (r"input should be a valid number.*", "a number is expected"),
    (r"input should be greater than or equal to (\S+)", r"at least \1 is expected"),
    (r"input should be less than or equal to (\S+)", r"at most \1 is expected"),
    (r"value error, ", ""),
    (r"got unexpected extra argument\(?s?\)? \((.*)\)", r"there is an argument too many: \1"),
    (r" \(possible options?: .*\)", ""),
    (r"\.? did you mean .*", ""),
    (r"\. choose from: ", ", one of "),
)
"""What typer and pydantic say, and how it is said here; the versions differ in capitals."""

_NEXT = (
    (r"state folder cannot be used", "was anything applied here? --state-dir names another place"),
    (r"^/.*(no such file|there is no such f)", "is it spelled right? `ls -l` shows what its folder has"),
    (
        r"no such file|there is no such f|no regular file|is a directory",
        "is it spelled right? a relative path begins here",
    ),
    (r"may not be read|permission denied|operation not permitted", "sudo, or a file that this user may read and write"),
    (r"there is no process|is gone", "`ps -e` lists the processes, `ip netns list` the named namespaces"),
    (
        r"saved audit|no json|no kernel",
        "`tcptune audit -f json -o FILE` writes one, so does what `collect-script` prints",
    ),
    (r"no space left", "free space on that file system, or write elsewhere"),
)
"""What goes wrong outside of tcptune, by the words in which the message tells it."""


_FOR_EXAMPLE = {
    "explain": "for example: tcptune explain tcp_tw_reuse; a rule, a counter or an error goes as well",
    "schema": "for example: tcptune schema audit; `tcptune schema --help` names them all",
}
"""What to type where an argument is missing that no list tells."""


def next_step(command: str, message: str) -> str:
    """Return what to do about an error that does not say so itself."""
    said = message.lower()
    for pattern, hint in _NEXT:
        if re.search(pattern, said):
            return hint
    if re.match(r"\S+:\d+:\d+: ", message):
        return "mend that line and column, and run it again"
    return f"`tcptune {command} --help` tells what it takes"


def wrong_usage(command: str, arguments: list[str], said: str) -> TcptuneError:
    """Return the error for what typer could not make sense of; `said` are its words."""
    from tcptune.cli.described import described

    whole = described(command)
    child = next((each for each in whole.children if arguments and each.words[-1] == arguments[0]), whole)
    message = _sentence(said)
    see = f"`tcptune {' '.join(child.words)} --help` tells what it takes"
    if found := re.search(r"no such option: (\S+)", message):
        return TcptuneError(message, hint=near(found[1], [name for each in child.options for name in each.names], see))
    if found := re.search(r"no such command '(.*)'", message):
        return TcptuneError(message, hint=near(found[1], [each.words[-1] for each in whole.children], see))
    if message == "missing command":
        words = ", ".join(each.words[-1] for each in whole.children)
        return TcptuneError(f"{command} needs a command of its own", hint=f"one of: {words}; tcptune {command} list")
    if message.startswith("missing argument") and command in _FOR_EXAMPLE:
        return TcptuneError(message, hint=_FOR_EXAMPLE[command])
    if message == "missing argument 'PROFILE'":
        return TcptuneError(message, hint=f"`tcptune profile list` names them: tcptune {command} base")
    if found := re.search(r": '(.*?)' is not one of (.*)", message):
        return TcptuneError(message, hint=near(found[1], re.findall(r"'(.*?)'", found[2]), see))
    return TcptuneError(message, hint=see)


def near(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return the hint that names the known word that is nearest, or another hint where none is near."""
    from difflib import get_close_matches

    words = list(known)
    found = get_close_matches(word, words, n=1, cutoff=0.6) or [
        each for each in words if word and each.startswith(word)
    ]
    return f"did you mean `{found[0]}`?" if found else otherwise


def _sentence(text: str) -> str:
    """Return a usage error in our own form: one line, no capital, no full stop."""
    text = " ".join(text.split()).rstrip(".")
    for pattern, plain in _PLAIN:
        text = re.sub(pattern, plain, text, flags=re.IGNORECASE)
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
