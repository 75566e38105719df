"""Buffers, open files and connection tracking: defaults by memory, and what the running kernel shows of them."""

from __future__ import annotations

import os
import resource
import socket
from pathlib import Path

import pytest

from tcptune.catalog import default_value
from tcptune.catalog.buffers import PARAMETERS as BUFFERS
from tcptune.catalog.conntrack import PARAMETERS as CONNTRACK
from tcptune.catalog.files import PARAMETERS as FILES
from tcptune.catalog.options import PARAMETERS as OPTIONS
from tcptune.model.history import INT_MAX
from tcptune.model.host import Host
from tcptune.model.parameter import Parameter
from tcptune.model.value import Value, parse_live
from tcptune.model.version import KernelVersion, Target
from tests.support.netns import fork_and_run, in_namespace, write_sysctl

GIB = 1 << 30
PAGE = os.sysconf("SC_PAGE_SIZE")
KEYS = {entry.key: entry for entry in (*BUFFERS, *OPTIONS, *CONNTRACK, *FILES)}
TIMEOUTS = {key: entry for key, entry in KEYS.items() if "_tcp_timeout_" in key}
CONNTRACK_KEY = "net.netfilter.nf_conntrack_"
ENOUGH = [key for key in KEYS if key.startswith("net.core.") or "_tcp_" in key or "tcp_fastopen" in key]

needs_conntrack = pytest.mark.skipif(
    not Path("/proc/sys/net/netfilter/nf_conntrack_max").exists(), reason="nf_conntrack is not loaded"
)


def read(key: str) -> Value:
    """Read a parameter of the namespace that this process is in."""
    return parse_live(KEYS[key].kind, Path("/proc/sys", *key.split(".")).read_text())


def running() -> Target:
    return Target(KernelVersion.parse(os.uname().release))


def memory() -> int:
    """Return the machine's memory in bytes, as the kernel counts it now."""
    line = next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal:"))
    return int(line.split()[1]) * 1024


def at(key: str, memory_bytes: int, kernel: str, *, page_size: int = 4096) -> Value | None:
    """Return a default on a host with that memory."""
    version = KernelVersion.parse(kernel)
    return default_value(KEYS[key], Target(version), Host(version, memory_bytes=memory_bytes, page_size=page_size))


@pytest.mark.parametrize(
    ("kernel", "default"),
    [
        ("3.10", (4096, 87380, 6291456)),
        ("4.18", (4096, 87380, 6291456)),
        ("4.19.94", (4096, 87380, 6291456)),
        ("4.19.95", (4096, 131072, 6291456)),
        ("4.20", (4096, 131072, 6291456)),
        ("6.12", (4096, 131072, 6291456)),
        ("6.16", (4096, 131072, 33554432)),
        ("7.2", (4096, 131072, 33554432)),
    ],
)
def test_tcp_rmem_by_kernel_where_memory_is_plentiful(kernel: str, default: Value) -> None:
    assert at("net.ipv4.tcp_rmem", 24 * GIB, kernel) == default


