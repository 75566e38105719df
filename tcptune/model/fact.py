"""What the records of the catalogue are made of: immutable, every field named where it is given.

The catalogue is hundreds of literals of the program itself, made each time it starts. Their types are checked by mypy
and by a test that validates every one of them, not while users wait.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self, dataclass_transform


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Fact:
    """An immutable record: its fields are the annotations of its class and of the classes above it.

    A field with a default may be left out. Raises `TypeError` for a field that is missing or that there is not, and
    `AttributeError` for every attempt to change one.
    """

    __fields__: ClassVar[tuple[str, ...]] = ()
    __required__: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls) -> None:
        """Collect the fields of a kind of record."""
        own = [name for name in cls.__annotations__ if not name.startswith("__")]
        cls.__fields__ = (*cls.__fields__, *(name for name in own if name not in cls.__fields__))
        cls.__required__ = frozenset(name for name in cls.__fields__ if not hasattr(cls, name))

    def __init__(self, **given: Any) -> None:
        """Keep what is given; what is not has the default, which the class itself holds."""
        if not self.__required__ <= given.keys():
            raise TypeError(f"{type(self).__name__}() needs {', '.join(sorted(self.__required__ - given.keys()))}")
        if not given.keys() <= set(self.__fields__):
            raise TypeError(f"{type(self).__name__}() has no {', '.join(sorted(given.keys() - set(self.__fields__)))}")
        self.__dict__.update(given)

    def but(self, **changes: Any) -> Self:
        """Return the same record with other values for some of its fields."""
        return type(self)(**{**self.__dict__, **changes})

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"cannot change {name!r} of a {type(self).__name__}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"cannot change {name!r} of a {type(self).__name__}")

    def _values(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__fields__)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in zip(self.__fields__, self._values(), strict=True))
        return f"{type(self).__name__}({shown})"
