"""What a command that looks at files costs at least: typer, a walk, and every file read once."""

import os
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def walk(top: Annotated[str, typer.Argument()]) -> None:
    """Read every file below a folder."""
    files = size = 0
    for folder, _, names in os.walk(top):
        for name in names:
            with open(os.path.join(folder, name), "rb") as stream:  # noqa: PTH118, PTH123
                size += len(stream.read())
            files += 1
    print(files, size)


if __name__ == "__main__":
    app()
