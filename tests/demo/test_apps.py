from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.demo.world import HOME, PRIVATE, UPSTREAM, Asker, World


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"exp": -1}, "an expiry in the past"),
        ({"exp": 601}, "more than ten minutes"),
        ({"iat": 30}, "issued in the future"),
    ],
)
def test_a_jwt_with_wrong_times_is_refused(claims: dict[str, int], why: str) -> None:
    world = World()
    now = int(world.clock().timestamp())
    answer = world.as_app(**{name: now + by for name, by in claims.items()}).get("/app")
    assert answer.status_code == 401, why


def test_a_jwt_of_another_key_or_algorithm_is_refused() -> None:
    world = World()
    now = int(world.clock().timestamp())
    claims = {"iss": str(world.app.id), "iat": now - 60, "exp": now + 60}
    other = jwt.encode(claims, rsa.generate_private_key(65537, 2048), "RS256")
    symmetric = jwt.encode(claims, "a secret that is long enough for the library", "HS256")
    for token in (other, symmetric, "a.b.c"):
        assert Asker(world, token).get("/app").status_code == 401


def test_the_client_id_may_issue_a_jwt_too() -> None:
    world = World()
    client_id = world.as_app().get("/app").json()["client_id"]
    assert world.as_app(iss=client_id).get("/app").status_code == 200


def test_an_installation_token_is_long_and_dies_after_an_hour() -> None:
    world = World()
    asker = world.as_installation()
    assert asker.token is not None
    assert len(asker.token) > 40
    assert asker.get("/installation/repositories").status_code == 200
    world.clock.forward(minutes=60)
    assert asker.get("/installation/repositories").status_code == 401


def test_a_token_for_one_repository_writes_in_no_other() -> None:
    world = World()
    token = world.as_installation(world.at_home, repository_ids=[world.home.id])
    assert token.post(f"/repos/{HOME}/issues/5/comments", {"body": "x"}).status_code == 201
    assert token.get(f"/repos/{PRIVATE}").status_code == 404
    listed = token.get("/installation/repositories").json()
    assert [repo["full_name"] for repo in listed["repositories"]] == [HOME]


def test_a_token_cannot_be_minted_beyond_what_was_granted() -> None:
    world = World()
    mint = f"/app/installations/{world.at_upstream.id}/access_tokens"
    asker = world.as_app()
    assert asker.post(mint, {"permissions": {"contents": "write"}}).status_code == 422
    assert asker.post(mint, {"permissions": {"members": "write"}}).status_code == 422
    assert asker.post(mint, {"repository_ids": [world.home.id]}).status_code == 422
    assert asker.post(mint, {"repositories": ["nowhere"]}).status_code == 422


def test_a_token_without_write_permission_writes_nothing() -> None:
    world = World()
    token = world.as_installation(permissions={"issues": "read", "pull_requests": "read"})
    answer = token.post(f"/repos/{UPSTREAM}/issues/719/labels", {"labels": ["bug"]})
    assert answer.status_code == 403
    assert answer.json()["message"] == "Resource not accessible by integration"
    accepted = answer.headers["x-accepted-github-permissions"]
    assert accepted == "issues=write; pull_requests=write"


def test_a_suspended_installation_mints_nothing_and_its_tokens_rest() -> None:
    world = World()
    token = world.as_installation()
    world.places.set_suspended(world.at_upstream, suspended=True)
    mint = f"/app/installations/{world.at_upstream.id}/access_tokens"
    assert world.as_app().post(mint).status_code == 403
    assert token.get(f"/repos/{UPSTREAM}").status_code == 403
    world.places.set_suspended(world.at_upstream, suspended=False)
    assert token.get(f"/repos/{UPSTREAM}").status_code == 200


def test_after_uninstalling_tokens_are_worth_nothing() -> None:
    world = World()
    token = world.as_installation()
    world.places.uninstall(world.at_upstream)
    mint = f"/app/installations/{world.at_upstream.id}/access_tokens"
    assert token.get(f"/repos/{UPSTREAM}").status_code == 401
    assert world.as_app().post(mint).status_code == 404
    assert world.as_app().get(f"/repos/{UPSTREAM}/installation").status_code == 404


def test_nobody_reads_what_is_public_and_writes_nothing() -> None:
    world = World()
    nobody = world.anonymous()
    assert nobody.get(f"/repos/{UPSTREAM}/pulls/719").status_code == 200
    assert nobody.get(f"/repos/{PRIVATE}").status_code == 404
    assert nobody.post(f"/repos/{UPSTREAM}/issues/719/comments", {"body": "x"}).status_code == 401


def test_the_public_is_readable_where_the_app_is_not_installed_but_not_writable() -> None:
    world = World()
    world.places.repo("pangeo-data/pangeo-docker-images")
    world.people.open_issue("pangeo-data/pangeo-docker-images", "yuvipanda", "x", number=1)
    token = world.as_installation()
    path = "/repos/pangeo-data/pangeo-docker-images/issues/1"
    assert token.get(path).status_code == 200
    assert token.post(f"{path}/comments", {"body": "x"}).status_code == 403


def test_a_private_repository_is_404_to_others_and_403_without_the_permission() -> None:
    world = World()
    world.people.open_issue(PRIVATE, "yuvipanda", "secret", number=1)
    path = f"/repos/{PRIVATE}/issues/1"
    assert world.as_installation(world.at_upstream).get(path).status_code == 404
    reader = world.as_installation(world.at_home, permissions={"metadata": "read"})
    assert reader.get(path).status_code == 403
    assert world.as_installation(world.at_home).get(path).json()["title"] == "secret"


def test_an_app_finds_where_it_is_installed() -> None:
    world = World()
    asker = world.as_app()
    assert asker.get("/app").json()["installations_count"] == 2
    listed = asker.get("/app/installations?per_page=1")
    assert len(listed.json()) == 1
    assert 'rel="next"' in listed.headers["link"]
    ids = {
        asker.get(path).json()["id"]
        for path in (
            f"/repos/{UPSTREAM}/installation",
            "/orgs/jupyterhub/installation",
            f"/app/installations/{world.at_upstream.id}",
        )
    }
    assert ids == {world.at_upstream.id}


def test_the_webhook_can_be_read_and_moved_and_hides_its_secret() -> None:
    world = World()
    asker = world.as_app()
    assert asker.get("/app/hook/config").json()["secret"] == "********"
    asker.patch("/app/hook/config", {"url": "https://example.org/webhook"})
    assert world.app.webhook_url == "https://example.org/webhook"


def test_a_token_minted_long_ago_tells_its_age_to_a_fault() -> None:
    world = World()
    token = world.as_installation()
    world.clock.forward(minutes=5)
    token.get(f"/repos/{UPSTREAM}")
    assert world.github.log[-1].token_age == timedelta(minutes=5)
