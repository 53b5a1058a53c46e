import asyncio

from starlette.routing import compile_path

from app.demo.github.rest.routes import ENDPOINTS
from tests.contracts.cut import OPERATIONS
from tests.demo.world import UPSTREAM, World, contract


def test_every_endpoint_is_one_that_github_describes() -> None:
    described = {line.strip() for line in OPERATIONS.split("\n")}
    assert {entry.replace(":path}", "}") for entry in ENDPOINTS} <= described


def test_no_endpoint_hides_another() -> None:
    entries = [(entry.split(" ")[0], entry.split(" ")[1]) for entry in ENDPOINTS]
    for number, (method, path) in enumerate(entries):
        sample = path.replace("{", "").replace(":path}", "").replace("}", "").replace("number", "1")
        first = next(
            at
            for at, (m, p) in enumerate(entries)
            if m == method and compile_path(p)[0].fullmatch(sample)
        )
        assert first == number, path


def test_every_endpoint_answers_what_github_describes() -> None:
    world = World()
    world.at_upstream.permissions["contents"] = "write"
    repo, app, token = f"/repos/{UPSTREAM}", world.as_app(), world.as_installation()
    contract().seen.clear()
    comment = token.post(f"{repo}/issues/719/comments", {"body": "x"}).json()["id"]
    token.post(f"{repo}/issues/719/labels", {"labels": ["x"]})
    release = token.post(f"{repo}/releases", {"tag_name": "1.0", "name": "One", "body": "…"}).json()
    token.post(f"{repo}/labels", {"name": "y"})
    token.patch(f"{repo}/labels/y", {"color": "000000"})
    token.post(f"{repo}/issues", {"title": "x"})
    token.patch(f"{repo}/issues/719", {"body": "x"})
    token.put(f"{repo}/issues/719/labels", {"labels": ["x"]})
    token.post(f"{repo}/issues/comments/{comment}/reactions", {"content": "eyes"})
    token.patch(f"{repo}/issues/comments/{comment}", {"body": "y"})
    world.as_app().post(f"/app/installations/{world.at_home.id}/access_tokens")
    app.patch("/app/hook/config", {"url": "http://127.0.0.1:1/"})
    world.github.hooks.queue.clear()
    _deliver(world)
    attempt = app.get("/app/hook/deliveries").json()[0]["id"]
    app.get(f"/app/hook/deliveries/{attempt}")
    app.post(f"/app/hook/deliveries/{attempt}/attempts")
    reads = [*_reads(repo, comment, release["id"]), f"/user/{world.people.user('yuvipanda').id}"]
    for path in reads:
        assert token.get(path).status_code in {200, 204}, path
    for path in ("", "/hook/config", "/installations", f"/installations/{world.at_home.id}"):
        assert app.get(f"/app{path}").status_code == 200
    for path in (f"{repo}/installation", "/orgs/jupyterhub/installation"):
        assert app.get(path).status_code == 200
    token.delete(f"{repo}/issues/719/labels/x")
    token.delete(f"{repo}/issues/719/labels")
    token.delete(f"{repo}/issues/comments/{comment}")
    token.delete(f"{repo}/labels/y")
    assert contract().seen == {entry.replace(":path}", "}") for entry in ENDPOINTS}


def _reads(repo: str, comment: int, release: int) -> list[str]:
    return [
        repo,
        *(f"{repo}/{path}" for path in ("labels", "labels/y", "issues", "issues/719", "pulls")),
        *(f"{repo}/issues/719/{path}" for path in ("labels", "comments", "timeline")),
        *(f"{repo}/issues/comments{path}" for path in ("", f"/{comment}", f"/{comment}/reactions")),
        *(f"{repo}/pulls/719{path}" for path in ("", "/files", "/commits", "/reviews")),
        *(f"{repo}/releases{path}" for path in ("", "/latest", f"/{release}")),
        f"{repo}/contents/README.md",
        f"{repo}/collaborators/consideRatio/permission",
        "/orgs/jupyterhub",
        "/orgs/jupyterhub/members",
        "/orgs/jupyterhub/members/consideRatio",
        "/orgs/jupyterhub/memberships/consideRatio",
        "/users/yuvipanda",
        "/search/issues?q=gate",
        "/installation/repositories",
        "/rate_limit",
    ]


def _deliver(world: World) -> None:
    world.people.comment(world.pull, "yuvipanda", "x")
    asyncio.run(world.github.hooks.deliver())
