"""Which commands there are, and how one of them is called: a module is imported only when its command is used."""

from __future__ import annotations

import sys
from importlib import import_module

from tcptune.errors import TcptuneError
from tcptune.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One command: a function with typer's annotations, or a `typer.Typer` with commands of its own.

    `module` is the name in `tcptune.cli`, `function` the name in it; `summary` is the line in the list of commands.
    The function returns the exit status.
    """

    module: str
    function: str
    summary: str


COMMANDS: dict[str, Command] = {
    "audit": Command("audit", "audit", "check the running host: values, counters, what is wrong and how to fix it"),
    "collect-script": Command(
        "collect_script", "collect_script", "print a script that collects what `audit --snapshot` reads, without Python"
    ),
    "capacity": Command("capacity", "capacity", "what the settings sustain, and what a wanted rate needs"),
    "lint": Command("lint", "lint", "check configuration files without a kernel, in CI"),
    "diff": Command("diff", "diff", "compare the running host with a profile: what differs, and what to set"),
    "apply": Command("apply", "apply", "apply a profile as one change: planned, checked, journalled, read back, kept"),
    "confirm": Command("confirm", "confirm", "keep a change that was applied with --confirm-within"),
    "rollback": Command("rollback", "rollback", "undo a change by its journal"),
    "history": Command("history", "history", "list the changes that were made, and what somebody changed since"),
    "profile": Command("profile", "app", "list, show and check profiles: what a host of one role should have"),
    "render": Command(
        "render", "render", "write a profile for another tool: sysctl.d, Ansible, Kubernetes, NixOS, ..."
    ),
    "explain": Command("explain", "explain", "explain a parameter, rule, counter, socket option, state or error"),
    "lab": Command("lab", "app", "try claims about closing connections on this kernel, in throw-away namespaces"),
    "sockets": Command("sockets", "sockets", "show who holds TIME_WAIT, and the ports each destination has left"),
    "params": Command("params", "params", "list the catalogue of parameters for one kernel"),
    "schema": Command("schema", "schema", "print the JSON Schema of a document that tcptune writes or reads"),
}
"""In the order of the help. A command is one line here and one file beside this one."""

EPILOG = """\
options:
  --version   print the version
  --help      print this text; `tcptune COMMAND --help` explains a command

exit status:
  0   done, nothing at or above --fail-on (default: warning)
  1   findings at or above --fail-on, or differences
  2   wrong usage, or an input that could not be read
"""


def run(arguments: list[str]) -> int:
    """Run what the arguments ask for and return the exit status."""
    if not arguments or arguments[0] in ("--help", "-h", "help"):
        sys.stdout.write(help_text())
        return 0
    name = arguments[0]
    command = COMMANDS.get(name)
    if command is None:
        raise TcptuneError(f"there is no {_kind(name)} {name!r}", hint=_suggestion(name))
    return _invoke(name, command, arguments[1:])


def help_text() -> str:
    """Return the text of `tcptune --help`; none of the commands is imported for it."""
    width = max(map(len, COMMANDS))
    lines = [
        "usage: tcptune COMMAND [OPTIONS]",
        "",
        "What the Linux kernel does with TIME_WAIT, closing connections and ephemeral ports.",
        "",
        "commands:",
        *(f"  {name:<{width}}   {command.summary}" for name, command in COMMANDS.items()),
        "",
    ]
    return "\n".join(lines) + "\n" + EPILOG


def _kind(name: str) -> str:
    return "option" if name.startswith("-") else "command"


def _suggestion(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, [*COMMANDS, "--version", "--help"], n=1, cutoff=0.6)
    return f"did you mean `tcptune {near[0]}`?" if near else "`tcptune --help` lists the commands"


def _invoke(name: str, command: Command, arguments: list[str]) -> int:
    target = getattr(import_module(f"tcptune.cli.{command.module}"), command.function)

    import typer
    import typer.main

    app = target
    if not isinstance(target, typer.Typer):
        app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        app.command(name, context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100})(target)
    try:
        status = typer.main.get_command(app).main(arguments, prog_name=f"tcptune {name}", standalone_mode=False)
    except typer.Abort:
        return 130
    except Exception as error:
        # All of typer's usage errors are of one class, which only some of its versions export by name.
        if not hasattr(error, "format_message"):
            raise
        raise TcptuneError(_sentence(error.format_message()), hint=f"see `tcptune {name} --help`") from None
    return status if isinstance(status, int) else 0


def _sentence(text: str) -> str:
    """Return a usage error in our own form: one line, no capital, no full stop."""
    text = " ".join(text.split()).rstrip(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
