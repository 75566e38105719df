"""Open files: the limits of the host and of a process."""

from tcptune.model.parameter import Parameter

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(key="fs.file-max", family="files", meaning="How many files may be open on the host.", kind="int"),
    Parameter(
        key="fs.nr_open",
        family="files",
        meaning="The highest limit of open files that a process can be given.",
        kind="int",
    ),
)
