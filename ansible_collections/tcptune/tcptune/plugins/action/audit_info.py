# Copyright: the tcptune project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`audit_info` without its module on the host; what it does stands there."""

from __future__ import annotations

from ansible_collections.tcptune.tcptune.plugins.module_utils.audit import audit_info
from ansible_collections.tcptune.tcptune.plugins.module_utils.program import TOOL
from ansible_collections.tcptune.tcptune.plugins.plugin_utils.direct import DirectAction


class ActionModule(DirectAction):
    """The action of the module `audit_info`."""

    MODULE = "tcptune.tcptune.audit_info"
    ARGUMENTS = TOOL
    DOES = staticmethod(audit_info)
