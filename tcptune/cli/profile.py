"""`tcptune profile`: the profiles listed, shown and checked; the JSON Schema of their file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tcptune.cli import config, console
from tcptune.cli import options as o
from tcptune.errors import TcptuneError

if TYPE_CHECKING:
    from tcptune.draft.item import Draft
    from tcptune.model.demand import Demand
    from tcptune.model.documents_profile import ProfileItem
    from tcptune.profiles.load import Chain
    from tcptune.profiles.resolve import Wanted

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
    help="Profiles: what a host of one role should have, and why.",
)

Name = Annotated[str, typer.Argument(metavar="PROFILE", help="A profile's name, or a path with a slash.")]
Names = Annotated[list[str], typer.Argument(metavar="PROFILE...", help="Names of profiles, or paths with a slash.")]
Kernels = Annotated[
    list[str] | None,
    typer.Option("--kernel", metavar="VERSION|DISTRO", help="The kernel to judge for; repeatable."),
]


@app.command("list")
def list_(output_format: o.TextOrJson = "text", output: o.Output = None) -> int:
    """List the profiles that a bare name finds: the administrator's, one's own, the shipped ones.

    Exit status: 0 done, 2 wrong usage, or one of them cannot be read.
    """
    from tcptune.formats import json_, profile_json, profile_text
    from tcptune.profiles import find
    from tcptune.profiles.load import load

    items: list[ProfileItem] = []
    problems = []
    for path in find.listed().values():
        try:
            items.append(_item(load(str(path), config.refuse_writable)))
        except TcptuneError as error:
            console.notice(error.message)
            problems.append(error.message)
    if output_format == "json":
        text = json_.dump(profile_json.listing(items, problems))
    else:
        rows = [(item["name"], item["summary"], "shipped" if item["shipped"] else item["path"]) for item in items]
        text = profile_text.listing(rows, console.width(output))
    console.emit(text, output)
    return 2 if problems else 0


def _item(chain: Chain) -> ProfileItem:
    from pathlib import Path

    from tcptune.profiles import find

    head, path = chain.last.profile, chain.last.path
    shipped = Path(path).parent == find.shipped_folder()
    return {"name": Path(path).stem, "summary": head.summary, "path": path, "shipped": shipped}


@app.command()
def show(
    profile: Name,
    kernel: Kernels = None,
    output_format: o.TextOrJson = "text",
    output: o.Output = None,
    color: o.ColourOption = None,
) -> int:
    """Show what a profile wants, with its parents, and why; with --kernel what concerns that kernel.

    Exit status: 0 done, 2 wrong usage or a profile that cannot be read.
    """
    from tcptune.catalog.targets import newest, resolve
    from tcptune.cli.policy import meant
    from tcptune.formats import json_, profile_json, profile_text
    from tcptune.profiles.facts import Facts
    from tcptune.profiles.load import load
    from tcptune.profiles.resolve import resolve as resolved

    if kernel and len(kernel) > 1:
        raise TcptuneError("one --kernel at a time can be shown")
    chain = load(profile, config.refuse_writable, meant)
    target = resolve(kernel[0]) if kernel else newest()
    head = chain.last.profile
    demands = [_demand(item) for item in resolved(chain, Facts(target))]
    parents = [member.profile.name for member in chain.members[:-1]]
    accepted = [(accept.rule, accept.why) for accept in chain.accepted]
    if output_format == "json":
        item: ProfileItem = {**_item(chain), "name": head.name}
        text = json_.dump(profile_json.page(item, parents, str(target), demands, accepted))
    else:
        style, width = console.style(color or "auto", output), console.width(output)
        text = profile_text.page(head.name, head.summary, parents, demands, accepted, style, width)
    console.emit(text, output)
    return 0


def _demand(item: Wanted) -> Demand:
    """Return a parameter's demand; without a memory size the lower bound is that of 1 GiB."""
    from tcptune.model.demand import Demand

    return Demand(
        item.key,
        str(item),
        item.at,
        values=item.values,
        low=item.low,
        high=item.high,
        per_gib=item.scale,
        default=item.default,
        why=item.why,
        condition=item.condition,
        unmet=item.unmet,
    )


