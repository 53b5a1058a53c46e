"""The home's facts as the rules need them: plain values, filled by config from good-citizen.yml.

Globs are those of globs.py: names and addresses by segment, titles and labels without segments.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from app.policy.model import Bucket, Kind


@dataclass(frozen=True, slots=True)
class Tracker:
    """A repository of the home whose issues and pull requests are internal items."""

    repo: str
    public: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Board:
    """The organisation project whose single-select field names an item's bucket."""

    project: str
    field: str


@dataclass(frozen=True, slots=True)
class LinkPattern:
    """A glob over addresses that are evidence of a need; `private`: never fetched, never echoed."""

    match: str
    bucket: Bucket | None
    private: bool = False


@dataclass(frozen=True, slots=True)
class Needs:
    """What makes an internal item a need, and of which bucket; the first match of each wins."""

    board: Board | None = None
    labels: tuple[tuple[str, Bucket | None], ...] = ()
    titles: tuple[tuple[str, Bucket | None], ...] = ()
    links: tuple[LinkPattern, ...] = ()


@dataclass(frozen=True, slots=True)
class Stewardship:
    """What makes an internal item planned upstream stewardship: strategic, not a need.

    `items` are "owner/name#1".
    """

    labels: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Strategic:
    """Where and as what strategic work is planned."""

    activities: tuple[str, ...] = (
        "release",
        "review",
        "onboarding",
        "ci",
        "docs",
        "triage",
        "mentoring",
        "meetings",
        "governance",
    )
    upstreams: tuple[str, ...] = ()
    operated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """The home's choices where the policy leaves one."""

    unlinked_feature: Literal["undecided", "personal"] = "undecided"
    grace_days: int | None = None
    feature_size: Literal["any", "major"] = "any"
    general_maintenance: Literal["undecided", "strategic"] = "undecided"


@dataclass(frozen=True, slots=True)
class LabelStyle:
    """A label as GitHub keeps it: name ≤ 50, colour six hex digits, description ≤ 100."""

    name: str
    color: str
    description: str


DEFAULT_LABELS: dict[Kind, LabelStyle] = {
    Kind.TACTICAL: LabelStyle(
        "contribution: tactical", "1d76db", "Serves a need of a community or of planned work"
    ),
    Kind.STRATEGIC: LabelStyle(
        "contribution: strategic", "0e8a16", "Keeps the upstream ecosystem healthy"
    ),
}


UpstreamPublish: TypeAlias = Literal["off", "label", "label+comment"]
"""What may be written in an upstream repository where the app is installed."""


@dataclass(frozen=True, slots=True)
class Publish:
    """Where the app may write. `upstream` holds only where the app is installed.

    `closing`: the line below each comment, in the organisation's own tone; outsiders read it too.
    """

    dry_run: bool = True
    upstream: UpstreamPublish = "off"
    tracker: Literal["off", "comment"] = "comment"
    labels: dict[Kind, LabelStyle] = field(default_factory=lambda: dict(DEFAULT_LABELS))
    closing: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody whose time it is, from a day until a day (both inclusive, home's time zone).

    `agreed`: may be named in the tracking issue.
    """

    login: str
    id: int | None = None
    former_logins: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class Community:
    """A user community that the organisation serves. `public`: its name may be written outside."""

    name: str
    aliases: tuple[str, ...] = ()
    public: bool = False


@dataclass(frozen=True, slots=True)
class Commands:
    """How slash commands are read; `/citizen VERB` always works."""

    short_form: bool = True


ITERATION_TITLE = "Upstream contributions {from} to {until}"


@dataclass(frozen=True, slots=True)
class Iteration:
    """The tracking issue: one per `length_days` days, counted from the day `anchor`.

    `title` is a template with {from}, {until} (days, both inclusive) and {number} (the iteration
    that starts on `anchor` is 1). `mention`: people who agreed are written as @login.
    """

    tracker: str
    anchor: date
    length_days: int = 14
    title: str = ITERATION_TITLE
    labels: tuple[str, ...] = ()
    mention: bool = False


@dataclass(frozen=True, slots=True)
class UpstreamConfig:
    """What an upstream repository's own .github/good-citizen.yml asks of us.

    `publish` None: it says nothing, and the home's setting holds. Otherwise its word is final in
    both directions: it opts in ("label", "label+comment"), restricts ("label") or mutes ("off").
    """

    publish: UpstreamPublish | None = None
    digest: str = ""

    def allows(self, home: UpstreamPublish) -> UpstreamPublish:
        """Give what may be written there, by the repository's word or else by the `home`'s."""
        return home if self.publish is None else self.publish


@dataclass(frozen=True, slots=True)
class Home:
    """The organisation whose time it is, and everything it says about how it works."""

    name: str
    organisations: tuple[str, ...]
    timezone: str = "UTC"
    host: str = "github.com"
    kind_names: dict[Kind, str] = field(default_factory=dict)
    bucket_names: dict[Bucket, str] = field(default_factory=dict)
    trackers: tuple[Tracker, ...] = ()
    not_trackers: tuple[str, ...] = ()
    not_upstream: tuple[str, ...] = ()
    needs: Needs = field(default_factory=Needs)
    stewardship: Stewardship = field(default_factory=Stewardship)
    strategic: Strategic = field(default_factory=Strategic)
    upstreams: tuple[str, ...] = ()
    rules: Rules = field(default_factory=Rules)
    publish: Publish = field(default_factory=Publish)
    commands: Commands = field(default_factory=Commands)
    iteration: Iteration | None = None
    members: tuple[Member, ...] = ()
    bots: tuple[str, ...] = ()
    communities: tuple[Community, ...] = ()
    never_communities: tuple[str, ...] = ()
    digest: str = ""
    """sha256 of the file it was read from: which config a decision was made under."""

    def __hash__(self) -> int:
        """Make a home a key for what is worked out of it once; the generated one refuses dicts."""
        return hash(self.digest or self.name)

    def shown(self, kind: Kind) -> str:
        """Give the name that this home's people use for `kind`."""
        return self.kind_names.get(kind, kind.value)
