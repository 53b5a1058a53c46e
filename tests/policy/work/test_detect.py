import pytest

from app.policy.model import ChangedFile, Work
from app.policy.work import LABEL_IS_RIGHT, Change, detect_work


def change(title: str, *paths: str | tuple[str, int, int], **more: object) -> Change:
    files = tuple(
        ChangedFile(path) if isinstance(path, str) else ChangedFile(*path) for path in paths
    )
    known = {"title": title, "files": files, "n_files": len(files)} | more
    return Change(**known)  # type: ignore[arg-type]


# Public titles and paths of jupyterhub, dask and jupyter-book repositories.
PLAIN = [
    (Work.FEATURE, change(
        "Allow changing auth0 username key",
        ("oauthenticator/auth0.py", 20, 3), ("oauthenticator/tests/test_auth0.py", 9, 0))),
    (Work.FEATURE, change(
        "Add LTI 1.3 authenticator",
        ("ltiauthenticator/lti13/auth.py", 400, 0), ("README.md", 90, 4),
        ("tests/lti13/test_auth.py", 600, 0))),
    (Work.BUGFIX, change(
        "Fix regression where external services api_token became required",
        ("jupyterhub/app.py", 20, 11), ("jupyterhub/tests/test_services.py", 35, 0))),
    (Work.BUGFIX, change(
        "avoid database error on repeated group name in sync_groups",
        ("jupyterhub/user.py", 4, 4), ("jupyterhub/tests/test_user.py", 5, 5))),
    (Work.DOCUMENTATION, change(
        "fixed some typos and technical terms", ("docs/source/rbac/tech-implementation.md", 1, 1))),
    (Work.DOCUMENTATION, change(
        "Update the location of the guide",
        ("docs/source/howto/index.md", 3, 3), ("docs/source/index.md", 1, 1),
        ("docs/source/reference/index.md", 12, 0))),
    (Work.MAINTENANCE, change(
        "use `async with Client:` in tests",
        ("distributed/tests/test_client.py", 300, 310), ("distributed/tests/test_x.py", 9, 9))),
    (Work.MAINTENANCE, change("Bump postcss from 8.4.31 to 8.5.14", ("yarn.lock", 23, 7))),
    (Work.CI, change(
        "ci: avoid running workflows twice and test against py310",
        (".github/workflows/publish.yaml", 9, 5), (".github/workflows/test.yaml", 20, 9))),
    (Work.CI, change("ci: test against k8s 1.22", (".github/workflows/test-chart.yaml", 3, 1))),
    (Work.RELEASE, change("Add changelog for 2.0.0b2", ("CHANGELOG.md", 28, 4))),
    (Work.RELEASE, change("Bump to 0.20.0", ("package.json", 1, 1))),
    (Work.RELEASE, change(
        "Automated Changelog Entry for 7.0.3 on master", ("CHANGELOG.md", 17, 2))),
]  # fmt: skip


@pytest.mark.parametrize(("work", "plain"), PLAIN, ids=lambda x: getattr(x, "title", x))
def test_a_plain_change_is_what_its_title_and_files_say(work: Work, plain: Change) -> None:
    assert detect_work(plain).work is work


def test_a_feature_with_its_documentation_is_a_feature_and_documentation_is_told_beside() -> None:
    verdict = detect_work(
        change(
            "Add an allow_all option and document it",
            ("oauthenticator/oauth2.py", 60, 4),
            ("docs/source/reference/config.md", 30, 2),
        )
    )
    assert verdict.work is Work.FEATURE
    assert Work.DOCUMENTATION in verdict.also


def test_documentation_with_ci_tells_both() -> None:
    verdict = detect_work(
        change(
            "docs: fix links and check them in CI",
            ("docs/source/index.md", 40, 30),
            ("docs/source/howto.md", 20, 10),
            (".github/workflows/test-docs.yaml", 6, 0),
        )
    )
    assert {verdict.work, *verdict.also} >= {Work.DOCUMENTATION, Work.CI}


def test_a_release_whose_changelog_lists_features_is_a_release() -> None:
    verdict = detect_work(
        change(
            "Release 5.1.0: adds support for server groups, fixes a crash",
            ("CHANGELOG.md", 90, 0),
            ("jupyterhub/_version.py", 1, 1),
            body="## New features\n\nThis PR adds an option for groups.",
        )
    )
    assert verdict.work is Work.RELEASE


@pytest.mark.parametrize(
    "title", ["Fix publish workflow failure", "fix the build", "Fix crash when caching wheels"]
)
def test_fix_in_the_title_of_a_change_to_ci_alone_is_ci(title: str) -> None:
    verdict = detect_work(
        change(title, (".github/workflows/publish.yaml", 4, 4), (".github/workflows/ci.yml", 1, 1))
    )
    assert verdict.work is Work.CI


def test_a_dependency_bump_is_maintenance_also_by_a_person() -> None:
    verdict = detect_work(
        change("Bump jinja2 from 3.0 to 3.1", ("requirements.txt", 1, 1), author_is_bot=False)
    )
    assert verdict.work is Work.MAINTENANCE


def test_a_backport_is_what_it_brings_back() -> None:
    verdict = detect_work(
        change(
            "Backport PR #7131 on branch 7.x: Fix crash on missing notebook",
            ("notebook/app.py", 6, 2),
            ("tests/test_app.py", 12, 0),
        )
    )
    assert verdict.work is Work.BUGFIX


