#!/usr/bin/python
# Copyright: the tcptune project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: audit
short_description: Check a host's TCP parameters, sockets and counters, and fail on what is found
description:
  - Runs C(tcptune audit) on the managed host and fails the task at a chosen severity.
  - Nothing is changed, so it does the same in check mode.
version_added: 0.1.0
author:
  - the tcptune project (@tcptune)
options:
  fail_on:
    description:
      - The least severity that fails the task.
    type: str
    choices:
      - error
      - warning
      - note
      - never
    default: warning
  select:
    description:
      - Only these rules, by code, slug or prefix.
    type: list
    elements: str
  ignore:
    description:
      - All rules but these.
    type: list
    elements: str
  sample:
    description:
      - Watch the counters for so many seconds and judge their growth.
    type: int
extends_documentation_fragment:
  - tcptune.tcptune.tool
  - tcptune.tcptune.tool.policy
  - tcptune.tcptune.tool.reading
seealso:
  - module: tcptune.tcptune.audit_info
  - module: tcptune.tcptune.profile
"""

EXAMPLES = r"""
- name: Fail on what breaks or does not take effect
  tcptune.tcptune.audit:
    fail_on: error
  become: true

- name: Prove that the host is what the profile wants
  tcptune.tcptune.audit:
    name: web-server
    select: [TT7]
  become: true

- name: Watch the counters for ten seconds
  tcptune.tcptune.audit:
    sample: 10
    ignore: [TT205]
  become: true
"""

RETURN = r"""
findings:
  description: What was found, the gravest first, as in tcptune's own JSON.
  returned: always
  type: list
  elements: dict
  sample:
    - rule: TT402
      slug: timestamps-off
      severity: warning
      key: net.ipv4.tcp_timestamps
      message: "net.ipv4.tcp_timestamps = 0: without timestamps there is no PAWS"
summary:
  description: How many findings there are of each severity.
  returned: always
  type: dict
  sample:
    error: 0
    warning: 1
    note: 2
limits:
  description: What the audit could not see, and why.
  returned: always
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.tcptune.tcptune.plugins.module_utils.audit import ARGUMENTS, audit
from ansible_collections.tcptune.tcptune.plugins.module_utils.here import Here
from ansible_collections.tcptune.tcptune.plugins.module_utils.policy import EXCLUSIVE


def main() -> None:
    """Run the audit and judge it."""
    audit(Here(AnsibleModule(ARGUMENTS, mutually_exclusive=EXCLUSIVE, supports_check_mode=True)))


if __name__ == "__main__":
    main()
