"""The least that a command of this kind can be: typer, one pydantic model, one command."""

from typing import Annotated

import typer
from pydantic import BaseModel


class Options(BaseModel):
    """One model."""

    name: str
    count: int = 1


app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def hello(name: Annotated[str, typer.Option()] = "world") -> None:
    """Greet."""
    print(Options(name=name).name)


if __name__ == "__main__":
    app()
