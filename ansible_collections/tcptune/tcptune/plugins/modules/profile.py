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

import os

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.tcptune.tcptune.plugins.module_utils.change import finish
from ansible_collections.tcptune.tcptune.plugins.module_utils.program import (
    EXCLUSIVE,
    POLICY,
    TOOL,
    answered,
    policy,
    run,
)

ARGUMENTS = {
    "state": {"type": "str", "choices": ["present", "absent", "confirmed", "rolled_back"], "default": "present"},
    "only": {"type": "list", "elements": "str"},
    "allow": {"type": "list", "elements": "str"},
    "persist": {"type": "bool"},
    "file": {"type": "path"},
    "confirm_within": {"type": "int"},
    "journal_id": {"type": "str"},
    "force": {"type": "bool", "default": False},
    "state_dir": {"type": "path"},
}
MEANT_FOR = {
    "only": ["present"],
    "persist": ["present"],
    "confirm_within": ["present"],
    "allow": ["present", "absent"],
    "file": ["present", "absent"],
    "journal_id": ["confirmed", "rolled_back"],
}
"""The states that heed an option."""
UNDONE = ("undone", "rolled-back")
"""What a change that is no more is; one that failed may have left something to be put back."""


def main() -> None:
    """Make the host what the task wants."""
    module = AnsibleModule(dict(ARGUMENTS, **POLICY, **TOOL), mutually_exclusive=EXCLUSIVE, supports_check_mode=True)
    if os.geteuid() != 0:
        module.fail_json(msg="a change needs root on the managed host: become: true")
    _agree(module)
    states = {"present": present, "absent": absent, "confirmed": confirmed, "rolled_back": rolled_back}
    states[module.params["state"]](module)


def _agree(module: AnsibleModule) -> None:
    """Fail for an option that another state would heed: whoever gives it expects something of it."""
    state = module.params["state"]
    for option, states in MEANT_FOR.items():
        if module.params[option] is not None and state not in states:
            module.fail_json(msg=f"{option} goes with state: {' or '.join(states)}, not {state}")


def present(module: AnsibleModule) -> None:
    """Apply the profile."""
    given = module.params
    if given["name"] is None and given["settings"] is None and given["definition"] is None:
        module.fail_json(msg="state is present but all of the following are missing: name, settings, definition")
    words = _common(module)
    for key in given["only"] or ():
        words += ["--only", key]
    words += _allow(module)
    if given["persist"] is not None:
        words.append("--persist" if given["persist"] else "--no-persist")
    if given["confirm_within"] is not None:
        words += ["--confirm-within", str(given["confirm_within"])]
    with policy(module) as name:
        answer = run(module, "apply", *([name, *words] if name is not None else words))
    finish(module, answer)


def absent(module: AnsibleModule) -> None:
    """Take the drop-in away, and the values that it gave."""
    finish(module, run(module, "apply", "--remove", *_common(module), *_allow(module)))


def confirmed(module: AnsibleModule) -> None:
    """Keep the change that waits; fail when it was undone meanwhile."""
    entry = _entry(module)
    if entry is not None and (entry["state"] in ("undone", "failed") or _asked_and_gone(module, entry)):
        module.fail_json(msg=f"the change {entry['id']} is undone: it was not confirmed in time, or failed")
    if entry is None or entry["state"] != "pending":
        module.exit_json(changed=False)
    if module.check_mode:
        module.exit_json(changed=True, journal={"id": entry["id"]})
    finish(module, run(module, "confirm", *_state_dir(module)))


def _asked_and_gone(module: AnsibleModule, entry: dict) -> bool:
    return module.params["journal_id"] is not None and entry["state"] == "rolled-back"


def rolled_back(module: AnsibleModule) -> None:
    """Undo a change, unless it is undone already."""
    entry = _entry(module)
    if entry is None or entry["state"] in UNDONE:
        module.exit_json(changed=False)
    words = _state_dir(module)
    if module.check_mode:
        words.append("--dry-run")
    if module.params["force"]:
        words.append("--force")
    finish(module, run(module, "rollback", entry["id"], *words))


def _entry(module: AnsibleModule) -> dict | None:
    """Return the journal's entry that is meant: the named one, or the newest of this boot and namespace."""
    answer = answered(module, "history", *_state_dir(module))
    wanted = module.params["journal_id"]
    entries = [each for each in answer.document["entries"] if each["kind"] != "rollback"]
    if wanted is not None:
        found = [each for each in entries if each["id"] == wanted]
        if not found:
            module.fail_json(msg=f"the journal has no entry {wanted}")
        return found[0]
    return next((each for each in entries if each["here"]), None)


def _common(module: AnsibleModule) -> list:
    words = _state_dir(module)
    if module.params["file"] is not None:
        words += ["--file", module.params["file"]]
    if module.params["force"]:
        words.append("--force")
    if module.check_mode:
        words.append("--dry-run")
    return words


def _allow(module: AnsibleModule) -> list:
    given = module.params["allow"]
    return ["--allow", ",".join(given)] if given else []


def _state_dir(module: AnsibleModule) -> list:
    given = module.params["state_dir"]
    return [] if given is None else ["--state-dir", given]


if __name__ == "__main__":
    main()
