import base64

import pytest

from tests.demo.world import API, HOME, PRIVATE, UPSTREAM, World

REPO = f"/repos/{UPSTREAM}"


def test_a_renamed_repository_redirects_by_id() -> None:
    world = World()
    world.places.rename(UPSTREAM, "renamed")
    token = world.as_installation()
    read = token.get(f"{REPO}/issues/719")
    assert read.status_code == 301
    assert read.headers["location"] == f"{API}/repositories/{world.upstream.id}/issues/719"
    assert token.get(read.headers["location"].removeprefix(API)).json()["number"] == 719
    written = token.post(f"{REPO}/issues/719/comments", {"body": "x"})
    assert written.status_code == 307
    path = written.headers["location"].removeprefix(API)
    assert token.post(path, {"body": "x"}).status_code == 201
    assert token.get("/repos/jupyterhub/RENAMED").json()["full_name"] == "jupyterhub/renamed"


def test_a_transferred_repository_redirects_to_its_new_owner() -> None:
    world = World()
    world.places.transfer(UPSTREAM, "yuvipanda")
    location = world.anonymous().get(REPO).headers["location"]
    moved = world.anonymous().get(location.removeprefix(API)).json()
    assert moved["full_name"] == "yuvipanda/oauthenticator"


def test_a_repository_made_private_disappears_for_strangers() -> None:
    world = World()
    world.places.set_private(HOME, private=True)
    assert world.anonymous().get(f"/repos/{HOME}").status_code == 404
    shown = world.as_installation(world.at_home).get(f"/repos/{HOME}").json()
    assert (shown["private"], shown["visibility"]) == (True, "private")


def test_a_fork_names_its_parent() -> None:
    world = World()
    world.places.repo("GeorgianaElena/oauthenticator", fork_of=UPSTREAM)
    shown = world.anonymous().get("/repos/GeorgianaElena/oauthenticator").json()
    assert (shown["fork"], shown["parent"]["full_name"]) == (True, UPSTREAM)


def test_a_label_is_created_with_colour_and_description_and_edited() -> None:
    world = World()
    token = world.as_installation()
    name = "contribution: tactical"
    wanted = {"name": name, "color": "1D76DB", "description": "for a community"}
    created = token.post(f"{REPO}/labels", wanted).json()
    assert (created["color"], created["description"]) == ("1d76db", "for a community")
    world.people.label(world.pull, "consideRatio", name.upper())
    edited = token.patch(f"{REPO}/labels/{name}", {"new_name": "directed", "color": "ffffff"})
    assert edited.json()["description"] == "for a community"
    assert [label.name for label in world.pull.labels] == ["directed"]
    assert token.delete(f"{REPO}/labels/Directed").status_code == 204
    assert world.pull.labels == []
    assert token.get(f"{REPO}/labels/directed").status_code == 404


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ({"name": "BUG"}, "already_exists"),
        ({"name": "x" * 51}, "custom"),
        ({"name": "x", "description": "x" * 101}, "custom"),
        ({"name": "x", "color": "#fff"}, "invalid"),
    ],
)
def test_labels_that_github_refuses_are_refused(label: dict[str, str], code: str) -> None:
    answer = World().as_installation().post(f"{REPO}/labels", label)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == code


def test_a_file_is_read_and_an_unchanged_one_costs_nothing() -> None:
    world = World()
    token = world.as_installation()
    first = token.get(f"{REPO}/contents/README.md")
    assert base64.b64decode(first.json()["content"]) == b"Hello"
    left = first.headers["x-ratelimit-remaining"]
    again = token.get(f"{REPO}/contents/README.md", **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["x-ratelimit-remaining"] == left
    world.upstream.files["README.md"] = "Changed"
    changed = token.get(f"{REPO}/contents/README.md", **{"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert token.get(f"{REPO}/contents/nowhere.md").status_code == 404


def test_of_a_private_repository_only_the_one_file_is_readable() -> None:
    world = World()
    path = ".github/good-citizen.yml"
    world.private.files |= {path: "home: example-org", "secret.txt": "secret"}
    token = world.as_installation(world.at_home)
    assert token.get(f"/repos/{PRIVATE}/contents/{path}").status_code == 200
    assert token.get(f"/repos/{PRIVATE}/contents/secret.txt").status_code == 403


@pytest.mark.parametrize(
    ("login", "role", "permission"),
    [
        ("consideRatio", "read", "read"),
        ("minrk", "maintain", "write"),
        ("manics", "triage", "read"),
        ("jupyterhub", "admin", "admin"),
    ],
)
def test_the_live_permission_of_a_person_is_told(login: str, role: str, permission: str) -> None:
    world = World()
    for who, has in (("minrk", "maintain"), ("manics", "triage")):
        world.upstream.roles[world.people.user(who).id] = has
    answer = world.as_installation().get(f"{REPO}/collaborators/{login}/permission").json()
    assert (answer["role_name"], answer["permission"]) == (role, permission)
    assert answer["user"]["permissions"]["push"] == (permission in {"write", "admin"})


def test_members_are_shown_to_the_installation_of_their_organisation_alone() -> None:
    world = World()
    inside, outside = world.as_installation(world.at_home), world.as_installation()
    listed = inside.get("/orgs/example-org/members").json()
    assert [user["login"] for user in listed] == ["yuvipanda", "GeorgianaElena"]
    assert inside.get("/orgs/example-org/members/yuvipanda").status_code == 204
    assert inside.get("/orgs/example-org/members/consideRatio").status_code == 404
    assert outside.get("/orgs/example-org/members/yuvipanda").status_code == 302
    assert inside.get("/orgs/example-org/memberships/yuvipanda").json()["role"] == "member"
    assert outside.get("/orgs/example-org/memberships/yuvipanda").status_code == 403
    world.places.set_member("example-org", "yuvipanda", None)
    assert inside.get("/orgs/example-org/memberships/yuvipanda").status_code == 404


def test_releases_come_newest_first() -> None:
    world = World()
    world.people.release(UPSTREAM, "consideRatio", "16.0.0", body="Fixes")
    world.clock.forward(days=1)
    world.people.release(UPSTREAM, "consideRatio", "16.1.0", name="16.1")
    token = world.as_installation()
    tags = [release["tag_name"] for release in token.get(f"{REPO}/releases").json()]
    assert tags == ["16.1.0", "16.0.0"]
    latest = token.get(f"{REPO}/releases/latest").json()
    assert latest["name"] == "16.1"
    assert token.get(f"{REPO}/releases/{latest['id']}").json()["tag_name"] == "16.1.0"
    assert token.get(f"/repos/{HOME}/releases/latest").status_code == 404


def test_a_release_needs_the_permission_to_write_contents() -> None:
    world = World()
    refused = world.as_installation().post(f"{REPO}/releases", {"tag_name": "1.0"})
    assert refused.status_code == 403
    world.at_upstream.permissions["contents"] = "write"
    token = world.as_installation()
    assert token.post(f"{REPO}/releases", {"tag_name": "1.0"}).status_code == 201
    assert token.post(f"{REPO}/releases", {"tag_name": "1.0"}).status_code == 422


def test_people_and_organisations_are_told_apart() -> None:
    nobody = World().anonymous()
    assert nobody.get("/users/yuvipanda").json()["type"] == "User"
    assert nobody.get("/orgs/jupyterhub").json()["type"] == "Organization"
    assert nobody.get("/orgs/yuvipanda").status_code == 404
    assert nobody.get("/users/nobody-at-all").status_code == 404
