"""Connection tracking: the size of its table and how long TCP entries stay."""

from tcptune.model.parameter import Lifetime, Parameter

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        key="net.netfilter.nf_conntrack_max",
        family="conntrack",
        meaning="How many entries the table may hold.",
        kind="int",
        lifetime=Lifetime(module="nf_conntrack"),
    ),
    Parameter(
        key="net.netfilter.nf_conntrack_buckets",
        family="conntrack",
        meaning="The number of slots of the hash.",
        kind="int",
        lifetime=Lifetime(module="nf_conntrack"),
    ),
    Parameter(
        key="net.netfilter.nf_conntrack_tcp_timeout_time_wait",
        family="conntrack",
        meaning="How long an entry in this state stays.",
        kind="int",
        lifetime=Lifetime(module="nf_conntrack"),
    ),
    Parameter(
        key="net.netfilter.nf_conntrack_tcp_timeout_fin_wait",
        family="conntrack",
        meaning="How long an entry in this state stays.",
        kind="int",
        lifetime=Lifetime(module="nf_conntrack"),
    ),
    Parameter(
        key="net.netfilter.nf_conntrack_tcp_timeout_close_wait",
        family="conntrack",
        meaning="How long an entry in this state stays.",
        kind="int",
        lifetime=Lifetime(module="nf_conntrack"),
    ),
    Parameter(
        key="net.netfilter.nf_conntrack_tcp_timeout_last_ack",
        family="conntrack",
        meaning="How long an entry in this state stays.",
        kind="int",
        lifetime=Lifetime(module="nf_conntrack"),
    ),
    Parameter(
        key="net.netfilter.nf_conntrack_tcp_timeout_close",
        family="conntrack",
        meaning="How long an entry in this state stays.",
        kind="int",
        lifetime=Lifetime(module="nf_conntrack"),
    ),
    Parameter(
        key="net.netfilter.nf_conntrack_tcp_timeout_established",
        family="conntrack",
        meaning="How long an entry in this state stays.",
        kind="int",
        lifetime=Lifetime(module="nf_conntrack"),
    ),
    Parameter(
        key="net.netfilter.nf_conntrack_tcp_timeout_syn_sent",
        family="conntrack",
        meaning="How long an entry in this state stays.",
        kind="int",
        lifetime=Lifetime(module="nf_conntrack"),
    ),
    Parameter(
        key="net.netfilter.nf_conntrack_tcp_timeout_syn_recv",
        family="conntrack",
        meaning="How long an entry in this state stays.",
        kind="int",
        lifetime=Lifetime(module="nf_conntrack"),
    ),
    Parameter(
        key="net.netfilter.nf_conntrack_tcp_loose",
        family="conntrack",
        meaning="Whether connections are picked up in the middle.",
        kind="int",
        lifetime=Lifetime(module="nf_conntrack"),
    ),
    Parameter(
        key="net.netfilter.nf_conntrack_tcp_be_liberal",
        family="conntrack",
        meaning="Whether segments outside the window pass.",
        kind="int",
        lifetime=Lifetime(module="nf_conntrack"),
    ),
)
