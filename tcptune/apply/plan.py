"""The plan: every parameter resolved, typed, in range, present, writable; the drop-in; what speaks against it all.

Pure but for reading: nothing is written here, and a dry run is this and no more.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import field, replace

from tcptune.apply import aside, dropin, preflight, trust
from tcptune.apply.capable import obstacle
from tcptune.apply.order import ordered
from tcptune.apply.procsys import LONGEST, ProcSys, entry_of, means, value_of
from tcptune.audit.policy import running
from tcptune.catalog import default_value
from tcptune.errors import TcptuneError
from tcptune.live.snapshot import Snapshot, take
from tcptune.model.diff import Change
from tcptune.model.journal import FileStep, Place, Step
from tcptune.model.origin import Origins
from tcptune.model.plan import Plan
from tcptune.model.record import dataclass
from tcptune.model.value import Value, show
from tcptune.profiles.compare import compare
from tcptune.profiles.meaning import same
from tcptune.profiles.policy import Policy


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a plan.

    `only` limits a profile to some parameters. `persist` keeps the values for the next boot (None: in the initial
    namespace only), in `file` (None: the default one). `allow` are rules whose findings do not refuse it, `force`
    replaces a drop-in of ours that was edited by hand.
    """

    policy: Policy
    only: tuple[str, ...] = ()
    persist: bool | None = None
    file: str | None = None
    allow: tuple[str, ...] = ()
    force: bool = False
    thresholds: Mapping[str, int] = field(default_factory=dict)


def plan(wish: Wish, place: Place, proc: ProcSys) -> Plan:
    """Return the plan for the namespace that this process is in. Raises `TcptuneError` when none can be made."""
    _refuse_defaults(wish)
    path = persisted(wish, place)
    snapshot = take()
    host = replace(snapshot.host, netns=place.name, initial=place.initial, uptime_seconds=None)
    snapshot = replace(snapshot, host=host)
    now = preflight.files_now(snapshot)
    seen = running(snapshot.host, snapshot.settings, now)
    changes = compare(wish.policy, seen, wish.only or None)
    steps, refusals = _steps(changes, place, proc)
    file: FileStep | None = None
    if path is not None and (place.initial or wish.file is not None):
        try:
            file = _file(path, changes, snapshot, now, force=wish.force)
        except trust.Unsafe as error:
            refusals.append(error.message + (f"; next step: {error.hint}" if error.hint else ""))
        except OSError as error:
            refusals.append(f"{path}: {error.strerror}")
    planned = preflight.Planned(
        {step.key: wanted for step in steps if (wanted := value_of(step.key, step.after)) is not None}
    )
    if file is not None:
        then = preflight.files_then(snapshot, file.path, file.after)
        planned = replace(planned, path=file.path, lines=dropin.changed(file.before, file.after), files=then)
    judged = preflight.judge(snapshot, planned, now, wish.thresholds)
    unaccepted, accepted = wish.policy.sift(judged.risks)
    return Plan(
        profile=wish.policy.name,
        digest=digest(wish.policy),
        place=place,
        host=snapshot.host,
        changes=changes,
        steps=tuple(steps),
        file=file if file is not None and file.before != file.after else None,
        persists=path,
        refusals=tuple(refusals),
        risks=tuple(preflight.left(unaccepted, wish.allow)),
        present=judged.present,
        notices=(*_notices(place, path), *accepted),
    )


def seen_here(place: Place) -> Snapshot:
    """Return what there is in the namespace that this process is in; the same values make the same plan."""
    snapshot = take()
    return replace(snapshot, host=replace(snapshot.host, netns=place.name, initial=place.initial, uptime_seconds=None))


def digest(policy: Policy) -> str:
    """Return the SHA-256 of all that a profile and its parents say."""
    documents = [member.document.values for member in policy.chain.members]
    return hashlib.sha256(json.dumps(documents, sort_keys=True, default=str).encode()).hexdigest()


def _refuse_defaults(wish: Wish) -> None:
    if wish.policy.name == "kernel-default" and not wish.only:
        raise TcptuneError(
            "kernel-default is for `diff`: a whole host is not to be reset",
            hint="name the parameters: tcptune apply kernel-default --only KEY",
        )
    unknown = [key for key in wish.only if key not in wish.policy.keys]
    if unknown:
        raise TcptuneError(f"the profile {wish.policy.name} says nothing of {unknown[0]}")


def persisted(wish: Wish, place: Place) -> str | None:
    """Return where values are kept for the next boot; None where they are not."""
    if wish.persist is False:
        if wish.file is not None:
            raise TcptuneError("--file and --no-persist exclude each other")
        return None
    if wish.file is not None:
        return absolute(wish.file)
    if not place.initial:
        if wish.persist:
            hint = "no loader writes to a namespace of its own: name the file with --file"
            raise TcptuneError("--persist needs --file outside the initial network namespace", hint=hint)
        return None
    return dropin.DEFAULT


def absolute(path: str) -> str:
    """Return the path of a drop-in in its shortest form. Raises `TcptuneError` for one that depends on a folder."""
    if not path.startswith("/") or "\0" in path:
        raise TcptuneError(f"--file takes an absolute path, not {path!r}")
    return os.path.normpath(path)


