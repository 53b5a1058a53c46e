import pytest

from app.config.place import HomePlace


@pytest.mark.parametrize(
    ("written", "repositories", "path"),
    [
        ("example-org", ("example-org/.github-private", "example-org/.github"), "good-citizen.yml"),
        ("example-org/handbook", ("example-org/handbook",), "good-citizen.yml"),
        (
            " example-org/.github:.github/good-citizen.yml ",
            ("example-org/.github",),
            ".github/good-citizen.yml",
        ),
        ("https://GitHub.com/a/.github", ("a/.github",), "good-citizen.yml"),
        ("https://git.example.org/a/b:c/d.yml", ("a/b",), "c/d.yml"),
    ],
)
def test_a_place_is_an_owner_a_repository_or_a_file(
    written: str, repositories: tuple[str, ...], path: str
) -> None:
    place = HomePlace.of(written)
    assert (place.repositories, place.path) == (repositories, path)
    assert HomePlace.of(str(place)) == place
    assert all(place.may_be_in(name.upper()) for name in repositories)
    assert not place.may_be_in("jupyterhub/oauthenticator")


@pytest.mark.parametrize(
    "written",
    [
        "",
        "a b",
        "a/b/c",
        "a/..",
        "a/.:x",
        "a/b:",
        "a/b:/x",
        "a/b:../x",
        "a/b:x/../y",
        "a/b:x/..",
        "github.com/a/b",
        "http://github.com/a/b",
        "https://github.com",
        "https://someone@github.com/a/b",
        "https://github.com/a/b/blob/main/x",
        "a/b:x?ref=y",
        "ä/b",
    ],
)
def test_what_is_no_place_is_refused_with_what_was_expected(written: str) -> None:
    with pytest.raises(ValueError, match="expected owner, owner/name or owner/name:path"):
        HomePlace.of(written)
