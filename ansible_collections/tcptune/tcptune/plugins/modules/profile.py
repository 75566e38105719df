#!/usr/bin/python
# Copyright: the tcptune project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: profile
short_description: Apply a profile of TCP parameters, confirm it, take it away or roll it back
description:
  - Runs C(tcptune apply), C(tcptune confirm) or C(tcptune rollback) on the managed host.
  - A change is planned and checked as a whole before anything is written, journalled, read back, and undone as a whole
    when any step fails. A change that would break something is refused, and the host is left as it was.
version_added: 0.1.0
author:
  - the tcptune project (@tcptune)
attributes:
  check_mode:
    description: Runs in check mode and tells what would be changed.
    support: full
    details:
      - All of the plan is made and checked on the host, including what its kernel would refuse; only writing is left
        out. What would be refused fails in check mode too.
  diff_mode:
    description: Shows what changes.
    support: full
    details:
      - Before and after of the live values and of the drop-in file.
options:
  state:
    description:
      - V(present) makes the host what the profile wants.
      - V(absent) takes tcptune's drop-in away; its parameters get what the remaining files give, else what they were
        before.
      - V(confirmed) keeps a change that was made with O(confirm_within); it is no change when nothing waits.
      - V(rolled_back) undoes the change O(journal_id), or the newest one; it is no change when that is undone already.
    type: str
    choices:
      - present
      - absent
      - confirmed
      - rolled_back
    default: present
  only:
    description:
      - These parameters of the profile alone.
    type: list
    elements: str
  allow:
    description:
      - Rules whose findings do not refuse the change, by code or slug.
    type: list
    elements: str
  persist:
    description:
      - Whether the values are kept for the next boot.
      - Without it they are kept in the initial network namespace only.
    type: bool
  file:
    description:
      - The drop-in that keeps them, instead of C(/etc/sysctl.d/80-tcptune.conf).
    type: path
  confirm_within:
    description:
      - Undo the change after so many seconds unless O(state=confirmed) comes first.
      - The undo runs on the managed host and needs no connection. The drop-in is written by the confirmation, so a
        reboot is an undo as well.
    type: int
  journal_id:
    description:
      - The change that is meant, as RV(journal.id) of the task that made it.
    type: str
  force:
    description:
      - Overwrite what somebody changed since, a drop-in edited by hand for example.
    type: bool
    default: false
  state_dir:
    description:
      - Where the journal is, instead of C(/var/lib/tcptune).
    type: path
extends_documentation_fragment:
  - tcptune.tcptune.tool
  - tcptune.tcptune.tool.policy
seealso:
  - module: tcptune.tcptune.audit
notes:
  - Needs root on the managed host.
"""

EXAMPLES = r"""
- name: Apply a shipped profile
  tcptune.tcptune.profile:
    name: web-server
  become: true

- name: Apply a profile with a value of this group
  tcptune.tcptune.profile:
    name: outbound-heavy
    settings:
      net.ipv4.ip_local_port_range: [15000, 64999]
      net.ipv4.tcp_max_tw_buckets: {at_least: 262144}
  become: true

- name: Apply a profile that lies beside the playbook
  tcptune.tcptune.profile:
    definition: "{{ lookup('ansible.builtin.file', 'reverse-proxy.yaml') | from_yaml }}"
  become: true

- name: Change it, and have it undone unless it is confirmed within two minutes
  tcptune.tcptune.profile:
    name: web-server
    confirm_within: 120
  become: true
  register: change

- name: Keep it
  tcptune.tcptune.profile:
    state: confirmed
    journal_id: "{{ change.journal.id | default(omit) }}"
  become: true

- name: Undo the newest change
  tcptune.tcptune.profile:
    state: rolled_back
  become: true

- name: Take tcptune's settings away
  tcptune.tcptune.profile:
    state: absent
  become: true
"""

RETURN = r"""
changes:
  description: One entry for each parameter, as in tcptune's own JSON.
  returned: when there is a plan
  type: list
  elements: dict
  sample:
    - key: net.ipv4.tcp_fin_timeout
      action: set
      before: 60
      after: 30
      verified: true
      reason: upstreams close first
file:
  description: The drop-in with its text before and after.
  returned: when it changes
  type: dict
journal:
  description: The entry of the journal.
  returned: when something was changed
  type: dict
  contains:
    id:
      description: What O(journal_id) and C(tcptune rollback) take.
      returned: always
      type: str
      sample: 20260412T081530-123456-4711
    path:
      description: The file on the managed host.
      returned: when the change was made
      type: str
      sample: /var/lib/tcptune/journal/20260412T081530-123456-4711.jsonl
persisted:
  description: The drop-in that keeps the values for the next boot.
  returned: when they are kept
  type: str
pending:
  description: The time (UTC) until which the confirmation is awaited.
  returned: when it is awaited
  type: str
findings:
  description: What the change would bring, then what was there before.
  returned: when there is a plan
  type: list
  elements: dict
refusals:
  description: What kept the plan from being made.
  returned: when there is a plan
  type: list
  elements: str
messages:
  description: What failed and what became of it.
  returned: when there is a plan
  type: list
  elements: str
notices:
  description: What is worth knowing about the plan.
  returned: when there is a plan
  type: list
  elements: str
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.tcptune.tcptune.plugins.module_utils.here import Here
from ansible_collections.tcptune.tcptune.plugins.module_utils.policy import EXCLUSIVE
from ansible_collections.tcptune.tcptune.plugins.module_utils.profile import ARGUMENTS, profile


def main() -> None:
    """Make the host what the task wants."""
    profile(Here(AnsibleModule(ARGUMENTS, mutually_exclusive=EXCLUSIVE, supports_check_mode=True)))


if __name__ == "__main__":
    main()
