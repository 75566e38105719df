"""`tcptune params`: the catalogue as a table, for one kernel or the running one."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from tcptune.cli import config, console
from tcptune.cli import options as o
from tcptune.errors import TcptuneError

All = Annotated[bool, typer.Option("--all", help="Also the parameters known by type, range and default only.")]
Verify = Annotated[
    bool, typer.Option("--verify", help="Compare the catalogue with the running kernel; 1 when they differ.")
]


def params(
    output_format: o.TextOrJson = "text",
    output: o.Output = None,
    kernel: o.Kernel = None,
    everything: All = False,
    verify: Verify = False,
    color: o.ColourOption = None,
    config_file: o.ConfigFile = None,
) -> int:
    """List the parameters that tcptune knows: default, unit, accepted range and scope on one kernel.

    Exit status: 0 done, 1 --verify found a difference, 2 wrong usage or a kernel that is not known.
    """
    if verify:
        return _verify(kernel, output_format, output)
    settings = config.load(config_file)
    from tcptune.catalog import parameters
    from tcptune.catalog.targets import newest, resolve

    named = kernel or next(iter(settings.kernel), None)
    host = None
    if named is not None:
        target = resolve(named)
    elif sys.platform == "linux":
        from tcptune.live.host import read_host

        host = read_host()
        target = host.target
    else:
        target = newest()
    entries = [
        entry for entry in parameters().values() if (everything or entry.depth == "full") and entry.exists(target)
    ]
    from tcptune.formats import json_
    from tcptune.formats import params as table

    if output_format == "json":
        text = json_.dump(table.document(entries, target, host))
    else:
        style = console.style(color or settings.color or "auto", output)
        text = table.text(entries, target, host, style, console.width(output))
    console.emit(text, output)
    return 0


def _verify(kernel: str | None, output_format: str, output: str | None) -> int:
    """Compare the catalogue with the running kernel and print the differences; 1 when there are any."""
    if kernel is not None:
        raise TcptuneError("--verify compares with the running kernel: it takes no --kernel")
    from tcptune.audit.verify import verify_running
    from tcptune.formats import json_
    from tcptune.formats import verify as comparison

    report = verify_running()
    if output_format == "json":
        text = json_.dump(comparison.document(report.as_json()))
    else:
        text = comparison.text(report.as_json(), list(map(str, report.mismatches)), console.width(output))
    console.emit(text, output)
    return int(bool(report.mismatches))
