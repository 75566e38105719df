# Copyright: the tcptune project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation that the modules share: where the program is, where it looks, what a profile is."""

from __future__ import annotations


class ModuleDocFragment:
    """Fragments for the modules' C(extends_documentation_fragment)."""

    DOCUMENTATION = r"""
options:
  executable:
    description:
      - The C(tcptune) program on the managed host.
      - Without it, the program is looked for in E(PATH), then in C(/opt/tcptune/bin) and C(/usr/local/bin).
    type: path
  netns:
    description:
      - The network namespace to look at or to change, by its name or by a path.
    type: str
  config:
    description:
      - A configuration of tcptune on the managed host.
    type: path
notes:
  - The program is run with one command over the connection. Where that is not possible (with C(async), or a become
    method or a connection that gives a command no input), a module on the managed host does the same.
requirements:
  - tcptune on the managed host, see the role P(tcptune.tcptune.tcptune#role)
"""

    READING = r"""
attributes:
  check_mode:
    description: Runs in check mode without changing anything.
    support: full
  diff_mode:
    description: Shows what changes.
    support: none
    details: Nothing changes.
"""

    POLICY = r"""
options:
  name:
    description:
      - A profile, by the name of a shipped one or of one in C(/etc/tcptune/profiles), or by a path on the managed
        host, which has a slash.
    type: str
    aliases:
      - profile
  settings:
    description:
      - Parameters and what they shall be, in a profile's own words (a value, or a dictionary with V(value),
        V(at_least), V(when), V(why) and so on).
      - With O(name), they come on top of that profile.
    type: dict
  definition:
    description:
      - A whole profile as a dictionary, for one that is kept beside the playbook.
      - V(schema), V(name) and V(summary) may be missing.
    type: dict
"""
