"""The few fields of GitHub's webhook payloads that the pump reads, from bytes to values.

Names and shapes are GitHub's (webhook events and payloads); everything else in a payload is
passed over. Text is made storable: PostgreSQL knows neither NUL nor lone surrogates.
"""

import json
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

BIGGEST = 2**63 - 1
_UNSTORABLE = {0: "\ufffd"} | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def storable(text: object) -> object:
    """Replace what no database stores as text with U+FFFD; leave other types alone."""
    if not isinstance(text, str) or (text.isascii() and "\0" not in text):
        return text  # nearly always, and a tenth of the time
    return text.translate(_UNSTORABLE)


Id = Annotated[int, Field(strict=True, ge=1, le=BIGGEST)]
Text = Annotated[str, BeforeValidator(storable)]


def accounts(listed: object) -> object:
    """Leave out of a list whose account is gone, and teams, which have no login; null is empty."""
    if listed is None:
        return ()
    if not isinstance(listed, list):
        return listed
    return [one for one in listed if one is not None and not _has_no_login(one)]


def an_account(given: object) -> object:
    """Take an enterprise, which has no login, for nobody."""
    return None if _has_no_login(given) else given


def _has_no_login(one: object) -> bool:
    return isinstance(one, dict) and "login" not in one


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Actor(_Part):
    """A user, bot or organisation."""

    id: Id
    login: Text
    type: Text | None = None


Actors = Annotated[tuple[Actor, ...], BeforeValidator(accounts)]


class Repository(_Part):
    """Where it happened."""

    id: Id
    full_name: Text
    private: bool | None = None
    fork: bool | None = None
    archived: bool | None = None
    owner: Actor | None = None


class Label(_Part):
    """The label that was put on or taken off."""

    name: Text


class Reviewer(_Part):
    """Only the author of a review matters here; the rest is gathered."""

    user: Actor | None = None


class AppRef(_Part):
    """Through which App something was written."""

    id: Id


class Comment(_Part):
    """A comment on an issue or a pull request. `user` is null for a deleted account."""

    id: Id
    body: Text | None = None
    user: Actor | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    performed_via_github_app: AppRef | None = None


class Item(_Part):
    """An issue or a pull request."""

    number: Id
    title: Text | None = None
    user: Actor | None = None
    merged_by: Actor | None = None
    assignees: Actors = ()
    requested_reviewers: Actors = ()
    updated_at: datetime | None = None


class Installation(_Part):
    """An installation; only installation events carry its account."""

    id: Id
    account: Annotated[Actor | None, BeforeValidator(an_account)] = None
    suspended_at: datetime | None = None


class BodyBefore(_Part):
    """What an edited comment said before."""

    from_: Text = Field("", alias="from")


class Changes(_Part):
    """What an edit changed."""

    body: BodyBefore | None = None


class Payload(_Part):
    """One webhook payload, as far as the pump reads it."""

    action: Text | None = None
    sender: Actor | None = None
    repository: Repository | None = None
    installation: Installation | None = None
    pull_request: Item | None = None
    issue: Item | None = None
    comment: Comment | None = None
    review: Reviewer | None = None
    label: Label | None = None
    changes: Changes | None = None


class UnreadableError(Exception):
    """A body that is no payload; the message is the sentence it is buried with."""


def read_payload(body: bytes) -> Payload:
    """Read one body; raise UnreadableError with a sentence for what is not GitHub's."""
    try:
        return _read(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "whole"
        raise UnreadableError(
            f"the payload's {where} is not as GitHub sends it: {first['msg']}"
        ) from None
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"the body is no JSON: {error}") from None


def _read(body: bytes) -> Payload:
    try:
        return Payload.model_validate_json(body)
    except ValidationError as error:
        if error.errors(include_url=False, include_input=False)[0]["type"] != "json_invalid":
            raise
    # The quick parser refuses half a surrogate pair, which JSON allows and a title can hold.
    return Payload.model_validate(json.loads(body))
