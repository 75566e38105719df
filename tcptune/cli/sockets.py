"""`tcptune sockets`: who holds TIME_WAIT, towards which destination, out of how many ports."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from tcptune.cli import config, console
from tcptune.cli import options as o
from tcptune.errors import TcptuneError
from tcptune.model.finding import reaches
from tcptune.model.sockets_report import By, SocketsReport
from tcptune.sockets.engine import sockets as run_sockets
from tcptune.sockets.gather import Request

ByOption = Annotated[By, typer.Option("--by", help="What the rows are (destination).")]
Top = Annotated[int, typer.Option("--top", metavar="N", min=1, max=100_000, help="Show so many rows (10).")]
Format = Annotated[Literal["text", "json", "prometheus"], typer.Option("--format", "-f", help="How to print it.")]


Trace = Annotated[
    float | None,
    typer.Option("--trace", metavar="SECONDS", help="Listen to the kernel that long: who closes first, who resets."),
]
Port = Annotated[
    int | None, typer.Option("--port", min=1, max=65535, help="With --trace: only connections with this port.")
]


FailOn = Annotated[
    o.FailOn | None, typer.Option("--fail-on", help="Least gravity that makes the exit status 1 (never).")
]
Deep = Annotated[
    bool,
    typer.Option(
        "--deep",
        help="Ask sockets for SO_LINGER (root; by duplicating their descriptors: a close() meanwhile ends with ours).",
    ),
]


def sockets(
    by: ByOption = "destination",
    top: Top = 10,
    output_format: Format = "text",
    output: o.Output = None,
    fail_on: FailOn = None,
    netns: o.Netns = None,
    pid: o.Pid = None,
    all_netns: o.AllNetns = False,
    sample: o.Sample = None,
    trace: Trace = None,
    port: Port = None,
    deep: Deep = False,
    color: o.ColourOption = None,
    config_file: o.ConfigFile = None,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
) -> int:
    """Show who holds TIME_WAIT and its neighbours, and how many ports each destination has left.

    A destination is a remote address and port; each has all ephemeral ports of a local address for itself. TIME_WAIT of
    connections that came in takes no port.

    --deep holds a duplicate of each socket for an instant: a close() of its owner in that instant takes effect, and a
    lingering one waits, with ours, which is given up after a second. Nothing is sent, nothing is set.

    Exit status: 0 done, 1 findings when --fail-on is given, 2 wrong usage or no such namespace.
    """
    o.refuse_namespaces(netns, pid, all_netns)
    o.refuse_span("--sample", sample)
    o.refuse_span("--trace", trace)
    _refuse(trace, port, sample, all_netns)
    settings = config.load(config_file)
    report = run_sockets(
        Request(
            by=by,
            top=top,
            sample=sample,
            netns=netns,
            pid=pid,
            all_netns=all_netns,
            trace=trace,
            port=port,
            deep=deep,
            thresholds=settings.thresholds,
            progress=None if quiet else console.progress("watching the sockets", sample or trace),
        )
    )
    if not quiet:
        for line in report.limits:
            console.notice(line)
    console.emit(_rendered(report, output_format, color or settings.color or "auto", output, quiet, verbose), output)
    return int(reaches(list(report.findings), fail_on or "never"))


def _refuse(trace: float | None, port: int | None, sample: float | None, all_netns: bool) -> None:
    if trace is None:
        if port is not None:
            raise TcptuneError("--port goes with --trace")
        return
    if all_netns or sample is not None:
        raise TcptuneError("--trace takes one namespace and no --sample")


def _rendered(
    report: SocketsReport, output_format: str, color: str, output: str | None, quiet: bool, verbose: bool
) -> str:
    if output_format == "json":
        from tcptune.formats import json_, sockets_json

        return json_.dump(sockets_json.sockets(report))
    if output_format == "prometheus":
        from tcptune.formats import sockets_prometheus

        return sockets_prometheus.sockets(report)
    from tcptune.formats import sockets_text

    style, width = console.style(color, output), console.width(output)
    plain = console.ascii_only(output)
    return sockets_text.sockets(report, style, width, quiet=quiet, verbose=verbose, ascii_only=plain)
