from app.demo.github import Limits
from tests.demo.world import UPSTREAM, World

REPO = f"/repos/{UPSTREAM}"


def test_a_spent_limit_refuses_until_it_is_reset() -> None:
    world = World(limits=Limits(core=2))
    token = world.as_installation()
    headers = [token.get(REPO).headers for _ in range(2)]
    assert [h["x-ratelimit-remaining"] for h in headers] == ["1", "0"]
    spent = token.get(REPO)
    assert spent.status_code == 403
    assert (spent.headers["x-ratelimit-remaining"], spent.headers["x-ratelimit-used"]) == ("0", "2")
    reset = int(spent.headers["x-ratelimit-reset"])
    assert reset == int(world.clock().timestamp()) + 3_600
    world.clock.forward(hours=1)
    assert world.as_installation().get(REPO).status_code == 200


def test_installations_have_limits_of_their_own_and_asking_for_them_is_free() -> None:
    world = World(limits=Limits(core=10))
    first, second = world.as_installation(), world.as_installation(world.at_home)
    first.get(REPO)
    assert first.get("/rate_limit").json()["resources"]["core"]["remaining"] == 9
    assert first.get("/rate_limit").json()["rate"]["used"] == 1
    assert second.get("/rate_limit").json()["rate"]["used"] == 0


def test_writing_too_fast_is_a_secondary_limit_with_a_time_to_wait() -> None:
    world = World(limits=Limits(writes_per_minute=2, writes_per_hour=3))

    def write() -> int:
        answer = world.as_installation().post(f"{REPO}/issues/719/comments", {"body": "x"})
        assert ("retry-after" in answer.headers) == (answer.status_code == 403)
        return answer.status_code

    assert [write() for _ in range(3)] == [201, 201, 403]
    world.clock.forward(minutes=1)
    assert [write() for _ in range(2)] == [201, 403]
    world.clock.forward(hours=1)
    assert write() == 201


def test_an_enterprise_server_has_no_limits() -> None:
    world = World(limits=Limits(core=1, graphql=1, writes_per_minute=1, enforced=False))
    token = world.as_installation()
    answers = [token.post(f"{REPO}/issues/719/comments", {"body": "x"}) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert "x-ratelimit-limit" not in answers[0].headers
    assert token.query("{ rateLimit { cost } }")["data"]["rateLimit"] is None


def test_nobody_has_sixty_requests_an_hour() -> None:
    answer = World().anonymous().get(REPO)
    assert answer.headers["x-ratelimit-limit"] == "60"
