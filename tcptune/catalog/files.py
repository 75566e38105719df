"""Open files, and so sockets: the limit of the host, and the highest one that a process can be given."""

from tcptune.model.history import LONG_MAX, DefaultStep, RangeStep, ScopeStep, Step
from tcptune.model.parameter import Interaction, Lifetime, Myth, Parameter, Sensible, Source
from tcptune.model.version import KernelVersion as V

HOST = (ScopeStep(scope="host"),)
SYSTEMD = Source(kind="doc", text="systemd: NEWS of version 240")

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        key="fs.file-max",
        family="files",
        meaning="How many files, sockets among them, may be open on the host at once.",
        kind="int",
        unit="open files",
        depth="full",
        scope=HOST,
        default=(
            DefaultStep(
                formula="free_at_boot",
                note="One for each 10 KiB of the memory that was free at boot, at least 8192.",
            ),
        ),
        accepted=(
            RangeStep(handler="int"),
            RangeStep(since=V(2, 6, 38), handler="ulong", note="A negative number is taken without an effect."),
            RangeStep(
                since=V(5, 2),
                handler="ulong",
                high=LONG_MAX,
                note="A negative number is taken without an effect; 5.15 still does.",
            ),
            RangeStep(since=V(5, 17), handler="ulong", high=LONG_MAX),
        ),
        sensible=Sensible(low=1024, why="With fewer the host's own services fail to open what they need.", hurts=True),
        semantics=(
            (
                "Who opens one more gets ENFILE, and the kernel logs that file-max was reached; processes with "
                "CAP_SYS_ADMIN are let through."
            ),
            "The first number of fs.file-nr says how many are open.",
            (
                "systemd 240 and later raise it to the largest number at boot, unless built otherwise: what stands "
                "in a file of sysctl.d lowers it then."
            ),
            "A connection in TIME_WAIT counts no more: its file is closed.",
        ),
        interactions=(
            Interaction(key="fs.nr_open", effect="What a single process may have at most; this is for all together."),
        ),
        myths=(
            Myth(claim="Each TIME_WAIT holds a file.", truth="The file goes with close(); what waits is the kernel's."),
            Myth(
                claim="It limits what one process may open.",
                truth="That is RLIMIT_NOFILE (EMFILE), which cannot be above fs.nr_open.",
            ),
        ),
        history=(
            Step(since=V(2, 6, 38), note="An unsigned long; 2.6.35 has an int."),
            Step(since=V(5, 2), note="At most 9223372036854775807; 5.0 has no bound."),
        ),
        sources=(Source(kind="code", text="fs/file_table.c: files_maxfiles_init(), alloc_empty_file()"), SYSTEMD),
    ),
    Parameter(
        key="fs.nr_open",
        family="files",
        meaning="The highest limit of open files that a process can be given.",
        kind="int",
        unit="open files per process",
        depth="full",
        lifetime=Lifetime(began=Step(since=V(2, 6, 25), note="2.6.24 does not have it, 2.6.30 does.")),
        scope=HOST,
        default=(DefaultStep(since=V(2, 6, 25), value=1048576),),
        accepted=(
            RangeStep(since=V(2, 6, 25), handler="int_minmax", low=64, high=2147483584, note="On 64-bit machines."),
            RangeStep(since=V(6, 12), handler="uint_minmax", low=64, high=2147483584, note="On 64-bit machines."),
        ),
        semantics=(
            "setrlimit() with a higher RLIMIT_NOFILE fails with EPERM, for root as well.",
            "Limits that were given before stay when it is lowered, but no process opens files beyond it: EMFILE.",
            "systemd 240 and later raise it at boot as far as the kernel allows, unless built otherwise.",
        ),
        interactions=(Interaction(key="fs.file-max", effect="What all processes together may have."),),
        myths=(
            Myth(claim="fs.file-max limits a process.", truth="RLIMIT_NOFILE does, and this is its upper bound."),
            Myth(
                claim="Raising it lets programs open more files.",
                truth="Their own limit decides: LimitNOFILE of the service, or ulimit -n.",
            ),
        ),
        history=(Step(since=V(2, 6, 25), note="The key appears; before, 1048576 was fixed."),),
        sources=(
            Source(kind="code", text="fs/file.c: expand_files()"),
            Source(kind="code", text="kernel/sys.c: do_prlimit()"),
            SYSTEMD,
            Source(kind="measured", text="Linux 6.12: root set RLIMIT_NOFILE to this, and was refused one more."),
        ),
    ),
)
