"""Timestamps switched off at one end."""

from __future__ import annotations

from tcptune.lab.experiment import Experiment, Ruling
from tcptune.lab.flows import close_both
from tcptune.lab.stage import Stage
from tcptune.model.lab import Measured


def measure(stage: Stage) -> Measured:
    """Connect with timestamps on at both ends, and off at either; count the segments that bear them."""
    client, server, _ = stage.pair()
    found: Measured = {}
    for name, near, far in (("both_on", 1, 1), ("client_off", 0, 1), ("server_off", 1, 0)):
        kept_on = stage.twisted("never-off")
        client.set("net.ipv4.tcp_timestamps", 1 if kept_on else near)
        server.set("net.ipv4.tcp_timestamps", 1 if kept_on else far)
        stage.note(f"timestamps: client {near}, server {far}")
        before = len(stage.recorder.segments)
        link = stage.connect(client, server)
        link.client.sendall(b"data")
        link.server.recv(10)
        close_both(stage, link)
        stage.quiet()
        after = [item for item in stage.recorder.segments[before:] if "SYN" not in item.flags]
        found[name] = sum(item.clock is not None for item in after)
    return found


def judge(found: Measured) -> Ruling:
    """It holds when no segment after the handshake bore a timestamp unless both ends wanted them."""
    return Ruling(
        found["both_on"] > 0 and found["client_off"] == found["server_off"] == 0,
        f"segments with a timestamp after the handshake: {found['both_on']} with both on, {found['client_off']} with "
        f"the client off, {found['server_off']} with the server off",
    )


EXPERIMENT = Experiment(
    claim="tcp_timestamps = 0 at one end takes timestamps, and with them PAWS and reuse, from every peer.",
    source=("RFC 7323, section 3.2",),
    setup="A connection with timestamps on at both ends, one with the client's off, one with the server's off.",
    measures="The segments after the handshake that bear a timestamp.",
    practice="A server that switches them off to save twelve bytes takes tcp_tw_reuse from all its clients.",
    measure=measure,
    judge=judge,
    twists={"never-off": "timestamps stay on"},
    parameters=("net.ipv4.tcp_timestamps",),
    rules=("TT301", "TT402"),
    topics=("PAWS",),
)
