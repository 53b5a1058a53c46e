import pytest

from app.github.errors import Forbidden, ServerError
from app.github.finding import NotThere
from app.github.gather import Gathered
from tests.github.answering import (
    Answering,
    Json,
    a_comment,
    a_list,
    a_pull,
    a_repo,
    failing,
    forbidden,
)
from tests.github.reading import ERIK, HUB, facts, gather


def a_file(number: int) -> Json:
    return {"path": f"docs/{number}.md", "additions": 1, "deletions": 0}


def test_lists_of_more_than_a_hundred_are_read_on_in_one_call_for_all() -> None:
    pull = a_pull(
        719,
        changedFiles=150,
        files=a_list(map(a_file, range(150))),
        comments=a_list(a_comment(n, ERIK, f"{n}") for n in range(130)),
    )
    inner = Answering(a_repo(HUB, pull))
    found = gather(inner)
    assert isinstance(found, Gathered)
    assert inner.asked == ["Subject", "More"]
    assert found.facts.subject.files is not None
    assert [f.path for f in found.facts.subject.files] == [f"docs/{n}.md" for n in range(150)]
    assert [comment.id for comment in found.facts.comments] == list(range(130))
    assert found.facts.could_not_read == frozenset()


def test_lists_beyond_the_bound_are_said_to_be_incomplete() -> None:
    pull = a_pull(719, changedFiles=700, files=a_list(map(a_file, range(700))))
    inner = Answering(a_repo(HUB, pull))
    found = gather(inner)
    assert isinstance(found, Gathered)
    assert inner.asked == ["Subject", *["More"] * 4]
    assert found.facts.subject.files is not None
    assert (len(found.facts.subject.files), found.facts.subject.n_files) == (500, 700)
    assert found.facts.could_not_read == {"files"}


def test_fewer_files_than_github_counts_are_said_to_be_incomplete() -> None:
    found = facts(changedFiles=3001, files=a_list([a_file(1)]))
    assert found.could_not_read == {"files"}


@pytest.mark.parametrize(
    ("field", "source"),
    [("closingIssuesReferences", "linked issues"), ("files", "files"), ("reviews", "reviews")],
)
def test_a_part_that_could_not_be_read_is_named(field: str, source: str) -> None:
    assert facts(**{field: failing(forbidden())}).could_not_read == {source}


def test_what_is_not_there_is_told_from_what_could_not_be_read() -> None:
    assert isinstance(gather(Answering()), NotThere)
    assert isinstance(gather(Answering(a_repo(HUB))), NotThere)
    with pytest.raises(Forbidden):
        gather(Answering(a_repo(HUB, a_pull(719, comments=failing(forbidden())))))
    broken = forbidden()
    broken.extensions = {}
    with pytest.raises(ServerError):
        gather(Answering(a_repo(HUB, a_pull(719, comments=failing(broken)))))


def test_another_repository_that_took_the_name_is_not_taken_for_it() -> None:
    inner = Answering(a_repo(HUB, a_pull(719)))
    assert isinstance(gather(inner, repository_id=1001), NotThere)
    assert inner.asked == ["Subject", "GET /repositories/1001"]
    assert isinstance(gather(inner, repository_id=1000), Gathered)
