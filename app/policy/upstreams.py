"""What is upstream, what is the home's own, and which of that tracks its work."""

from functools import lru_cache

from app.policy.globs import matches_name
from app.policy.home import Home, Tracker
from app.policy.model import Subject
from app.policy.roster import colleagues


def is_upstream_subject(subject: Subject, home: Home) -> bool:
    """Say whether the subject is upstream and no fork's own branch."""
    if subject.is_fork and not _listed(subject.ref.repo, home.upstreams):
        return False
    return is_upstream(subject.ref.repo, home)


@lru_cache(maxsize=4096)
def is_upstream(repo: str, home: Home) -> bool:
    """Say whether `repo` ("owner/name") is neither the home's nor one person's own.

    `not_upstream` comes before `upstreams`: what is named there stays out.
    """
    if is_home_repository(repo, home) or _listed(repo, home.not_upstream):
        return False
    private_account = repo.partition("/")[0].casefold() in colleagues(home)
    return not private_account or _listed(repo, home.upstreams)


@lru_cache(maxsize=4096)
def is_home_repository(repo: str, home: Home) -> bool:
    """Say whether `repo` ("owner/name") is the home's own: of its organisations or a tracker."""
    owner = repo.partition("/")[0].casefold()
    return owner in {one.casefold() for one in home.organisations} or (
        tracker_of(repo, home) is not None
    )


@lru_cache(maxsize=4096)
def tracker_of(repo: str, home: Home) -> Tracker | None:
    """Give the tracker that `repo` ("owner/name") is, by its present name or an older one."""
    wanted = repo.casefold()
    return next(
        (
            one
            for one in home.trackers
            if wanted in {one.repo.casefold(), *(alias.casefold() for alias in one.aliases)}
        ),
        None,
    )


def _listed(repo: str, globs: tuple[str, ...]) -> bool:
    return any(matches_name(glob, repo) for glob in globs)
