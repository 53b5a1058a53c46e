"""What is found out about a thing only when somebody asks, and then once."""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

Found = TypeVar("Found")


class Once(Generic[Found]):
    """A property that keeps what it found, as functools.cached_property does from Python 3.12 on.

    Before, that takes a lock for each, which was a tenth of a decision's time. Without one two
    threads may both find it out, which is the same: what is kept here depends on facts alone.
    """

    def __init__(self, find: Callable[[Any], Found]) -> None:
        self._find = find
        self.__doc__ = find.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, thing: None, owner: type) -> Self: ...
    @overload
    def __get__(self, thing: object, owner: type) -> Found: ...
    def __get__(self, thing: object | None, owner: type) -> Self | Found:
        if thing is None:
            return self
        found = thing.__dict__[self._name] = self._find(thing)
        return found
