"""The rules: one small function each, whose name completes "this contribution …".

A rule's docstring is the sentence of definitions.md that it applies; its answer's sentence is the
explanation that people read. In which order the rules are asked stands in definitions.py.
"""
# ruff: noqa: D401 - the docstrings are quotations

from app.policy.answers import Answer, Name, No, Own, Part, Sentence, Unknown, Yes, no
from app.policy.contribution import Contribution
from app.policy.globs import matches_name
from app.policy.model import Act, Item, SubjectType, Work
from app.policy.wording import (
    is_about_a_meeting,
    is_about_governance,
    is_about_the_author,
    plans_a_review,
    plans_onboarding,
)

MAINTENANCE = "maintenance"
"""The activity of upkeep. It is on no list, so no home can strike it off its own."""

_ACTIVITIES = {Work.DOCUMENTATION: "docs", Work.CI: "ci", Work.RELEASE: "release"}


def serves_a_community_need(contribution: Contribution) -> Answer:
    """Satisfying community needs often involves directly working on the software they use."""
    if need := contribution.strongest_need():
        return Yes(need.says, (need.evidence,), need=need)
    if contribution.could_not_read:
        return Unknown(Sentence("what could link it to a need could not all be read"))
    return no("nothing links it to a need that we track")


def is_planned_stewardship(contribution: Contribution) -> Answer:
    """We should be thinking about this as a team and assigning work intentionally."""
    reason = contribution.stewardship()
    if reason is None:
        return no("the tracker does not plan it as upstream stewardship")
    item = reason.trace.item
    return Yes(
        Sentence("the team planned it as upstream stewardship"),
        (reason.trace.evidence,),
        activity="onboarding" if plans_onboarding(item) else _planned_activity(contribution, item),
        # A feature is on the list of exclusions, whoever planned it: a person has to say.
        hint=reason.trace.hint or contribution.is_feature,
    )


def is_linked_in_passing(contribution: Contribution) -> Answer:
    """That it is open source is *incidental*: it was done to support the communities."""
    if need := contribution.strongest_need(hint=True):
        return Yes(need.says, (need.evidence,), need=need, hint=True)
    return no("no passing word links it to a need either")


def names_a_community(contribution: Contribution) -> Answer:
    """A community named without a link to its need is a hint, and the ticket is asked for."""
    if named := contribution.reading.named:
        name = Name(named.community.name, public=named.community.public)
        says = Sentence("it names {community}, without a link", {"community": name})
        return Yes(says, (named.evidence,), hint=True)
    return no("it names no community that we serve")


def is_about_its_author(contribution: Contribution) -> Answer:
    """What is on neither list is left to people: it is asked, not guessed."""
    if contribution.is_own and is_about_the_author(contribution.subject.title, contribution.member):
        return Yes(Sentence("it is about the author's own entry and counts as nothing"))
    return no("it is not about its author")


def creates_a_new_project(contribution: Contribution) -> Answer:
    """Creating brand new projects."""
    subject = contribution.subject
    if subject.is_new_repository or subject.type is SubjectType.REPOSITORY:
        return Yes(Sentence("a new project is not on the strategic list"))
    return no("it creates no new project")


def adds_a_feature(contribution: Contribution) -> Answer:
    """Adding a new feature to an upstream project."""
    if not contribution.is_feature:
        return no("it adds no feature")
    if contribution.home.rules.feature_size == "major" and contribution.is_small:
        return no("it adds a feature, but a small one")
    because = Own(contribution.why)
    return Yes(
        Sentence("a feature is not on the strategic list ({because})", {"because": because}),
        hint=not contribution.is_sure_of_work,
    )


def operates_a_service(contribution: Contribution) -> Answer:
    """What is on neither list is left to people: it is asked, not guessed."""
    operated = contribution.home.strategic.operated
    if contribution.is_change and any(
        matches_name(glob, contribution.subject.ref.repo) for glob in operated
    ):
        sure = contribution.work in _ACTIVITIES and contribution.is_sure_of_work
        if sure or contribution.work is Work.CI:
            return no("it changes no running service")
        return Yes(Sentence("running an upstream's service is on neither list"))
    return no("it operates no service")


def helps_making_a_release(contribution: Contribution) -> Answer:
    """Help making releases."""
    if contribution.act.act is Act.RELEASED:
        return _listed(contribution, "release", Sentence("making a release"))
    return _by_work(contribution, Work.RELEASE, Sentence("it is no release"))


def helps_onboard_new_contributors(contribution: Contribution) -> Answer:
    """Help onboard new contributors."""
    if contribution.reading.by_bot:
        return no("a machine wrote it")
    if contribution.reading.grows_a_team:
        return _listed(contribution, "onboarding", Sentence("it takes somebody into the team"))
    newcomer = contribution.subject.author_first_time and contribution.reading.author is None
    if contribution.act.act is Act.REVIEWED and contribution.is_on_anothers_work and newcomer:
        says = Sentence("reviewing somebody's first contribution there")
        return _listed(contribution, "onboarding", says)
    return no("nobody new is helped in")


