"""`tcptune explain`: one name explained, for one kernel and, on request, one value."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from tcptune.cli import config, console
from tcptune.cli import options as o
from tcptune.errors import TcptuneError

if TYPE_CHECKING:
    from tcptune.catalog.lookup import Name
    from tcptune.model.host import Host
    from tcptune.model.page import Page
    from tcptune.model.version import Target

NameArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="NAME[=VALUE]",
        help="A parameter, counter, rule, socket option, state, error, distribution or experiment of the lab; "
        "a unique part will do.",
        show_default=False,
    ),
]


def explain(
    name: NameArgument,
    output_format: o.TextOrJson = "text",
    output: o.Output = None,
    kernel: o.Kernel = None,
    color: o.ColourOption = None,
    config_file: o.ConfigFile = None,
) -> int:
    """Explain a name: what it means, since when, what its risks are, and what is said about it that is not so.

    With a value (tcp_fin_timeout=75) it says what that value does on the kernel.

    Exit status: 0 done, 2 wrong usage or a name that nothing is known of.
    """
    settings = config.load(config_file)
    target, host = _kernel(kernel or next(iter(settings.kernel), None))
    page = make_page(" ".join(name), target, host)
    if output_format == "json":
        from tcptune.formats import json_
        from tcptune.formats.page import document

        text = json_.dump(document(page))
    else:
        from tcptune.formats import page as pages

        text = pages.text(page, console.style(color or settings.color or "auto", output), console.width(output))
    console.emit(text, output)
    return 0


def _kernel(named: str | None) -> tuple[Target, Host | None]:
    """Return the kernel to explain for, and the host where it is the running one."""
    from tcptune.catalog.targets import newest, resolve

    if named is not None:
        return resolve(named), None
    if sys.platform != "linux":
        return newest(), None
    from tcptune.live.host import read_host

    host = read_host()
    return host.target, host


def make_page(asked: str, target: Target, host: Host | None) -> Page:
    """Return the page of what was asked for. Raises `TcptuneError` when it is unknown or ambiguous."""
    from tcptune.catalog.distributions import DISTRIBUTIONS
    from tcptune.catalog.lookup import Name, find, names
    from tcptune.lab.pages import asked_experiment, experiment_page, linked
    from tcptune.rules.pages import rule_names

    known = names([*rule_names(), *(Name(each.names[0], "distribution", each.names[1:]) for each in DISTRIBUTIONS)])
    experiment = asked_experiment(asked, {spelling for each in known for spelling in each.known_as})
    if experiment is not None:
        return experiment_page(experiment)
    left, equals, right = asked.partition("=")
    found = find(left, known)
    if equals and found.kind == "parameter":
        return linked(_parameter(found, target, host, right.strip()), found.name, found.kind)
    if equals and found.kind != "topic":
        raise TcptuneError(f"{found.name} is a {found.kind} and takes no value")
    return linked(_page(found, target, host), found.name, found.kind)


def _parameter(found: Name, target: Target, host: Host | None, text: str | None) -> Page:
    from tcptune.catalog import parameters
    from tcptune.catalog.asked import parse
    from tcptune.catalog.pages import parameter_page

    entry = parameters()[found.name]
    return parameter_page(entry, target, host, parse(entry, text) if text is not None else None)


def _page(found: Name, target: Target, host: Host | None) -> Page:
    """Return the page of a name without a value."""
    from tcptune.catalog import pages
    from tcptune.catalog.counters import COUNTERS
    from tcptune.catalog.distributions import DISTRIBUTIONS
    from tcptune.catalog.topics import TOPICS
    from tcptune.rules.pages import rule_page

    if found.kind == "parameter":
        return _parameter(found, target, host, None)
    if found.kind == "counter":
        return pages.counter_page(next(each for each in COUNTERS if each.id == found.name), target)
    if found.kind == "topic":
        return pages.topic_page(next(each for each in TOPICS if each.name == found.name))
    if found.kind == "distribution":
        return pages.distribution_page(next(each for each in DISTRIBUTIONS if each.names[0] == found.name))
    return rule_page(found.name)
