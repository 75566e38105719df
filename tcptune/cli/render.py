"""`tcptune render`: a profile written down for another tool."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tcptune.cli import config, console
from tcptune.cli import options as o
from tcptune.errors import TcptuneError
from tcptune.render.sheet import Name

if TYPE_CHECKING:
    from tcptune.profiles.facts import Facts, Loader
    from tcptune.render.sheet import Sheet

To = Annotated[Name, typer.Option("--to", help="What to write it for.")]
Kernel = Annotated[
    str | None,
    typer.Option("--kernel", metavar="VERSION|DISTRO", help="The kernel it is for (this host's, with its facts)."),
]
Memory = Annotated[
    str | None, typer.Option("--memory", metavar="SIZE", help="The host's memory, such as 8GiB, for what scales.")
]
Distro = Annotated[
    str | None, typer.Option("--distro", metavar="NAME", help="The host's distribution, such as debian12.")
]
Modules = Annotated[
    list[str] | None,
    typer.Option("--module", metavar="NAME", help="A kernel module that will be loaded before; repeatable."),
]
LoaderOption = Annotated[
    Literal["systemd", "procps"] | None, typer.Option("--loader", help="Who applies drop-ins at boot there.")
]
Everything = Annotated[
    bool, typer.Option("--all", help="Also what the kernel's default has right already, with that value.")
]
Skip = Annotated[bool, typer.Option("--skip-unsupported", help="Leave out what cannot be written instead of refusing.")]


def render(
    profile: Annotated[str, typer.Argument(metavar="PROFILE", help="A profile's name, or a path with a slash.")],
    to: To,
    kernel: Kernel = None,
    memory: Memory = None,
    distro: Distro = None,
    module: Modules = None,
    loader: LoaderOption = None,
    everything: Everything = False,
    skip_unsupported: Skip = False,
    output: o.Output = None,
    quiet: o.Quiet = False,
) -> int:
    """Write a profile for another tool, for one kernel: each value with its reason as a comment.

    A demand such as at_least is written as the value wanted where the kernel's default does not meet it. What the
    target cannot express, and a value that needs a fact that is not given, is refused by name.

    Exit status: 0 written, 2 refused, wrong usage or a profile that cannot be read.
    """
    from tcptune.cli.policy import meant
    from tcptune.profiles.load import load
    from tcptune.render.plan import plan
    from tcptune.render.sheet import writer

    chain = load(profile, config.refuse_writable, meant)
    target = writer(to)
    sheet = plan(chain, facts(kernel, memory, distro, module or [], loader), target, everything=everything)
    if sheet.refused and not skip_unsupported:
        _refuse(sheet, to)
    if not quiet:
        for each in sheet.refused:
            console.notice(f"left out: {each.key}: {each.reason}")
    console.emit(target.write(sheet), output)
    return 0


def _refuse(sheet: Sheet, to: str) -> None:
    for each in sheet.refused:
        console.notice(f"{each.key}: {each.reason}")
    count = len(sheet.refused)
    said = f"{count} setting{'s' if count > 1 else ''} of {sheet.profile} cannot be written for {to}"
    raise TcptuneError(said, hint="--skip-unsupported leaves out what is named above")


def facts(
    kernel: str | None, memory: str | None, distro: str | None, modules: list[str], loader: Loader | None
) -> Facts:
    """Return what is known of the host that is written for: what is given, and this host's own without a kernel."""
    from dataclasses import replace

    from tcptune.catalog.targets import living, resolve
    from tcptune.profiles.facts import Facts

    if kernel is None and sys.platform == "linux":
        known = _here()
    else:
        known = Facts(resolve(kernel) if kernel is not None else max(living(), key=lambda each: each.version))
    if memory is not None:
        size = _size(memory)
        host = replace(known.host, memory_bytes=size, ehash_entries=None) if known.host is not None else None
        known = replace(known, memory_bytes=size, host=host)
    if distro is not None:
        resolve(distro)
        known = replace(known, distro=distro)
    if modules:
        here = known.loaded
        known = replace(known, loaded=lambda name: name in modules or (here is not None and here(name)))
    if loader is not None:
        known = replace(known, loader=loader)
    return known


def _here() -> Facts:
    from tcptune.diff.engine import facts_of
    from tcptune.live.host import read_host

    return facts_of(read_host())


def _size(text: str) -> int:
    from tcptune.model.profile import memory_size

    try:
        size = memory_size(text)
    except ValueError as error:
        raise TcptuneError(f"--memory: {error}") from None
    if not size:
        raise TcptuneError("--memory: a host has more than no memory")
    return size
