import pytest

from app.policy.model import ChangedFile
from app.policy.work import Change
from app.policy.work.lines import detected, read_change


def test_a_line_with_everything_is_read_and_answers_are_not() -> None:
    line = {
        "repo": "jupyterhub/oauthenticator",
        "number": 719,
        "title": "Add required_scopes",
        "files": [{"path": "oauthenticator/oauth2.py", "additions": 30, "deletions": None}],
        "n_files": 1,
        "commit_messages": "one\n---\ntwo",
        "branch": "org/scopes",
        "is_bot_author": False,
        "work6": 7,
        "human_category": ["not", "looked", "at"],
    }
    assert read_change(line) == Change(
        title="Add required_scopes",
        commit_messages=("one", "two"),
        branch="org/scopes",
        files=(ChangedFile("oauthenticator/oauth2.py", 30, None),),
        n_files=1,
        author_is_bot=False,
    )


def test_a_line_with_nothing_is_a_change_of_which_nothing_is_known() -> None:
    assert read_change({}) == Change()
    assert read_change({"title": None, "files": None, "commit_messages": None}) == Change()


def test_commit_messages_may_be_a_list() -> None:
    assert read_change({"commit_messages": ["a", "b"]}).commit_messages == ("a", "b")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ({"title": 3}, "title is no text"),
        ({"files": "docs/a.md"}, "files is no list"),
        ({"files": [{"additions": 1}]}, "a file has no path"),
        ({"files": ["docs/a.md"]}, "a file has no path"),
        ({"files": [{"path": "a", "additions": "1"}]}, "additions is no whole number"),
        ({"n_files": True}, "n_files is no whole number"),
        ({"commit_messages": [1]}, "commit_messages holds something that is no text"),
        ({"commit_messages": 1}, "commit_messages is no list"),
        ({"is_bot_author": "no"}, "is_bot_author is neither true nor false"),
    ],
)
def test_what_cannot_be_read_is_told_by_its_name(line: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_change(line)


def test_an_answer_names_its_line() -> None:
    answer = detected(
        {
            "repo": "jupyterhub/jupyterhub",
            "number": 4,
            "title": "docs: fix typo",
            "files": [{"path": "docs/a.md", "additions": 1, "deletions": 1}],
        }
    )
    assert list(answer) == ["repo", "number", "work", "score", "because"]
    assert (answer["repo"], answer["number"]) == ("jupyterhub/jupyterhub", 4)
    assert answer["work"] == "documentation"
