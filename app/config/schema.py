"""The keys of good-citizen.yml, each with its type, its default and what it means.

Descriptions are what editors show and `good-citizen config schema` prints.
"""

from typing import Literal

from pydantic import Field

from app.config.forms import (
    ActivityName,
    BucketName,
    Day,
    Host,
    ItemName,
    Login,
    NameGlob,
    Owner,
    Project,
    Repo,
    Section,
    TextGlob,
    Timezone,
    UrlGlob,
    Version,
    Words,
)
from app.config.writing import CommandsSection, IterationSection, PublishSection
from app.policy.home import Strategic
from app.policy.model import Bucket

_FIRST = "The first that matches wins. null: a need whose bucket is not known"


class KindNames(Section):
    """How the kinds are shown to people."""

    tactical: Words = "tactical"
    strategic: Words = "strategic"
    personal: Words = "personal"
    undecided: Words = "undecided"


class BucketNames(Section):
    """How the sources of tactical work are shown to people, and named in the board's field."""

    product_dev: Words = Field(Bucket.PRODUCT_DEV.value, alias="product-dev")
    internal_eng: Words = Field(Bucket.INTERNAL_ENG.value, alias="internal-eng")
    tech_support: Words = Field(Bucket.TECH_SUPPORT.value, alias="tech-support")
    partnership_support: Words = Field(
        Bucket.PARTNERSHIP_SUPPORT.value, alias="partnership-support"
    )


class HomeSection(Section):
    """The organisation whose time it is."""

    name: Words
    """The organisation's name as people write it."""
    organisations: tuple[Owner, ...] = Field(min_length=1)
    """Its accounts on GitHub: what is in them is the home's own, not upstream."""
    timezone: Timezone = "UTC"
    """Where a day starts, for membership dates and iterations: a name such as Europe/Berlin."""
    host: Host = "github.com"
    """The GitHub that this file speaks of."""
    names: KindNames = KindNames()
    """How the kinds are shown to people."""
    bucket_names: BucketNames = BucketNames()
    """How the sources of tactical work are shown to people."""


class TrackerEntry(Section):
    """A repository whose issues and pull requests are internal items."""

    repo: Repo
    """owner/name"""
    public: bool = False
    """true: everybody may read it."""
    aliases: tuple[Repo, ...] = ()
    """Its former names: links to them still count."""


class BoardEntry(Section):
    """The organisation's project whose single-select field names an item's bucket."""

    project: Project
    """orgs/NAME/projects/NUMBER; read only if the app may read the organisation's projects."""
    field: Words
    """The field's name."""


class LinkEntry(Section):
    """Addresses that are evidence of a need, such as those of support tickets."""

    match: UrlGlob
    """A glob: * within a segment of the address, ** across."""
    bucket: BucketName | None = None
    """The bucket of such a need; null: not known."""
    private: bool = False
    """true: the pattern is the evidence; the address is never fetched, nor shown in public."""


class NeedsSection(Section):
    """What makes an internal item a need, and of which bucket."""

    board: BoardEntry | None = None
    """Where an item's bucket is read first."""
    labels: dict[TextGlob, BucketName | None] = Field(
        {}, description=f"Globs over labels. {_FIRST}"
    )
    titles: dict[TextGlob, BucketName | None] = Field(
        {}, description=f"Globs over titles. {_FIRST}"
    )
    links: tuple[LinkEntry, ...] = ()
    """Addresses outside the trackers; the first that matches wins."""


class StewardshipSection(Section):
    """What makes an internal item planned upstream stewardship: strategic, not a need."""

    labels: tuple[TextGlob, ...] = ()
    """Globs over labels."""
    titles: tuple[TextGlob, ...] = ()
    """Globs over titles."""
    items: tuple[ItemName, ...] = ()
    """Single items as owner/name#1."""


class StrategicSection(Section):
    """Where and as what strategic work is planned."""

    activities: tuple[ActivityName, ...] = Strategic().activities
    """The activities that count as strategic, and that people can name in commands."""
    upstreams: tuple[NameGlob, ...] = ()
    """Where planned stewardship is done; the same work elsewhere counts as other upstream."""
    operated: tuple[NameGlob, ...] = ()
    """Upstream services that the organisation helps to run: undecided until somebody says."""


class RulesSection(Section):
    """The choices that the policy leaves to the organisation."""

    unlinked_feature: Literal["undecided", "personal"] = "undecided"
    """A feature without a known need: stays undecided, or is personal after grace_days."""
    grace_days: int | None = Field(None, ge=0, le=366)
    """Days that people have to name a need; null: no number of days."""
    feature_size: Literal["any", "major"] = "any"
    """major: small features are treated like maintenance."""
    general_maintenance: Literal["undecided", "strategic"] = "undecided"
    """General maintenance and bug fixes without a link."""


class MemberEntry(Section):
    """Somebody whose time it is, between two days, both inclusive."""

    login: Login
    """The login on GitHub; letter case does not matter."""
    id: int | None = Field(None, ge=1, le=2**53)
    """GitHub's numeric id, which stays when the login changes."""
    former_logins: tuple[Login, ...] = ()
    """Logins the person had before."""
    names: tuple[Words, ...] = ()
    """Names in commits and co-author lines."""
    since: Day | None = Field(None, alias="from")
    """First day; left out: from the beginning."""
    until: Day | None = None
    """Last day; left out: still a member."""
    agreed: bool = False
    """true: may be named in the tracking issue."""


class CommunityEntry(Section):
    """A user community that the organisation serves; its name alone is a hint, not a need."""

    name: Words
    """Its name."""
    aliases: tuple[Words, ...] = ()
    """Other names and spellings it goes by."""
    public: bool = False
    """true: the name may be written where outsiders read."""


class HomeFile(Section):
    """good-citizen.yml: what an organisation says about how it works."""

    version: Version
    """The version of this format."""
    home: HomeSection
    """The organisation whose time it is."""
    trackers: tuple[TrackerEntry, ...] = ()
    """Repositories whose issues and pull requests are internal items."""
    not_trackers: tuple[NameGlob, ...] = ()
    """Repositories of the organisation that are no trackers: a link to them is no need."""
    not_upstream: tuple[NameGlob, ...] = ()
    """Accounts and repositories that are not upstream though they are not the home's."""
    needs: NeedsSection = NeedsSection()
    """What makes an internal item a need, and of which bucket."""
    stewardship: StewardshipSection = StewardshipSection()
    """What makes an internal item planned upstream stewardship."""
    strategic: StrategicSection = StrategicSection()
    """Where and as what strategic work is planned."""
    upstreams: tuple[NameGlob, ...] = ()
    """Repositories that are searched for acts which GitHub's search cannot find."""
    rules: RulesSection = RulesSection()
    """The choices that the policy leaves to the organisation."""
    publish: PublishSection = PublishSection()
    """Where the app may write."""
    commands: CommandsSection = CommandsSection()
    """How slash commands are read."""
    iteration: IterationSection | None = None
    """The tracking issue; left out: there is none."""
    members: tuple[MemberEntry, ...] = ()
    """The people whose time it is."""
    bots: tuple[Login, ...] = ()
    """Accounts that are no people, beside those that GitHub marks as bots."""
    communities: tuple[CommunityEntry, ...] = ()
    """The user communities that the organisation serves."""
    never_communities: tuple[Words, ...] = ()
    """Names that are never a community: upstream projects, above all."""
