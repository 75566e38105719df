# Copyright: the tcptune project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task that is a module on the managed host."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_native

from ansible_collections.tcptune.tcptune.plugins.module_utils.task import (
    ABSENT,
    BARRED,
    BROKEN,
    DOCUMENT,
    ENVIRONMENT,
    FOLDERS,
    MISSING,
    NOT_ROOT,
    PREFIX,
    Ran,
    Task,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, NoReturn

    from ansible.module_utils.basic import AnsibleModule


class Here(Task):
    """The task of a module."""

    def __init__(self, module: AnsibleModule) -> None:
        self.params = module.params
        self.check_mode = module.check_mode
        self.diff = module._diff
        self._module = module

    def start(self, words: Sequence[str | None], document: str | None = None, root: bool = False) -> Ran:
        """Run the program on this host."""
        if root and os.geteuid() != 0:
            return Ran(None, NOT_ROOT)
        program, trouble = self._found()
        if program is None or trouble is not None:
            return Ran(program, trouble)
        with self._written(document) as path:
            command = [program] + [path if word is None else word for word in words]
            try:
                done = self._module.run_command(command, environ_update=ENVIRONMENT, handle_exceptions=False)
            except OSError as error:
                return Ran(program, BROKEN, err=str(error.strerror))
        return Ran(program, None, done[0], to_native(done[1]), to_native(done[2]))

    def exit(self, **result: Any) -> NoReturn:
        """End the module."""
        self._module.exit_json(**result)

    def fail(self, msg: str, **result: Any) -> NoReturn:
        """End the module as failed."""
        self._module.fail_json(msg=msg, **result)

    def _found(self) -> tuple[str | None, str | None]:
        """Return the program's path, and what is wrong with it."""
        given = self.params["executable"]
        if given is None:
            path = self._module.get_bin_path("tcptune") or self._module.get_bin_path("tcptune", opt_dirs=FOLDERS)
            return path, MISSING if path is None else None
        if not os.path.exists(given):
            return given, ABSENT
        return given, None if os.access(given, os.X_OK) and not os.path.isdir(given) else BARRED

    @contextmanager
    def _written(self, document: str | None) -> Iterator[str]:
        """Give the path of a file with the document: it has mode 0600, in a folder that is gone afterwards."""
        if document is None:
            yield ""
            return
        try:
            folder = tempfile.mkdtemp(prefix=PREFIX, dir="/run" if os.access("/run", os.W_OK) else None)
        except OSError as error:
            self.fail(f"no folder can be made for the profile: {to_native(error)}")
        try:
            path = os.path.join(folder, DOCUMENT)
            # os.open, because the file must never exist with another mode.
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
                stream.write(document)
            yield path
        finally:
            shutil.rmtree(folder, ignore_errors=True)
