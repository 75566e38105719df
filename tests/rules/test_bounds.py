"""Numbers beyond what the kernel takes for parameters of memory, processes and files, which have no page."""

from __future__ import annotations

import pytest

from tcptune.catalog import parameter
from tcptune.catalog.bounds import BOUNDS, LATER, MEANT, WIDTHS
from tcptune.catalog.names import known
from tcptune.model.finding import Fix
from tests.support.views import file_view, found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("vm.overcommit_memory = 5", "= 5: it takes 0 to 2."),
        ("vm.swappiness = -1", "= -1: it takes 0 to 200."),
        ("vm.max_map_count = 2147483648", "= 2147483648: it takes 0 to 2147483647."),
        ("kernel.pid_max = 4194305", "= 4194305: it takes 301 to 4194304."),
        ("kernel.shm_rmid_forced = 2", "= 2: it takes 0 to 1."),
        ("fs.protected_regular = 0x3", "= 3: it takes 0 to 2."),
        ("fs.mqueue.msg_max = 65537", "= 65537: it takes 1 to 65536."),
        ("net.ipv4.udp_rmem_min = 0", "= 0: it takes 1 to 2147483647."),
        ("user.max_user_namespaces = -1", "= -1: it takes 0 to 2147483647."),
    ],
)
def test_a_number_that_the_kernel_refuses_is_told_with_what_it_takes(text: str, words: str) -> None:
    (finding,) = found(file_view(f"{text}\n", "4.18", "6.18"), "TT202")
    assert finding.message.endswith(words)
    assert finding.severity == "error"
    assert finding.kernels is None


@pytest.mark.parametrize("key", sorted(BOUNDS))
def test_both_bounds_are_taken(key: str) -> None:
    assert [found(file_view(f"{key} = {number}\n", "7.2"), "TT202") for number in BOUNDS[key]] == [[], []]


@pytest.mark.parametrize("key", sorted({*BOUNDS, *WIDTHS, *LATER} | {key for key in MEANT if "." in key}))
def test_the_bounds_are_of_names_without_a_page(key: str) -> None:
    assert known(key) is not None
    assert parameter(key) is None


@pytest.mark.parametrize("text", ["vm.overcommit_memory = {{ x }}", "vm.overcommit_memory = $X", "vm.foo = 5"])
def test_what_is_not_known_is_not_judged(text: str) -> None:
    assert found(file_view(f"{text}\n"), "TT202") == []


def test_older_kernels_may_take_more() -> None:
    assert found(file_view("vm.overcommit_memory = 5\n", "3.10"), "TT202") == []
    (finding,) = found(file_view("vm.overcommit_memory = 5\n", "3.10", "4.18"), "TT202")
    assert finding.kernels == ("4.18",)


def test_where_one_number_is_taken_the_others_say_nothing_and_go() -> None:
    (finding,) = found(file_view("kernel.modules_disabled = 0\n"), "TT202")
    assert finding.fix == Fix("delete the line")


def test_a_number_beyond_every_parameter_is_told_once() -> None:
    assert len(found(file_view("vm.swappiness = 99999999999999999999\n"), "TT202")) == 1


@pytest.mark.parametrize(
    ("text", "kernels"),
    [
        ("kernel.msgmni = 65536", ("5.0", "7.2")),
        ("kernel.shmmni = -1", ("5.0", "7.2")),
        ("net.ipv4.icmp_echo_ignore_all = 2", ("7.2",)),
        ("kernel.sem = 250 32000 100 32769", ("5.0", "7.2")),
        ("kernel.sem = 250\t32000\t100\t-1", ("5.0", "7.2")),
    ],
)
def test_a_bound_that_came_later_holds_from_then_on(text: str, kernels: tuple[str, ...]) -> None:
    (finding,) = found(file_view(f"{text}\n", "4.18", "5.0", "7.2"), "TT202")
    assert finding.kernels == kernels
    assert found(file_view(f"{text}\n", "4.18"), "TT202") == []


def test_of_four_numbers_the_last_one_has_a_bound() -> None:
    (finding,) = found(file_view("kernel.sem = 250 32000 100 65536\n"), "TT202")
    assert finding.message == (
        "The kernel refuses kernel.sem = 250 32000 100 65536: it takes 0 to 32768 as its fourth number."
    )
    assert "ERANGE" in finding.why
    for text in ("250 32000 100 32768", "65537 1024000000 65536 128", "-1 2147483647 0 0", "250 32000 100 {{ x }}"):
        assert found(file_view(f"kernel.sem = {text}\n"), "TT202") == []


@pytest.mark.parametrize("key", ["kernel.randomize_va_space", "net.ipv4.conf.all.rp_filter"])
def test_a_number_that_is_taken_and_means_nothing_is_told(key: str) -> None:
    for number in (3, -1):
        (finding,) = found(file_view(f"{key} = {number}\n", "4.18", "6.18"), "TT202")
        assert finding.message == f"The kernel takes {key} = {number}, but the value has no meaning of its own."
        assert (finding.severity, finding.kernels) == ("error", None)
    for text in ("0", "1", "2", "$x"):
        assert found(file_view(f"{key} = {text}\n"), "TT202") == []
    assert found(file_view("net.ipv4.conf.all.arp_ignore = 3\nnet.ipv4.conf.eth0.log_martians = 3\n"), "TT202") == []


def test_a_bound_that_stable_kernels_were_given_is_not_told_of_their_series() -> None:
    text = "kernel.unprivileged_bpf_disabled = 2\n"
    (finding,) = found(file_view(text, "4.18", "4.19", "5.4", "5.10", "5.12", "5.13"), "TT202")
    assert finding.kernels == ("4.18", "5.12")
    assert finding.message.endswith("it takes 0 to 1 before 5.13.")
    assert found(file_view(text, "5.10.5", "5.13", "6.18"), "TT202") == []
    assert found(file_view("kernel.unprivileged_bpf_disabled = 1\n", "4.18"), "TT202") == []


@pytest.mark.parametrize(
    ("key", "lacking", "having"),
    [
        ("dev.tty.legacy_tiocsti", "6.1", "6.2"),
        ("kernel.oops_limit", "4.18", "4.19"),
        ("kernel.warn_limit", "4.18", "4.19"),
        ("fs.fanotify.max_user_marks", "5.9", "5.10"),
        ("user.max_fanotify_groups", "5.9", "5.10"),
    ],
)
def test_a_name_without_a_page_is_new_to_kernels_before_it(key: str, lacking: str, having: str) -> None:
    (finding,) = found(file_view(f"{key} = 1\n", lacking, having), "TT103")
    assert finding.kernels == (lacking,)
