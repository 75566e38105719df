"""The options that mean the same in every command, as annotated types for typer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import typer

from tcptune.errors import TcptuneError

FailOn = Literal["error", "warning", "note", "never"]
Colour = Literal["auto", "always", "never"]

TextOrJson = Annotated[
    Literal["text", "json"], typer.Option("--format", "-f", help="How to print the result.", show_default=True)
]
AuditFormat = Annotated[
    Literal["text", "json", "prometheus"],
    typer.Option("--format", "-f", help="How to print it; prometheus: for node_exporter's textfile collector."),
]
Output = Annotated[
    str | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Write to FILE in one step instead of standard output; - is the latter."
    ),
]
FailOnOption = Annotated[
    FailOn | None,
    typer.Option("--fail-on", help="Least gravity that makes the exit status 1 (warning)."),
]
Select = Annotated[
    list[str] | None,
    typer.Option("--select", metavar="RULE,...", help="Only these rules: a code, a slug or a prefix such as TT3."),
]
Ignore = Annotated[list[str] | None, typer.Option("--ignore", metavar="RULE,...", help="All rules but these.")]
Kernel = Annotated[
    str | None,
    typer.Option("--kernel", metavar="VERSION|DISTRO", help="The kernel to judge for, instead of the running one."),
]
ColourOption = Annotated[
    Colour | None,
    typer.Option("--color", help="Colour; auto: on a terminal without NO_COLOR."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Only what matters, no tables, no notices.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Everything there is to say.")]
ConfigFile = Annotated[
    str | None,
    typer.Option("--config", metavar="FILE", help="Configuration, instead of the nearest .tcptune.yaml."),
]
Netns = Annotated[
    str | None,
    typer.Option("--netns", metavar="NAME|PATH", help="In this network namespace (as in `ip netns list`)."),
]
Pid = Annotated[
    int | None, typer.Option("--pid", metavar="PID", min=1, help="In the network namespace of this process.")
]
AllNetns = Annotated[bool, typer.Option("--all-netns", help="Look at every network namespace that can be found.")]
Sample = Annotated[
    float | None,
    typer.Option("--sample", metavar="SECONDS", help="Watch the counters that long and judge their growth."),
]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="SNAPSHOT", help="Judge the growth since a saved audit (`audit -f json`)."),
]
Root = Annotated[
    str | None,
    typer.Option("--root", metavar="DIR", help="Look at the files of this image or backup (at no live value)."),
]
SnapshotOption = Annotated[
    str | None,
    typer.Option("--snapshot", metavar="FILE", help="Judge a saved audit or the collector's output; - is stdin."),
]

Profile = Annotated[
    str | None,
    typer.Option(
        "--profile", metavar="PROFILE", help="Also hold it against a profile: a name, or a path with a slash."
    ),
]


def refuse_together(given: Mapping[str, object], why: str = "") -> None:
    """Refuse options that exclude each other; one counts as given when it is neither None nor False.

    `why` follows in the message. Raises `TcptuneError` with the first two.
    """
    first, second, *_ = *(name for name, value in given.items() if value is not None and value is not False), "", ""
    if second:
        raise TcptuneError(f"{first} and {second} exclude each other{why}")


def refuse_namespaces(netns: str | None, pid: int | None, all_netns: bool = False) -> None:
    """Refuse more than one way to say which network namespace is meant. Raises `TcptuneError`."""
    refuse_together({"--netns": netns, "--pid": pid, "--all-netns": all_netns})


def refuse_span(option: str, seconds: float | None) -> None:
    """Refuse a time to watch that is none, or longer than an hour. Raises `TcptuneError`."""
    if seconds is not None and not 0 < seconds <= 3600:
        raise TcptuneError(f"{option} takes more than 0 and at most 3600 seconds, not {seconds:g}")


def names(given: list[str] | None, configured: tuple[str, ...]) -> tuple[str, ...]:
    """Return the rules named on the command line (commas or repetition), else those of the configuration."""
    if given is None:
        return configured
    return tuple(part.strip() for item in given for part in item.split(",") if part.strip())
