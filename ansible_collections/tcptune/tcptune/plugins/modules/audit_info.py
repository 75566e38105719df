#!/usr/bin/python
# Copyright: the tcptune project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: audit_info
short_description: Gather a host's TCP parameters, their origins, sockets and findings
description:
  - Runs C(tcptune audit) on the managed host and returns what it sees; findings never fail the task.
  - On a host without the program it says so in RV(installed), and does not fail either.
version_added: 0.1.0
author:
  - the tcptune project (@tcptune)
extends_documentation_fragment:
  - tcptune.tcptune.tool
  - tcptune.tcptune.tool.reading
seealso:
  - module: tcptune.tcptune.audit
"""

EXAMPLES = r"""
- name: See the host
  tcptune.tcptune.audit_info:
  become: true
  register: tcp

- name: Show who sets the port range
  ansible.builtin.debug:
    var: tcp.origins['net.ipv4.ip_local_port_range']
"""

RETURN = r"""
installed:
  description: Whether the program is there.
  returned: always
  type: bool
version:
  description: The program's version.
  returned: when it is installed
  type: str
  sample: 0.1.0
host:
  description: Kernel, distribution, memory and so on.
  returned: when it is installed
  type: dict
parameters:
  description: The live values by parameter; numbers are numbers, pairs and triples are lists.
  returned: when it is installed
  type: dict
  sample:
    net.ipv4.tcp_fin_timeout: 60
    net.ipv4.ip_local_port_range: [32768, 60999]
origins:
  description: Who set a parameter, for those that a file sets.
  returned: when it is installed
  type: dict
  sample:
    net.ipv4.tcp_fin_timeout:
      path: /etc/sysctl.d/80-tcptune.conf
      line: 5
      loader: systemd
pressure:
  description: Sockets by state, destinations with their port budget, counters, connection tracking.
  returned: when it is installed
  type: dict
findings:
  description: What was found, the gravest first.
  returned: when it is installed
  type: list
  elements: dict
summary:
  description: How many findings there are of each severity.
  returned: when it is installed
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.tcptune.tcptune.plugins.module_utils.audit import audit_info
from ansible_collections.tcptune.tcptune.plugins.module_utils.here import Here
from ansible_collections.tcptune.tcptune.plugins.module_utils.program import TOOL


def main() -> None:
    """Return what an audit sees."""
    audit_info(Here(AnsibleModule(TOOL, supports_check_mode=True)))


if __name__ == "__main__":
    main()
