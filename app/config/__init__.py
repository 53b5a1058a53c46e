"""good-citizen.yml: the organisation's facts, strict, with line and column in every problem.

A file goes through reading (bytes to a tree with places), validation (the tree to a model),
agreement (whether its parts fit together) and home (the model to plain values of the policy). All
problems of a file are told at once.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import NamedTuple, TypeVar

from pydantic import BaseModel

from app.config.agreement import check_agreement
from app.config.forms import Section
from app.config.home import home_from, upstream_from
from app.config.problems import ConfigError, Path, Problem, dotted, in_order
from app.config.reading import read_tree
from app.config.schema import HomeFile
from app.config.tree import LARGEST, Tree
from app.config.validation import validated
from app.config.writing import UpstreamFile
from app.policy.home import Home, UpstreamConfig

__all__ = [
    "LARGEST",
    "ConfigError",
    "Problem",
    "Resolved",
    "config_schema",
    "load_home",
    "resolved",
    "upstream_config",
]

FILE_NAME = "good-citizen.yml"
S = TypeVar("S", bound=Section)


class Resolved(NamedTuple):
    """One value that holds, and where it comes from: "file:line", or "default"."""

    key: str
    value: object
    origin: str


def load_home(text: str | bytes, source: str = FILE_NAME) -> Home:
    """Read a home's file; `source` is what problems call it.

    Raises ConfigError with every problem, and nothing else whatever the bytes are.
    """
    file, _ = _read(text, source, HomeFile, check_agreement)
    return home_from(file, _digest(text))


def upstream_config(text: str | bytes, source: str = ".github/good-citizen.yml") -> UpstreamConfig:
    """Read an upstream repository's own file, as strictly. Raises ConfigError."""
    file, _ = _read(text, source, UpstreamFile)
    return upstream_from(file, _digest(text))


def resolved(text: str | bytes, source: str = FILE_NAME) -> list[Resolved]:
    """Give every value of a home's file that holds, defaults included, in the schema's order.

    Raises ConfigError.
    """
    file, tree = _read(text, source, HomeFile, check_agreement)
    return list(_leaves(tree, file, ()))


def config_schema() -> dict[str, object]:
    """Give the JSON Schema (draft 2020-12) of good-citizen.yml, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **HomeFile.model_json_schema(),
        "title": FILE_NAME,
    }


def _read(
    text: str | bytes,
    source: str,
    model: type[S],
    check: Callable[[Tree], None] = lambda _: None,
) -> tuple[S, Tree]:
    tree = read_tree(text, source)
    file = validated(tree, model)
    if () not in tree.unread:
        check(tree)
    if file is None or tree.problems:
        raise ConfigError(in_order(tree.problems))
    return file, tree


def _digest(text: str | bytes) -> str:
    return sha256(text if isinstance(text, bytes) else text.encode()).hexdigest()


def _leaves(tree: Tree, value: object, path: Path) -> Iterator[Resolved]:
    """Walk the sections of a file down to values and lists of values."""
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from _leaves(tree, getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, dict) and value:
        for key, below in value.items():
            yield from _leaves(tree, below, (*path, key))
    elif isinstance(value, tuple) and any(isinstance(entry, BaseModel) for entry in value):
        for index, entry in enumerate(value):
            yield from _leaves(tree, entry, (*path, index))
    else:
        given = tree.values.get(path)
        origin = f"{tree.source}:{given.line}" if given else "default"
        yield Resolved(dotted(path), value, origin)
