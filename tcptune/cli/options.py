"""The options that mean the same in every command, as annotated types for typer."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

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
    typer.Option("--netns", metavar="NAME|PATH", help="Look at this network namespace (as in `ip netns list`)."),
]
Pid = Annotated[
    int | None, typer.Option("--pid", metavar="PID", min=1, help="Look at the network namespace of this process.")
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


def names(given: list[str] | None, configured: tuple[str, ...]) -> tuple[str, ...]:
    """Return the rules named on the command line (commas or repetition), else those of the configuration."""
    if given is None:
        return configured
    return tuple(part.strip() for item in given for part in item.split(",") if part.strip())
