"""What may be done to an item on GitHub: values that say what to write, and nothing about how."""

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from app.policy.home import Home
from app.policy.model import Visibility
from app.publish.target import TargetState, private_to_home
from app.publish.wall import InternalText, PublicText

_PURPOSE: Final = re.compile(r"[a-z0-9]+(?:[:.][a-z0-9]+)*")


def marker(app_id: int, subject: str = "item") -> str:
    """Give the hidden first line by which a comment of ours is found again.

    `subject` says what the comment is for on its item ("item": the one comment about it;
    "reply:123": an answer to comment 123) and names no repository, so that it stays true when an
    issue is transferred. Anybody can type it: it counts only in a comment by our own app.
    """
    if app_id < 0 or not _PURPOSE.fullmatch(subject):
        raise ValueError(f"not a subject of a comment: {subject!r}")
    return f"<!-- good-citizen {app_id} {subject} -->"


def is_marked(comment: str, app_id: int, subject: str = "item") -> bool:
    """Tell whether a comment's whole body begins with our marker for `subject`."""
    return comment.startswith(marker(app_id, subject))


def body_of(comment: str) -> str:
    """Give a comment's text without the marker, in the form in which two texts are compared."""
    lines = comment.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    if lines[0].startswith("<!-- good-citizen ") and lines[0].rstrip().endswith("-->"):
        del lines[0]
    return "\n".join(lines).strip()


@dataclass(frozen=True, slots=True)
class AddLabel:
    """Put a label on the item; create it with colour and description where it does not exist."""

    name: str
    color: str
    description: str


@dataclass(frozen=True, slots=True)
class RemoveLabel:
    """Take a label of ours off the item; `name` as it is spelled there."""

    name: str


@dataclass(frozen=True, slots=True)
class CreateComment:
    """Write our comment; look for `marker` by our own app first, for a lost answer to this call."""

    text: PublicText | InternalText
    marker: str

    def __post_init__(self) -> None:
        _insist_on_text(self.text)

    @property
    def body(self) -> str:
        """Give what is sent to GitHub."""
        return f"{self.marker}\n{self.text}"


@dataclass(frozen=True, slots=True)
class EditComment:
    """Replace the text of a comment of ours; the marker stays its first line."""

    comment_id: int
    text: PublicText | InternalText
    marker: str

    def __post_init__(self) -> None:
        _insist_on_text(self.text)

    @property
    def body(self) -> str:
        """Give what is sent to GitHub."""
        return f"{self.marker}\n{self.text}"


Action: TypeAlias = AddLabel | RemoveLabel | CreateComment | EditComment


def passes(action: Action, target: TargetState, home: Home) -> bool:
    """Tell whether an action may still be done, asked with the visibility read right before it.

    A repository that turned public since its text was made gets no internal text; one whose
    visibility could not be read gets nothing.
    """
    if target.visibility is Visibility.UNKNOWN:
        return False
    internal = isinstance(action, CreateComment | EditComment) and isinstance(
        action.text, InternalText
    )
    return not internal or private_to_home(target, home)


def _insist_on_text(text: object) -> None:
    if not isinstance(text, PublicText | InternalText):
        raise TypeError("a comment is made of a PublicText or an InternalText, never of a str")
