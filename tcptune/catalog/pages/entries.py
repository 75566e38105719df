"""Pages of counters, topics and distributions."""

from __future__ import annotations

from tcptune.catalog.pages import parts
from tcptune.model.page import Item, Page
from tcptune.model.parameter import Counter, Distribution, Topic
from tcptune.model.version import Target

PATHS = {
    "netstat": "/proc/net/netstat",
    "snmp": "/proc/net/snmp",
    "sockstat": "/proc/net/sockstat",
    "sockstat6": "/proc/net/sockstat6",
    "conntrack": "/proc/net/stat/nf_conntrack (hexadecimal, a line for each processor)",
}
TOPIC_KINDS = {
    "socket-option": "socket option",
    "state": "state of a closing connection",
    "error": "error",
    "concept": "concept",
}


def counter_page(entry: Counter, target: Target) -> Page:
    """Return what is known of a counter."""
    reach = "the whole host, in every network namespace" if entry.host_wide else "its network namespace"
    facts = [
        Item(f"{PATHS[entry.file]}, {entry.group}: {entry.name}", "file"),
        Item("what is now" if entry.gauge else "events since boot", "counts"),
        Item(reach, "of"),
        Item(parts.existence(entry.lifetime, target), "there"),
    ]
    if entry.where:
        facts.append(Item(entry.where, "kernel code"))
    if entry.lifetime.instead:
        facts.append(Item(entry.lifetime.instead, "instead"))
    sections = (
        *parts.section(f"On Linux {target}", facts, "facts"),
        *parts.myths_section(entry.myths),
        *parts.see_section([*entry.rules, *parts.mentioned_by(entry.id)]),
    )
    return Page(entry.id, "counter", entry.meaning, sections, kernel=str(target))


def topic_page(entry: Topic) -> Page:
    """Return what is known of a socket option, a state, an error or a concept."""
    sections = (
        *parts.section("What is so", entry.facts),
        *parts.myths_section(entry.myths),
        *parts.sources_section(entry.sources),
        *parts.see_section(entry.see),
    )
    return Page(f"{entry.name} ({TOPIC_KINDS[entry.kind]})", "topic", entry.summary, sections)


def distribution_page(entry: Distribution) -> Page:
    """Return what is known of a distribution's kernel."""
    facts = [
        Item(", ".join(entry.names), "names"),
        Item(str(entry.version) + (" with the vendor's changes" if entry.vendor else ""), "kernel"),
        Item("read in its source" if entry.verified else "by its number: its source was not read", "known"),
    ]
    if not entry.living:
        facts.append(Item("no longer maintained", "state"))
    sections = (*parts.section("Kernel", facts, "facts"), *parts.section("What differs", entry.notes))
    return Page(entry.title, "distribution", f"Judged as Linux {entry.version}.", sections)
