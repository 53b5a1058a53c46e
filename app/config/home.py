"""The models of the files become the values that the policy decides with."""

from app.config.schema import HomeFile, NeedsSection
from app.config.writing import PublishSection, UpstreamFile
from app.policy.home import (
    Board,
    Commands,
    Community,
    Home,
    Iteration,
    LabelStyle,
    LinkPattern,
    Member,
    Needs,
    Publish,
    Rules,
    Stewardship,
    Strategic,
    Tracker,
    UpstreamConfig,
)
from app.policy.model import Bucket, Kind


def home_from(file: HomeFile, digest: str) -> Home:
    """Give the home that `file` describes; `digest` is the sha256 of the bytes it came from."""
    return Home(
        name=file.home.name,
        organisations=file.home.organisations,
        timezone=file.home.timezone,
        host=file.home.host,
        kind_names={Kind(kind): name for kind, name in file.home.names},
        bucket_names={
            Bucket(bucket): name
            for bucket, name in file.home.bucket_names.model_dump(by_alias=True).items()
        },
        trackers=tuple(Tracker(**dict(entry)) for entry in file.trackers),
        not_trackers=file.not_trackers,
        not_upstream=file.not_upstream,
        needs=_needs(file.needs),
        stewardship=Stewardship(**dict(file.stewardship)),
        strategic=Strategic(**dict(file.strategic)),
        upstreams=file.upstreams,
        rules=Rules(**dict(file.rules)),
        publish=_publish(file.publish),
        commands=Commands(**dict(file.commands)),
        iteration=Iteration(**dict(file.iteration)) if file.iteration else None,
        members=tuple(Member(**dict(entry)) for entry in file.members),
        bots=file.bots,
        communities=tuple(Community(**dict(entry)) for entry in file.communities),
        never_communities=file.never_communities,
        digest=digest,
    )


def upstream_from(file: UpstreamFile, digest: str) -> UpstreamConfig:
    """Give what an upstream repository's own file asks of us."""
    return UpstreamConfig(publish=file.publish, digest=digest)


def _needs(section: NeedsSection) -> Needs:
    return Needs(
        board=Board(**dict(section.board)) if section.board else None,
        labels=tuple(section.labels.items()),
        titles=tuple(section.titles.items()),
        links=tuple(LinkPattern(**dict(entry)) for entry in section.links),
    )


def _publish(section: PublishSection) -> Publish:
    return Publish(
        dry_run=section.dry_run,
        upstream=section.upstream,
        tracker=section.tracker,
        labels={Kind(kind): LabelStyle(**dict(style)) for kind, style in section.labels},
        closing=section.closing,
    )
