"""`tcptune audit`: the running host checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcptune.audit.engine import audit as run_audit
from tcptune.audit.gather import Request
from tcptune.cli import config, console, unfinished
from tcptune.cli import options as o
from tcptune.errors import TcptuneError
from tcptune.model.finding import reaches
from tcptune.model.report import AuditReport

if TYPE_CHECKING:
    from tcptune.profiles.policy import Policy


def audit(
    output_format: o.AuditFormat = "text",
    output: o.Output = None,
    fail_on: o.FailOnOption = None,
    select: o.Select = None,
    ignore: o.Ignore = None,
    netns: o.Netns = None,
    pid: o.Pid = None,
    all_netns: o.AllNetns = False,
    sample: o.Sample = None,
    since: o.Since = None,
    root: o.Root = None,
    snapshot: o.SnapshotOption = None,
    kernel: o.Kernel = None,
    profile: o.Profile = None,
    color: o.ColourOption = None,
    config_file: o.ConfigFile = None,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
) -> int:
    """Check the running host: is TIME_WAIT a problem, what is wrong, and how is it put right.

    Exit status: 0 nothing at or above --fail-on, 1 findings, 2 wrong usage or nothing to be read.
    """
    _refuse_contradictions(netns, pid, all_netns, sample, since)
    _refuse_elsewhere(root, snapshot, kernel, live=bool(netns or pid or all_netns or sample or since))
    settings = config.load(config_file)
    request = Request(
        select=o.names(select, settings.select),
        ignore=o.names(ignore, settings.ignore),
        thresholds=settings.thresholds,
        netns=netns,
        pid=pid,
        all_netns=all_netns,
        sample=sample,
        since=since,
        root=root,
        snapshot=snapshot,
        kernel=kernel or next(iter(settings.kernel), None),
        progress=None if quiet else console.progress("watching the counters", sample),
        policy=_policy(profile) if profile is not None else None,
    )
    report = run_audit(request)
    if not quiet:
        unfinished.warn()
    if not quiet:
        for line in report.limits:
            console.notice(line)
    console.emit(_rendered(report, output_format, color or settings.color or "auto", output, quiet, verbose), output)
    return int(reaches(list(report.findings), fail_on or settings.fail_on or "warning"))


def _refuse_contradictions(
    netns: str | None, pid: int | None, all_netns: bool, sample: float | None, since: str | None
) -> None:
    o.refuse_namespaces(netns, pid, all_netns)
    o.refuse_together({"--sample": sample, "--since": since}, ": both say when the growth began")
    o.refuse_span("--sample", sample)


def _refuse_elsewhere(root: str | None, snapshot: str | None, kernel: str | None, *, live: bool) -> None:
    o.refuse_together({"--root": root, "--snapshot": snapshot})
    if live and (root is not None or snapshot is not None):
        what = "--root" if root is not None else "--snapshot"
        raise TcptuneError(f"{what} looks at no running host: it takes no namespace, --sample or --since")
    if kernel is not None and root is None:
        raise TcptuneError("--kernel goes with --root: a host or a snapshot has its own kernel")


def _policy(name: str) -> Policy:
    """Return the profile of that name; profiles and YAML are imported for it alone."""
    from tcptune.cli.policy import policy as load

    return load(name)


def _rendered(
    report: AuditReport, output_format: str, color: str, output: str | None, quiet: bool, verbose: bool
) -> str:
    if output_format == "json":
        from tcptune.formats import json_

        return json_.dump(json_.audit(report))
    if output_format == "prometheus":
        from tcptune.formats import audit_prometheus

        return audit_prometheus.audit(report)
    from tcptune.formats import audit_text

    style, width = console.style(color, output), console.width(output)
    return audit_text.audit(report, style, width, quiet=quiet, verbose=verbose)
