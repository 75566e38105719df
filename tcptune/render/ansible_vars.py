"""Variables for Ansible: a list that a loop over ansible.posix.sysctl takes; the header has the task."""

from __future__ import annotations

from tcptune.render.comments import header, named
from tcptune.render.sheet import Sheet, Writer
from tcptune.render.yaml_text import quoted

VARIABLE = "tcptune_sysctl"
MODULES = "tcptune_modules"

TASK = f"""\
# The tasks that take them:
#
#   - name: Kernel modules that the parameters belong to
#     community.general.modprobe:
#       name: "{{{{ item }}}}"
#       persistent: present
#     loop: "{{{{ {MODULES} }}}}"
#
#   - name: Kernel parameters
#     ansible.posix.sysctl:
#       name: "{{{{ item.name }}}}"
#       value: "{{{{ item.value }}}}"
#       sysctl_file: /etc/sysctl.d/80-tcptune.conf
#       sysctl_set: true
#     loop: "{{{{ {VARIABLE} }}}}\""""
"""How the variables are used; every template is closed on its line, as readers of templates want it."""


def write(sheet: Sheet) -> str:
    """Return the text of a file of variables."""
    lines = ["---", *header(sheet), "#", *TASK.split("\n"), ""]
    lines += [f"{MODULES}: [{', '.join(sheet.modules)}]", ""]
    lines += [f"{VARIABLE}:"] if sheet.entries else [f"{VARIABLE}: []"]
    for number, entry in enumerate(sheet.entries):
        lines += [*([""] if number else []), *named(entry, quoted(entry.text), "  ")]
    return "\n".join(lines) + "\n"


WRITER = Writer("ansible-vars", write, frozenset({"typed"}))
