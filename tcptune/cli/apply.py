"""`tcptune apply`: a profile made true on this host, as one change that can be undone."""

from __future__ import annotations

from typing import Annotated

import typer

from tcptune.cli import changes, config
from tcptune.cli import options as o
from tcptune.errors import TcptuneError
from tcptune.model.journal import Place
from tcptune.model.plan import Applied

Name = Annotated[
    str | None, typer.Argument(metavar="PROFILE", help="A profile's name, or a path with a slash.", show_default=False)
]
Set = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A value besides the profile's; repeatable.")
]
Only = Annotated[
    list[str] | None, typer.Option("--only", metavar="KEY", help="These parameters of the profile alone; repeatable.")
]
Persist = Annotated[
    bool | None,
    typer.Option("--persist/--no-persist", help="Keep it for the next boot (the initial namespace does so anyway)."),
]
File = Annotated[str | None, typer.Option("--file", metavar="PATH", help="The drop-in, if it is to be another one.")]
Allow = Annotated[
    list[str] | None, typer.Option("--allow", metavar="RULE,...", help="Do not refuse for what these rules find.")
]
Within = Annotated[
    float | None,
    typer.Option(
        "--confirm-within", metavar="SECONDS", help="Undo it by itself unless confirmed in time: `tcptune confirm`."
    ),
]
Remove = Annotated[bool, typer.Option("--remove", help="Take our drop-in away, and the values that it gave.")]
Resume = Annotated[str | None, typer.Option("--resume", metavar="ID", help="Finish a change that was interrupted.")]


def apply(
    profile: Name = None,
    set_values: Set = None,
    only: Only = None,
    dry_run: changes.DryRun = False,
    persist: Persist = None,
    file: File = None,
    allow: Allow = None,
    confirm_within: Within = None,
    remove: Remove = False,
    resume: Resume = None,
    force: changes.Force = False,
    netns: o.Netns = None,
    pid: o.Pid = None,
    state_dir: changes.StateDir = changes.DEFAULT_STATE,
    output_format: changes.Format = "text",
    output: o.Output = None,
    color: o.ColourOption = None,
    config_file: o.ConfigFile = None,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
) -> int:
    """Apply a profile: plan, check, journal, write, read back, keep for the next boot.

    Any failure on the way puts all of it back.

    Exit status: 0 applied or nothing to do, 1 refused by a safety check and nothing was changed, 2 wrong usage or an
    input that cannot be read, 3 failed and everything was put back, 4 failed and something could not be put back, 130
    interrupted after putting back.
    """
    _refuse(profile, set_values, only, confirm_within, resume, netns, pid, remove=remove)
    from tcptune.apply.signals import answered
    from tcptune.apply.target import entered, require_root

    require_root()
    changes.ready(output_format, output, quiet=quiet)
    settings = _settings(config_file)
    place = entered(netns, pid)
    state, allowed = changes.state_folder(state_dir), o.names(allow, ())
    with answered():
        if resume is not None:
            done = _resumed(resume, place, state)
        elif remove:
            done = _removed(file, place, state, allowed, dry_run=dry_run, force=force)
        else:
            from tcptune.apply import engine
            from tcptune.apply.plan import Wish
            from tcptune.cli.wishes import policy

            wanted, keys = policy(profile, set_values or []), tuple(only or ())
            wish = Wish(wanted, keys, persist, file, allow=allowed, force=force, thresholds=settings.thresholds)
            done = engine.apply(wish, place, state, confirm_within=confirm_within, dry_run=dry_run)
        shade = color or settings.color or "auto"
        return changes.tell(done, output_format, output, shade, quiet=quiet, verbose=verbose)


def _settings(path: str | None) -> config.Config:
    """Return what a configuration file says that root may obey; none is looked for."""
    from tcptune.apply.trust import refuse_file

    if path is None:
        return config.Config()
    refuse_file(path)
    return config.load(path)


def _refuse(
    profile: str | None,
    set_values: list[str] | None,
    only: list[str] | None,
    confirm_within: float | None,
    resume: str | None,
    netns: str | None,
    pid: int | None,
    *,
    remove: bool,
) -> None:
    o.refuse_namespaces(netns, pid)
    if remove or resume is not None:
        if profile is not None or set_values or only or confirm_within is not None:
            raise TcptuneError(f"{'--remove' if remove else '--resume'} takes no profile and no values")
        o.refuse_together({"--remove": remove, "--resume": resume})
    elif profile is None and not set_values:
        raise TcptuneError("what is to be applied? name a profile, or use --set KEY=VALUE", hint="tcptune profile list")
    if confirm_within is not None and not 1 <= confirm_within <= 86400:
        raise TcptuneError(f"--confirm-within takes 1 to 86400 seconds, not {confirm_within:g}")


def _removed(
    file: str | None, place: Place, state: str, allow: tuple[str, ...], *, dry_run: bool, force: bool
) -> Applied:
    from tcptune.apply import dropin, engine
    from tcptune.apply.plan import absolute

    if file is None and not place.initial:
        raise TcptuneError("--remove needs --file outside the initial network namespace")
    path = absolute(file) if file is not None else dropin.DEFAULT
    return engine.remove(path, place, state, force=force, allow=allow, dry_run=dry_run)


def _resumed(name: str, place: Place, state: str) -> Applied:
    from tcptune.apply.journal import journal
    from tcptune.apply.resume import resume

    with journal(state, make=False) as opened:
        return resume(name, place, opened, state)
