"""The forms that text in a config file has: each with what is said when it is not kept."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from string import Formatter
from typing import Annotated, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
)
from pydantic import GetJsonSchemaHandler as Handler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import no_info_after_validator_function

from app.config.problems import found, meant
from app.config.tree import day
from app.policy.globs import problem_with
from app.policy.model import Bucket

EXPECTED = "expected"
"""Type of the errors whose message is already what a person should read."""


def refusal(expected: str, value: object, hint: str = "") -> PydanticCustomError:
    """Build the error of a form: what was expected, what stands there, what may be meant."""
    says = f"expected {expected}, found {found(value)}{hint}"
    return PydanticCustomError(EXPECTED, "{says}", {"says": says})


class Section(BaseModel):
    """A mapping whose keys are all known."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )


@dataclass(frozen=True, slots=True)
class Form:
    """Text that matches `pattern` as a whole; `expected` says so in words."""

    pattern: str
    expected: str
    longest: int = 256

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Handler) -> JsonSchemaValue:
        return handler(schema) | {"pattern": f"^(?:{self.pattern})$", "maxLength": self.longest}

    def _checked(self, text: str) -> str:
        if len(text) > self.longest:
            raise refusal(f"at most {self.longest} characters", text, f" ({len(text)} characters)")
        if not re.fullmatch(self.pattern, text):
            raise refusal(self.expected, text)
        return text


def _glob(text: str) -> str:
    if expected := problem_with(text):
        raise refusal(expected, text)
    return text


def _timezone(text: str) -> str:
    if text not in _timezones():
        raise refusal("a time zone such as Europe/Berlin or UTC", text, meant(text, _timezones()))
    return text


@cache
def _timezones() -> frozenset[str]:
    # The list in tzdata, since zoneinfo.available_timezones() opens every file of the database.
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("utf-8").split())


def _day(value: object) -> date:
    named = day(value) if isinstance(value, str) else value
    if not isinstance(named, date):
        raise refusal("a day such as 2024-02-29", value)
    return named


def _version(value: object) -> object:
    if value != 1 or type(value) is not int:  # true and 1.0 are equal to 1 in Python
        raise refusal("1, the version of the format", value)
    return value


def _color(text: str) -> str:
    if not re.fullmatch("[0-9a-fA-F]{6}", text):
        bare = text.removeprefix("#")
        hint = f'; write "{bare}"' if re.fullmatch("[0-9a-fA-F]{6}", bare) else ""
        raise refusal("six hexadecimal digits without #", text, hint)
    return text.lower()


PLACES = ("from", "until", "number")
"""What the title of a tracking issue may hold in braces."""


def _template(text: str) -> str:
    try:
        # A width such as {number:>999999999} would fill the memory.
        places = [
            (name, spec, conv)
            for _, name, spec, conv in Formatter().parse(text)
            if name is not None
        ]
        good = all(name in PLACES and not spec and not conv for name, spec, conv in places)
    except ValueError:
        good = False
    if not good:
        raise refusal("no braces but {from}, {until} and {number}", text)
    return text


_OWNER = r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}"
_REPO = r"[A-Za-z0-9._-]{1,100}"
_LINE = r"(?!\s)[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+(?<!\s)"


def _line(longest: int) -> Form:
    return Form(_LINE, "one line of text, without space around it", longest)


Words: TypeAlias = Annotated[str, _line(200)]
"""A name of something, as people write it."""
LabelName: TypeAlias = Annotated[str, _line(50)]
LabelText: TypeAlias = Annotated[
    str, Form(f"({_LINE})?", "one line of text, without space around it", 100)
]
Title: TypeAlias = Annotated[str, _line(200), AfterValidator(_template)]
Login: TypeAlias = Annotated[str, Form(rf"{_OWNER}(\[bot\])?", "a GitHub login")]
Owner: TypeAlias = Annotated[str, Form(_OWNER, "the login of an organisation")]
Repo: TypeAlias = Annotated[str, Form(f"{_OWNER}/{_REPO}", "a repository as owner/name")]
ItemName: TypeAlias = Annotated[
    str, Form(rf"{_OWNER}/{_REPO}#[1-9][0-9]{{0,8}}", "an issue or pull request as owner/name#1")
]
Project: TypeAlias = Annotated[
    str,
    Form(rf"(orgs|users)/{_OWNER}/projects/[1-9][0-9]{{0,8}}", "a project as orgs/NAME/projects/1"),
]
Host: TypeAlias = Annotated[
    str, Form(r"[a-z0-9.-]{1,253}(:[0-9]{1,5})?", "a host name in lower case")
]
ActivityName: TypeAlias = Annotated[
    str, Form(r"[A-Za-z][A-Za-z0-9_-]{0,49}", "one word of letters, digits and hyphens")
]
NameGlob: TypeAlias = Annotated[
    str,
    AfterValidator(_glob),
    Form(r"[^/\s]+/[^\s]+|\*\*", "a glob over owner/name, such as jupyterhub/*"),
]
UrlGlob: TypeAlias = Annotated[
    str,
    AfterValidator(_glob),
    Form(r"https?://\S+", "a glob over addresses that starts with https://"),
]
TextGlob: TypeAlias = Annotated[str, AfterValidator(_glob)]
Color: TypeAlias = Annotated[
    str, AfterValidator(_color), Field(json_schema_extra={"pattern": "^[0-9a-fA-F]{6}$"})
]
Timezone: TypeAlias = Annotated[str, AfterValidator(_timezone)]
Day: TypeAlias = Annotated[date, BeforeValidator(_day)]
Version: TypeAlias = Annotated[Literal[1], BeforeValidator(_version)]
BucketName: TypeAlias = Annotated[Bucket, Field(strict=False)]
