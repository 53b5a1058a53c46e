"""A Tree becomes a model, or problems: pydantic's errors told to the person who wrote the file."""

from typing import TYPE_CHECKING, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from app.config.forms import EXPECTED, Section
from app.config.problems import MOST, Path, found, meant
from app.config.tree import Tree

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

S = TypeVar("S", bound=Section)

_KEY = "[key]"
"""How pydantic ends the place of an error that is in a key itself."""
_WANTED = {
    "bool_type": "true or false",
    "int_type": "a whole number",
    "tuple_type": "a list",
    "dict_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
}
_TRUTH = dict.fromkeys(("on", "yes", "y"), "; write true") | dict.fromkeys(
    ("off", "no", "n"), "; write false"
)
_TRUTH |= dict.fromkeys(("true", "false"), "; write it without quotes")
_MOST_KEYS = 9


def validated(tree: Tree, model: type[S]) -> S | None:
    """Give the file as `model`, or None with the problems noted in `tree`."""
    if () in tree.unread:
        return None
    if tree.value is None:
        tree.refuse(tree.at_value(()), (), f"the file is empty: expected {_keys_of(model)}")
        return None
    try:
        return model.model_validate(tree.value)
    except ValidationError as error:
        for detail in error.errors(include_url=False)[: MOST + 1]:
            _note(tree, model, detail)
    return None


def entries(tree: Tree, key: str, model: type[S]) -> list[tuple[int, S]]:
    """Give the entries of the list `key` that are right, with their indexes.

    For checks across entries, which are to be made although other entries have problems.
    """
    listed = tree.value.get(key) if isinstance(tree.value, dict) else None
    good: list[tuple[int, S]] = []
    for index, entry in enumerate(listed if isinstance(listed, tuple) else ()):
        try:
            good.append((index, model.model_validate(entry)))
        except ValidationError:
            continue  # told by validated()
    return good


def _note(tree: Tree, model: type[Section], detail: "ErrorDetails") -> None:
    is_key = detail["loc"][-1:] == (_KEY,)
    path: Path = detail["loc"][:-1] if is_key else detail["loc"]
    if not tree.was_read(path):
        return
    if detail["type"] == "extra_forbidden":
        known = _keys_at(model, path[:-1])
        hint = meant(path[-1], known) or f"; expected {_listed(known)}"
        tree.refuse(tree.at_key(path), path, f"unknown key{hint}")
    elif detail["type"] == "missing":
        tree.refuse(tree.at_value(path[:-1]), path, "the key is missing")
    else:
        mark = tree.at_key(path) if is_key else tree.at_value(path)
        tree.refuse(mark, path, _says(detail))


def _says(detail: "ErrorDetails") -> str:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind == EXPECTED:
        return str(context["says"])
    if kind == "string_type":
        quote = "" if value is None or isinstance(value, dict | tuple) else "; write it in quotes"
        return f"expected text, found {found(value)}{quote}"
    if kind in {"enum", "literal_error"}:
        known = str(context["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
        # The one enumeration of the files is the buckets, and each of them may be unknown.
        words = [*known, "null"] if kind == "enum" else known
        either = ", ".join(words[:-1]) + f" or {words[-1]}"
        return f"expected {either}, found {found(value)}{meant(value, known)}"
    if kind == "too_short":
        return "expected at least one entry"
    if kind in {"greater_than_equal", "less_than_equal"}:
        bound = f"at least {context['ge']}" if "ge" in context else f"at most {context['le']}"
        return f"expected a whole number of {bound}, found {found(value)}"
    wanted = _WANTED.get(kind)
    hint = _TRUTH.get(str(value).lower(), "") if kind == "bool_type" else ""
    return f"expected {wanted}, found {found(value)}{hint}" if wanted else detail["msg"]


def _keys_at(model: type[Section], path: Path) -> tuple[str, ...]:
    """Give the keys that the mapping at `path` may have."""
    within: type[BaseModel] | None = model
    for part in path:
        if within is None or isinstance(part, int):
            continue
        fields = {field.alias or name: field for name, field in within.model_fields.items()}
        within = _section_in(fields[part].annotation) if part in fields else None
    if within is None:
        return ()
    return tuple(field.alias or name for name, field in within.model_fields.items())


def _section_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_section_in, get_args(annotation))), None)


def _keys_of(model: type[Section]) -> str:
    needed = [name for name, field in model.model_fields.items() if field.is_required()]
    return f"a mapping with {' and '.join(needed)}"


def _listed(known: tuple[str, ...]) -> str:
    shown = ", ".join(known[:_MOST_KEYS])
    return f"{shown} …" if len(known) > _MOST_KEYS else shown