def test_a_buffers_cap_is_left_open_where_the_memory_that_was_free_decides() -> None:
    assert at("net.ipv4.tcp_rmem", 4 * GIB, "6.18") is None
    assert at("net.ipv4.tcp_rmem", 4 * GIB, "6.12") == (4096, 131072, 6291456)
    assert at("net.ipv4.tcp_rmem", GIB // 2, "6.12") is None
    assert at("net.ipv4.tcp_wmem", GIB // 2, "6.12") is None
    assert at("net.ipv4.tcp_wmem", GIB, "6.12") == (4096, 16384, 4194304)
    assert at("net.ipv4.tcp_rmem", 24 * GIB, "6.18", page_size=65536) is None


@pytest.mark.parametrize(
    ("kernel", "gib", "entries", "slots"),
    [
        ("3.10", 2, 65536, 16384),
        ("3.10", 24, 65536, 16384),
        ("4.18", 2, 65536, 16384),
        ("4.18", 24, 262144, 65536),
        ("5.14", 24, 262144, 65536),
        ("5.15", 2, 65536, 65536),
        ("5.15", 24, 262144, 262144),
        ("6.18", 24, 262144, 262144),
    ],
)
def test_the_table_of_connection_tracking_by_kernel_and_memory(kernel: str, gib: int, entries: int, slots: int) -> None:
    assert at(CONNTRACK_KEY + "max", gib * GIB, kernel) == entries
    assert at(CONNTRACK_KEY + "buckets", gib * GIB, kernel) == slots


@pytest.mark.parametrize("memory_bytes", [0, GIB // 2, GIB, GIB + 1, 4 * GIB + 1])
def test_nothing_is_made_up_near_a_border_or_where_the_kernel_counts_pages(memory_bytes: int) -> None:
    assert at(CONNTRACK_KEY + "max", memory_bytes, "6.18") is None
    assert at(CONNTRACK_KEY + "buckets", memory_bytes, "6.18") is None


@pytest.mark.parametrize("key", ["net.ipv4.tcp_mem", "fs.file-max"])
def test_what_follows_the_memory_that_was_free_at_boot_has_no_exact_default(key: str) -> None:
    step = KEYS[key].default_on(running())
    assert step is not None
    assert step.note
    assert at(key, 24 * GIB, "6.18") is None


def test_tcp_mem_of_the_running_kernel_has_the_shape_that_the_note_tells() -> None:
    """Three quarters, one, and three halves of a little less than a sixteenth of memory, where nobody changed it."""
    live = read("net.ipv4.tcp_mem")
    assert isinstance(live, tuple)
    low, pressure, high = live
    untouched = (low, high) == (pressure // 4 * 3, pressure // 4 * 3 * 2)
    assert not untouched or 0.9 * memory() / PAGE / 16 < pressure <= memory() / PAGE / 16


def test_file_max_of_the_running_kernel_is_one_for_10_kib_or_the_most() -> None:
    live = read("fs.file-max")
    assert isinstance(live, int)
    raised_by_a_service_manager = live >= 1 << 40
    assert raised_by_a_service_manager or 0.8 * memory() / 10240 < live <= max(memory() / 10240, 8192)


@pytest.mark.root
def test_a_fresh_namespace_starts_with_the_defaults() -> None:
    target = running()
    keys = [key for key in ENOUGH if KEYS[key].exists(target)]
    here = {key for key in keys if Path("/proc/sys", *key.split(".")).exists()}

    def look() -> dict[str, Value]:
        return {key: read(key) for key in here if Path("/proc/sys", *key.split(".")).exists()}

    found = in_namespace(look)
    assert found
    host_wide = {key for key in found if (lives := KEYS[key].scope_on(target)) is not None and lives.scope == "host"}
    for key in set(found) - host_wide:
        step = KEYS[key].default_on(target)
        assert step is not None
        assert found[key] == step.value, key


@needs_conntrack
@pytest.mark.root
def test_connection_trackings_timeouts_of_a_fresh_namespace() -> None:
    found = in_namespace(lambda: {key.rpartition("timeout_")[2]: read(key) for key in TIMEOUTS})
    assert found == {
        "time_wait": 120,
        "fin_wait": 120,
        "close_wait": 60,
        "last_ack": 30,
        "close": 10,
        "established": 432000,
        "syn_sent": 120,
        "syn_recv": 60,
    }


@needs_conntrack
@pytest.mark.root
def test_the_table_is_the_hosts_and_a_namespace_may_only_read_it() -> None:
    def modes() -> list[int]:
        return [
            Path("/proc/sys/net/netfilter", f"nf_conntrack_{name}").stat().st_mode & 0o777
            for name in ("max", "buckets")
        ]

    assert in_namespace(modes) == [0o444, 0o444]
    outside = [read(CONNTRACK_KEY + name) for name in ("max", "buckets")]
    assert in_namespace(lambda: [read(CONNTRACK_KEY + name) for name in ("max", "buckets")]) == outside
    assert in_namespace(lambda: Path("/proc/sys/net/nf_conntrack_max").exists()) is False


@needs_conntrack
@pytest.mark.root
def test_a_namespace_without_rules_tracks_nothing() -> None:
    def count() -> int:
        with socket.create_server(("127.0.0.1", 0)) as server:
            client = socket.create_connection(server.getsockname())
            accepted, _ = server.accept()
            with client, accepted:
                client.sendall(b"x")
                assert accepted.recv(1) == b"x"
                return int(Path("/proc/sys/net/netfilter/nf_conntrack_count").read_text())

    assert in_namespace(count) == 0


@pytest.mark.root
def test_a_new_namespace_copies_the_initial_ones_buffers_and_keeps_its_own() -> None:
    outside = {key: read(key) for key in ("net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem")}
    assert all(KEYS[key].inherited for key in outside)

    def change() -> tuple[dict[str, Value], Value]:
        before = {key: read(key) for key in outside}
        write_sysctl("net.ipv4.tcp_rmem", "8192")
        return before, read("net.ipv4.tcp_rmem")

    before, after = in_namespace(change)
    assert before == outside
    rmem = outside["net.ipv4.tcp_rmem"]
    assert isinstance(rmem, tuple)
    assert after == (8192, *rmem[1:])
    assert {key: read(key) for key in outside} == outside


@pytest.mark.root
def test_growth_by_itself_does_not_look_at_rmem_max_and_a_request_does() -> None:
    """SO_RCVBUF is cut to rmem_max, doubled; a buffer from tcp_rmem may be above that."""
    limit = read("net.core.rmem_max")
    assert isinstance(limit, int)
    if limit > INT_MAX // 8:
        pytest.skip("rmem_max leaves no room above it here")

    def sizes() -> tuple[int, int]:
        write_sysctl("net.ipv4.tcp_rmem", f"4096 {limit * 3} {limit * 4}")
        with socket.socket() as plain, socket.socket() as asked:
            asked.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, limit * 3)
            return (
                plain.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF),
                asked.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF),
            )

    assert in_namespace(sizes) == (limit * 3, limit * 2)


@pytest.mark.root
def test_no_process_is_given_more_files_than_nr_open_root_included() -> None:
    most = read("fs.nr_open")
    assert isinstance(most, int)

    def ask(number: int) -> bool:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (1024, number))
        except (ValueError, PermissionError):
            return False
        return True

    assert fork_and_run(lambda: ask(most + 1)) is False
    _, own = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert own <= most
    assert fork_and_run(lambda: ask(own)) is True


@pytest.mark.parametrize("entry", CONNTRACK, ids=lambda entry: entry.key)
def test_every_key_of_connection_tracking_names_its_module_and_says_so(entry: Parameter) -> None:
    assert entry.lifetime.module == "nf_conntrack"
    assert any("nf_conntrack is" in text for text in entry.semantics)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("net.ipv4.tcp_mem", ("bytes", "pages")),
        ("net.ipv4.tcp_rmem", ("rmem_max", "SO_RCVBUF")),
        ("net.ipv4.tcp_wmem", ("wmem_max", "SO_SNDBUF")),
        ("net.core.rmem_max", ("tcp_rmem", "third number")),
        ("net.core.optmem_max", ("TIME_WAIT", "socket")),
        ("net.ipv4.tcp_fastopen", ("every server", "TCP_FASTOPEN")),
        ("net.ipv4.tcp_no_metrics_save", ("measurements", "are read on")),
        (CONNTRACK_KEY + "max", ("65536", "memory")),
        (CONNTRACK_KEY + "buckets", ("loading the module", "4.7")),
        (CONNTRACK_KEY + "tcp_timeout_time_wait", ("sockets", "60 seconds")),
        (CONNTRACK_KEY + "tcp_timeout_established", ("leak", "keepalive")),
        ("fs.file-max", ("TIME_WAIT", "close()")),
        ("fs.nr_open", ("file-max", "RLIMIT_NOFILE")),
    ],
)
def test_what_is_believed_of_it_is_answered(key: str, words: tuple[str, ...]) -> None:
    said = " ".join(f"{myth.claim} {myth.truth}" for myth in KEYS[key].myths)
    assert all(word in said for word in words), said


