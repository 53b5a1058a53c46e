"""The keys that say where and how the app writes, in the home's file and in an upstream's own."""

from typing import Literal

from pydantic import Field

from app.config.forms import Color, Day, LabelName, LabelText, Repo, Section, Title, Version, Words
from app.policy.home import DEFAULT_LABELS, ITERATION_TITLE, UpstreamPublish
from app.policy.model import Kind

_TACTICAL = DEFAULT_LABELS[Kind.TACTICAL]
_STRATEGIC = DEFAULT_LABELS[Kind.STRATEGIC]


class TacticalLabel(Section):
    """The label of tactical contributions."""

    name: LabelName = _TACTICAL.name
    """At most 50 characters, GitHub's limit."""
    color: Color = _TACTICAL.color
    """Six hexadecimal digits without #."""
    description: LabelText = _TACTICAL.description
    """At most 100 characters, GitHub's limit."""


class StrategicLabel(Section):
    """The label of strategic contributions."""

    name: LabelName = _STRATEGIC.name
    """At most 50 characters, GitHub's limit."""
    color: Color = _STRATEGIC.color
    """Six hexadecimal digits without #."""
    description: LabelText = _STRATEGIC.description
    """At most 100 characters, GitHub's limit."""


class LabelsSection(Section):
    """The labels that the app puts on pull requests."""

    tactical: TacticalLabel = TacticalLabel()
    """The label of tactical contributions."""
    strategic: StrategicLabel = StrategicLabel()
    """The label of strategic contributions."""


class PublishSection(Section):
    """Where the app may write."""

    dry_run: bool = True
    """true: nothing is written to GitHub, only what would be is shown."""
    upstream: UpstreamPublish = "off"
    """In upstream repositories where the app is installed, unless their own file says otherwise."""
    tracker: Literal["off", "comment"] = "comment"
    """On linked items of the trackers."""
    labels: LabelsSection = LabelsSection()
    """Names, colours and descriptions of the labels."""
    closing: Words | None = None
    """A line below each comment, in the organisation's own tone; outsiders read it too."""


class CommandsSection(Section):
    """How slash commands are read; /citizen VERB always works."""

    short_form: bool = True
    """false: /VERB alone is left to other bots."""


class IterationSection(Section):
    """The tracking issue: one per iteration. Left out: there is none."""

    tracker: Repo
    """The repository it is opened in; one of the trackers."""
    anchor: Day
    """A day on which an iteration starts."""
    length_days: int = Field(14, ge=1, le=366)
    """Days from one iteration to the next."""
    title: Title = ITERATION_TITLE
    """May hold {from}, {until} and {number}."""
    labels: tuple[LabelName, ...] = ()
    """Labels that the issue gets."""
    mention: bool = False
    """true: people who agreed to be named are written as @login, and notified."""


class UpstreamFile(Section):
    """.github/good-citizen.yml of an upstream repository: what it asks of an organisation's app."""

    version: Version
    """The version of this format."""
    publish: UpstreamPublish | None = None
    """What the app may write here: it opts in, restricts (label) or mutes it altogether (off)."""
