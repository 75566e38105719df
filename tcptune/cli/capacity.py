"""`tcptune capacity`: what the settings sustain, and what a wanted rate needs."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from tcptune.cli import console
from tcptune.cli import options as o
from tcptune.errors import TcptuneError

Format = Annotated[Literal["text", "json"], typer.Option("--format", "-f", help="How to print the result.")]
Rate = Annotated[
    float | None, typer.Option("--rate", metavar="N", help="A wanted rate: so many new connections a second.")
]
Destinations = Annotated[
    int, typer.Option("--destinations", metavar="N", min=1, help="Over how many destinations they go.")
]
Open = Annotated[float, typer.Option("--open", metavar="SECONDS", min=0, help="For how long each connection is open.")]
Rto = Annotated[
    float | None, typer.Option("--rto", metavar="MS", help="First retransmission timeout of closing connections (204).")
]
NoTimestamps = Annotated[
    bool, typer.Option("--peer-without-timestamps", help="The far ends use no timestamps, so no port comes back early.")
]
Profile = Annotated[
    str | None, typer.Option("--profile", metavar="PROFILE", help="With a profile's settings instead of this host's.")
]


def capacity(
    rate: Rate = None,
    destinations: Destinations = 1,
    open_seconds: Open = 0.0,
    rto: Rto = None,
    peer_without_timestamps: NoTimestamps = False,
    profile: Profile = None,
    netns: o.Netns = None,
    pid: o.Pid = None,
    output_format: Format = "text",
    output: o.Output = None,
    color: o.ColourOption = None,
) -> int:
    """Show how many new connections a second the settings sustain, and what a wanted rate needs.

    What counts is that this side closes first: then it keeps each port in TIME_WAIT.

    Exit status: 0 done, and enough for a rate that was asked for, 1 not enough for it, 2 wrong usage.
    """
    o.refuse_namespaces(netns, pid)
    if rate is not None and not 0 < rate <= 1e9:
        raise TcptuneError(f"--rate takes a number above 0, not {rate:g}")
    if rto is not None and not 1 <= rto <= 120_000:
        raise TcptuneError(f"--rto takes 1 to 120000 milliseconds, not {rto:g}")
    from tcptune.capacity.engine import Question, answer
    from tcptune.model.capacity import Wanted

    policy = None
    if profile is not None:
        from tcptune.cli.policy import policy as load

        policy = load(profile)
    wanted = Wanted(rate, destinations, open_seconds) if rate is not None else None
    question = Question(
        netns, pid, policy, wanted, rto / 1000 if rto is not None else None, not peer_without_timestamps
    )
    host, found = answer(question)
    if output_format == "json":
        from tcptune.formats import capacity_json, json_

        text = json_.dump(capacity_json.capacity(found, host, policy.name if policy is not None else None))
    else:
        from tcptune.formats import capacity_text

        text = capacity_text.capacity(found, console.style(color or "auto", output), console.width(output))
    console.emit(text, output)
    return int(wanted is not None and not found.enough)
