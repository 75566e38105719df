"""Which commands there are, and how one of them is called: a module is imported only when its command is used."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from tcptune.errors import TcptuneError
from tcptune.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One command: a function with typer's annotations, or a `typer.Typer` with commands of its own.

    `module` is the name in `tcptune.cli`, `function` the name in it; `summary` is the line in the list of commands,
    `group` the heading it stands under there. The function returns the exit status. What `standby` is true for has a
    second process import what it needs.
    """

    module: str
    function: str
    summary: str
    group: str
    standby: bool = False


LOOK, CHANGE, FILES, KNOW = "this host", "change it", "files", "know"

COMMANDS: dict[str, Command] = {
    "audit": Command("audit", "audit", "check the running host: what is wrong, how to fix it", LOOK),
    "sockets": Command("sockets", "sockets", "show who holds TIME_WAIT, and the ports that are left", LOOK),
    "watch": Command("watch", "watch", "watch the pressure live: ports, counters, alerts", LOOK),
    "capacity": Command("capacity", "capacity", "tell what the settings sustain, and what a rate needs", LOOK),
    "diff": Command("diff", "diff", "compare this host with a profile: what to set, why", LOOK),
    "apply": Command("apply", "apply", "apply a profile as one change: checked, journalled", CHANGE),
    "confirm": Command("confirm", "confirm", "keep a change that was applied with --confirm-within", CHANGE),
    "rollback": Command("rollback", "rollback", "undo a change by its journal", CHANGE),
    "history": Command("history", "history", "list the changes, and what somebody changed since", CHANGE),
    "lint": Command("lint", "lint", "check configuration files without a kernel, in CI", FILES, standby=True),
    "render": Command("render", "render", "write a profile for Ansible, Kubernetes, NixOS, ...", FILES),
    "profile": Command("profile", "app", "list, show, check, draft profiles, one for each role", FILES),
    "collect-script": Command("collect_script", "collect_script", "print a script that collects without Python", FILES),
    "explain": Command("explain", "explain", "explain a parameter, rule, counter, option or error", KNOW),
    "params": Command("params", "params", "list the parameters for one kernel", KNOW),
    "lab": Command("lab", "app", "try claims about closing connections on this kernel", KNOW),
    "schema": Command("schema", "schema", "print the JSON Schema of what tcptune writes or reads", KNOW),
}
"""In the order of the help. A command is one line here and one file beside this one."""

BEGIN = """\
What the Linux kernel does with TIME_WAIT, closing connections and ephemeral
ports: which values are in force, which do harm, and what to do about it.

Where to begin:

  this host      tcptune audit                 is there a problem? it only reads
                 tcptune sockets               who holds TIME_WAIT, what is left
  setting it up  tcptune profile list          what hosts of a role should have
                 tcptune diff outbound-heavy   what would change here, and why
                 tcptune apply outbound-heavy --dry-run
  files, in CI   tcptune lint .                the wrong line, and what to write

  tcptune explain tcp_fin_timeout   a name: what it does, what is wrongly said
  tcptune --help                    all commands; COMMAND --help explains one
"""

EPILOG = """\
Exit status: 0 done, nothing at or above --fail-on (warning); 1 findings, or
differences; 2 wrong usage, or an input that could not be read.
`tcptune COMMAND --help` explains a command, --version names the version.
"""


def run(arguments: list[str]) -> int:
    """Run what the arguments ask for and return the exit status."""
    if not arguments:
        return _print(BEGIN)
    name, *rest = arguments
    if name in ("--help", "-h", "help"):
        return run([rest[0], "--help"]) if rest and rest[0] in COMMANDS else _print(help_text())
    command = COMMANDS.get(name)
    if command is None:
        raise TcptuneError(f"there is no {_kind(name)} {name!r}", hint=_suggestion(name))
    if _asks_for_help(rest):
        return _print(_help_of(name, rest))
    from tcptune.cli.working import working

    try:
        with _standing_by(command, rest), working(arguments):
            return _invoke(name, command, rest)
    except TcptuneError as error:
        if error.hint is None:
            from tcptune.cli.advice import next_step

            error.hint = next_step(name, error.message)
        raise


@contextmanager
def _standing_by(command: Command, arguments: list[str]) -> Iterator[None]:
    if not command.standby:
        yield
        return
    from tcptune.cli import standby

    standby.begin(arguments)
    try:
        yield
    finally:
        standby.end()


def help_text() -> str:
    """Return the text of `tcptune --help`; none of the commands is imported for it."""
    lines = ["usage: tcptune COMMAND [OPTIONS]", ""]
    group = ""
    for name, command in COMMANDS.items():
        lines.append(f"{'' if command.group == group else command.group:<10} {name:<14} {command.summary}".rstrip())
        group = command.group
    return "\n".join(lines) + "\n\n" + EPILOG


def _print(text: str) -> int:
    """Print a text of 80 columns; on a narrower terminal its lines are folded between words."""
    if sys.stdout.isatty():
        from tcptune.formats.style import folded

        text = "".join(folded(line, sys.stdout) + "\n" for line in text.splitlines())
    sys.stdout.write(text)
    return 0


def _asks_for_help(arguments: list[str]) -> bool:
    """Tell whether --help stands among the options: behind `--` nothing is one."""
    until = arguments.index("--") if "--" in arguments else len(arguments)
    return not {"--help", "-h"}.isdisjoint(arguments[:until])


def _help_of(name: str, arguments: list[str]) -> str:
    """Return the help of a command, or of that one of its subcommands which is named."""
    from tcptune.cli import console, helped
    from tcptune.cli.described import described

    command = described(name)
    child = next((each for each in command.children if each.words[-1] in arguments), command)
    return helped.text(child, console.width())


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
        from tcptune.cli.advice import wrong_usage

        raise wrong_usage(name, arguments, error.format_message()) from None
    return status if isinstance(status, int) else 0