@pytest.mark.parametrize(
    ("label", "work"),
    [
        ("bug", Work.BUGFIX),
        ("type: bug", Work.BUGFIX),
        ("kind/feature", Work.FEATURE),
        ("enhancement", Work.FEATURE),
        ("Documentation", Work.DOCUMENTATION),
        (":books: documentation", Work.DOCUMENTATION),
        ("maintenance", Work.MAINTENANCE),
        ("continuous-integration", Work.CI),
        ("release", Work.RELEASE),
    ],
)
def test_an_upstreams_label_is_a_persons_word_and_beats_the_model(label: str, work: Work) -> None:
    verdict = detect_work(
        change("Rework everything", ("hub/app.py", 30, 30), labels=("good first issue", label))
    )
    assert (verdict.work, verdict.decided_by, verdict.score) == (work, "label", LABEL_IS_RIGHT)
    assert label in verdict.because


@pytest.mark.parametrize("label", ["not a bug", "needs documentation", "documented", "🐛"])
def test_a_label_that_only_mentions_a_kind_of_work_decides_nothing(label: str) -> None:
    plain = change("Add LTI 1.3 authenticator", ("ltiauthenticator/lti13/auth.py", 400, 0))
    labelled = change(
        "Add LTI 1.3 authenticator", ("ltiauthenticator/lti13/auth.py", 400, 0), labels=(label,)
    )
    assert detect_work(labelled) == detect_work(plain)


def test_labels_for_a_feature_and_for_documentation_make_a_feature() -> None:
    verdict = detect_work(
        change("Rework", ("docs/index.md", 3, 3), labels=("documentation", "enhancement"))
    )
    assert verdict.work is Work.FEATURE
    assert verdict.also == (Work.DOCUMENTATION,)


def test_a_maintenance_label_on_a_change_of_workflows_still_lets_it_be_ci() -> None:
    verdict = detect_work(
        change(
            "ci: test against k8s 1.22",
            (".github/workflows/test.yml", 3, 1),
            labels=("maintenance",),
        )
    )
    assert verdict.work is Work.CI
    assert "maintenance" in verdict.because


def test_a_documentation_label_on_a_changelog_for_a_version_still_lets_it_be_a_release() -> None:
    verdict = detect_work(
        change("Add changelog for 16.0.4", ("docs/changelog.md", 22, 0), labels=("documentation",))
    )
    assert verdict.work is Work.RELEASE


TEMPLATE = """<!-- Thank you! Tell us whether this PR fixes a bug or adds a new feature. -->
## Type of change
- [x] Bug fix (this PR fixes a bug)
- [ ] New feature (this PR adds an option)
* [ ] Documentation only
> This PR fixes a crash
```
This PR fixes the regression
```
"""


def test_boilerplate_and_check_boxes_of_a_template_are_no_words() -> None:
    bare = change("Rework spawner", ("jupyterhub/spawner.py", 10, 10))
    filled = change("Rework spawner", ("jupyterhub/spawner.py", 10, 10), body=TEMPLATE)
    assert detect_work(filled) == detect_work(bare)


def test_what_a_person_writes_of_their_change_in_its_body_is_heard() -> None:
    bare = change("Rework spawner", ("jupyterhub/spawner.py", 10, 10))
    told = change(
        "Rework spawner",
        ("jupyterhub/spawner.py", 10, 10),
        body=f"{TEMPLATE}\n\nThis PR fixes the regression of 4.1.",
    )
    assert detect_work(told).scores[Work.BUGFIX] > detect_work(bare).scores[Work.BUGFIX]
    assert detect_work(told).work is Work.BUGFIX
    assert "This PR fixes" in detect_work(told).because


def test_a_change_without_any_information_gets_a_low_score_and_says_so() -> None:
    for nothing in (Change(), Change(title="  ", files=(), commit_messages=("",), body="")):
        verdict = detect_work(nothing)
        assert verdict.score < 0.4
        assert "nothing is known" in verdict.because


def test_all_files_is_said_of_documentation_under_one_folder() -> None:
    verdict = detect_work(
        change("Docs", ("docs/a.md", 3, 1), ("docs/b.md", 3, 1), ("docs/c/d.md", 3, 1))
    )
    assert "all 3 files are under docs/" in verdict.because
    assert verdict.says.startswith("documentation, because ")


def test_all_files_is_not_claimed_of_a_list_that_was_cut() -> None:
    paths = tuple((f"docs/{name}.md", 3, 1) for name in "abc")
    verdict = detect_work(change("Docs", *paths, n_files=120))
    assert "all 3" not in verdict.because
    cut = change("Fix crash", (".github/workflows/ci.yml", 1, 1), n_files=300)
    assert detect_work(cut).decided_by == "model"


def test_unknown_numbers_of_lines_are_no_error() -> None:
    assert detect_work(change("docs: fix typo", "docs/index.md", "README.md")).work is (
        Work.DOCUMENTATION
    )


def test_the_words_that_decided_are_words_of_the_title() -> None:
    verdict = detect_work(change("Fix crash when the token expired", ("jupyterhub/auth.py", 3, 2)))
    assert verdict.work is Work.BUGFIX
    assert "\u201cFix\u201d" in verdict.because


@pytest.mark.parametrize(
    "title", ["Use the link of the profile page", "Follow the reference", "Theme of the login page"]
)
def test_a_word_of_content_does_not_make_documentation_of_source_files(title: str) -> None:
    verdict = detect_work(change(title, ("jupyterhub/handlers/pages.py", 3, 1)))
    assert verdict.work is not Work.DOCUMENTATION
    assert verdict.scores[Work.DOCUMENTATION] == 0


def test_a_docstring_is_documentation_though_it_stands_in_a_source_file() -> None:
    verdict = detect_work(change("Clarify docstring of allow_all", ("jupyterhub/auth.py", 9, 4)))
    assert verdict.work is Work.DOCUMENTATION
