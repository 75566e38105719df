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

from ansible_collections.tcptune.tcptune.plugins.module_utils.program import (
    EXCLUSIVE,
    POLICY,
    TOOL,
    answered,
    lines,
    policy,
)

ARGUMENTS = {
    "fail_on": {"type": "str", "choices": ["error", "warning", "note", "never"], "default": "warning"},
    "select": {"type": "list", "elements": "str"},
    "ignore": {"type": "list", "elements": "str"},
    "sample": {"type": "int"},
}


def main() -> None:
    """Run the audit and judge it."""
    module = AnsibleModule(dict(ARGUMENTS, **POLICY, **TOOL), mutually_exclusive=EXCLUSIVE, supports_check_mode=True)
    words = ["--fail-on", module.params["fail_on"]]
    for option in ("select", "ignore"):
        if module.params[option]:
            words += ["--" + option, ",".join(module.params[option])]
    if module.params["sample"] is not None:
        words += ["--sample", str(module.params["sample"])]
    with policy(module) as name:
        answer = answered(module, "audit", *words, *([] if name is None else ["--profile", name]))
    document = answer.document
    result = {
        "changed": False,
        "findings": document["findings"],
        "summary": document["summary"],
        "limits": document["host"]["limits"],
    }
    if answer.status:
        module.fail_json(msg=_verdict(document["findings"], module.params["fail_on"]), rc=answer.status, **result)
    module.exit_json(**result)


def _verdict(findings: list, fail_on: str) -> str:
    """Return what the task fails with: the findings that count."""
    severities = ["error", "warning", "note"]
    counting = severities[: severities.index(fail_on) + 1] if fail_on in severities else severities
    found = [each for each in findings if each["severity"] in counting]
    plural = "" if len(found) == 1 else "s"
    return f"{len(found)} finding{plural} at or above {fail_on}: {'; '.join(lines(found))}"


if __name__ == "__main__":
    main()
