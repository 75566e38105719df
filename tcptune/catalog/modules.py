"""Kernel modules that bring others with them, and so the parameters of these."""

from __future__ import annotations

import re

NEEDS_CONNTRACK = re.compile(
    r"nf_conntrack_\w+|nf_nat(_\w+)?|nft_(ct|masq|nat|redir|chain_nat|connlimit|flow_offload)|nf_(conncount|flow_table\w*)"
    r"|xt_(conntrack|state|nat|MASQUERADE|REDIRECT|NETMAP|CT|connmark|connlimit|connbytes|connlabel|helper|cluster)"
    r"|xt_(CONNSECMARK|ipvs)|ip6?t_(CLUSTERIP|SYNPROXY)|nf_synproxy_core|nfnetlink_cttimeout|ip_vs_\w+|act_ctinfo"
    r"|act_connmark|vport_(vxlan|geneve|gre)|ip6?table_nat|act_ct|openvswitch|ip_vs"
)
"""Modules that bring connection tracking with them."""