def finishes_what_a_bot_proposed(contribution: Contribution) -> Answer:
    """A bot's pull request is nobody's work; who merged or fixed it did that act."""
    if contribution.reading.by_bot and contribution.is_on_anothers_work:
        return Yes(Sentence("looking after what a machine proposed"), activity=MAINTENANCE)
    return no("no machine proposed it")


def provides_code_review(contribution: Contribution) -> Answer:
    """Provide code review."""
    if contribution.is_change or not contribution.is_on_anothers_work:
        return no("it is no review of somebody else's work")
    says = {
        Act.REVIEWED: Sentence("reviewing somebody else's work"),
        Act.MERGED: Sentence("merging somebody else's work"),
        Act.COMMITTED: Sentence("completing an outsider's work"),
    }.get(contribution.act.act)
    # Whose work it is may not be known: of a case that leaves it out, or of a deleted account.
    nobodys = contribution.subject.author is None
    return _listed(contribution, "review", says, hint=nobodys) if says else no("it is no review")


def triages(contribution: Contribution) -> Answer:
    """Triage what others report."""
    if contribution.act.act is Act.TRIAGED:
        return _listed(contribution, "triage", Sentence("sorting what others report"))
    return no("it is no triage")


def fixes_broken_ci(contribution: Contribution) -> Answer:
    """Fix broken CI."""
    return _by_work(contribution, Work.CI, Sentence("it is not about CI"))


def writes_documentation(contribution: Contribution) -> Answer:
    """Write documentation and tutorials."""
    return _by_work(contribution, Work.DOCUMENTATION, Sentence("it is no documentation"))


def runs_meetings(contribution: Contribution) -> Answer:
    """Run meetings and align teams on goals."""
    title = contribution.subject.title
    if contribution.is_own and is_about_a_meeting(title):
        return _listed(contribution, "meetings", Sentence("it is about a meeting"), hint=True)
    is_issue = contribution.subject.type is SubjectType.ISSUE
    if contribution.is_own and is_issue and is_about_governance(title):
        says = Sentence("it is about how the project is governed")
        return _listed(contribution, "governance", says, hint=True)
    return no("it is about no meeting")


def was_assigned(contribution: Contribution) -> Answer:
    """We should be thinking about this as a team and assigning work intentionally."""
    if assignment := contribution.assignment():
        return Yes(assignment.says, activity=assignment.activity)
    return no("nobody assigned it")


def maintains_a_planned_upstream(contribution: Contribution) -> Answer:
    """Sometimes doing "general maintenance" is the best use of time, sometimes it is not."""
    if not contribution.is_change or contribution.work is not Work.MAINTENANCE:
        return no("it is no general maintenance")
    because: dict[str, Part] = {"because": Own(contribution.why)}
    if contribution.home.rules.general_maintenance == "strategic":
        says = Sentence("general maintenance ({because}), which the home counts", because)
        return Yes(says, activity=MAINTENANCE)
    if contribution.reading.plans_stewardship:
        says = Sentence("general maintenance ({because}) where stewardship is planned", because)
        return Yes(says, activity=MAINTENANCE, hint=True)
    return No(Sentence("general maintenance ({because}), and nobody assigned it", because))


def is_left_to_people(contribution: Contribution) -> Answer:
    """What is on neither list is left to people: it is asked, not guessed."""
    if contribution.work is None:
        unknown = contribution.subject.type is SubjectType.PULL_REQUEST
        return Yes(Sentence("it is on neither list, and no need is named"), hint=unknown)
    parts: dict[str, Part] = {
        "work": Own(contribution.work.value),
        "because": Own(contribution.why),
    }
    says = Sentence("{work} ({because}) is on neither list, and no need is named", parts)
    return Yes(says, hint=not contribution.is_sure_of_work)


def _by_work(contribution: Contribution, work: Work, otherwise: Sentence) -> Answer:
    if not contribution.is_change or contribution.work is not work:
        return No(otherwise)
    says = Sentence(
        "{work}, because {because}", {"work": Own(work.value), "because": Own(contribution.why)}
    )
    hint = not contribution.is_sure_of_work
    return _listed(contribution, _ACTIVITIES[work], says, hint=hint)


def _listed(
    contribution: Contribution, activity: str, says: Sentence, *, hint: bool = False
) -> Answer:
    """Answer Yes if the home has the activity on its list."""
    if activity in contribution.home.strategic.activities:
        return Yes(says, activity=activity, hint=hint)
    return No(Sentence("{activity} is not on the home's list", {"activity": Own(activity)}))


def _planned_activity(contribution: Contribution, item: Item | None) -> str:
    """Give the activity of planned stewardship: the act's, and for a change the work's."""
    act = contribution.act.act
    if act in {Act.RELEASED, Act.TRIAGED}:
        return "release" if act is Act.RELEASED else "triage"
    if contribution.is_change:
        return _ACTIVITIES.get(contribution.work or Work.MAINTENANCE, MAINTENANCE)
    newcomer = contribution.subject.author_first_time and contribution.reading.author is None
    return (
        "onboarding" if act is Act.REVIEWED and newcomer and not plans_a_review(item) else "review"
    )
