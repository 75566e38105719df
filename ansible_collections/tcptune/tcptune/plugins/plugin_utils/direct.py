# Copyright: the tcptune project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task that starts the program from afar, with one command over the connection: no module and no Python in between.

Where that is not right, the module does it on the host; what is decided, and said, is the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ansible import constants
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.text.converters import to_bytes
from ansible.module_utils.errors import UnsupportedError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible.utils.vars import merge_hash

from ansible_collections.tcptune.tcptune.plugins.module_utils.task import Task
from ansible_collections.tcptune.tcptune.plugins.plugin_utils.script import Script

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ClassVar, NoReturn

    from ansible_collections.tcptune.tcptune.plugins.module_utils.task import Ran

display = Display()


class Ended(Exception):
    """The task's end, with its result."""

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__()
        self.result = result


class Unsuited(Exception):
    """Why the module has to do it."""


class DirectAction(ActionBase):
    """An action that does what the module of its name does."""

    _supports_check_mode = True
    _supports_async = True

    MODULE: ClassVar[str]
    ARGUMENTS: ClassVar[dict[str, Any]]
    EXCLUSIVE: ClassVar[Sequence[tuple[str, ...]]] = ()
    DOES: ClassVar[Callable[[Task], None]]

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Do it directly, else through the module."""
        result = super().run(tmp, task_vars)
        try:
            self._suits()
            return merge_hash(result, self._direct())
        except Unsuited as why:
            display.vvv(f"{self.MODULE}: through the module: {why}", host=self._play_context.remote_addr)
        wrap_async = bool(self._task.async_val) and not self._connection.has_native_async
        told = self._execute_module(module_name=self.MODULE, task_vars=task_vars, wrap_async=wrap_async)
        return merge_hash(result, told)

    def start(self, script: Script) -> Ran:
        """Run a script on the host, as the user and with the environment that the task asks for.

        Raises what the connection raises where there is none.
        """
        command = f"{self._compute_environment_string()} /bin/sh".strip()
        text = to_bytes(script.text, errors="surrogate_or_strict")
        done = self._low_level_execute_command(command, in_data=text)
        ran = script.read(done["stdout"], done["stderr"])
        if ran is None:
            raise Unsuited(f"the shell did not do it (status {done['rc']}): {done['stderr'] or done['stdout']}")
        return ran

    def _suits(self) -> None:
        """Raise `Unsuited` where the host's shell cannot be given a script, or not by whom the task wants."""
        connection, become = self._connection, self._connection.become
        if self._task.async_val:
            raise Unsuited("it is asynchronous")
        if constants.DEFAULT_KEEP_REMOTE_FILES:
            raise Unsuited("remote files are to be kept")
        if getattr(connection._shell, "SHELL_FAMILY", None) != "sh" or not connection.has_pipelining:
            raise Unsuited("the connection gives a command no input, or the shell is none of sh's family")
        # Before 2.19, a become plugin does not say whether it hands a command's input on: su does not.
        if become is not None and (become.require_tty or not getattr(become, "pipelining", become.name != "su")):
            raise Unsuited(f"{become.name} gives a command no input")
        if become is not None and self.get_become_option("become_pass") and not self._fed():
            raise Unsuited("the password would be asked for on a terminal")

    def _fed(self) -> bool:
        """Tell whether a command gets its input although a password goes before it."""
        return self._connection.transport == "ssh" or self._is_pipelining_enabled("new")

    def _direct(self) -> dict[str, Any]:
        given = _plain(self._task.args)
        for option, wish in self.ARGUMENTS.items():
            if wish["type"] == "path" and _open(given.get(option)):
                raise Unsuited(f"{option} has something that only the host can expand")
        found = ArgumentSpecValidator(self.ARGUMENTS, mutually_exclusive=self.EXCLUSIVE).validate(given)
        for each in found._warnings:
            display.warning(f"Both option {each['option']} and its alias {each['alias']} are set.")
        try:
            if found.error_messages:
                unknown = isinstance(found.errors[0], UnsupportedError)
                begin = f"Unsupported parameters for ({self.MODULE}) module: " if unknown else ""
                raise Ended({"failed": True, "msg": f"{begin}{found.errors.msg}"})
            type(self).DOES(There(self, found.validated_parameters))
        except Ended as end:
            return {**end.result, "invocation": {"module_args": found.validated_parameters}}
        raise AssertionError("the task did not end")


class There(Task):
    """The task of an action."""

    def __init__(self, action: DirectAction, params: dict[str, Any]) -> None:
        self.params = params
        self.check_mode = action._task.check_mode
        self.diff = action._task.diff
        self._action = action

    def start(self, words: Sequence[str | None], document: str | None = None, root: bool = False) -> Ran:
        """Run the program on the host."""
        return self._action.start(Script(self.params["executable"], words, document, root))

    def exit(self, **result: Any) -> NoReturn:
        """End the task."""
        raise Ended(result)

    def fail(self, msg: str, **result: Any) -> NoReturn:
        """End the task as failed."""
        raise Ended({"failed": True, "msg": msg, **result})


def _plain(value: Any) -> Any:
    """Return a task's arguments as the JSON that a module would get: a date is a text, and so is a vault's secret."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)


def _open(path: Any) -> bool:
    return isinstance(path, str) and ("$" in path or path.startswith("~"))
