# Copyright: the tcptune project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`profile` without its module on the host; what it does stands there."""

from __future__ import annotations

from ansible_collections.tcptune.tcptune.plugins.module_utils.policy import EXCLUSIVE
from ansible_collections.tcptune.tcptune.plugins.module_utils.profile import ARGUMENTS, profile
from ansible_collections.tcptune.tcptune.plugins.plugin_utils.direct import DirectAction


class ActionModule(DirectAction):
    """The action of the module `profile`."""

    MODULE = "tcptune.tcptune.profile"
    ARGUMENTS = ARGUMENTS
    EXCLUSIVE = EXCLUSIVE
    DOES = staticmethod(profile)
