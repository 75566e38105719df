"""The base of all pydantic models: immutable, and a misspelt field is an error."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """An immutable record that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=False)