@pytest.mark.parametrize(
    ("kernel", "low"), [("6.13", -INT_MAX - 1), ("6.12.100", -INT_MAX - 1), ("6.12.117", 0), ("6.18", 0), ("6.19", 1)]
)
def test_what_nf_conntrack_max_accepts_by_kernel(kernel: str, low: int) -> None:
    step = KEYS[CONNTRACK_KEY + "max"].accepted_on(Target(KernelVersion.parse(kernel)))
    assert step is not None
    assert step.bounds() == (low, INT_MAX)


@pytest.mark.parametrize(("kernel", "low"), [("6.18.44", 1), ("7.2.7", 1), ("7.2.13", 4096), ("6.1.192", 4096)])
def test_what_tcp_rmem_accepts_by_kernel(kernel: str, low: int) -> None:
    step = KEYS["net.ipv4.tcp_rmem"].accepted_on(Target(KernelVersion.parse(kernel)))
    assert step is not None
    assert step.bounds() == (low, INT_MAX)


@pytest.mark.parametrize(
    ("kernel", "child"), [("5.10.10", "own"), ("5.10.46", "read-only"), ("5.12", "own"), ("5.13", "read-only")]
)
def test_namespaces_lost_the_right_to_write_the_hosts_table(kernel: str, child: str) -> None:
    step = KEYS[CONNTRACK_KEY + "max"].scope_on(Target(KernelVersion.parse(kernel)))
    assert step is not None
    assert (step.scope, step.child) == ("host", child)