@app.command()
def check(
    profiles: Names,
    kernel: Kernels = None,
    output_format: o.TextOrJson = "text",
    output: o.Output = None,
    fail_on: o.FailOnOption = None,
    color: o.ColourOption = None,
) -> int:
    """Check profiles: that they can be read and merged, and that the rules find nothing wrong with what they set.

    Without --kernel for every release since 4.18.

    Exit status: 0 nothing found, 1 findings, 2 wrong usage or a profile that cannot be read.
    """
    from tcptune.catalog.targets import releases_since, resolve
    from tcptune.cli.policy import meant
    from tcptune.formats import json_, profile_json, profile_text
    from tcptune.model.finding import order, reaches
    from tcptune.model.version import KernelVersion
    from tcptune.profiles.load import load
    from tcptune.profiles.view import judge_all

    targets = tuple(map(resolve, kernel)) if kernel else releases_since(KernelVersion(4, 18))
    found = []
    for name in profiles:
        found += judge_all(load(name, config.refuse_writable, meant), targets)
    found.sort(key=order)
    if output_format == "json":
        text = json_.dump(profile_json.verdict(profiles, list(map(str, targets)), found))
    else:
        style, width = console.style(color or "auto", output), console.width(output)
        text = profile_text.verdict(len(profiles), found, style, width)
    console.emit(text, output)
    return int(reaches(found, fail_on or "warning"))


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new profile's name: small letters, digits, - . _")],
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE", help="Take over another tool's file; - is standard input."),
    ] = None,
    root: o.Root = None,
    snapshot: o.SnapshotOption = None,
    netns: o.Netns = None,
    pid: o.Pid = None,
    kernel: o.Kernel = None,
    output: o.Output = None,
    quiet: o.Quiet = False,
) -> int:
    """Draft a profile from this host: what it has otherwise than the kernel's defaults, with what the files say why.

    With --from it is what a file sets: sysctl.d, tuned, Ansible, Kubernetes and all else that lint reads. Comments
    become reasons; what cannot be carried over is said with its line, and left out.

    Exit status: 0 done, 2 wrong usage or an input that cannot be read.
    """
    from tcptune.catalog.targets import releases_since
    from tcptune.draft.settle import settle
    from tcptune.model.profile import NAME
    from tcptune.model.version import KernelVersion

    if NAME.fullmatch(name) is None:
        raise TcptuneError(f"{name!r} is no name of a profile", hint="small letters, digits, - . and _")
    places = {"--from": source, "--root": root, "--snapshot": snapshot, "--netns": netns, "--pid": pid}
    o.refuse_together(places)
    found = _from_file(source, kernel) if source is not None else _from_host(root, snapshot, netns, pid, kernel)
    done = settle(name, found, releases_since(KernelVersion(4, 18)))
    for line in () if quiet else done.said:
        console.notice(line)
    if not done.count:
        console.notice("nothing was found that a profile would set")
    console.emit(done.text, output)
    return 0


def _from_file(source: str, kernel: str | None) -> Draft:
    import sys

    from tcptune.catalog.targets import newest, resolve
    from tcptune.cli.policy import meant
    from tcptune.draft import file

    data = sys.stdin.buffer.read(file.LARGEST) if source == "-" else file.load(source)
    path = "standard input" if source == "-" else source
    return file.draft(path, data, resolve(kernel) if kernel is not None else newest(), meant)


def _from_host(root: str | None, snapshot: str | None, netns: str | None, pid: int | None, kernel: str | None) -> Draft:
    from tcptune.audit.gather import Request
    from tcptune.draft import host

    if kernel is not None and root is None:
        raise TcptuneError("--kernel is for --root and --from: a host has its own")
    return host.draft(Request(root=root, snapshot=snapshot, netns=netns, pid=pid, kernel=kernel))


@app.command()
def schema(output: o.Output = None) -> int:
    """Print the JSON Schema of a profile's file, for editors.

    Exit status: 0 done, 2 wrong usage.
    """
    from tcptune.formats import json_
    from tcptune.model.profile import json_schema

    console.emit(json_.dump(json_schema()), output)
    return 0