def _steps(changes: Sequence[Change], place: Place, proc: ProcSys) -> tuple[list[Step], list[str]]:
    values: dict[str, tuple[Value | None, Value]] = {}
    texts: dict[str, Step] = {}
    refusals: list[str] = []
    for change in changes:
        if change.action == "blocked":
            refusals.append(f"{change.key}: {change.explanation}")
        if change.action != "set" or change.wanted is None:
            continue
        after = show(change.wanted)
        try:
            before = proc.read(change.key)
        except OSError as error:
            refusals.append(f"{change.key}: it cannot be read here: {error.strerror}")
            continue
        why = _outside(change, place) or _no_value(change.key, after) or obstacle(proc, change.key, after)
        if why is not None:
            refusals.append(f"{change.key}: it cannot be written here: {why}")
            continue
        values[change.key] = (value_of(change.key, before), change.wanted)
        texts[change.key] = Step(change.key, before, after)
    steps = [texts[key] for key in ordered(values)]
    return aside.with_side_effects(steps, proc), refusals


def _no_value(key: str, text: str) -> str | None:
    """Return why a text is no value: a line of its own in the drop-in could set anything."""
    if len(text) > LONGEST and entry_of(key).kind != "ports":
        return f"it has {len(text)} characters, and the kernel takes no more than {LONGEST} at once"
    return None if text.isprintable() and text.isascii() else "it has characters that no value has"


def _outside(change: Change, place: Place) -> str | None:
    """Return why a parameter may not be written in a namespace of its own: its value would be the whole host's."""
    if place.initial:
        return None
    entry = entry_of(change.key)
    if not change.key.startswith("net."):
        return "it belongs to the host; set it in the initial network namespace"
    return "it cannot be told apart from the host's" if entry.mode & 0o222 == 0 else None


def _file(path: str, changes: Sequence[Change], snapshot: Snapshot, now: Origins, *, force: bool) -> FileStep:
    """Return the drop-in before and after. Raises `trust.Unsafe` for a file that is not ours, `OSError`."""
    found = existing(path, force=force)
    kept = dropin.lines(found) if found is not None else {}
    new: dict[str, dropin.Line] = {}
    gone: set[str] = set()
    for change in changes:
        value = change.wanted if change.action == "set" else change.current
        if change.action not in ("set", "keep") or value is None:
            continue
        if value == "":
            # Neither loader can set an empty value: the default is what a boot begins with.
            gone.add(change.key)
            continue
        if change.action == "keep" and _comes_anyway(change, snapshot, now):
            continue
        line = dropin.Line(change.key, show(value), change.why)
        if len(line.text) > LONGEST:
            said = f"{change.key} has {len(line.text)} characters, and procps hands over no more than the first 4095"
            raise trust.Unsafe(f"{path}: cannot keep it: {said}", "keep nothing: --no-persist")
        # The same value in other words is left as it stands: a second run changes nothing.
        same_value = change.key in kept and means(change.key, kept[change.key].text, line.text)
        new[change.key] = kept[change.key] if same_value else line
    after = dropin.merged(found, new, gone) if new or gone & kept.keys() or force else found
    if after != found:
        trust.refuse_unwritable(path)
    return FileStep(path, found, after)


def existing(path: str, *, force: bool) -> str | None:
    """Return the text of a drop-in of ours, None when it is not there.

    Raises `trust.Unsafe` for one without our header, and without `force` for one that was edited by hand.
    """
    head, name = os.path.split(path)
    if not name.endswith(".conf") or name.startswith("."):
        raise trust.Unsafe(f"{path}: no loader reads it: the name of a drop-in ends in .conf")
    try:
        with trust.folder(head) as folder:
            _refuse_folder(folder, trust.temporary(name), f"{head}/{trust.temporary(name)}")
            data = trust.read(folder, name, path)
    except FileNotFoundError:
        raise trust.Unsafe(f"{path}: there is no folder {head}", f"mkdir -m 0755 {head}") from None
    if data is None:
        return None
    found = data.decode("utf-8", "surrogateescape")
    if not dropin.is_ours(found):
        raise trust.Unsafe(f"{path}: is there already and was not written by tcptune; name another with --file")
    if not dropin.is_untouched(found) and not force:
        raise trust.Unsafe(f"{path}: was edited by hand since tcptune wrote it; --force replaces it")
    return found


def _refuse_folder(descriptor: int, name: str, shown: str) -> None:
    """Raise `trust.Unsafe` for a folder where a temporary file is to be made: it could not be taken out of the way."""
    with suppress(FileNotFoundError):
        if stat.S_ISDIR(os.stat(name, dir_fd=descriptor, follow_symlinks=False).st_mode):
            raise trust.Unsafe(f"{shown}: is a folder, and tcptune writes a file of that name first", f"rmdir {shown}")


def _comes_anyway(change: Change, snapshot: Snapshot, now: Origins) -> bool:
    """Tell whether the next boot brings a value that is right already, by whatever file or by itself."""
    entry = entry_of(change.key)
    source = now.sources.get(change.key)
    line = None if source is None else (source.systemd if now.boot == "systemd" else source.procps)
    value = line.value if line is not None else default_value(entry, snapshot.host.target, snapshot.host)
    return value is not None and change.current is not None and same(entry, value, change.current)


def _notices(place: Place, path: str | None) -> list[str]:
    if path is None and place.initial:
        return ["nothing is kept for the next boot (--no-persist)"]
    return (
        [] if path is not None else ["a namespace of its own: nothing is kept for the next boot, --file names a file"]
    )
