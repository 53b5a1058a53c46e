"""What planning looks at: what was seen live at the target, and the contributions it concerns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from app.policy.answers import Decision
from app.policy.home import Home
from app.policy.model import Act, ItemRef, Person, Visibility

Seen: TypeAlias = Mapping[tuple[str, str, int | str | None], Visibility]
"""`ItemRef.key` → visibility, as read in this very run. What is not in it was not read."""

Asks: TypeAlias = Literal["off", "label", "label+comment"]
"""How much writing an upstream's own config file or the home's setting asks for."""

State: TypeAlias = Literal["open", "closed", "merged"]


@dataclass(frozen=True, slots=True)
class OurComment:
    """A comment written by our app and bearing our marker: GitHub's numeric id, the whole body."""

    id: int
    body: str


@dataclass(frozen=True, slots=True)
class TargetState:
    """What was seen live at the item that may be written to.

    `repository_has`: those of our label names that exist in the repository (as spelled there).
    `comment` is the oldest comment by our app whose body begins with `marker(app_id)`;
    `duplicates` are all younger such ones. `installed`: our app may write here.
    """

    repository_id: int
    ref: ItemRef
    visibility: Visibility = Visibility.UNKNOWN
    archived: bool = False
    locked: bool = False
    labels: tuple[str, ...] = ()
    repository_has: tuple[str, ...] = ()
    comment: OurComment | None = None
    duplicates: tuple[OurComment, ...] = ()
    installed: bool = False
    title: str | None = None
    state: State | None = None
    draft: bool | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Served:
    """One decided contribution that concerns a target: upstream the item itself, or what serves it.

    `visibility` is the subject's as last recorded: private closes the wall, but only `Seen` opens
    it. `about_item`: the decision rests on a person's word about the whole item, so that it speaks
    for the item whatever the act.
    """

    who: Person
    act: Act
    subject: ItemRef
    decision: Decision
    title: str | None = None
    state: State | None = None
    visibility: Visibility = Visibility.UNKNOWN
    draft: bool | None = None
    about_item: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """What holds around a target while planning.

    `upstream_asks` is what the upstream's own config file says, None where it has none.
    """

    home: Home
    app_id: int
    seen: Seen = field(default_factory=dict)
    muted: bool = False
    upstream_asks: Asks | None = None


def is_tracker(ref: ItemRef, home: Home) -> bool:
    """Tell whether `ref` is an item of one of the home's trackers, by present or former name."""
    names = {n.lower() for t in home.trackers for n in (t.repo, *t.aliases)}
    return ref.repo.lower() in names


def is_home(ref: ItemRef, home: Home) -> bool:
    """Tell whether `ref` belongs to one of the home's own organisations."""
    owner = ref.repo.partition("/")[0].lower()
    return owner in {o.lower() for o in home.organisations}


def private_to_home(target: TargetState, home: Home) -> bool:
    """Tell whether only the home's own people can read the target.

    An upstream's private repository is not: its readers are not the home's.
    """
    ours = is_home(target.ref, home) or is_tracker(target.ref, home)
    return ours and target.visibility is Visibility.PRIVATE
