"""What an upstream's own labels say about a change: a person's word."""

import re
from collections.abc import Iterable

from app.policy.model import Work

_SAID_BY = {
    Work.FEATURE: "feature, new feature, feature request, enhancement, new, improvement,"
    " api change",
    Work.BUGFIX: "bug, bugfix, bug fix, fix, regression, hotfix, defect",
    Work.DOCUMENTATION: "documentation, docs, doc",
    Work.CI: "ci, continuous integration, ci cd, github actions, gha",
    Work.MAINTENANCE: "maintenance, maint, chore, dependencies, dependency, deps, refactor,"
    " refactoring, technical debt, tech debt, housekeeping, upkeep, cleanup, internal, tests,"
    " testing, task, build",
    Work.RELEASE: "release, release management, changelog",
}
_WORK_OF = {label.strip(): work for work, said in _SAID_BY.items() for label in said.split(",")}
_FRAME = re.compile(
    r"^(?::\w+:|(?:type|kind|category|pr|impact|tag|t|c)\s*[:/\-]+\s*|[^a-z]+)|[^a-z]+$",
    re.IGNORECASE,
)
_JOINTS = re.compile(r"[\s_\-/:]+")
_ADMITS = {
    Work.MAINTENANCE: (Work.MAINTENANCE, Work.CI, Work.RELEASE),
    Work.DOCUMENTATION: (Work.DOCUMENTATION, Work.RELEASE),
}


def admitted(work: Work) -> tuple[Work, ...]:
    """Give what a label of this kind covers: many projects have no label for CI or releases."""
    return _ADMITS.get(work, (work,))


def work_of_label(label: str) -> Work | None:
    """Give what one label says, if it speaks of the kind of work; "type: bug" is "bug"."""
    bare = label[:100].strip()
    for _ in range(2):
        bare = _FRAME.sub("", bare)
    return _WORK_OF.get(_JOINTS.sub(" ", bare).casefold())


def carried_by(labels: Iterable[str]) -> dict[str, Work]:
    """Give those of the labels that speak of the kind of work, with what they say."""
    said = ((label, work_of_label(label)) for label in labels)
    return {label: work for label, work in said if work is not None}
