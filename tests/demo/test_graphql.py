from typing import Any

import pytest

from tests.demo.world import HOME, PRIVATE, UPSTREAM, World

PULL = """query($number: Int!) {
  repository(owner: "jupyterhub", name: "oauthenticator") {
    databaseId nameWithOwner isPrivate visibility isArchived isFork viewerPermission
    owner { login __typename }
    labels(first: 100) { nodes { name color description } totalCount }
    pullRequest(number: $number) {
      ...subject
    }
  }
  rateLimit { cost remaining resetAt nodeCount }
}
fragment subject on PullRequest {
  id databaseId fullDatabaseId title body state isDraft merged mergedAt mergedBy { ...who }
  createdAt closedAt locked authorAssociation author { ...who }
  headRefName headRepository { nameWithOwner } changedFiles
  files(first: 100) { nodes { path additions deletions } pageInfo { hasNextPage endCursor } }
  commits(first: 100) { nodes { commit {
    oid message authoredDate author { user { login databaseId } }
    authors(first: 5) { nodes { name user { login } } }
  } } }
  comments(first: 100) { nodes { databaseId fullDatabaseId body createdAt author { ...who } } }
  reviews(first: 100) { nodes { fullDatabaseId state body submittedAt author { ...who } } }
  labels(first: 100) { nodes { name } }
  closingIssuesReferences(first: 10) { nodes {
    number title body repository { nameWithOwner visibility }
    labels(first: 20) { nodes { name } } comments(first: 20) { nodes { body } }
  } }
  timelineItems(first: 100, itemTypes: [CROSS_REFERENCED_EVENT, REFERENCED_EVENT,
                                        LABELED_EVENT, MERGED_EVENT]) { nodes {
    __typename
    ... on CrossReferencedEvent { actor { login } source { __typename ... on Issue { title } } }
    ... on ReferencedEvent { commit { oid message } commitRepository { nameWithOwner } }
    ... on LabeledEvent { createdAt label { name } actor { login } }
    ... on MergedEvent { actor { login } }
  } }
  projectItems(first: 10) { nodes { fieldValueByName(name: "Bucket") {
    ... on ProjectV2ItemFieldSingleSelectValue { name }
  } } }
}
fragment who on Actor { login __typename ... on User { databaseId } ... on Bot { databaseId } }
"""


def test_one_wide_query_reads_all_about_a_pull_request() -> None:
    world = World()
    people = world.people
    closed = people.open_issue(UPSTREAM, "consideRatio", "Asked for", "By EarthScope")
    message = "Work\n\nCo-authored-by: Yuvi <yuvi@localhost>"
    pull = people.open_pull_request(
        UPSTREAM, "GeorgianaElena", "Gate", f"Fixes #{closed.number}", commits=[message]
    )
    people.comment(pull, "dependabot[bot]", "Rebased")
    people.review(pull, "consideRatio", "APPROVED", "Good")
    people.label(pull, "consideRatio", "bug")
    people.open_issue(HOME, "yuvipanda", "Brings in", f"{UPSTREAM}#{pull.number}")
    people.commit(HOME, "yuvipanda", f"Bump for {UPSTREAM}#{pull.number}")
    people.merge(pull, "consideRatio")
    answer = world.as_installation().query(PULL, number=pull.number)
    assert "errors" not in answer
    found = answer["data"]["repository"]["pullRequest"]
    assert (found["state"], found["databaseId"]) == ("MERGED", None)
    assert found["fullDatabaseId"] == str(pull.id)
    assert found["mergedBy"]["login"] == "consideRatio"
    assert found["author"]["__typename"] == "User"
    bot = found["comments"]["nodes"][0]["author"]
    assert (bot["login"], bot["__typename"]) == ("dependabot", "Bot")
    assert found["closingIssuesReferences"]["nodes"][0]["title"] == "Asked for"
    kinds = [node["__typename"] for node in found["timelineItems"]["nodes"]]
    assert sorted(kinds) == [
        "CrossReferencedEvent",
        "LabeledEvent",
        "MergedEvent",
        "ReferencedEvent",
    ]
    authors = found["commits"]["nodes"][0]["commit"]["authors"]["nodes"]
    assert [author["user"] for author in authors] == [{"login": "GeorgianaElena"}, None]


def test_what_is_not_found_leaves_the_rest_of_the_data() -> None:
    world = World()
    answer = world.as_installation().query(
        """{ there: repository(owner: "jupyterhub", name: "oauthenticator") {
               name issue(number: 719) { title } }
             gone: repository(owner: "example-org", name: "private") { name } }"""
    )
    assert answer["data"] == {"there": {"name": "oauthenticator", "issue": None}, "gone": None}
    assert [error["type"] for error in answer["errors"]] == ["NOT_FOUND", "NOT_FOUND"]
    assert {tuple(error["path"]) for error in answer["errors"]} == {("there", "issue"), ("gone",)}


def test_a_node_that_is_missing_is_null_among_the_others() -> None:
    world = World()
    token = world.as_installation()
    ids = token.query(
        """{ repository(owner: "jupyterhub", name: "oauthenticator") {
               id owner { id } pullRequest(number: 719) { id commits(first: 1) { nodes {
                 commit { id } } } } } }"""
    )["data"]["repository"]
    commit = ids["pullRequest"]["commits"]["nodes"][0]["commit"]["id"]
    known = [ids["id"], ids["owner"]["id"], ids["pullRequest"]["id"], commit]
    answer = token.query(
        "query($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }", ids=[*known, "PR_nothing"]
    )
    kinds = [node and node["__typename"] for node in answer["data"]["nodes"]]
    assert kinds == ["Repository", "Organization", "PullRequest", "Commit", None]
    assert answer["errors"][0]["path"] == ["nodes", 4]


def test_a_resource_is_found_by_its_address() -> None:
    world = World()
    world.people.release(UPSTREAM, "consideRatio", "16.1.0")
    token = world.as_installation()

    def found(path: str) -> Any:
        query = "query($url: URI!) { resource(url: $url) { __typename url } }"
        return token.query(query, url=f"https://github.com/{path}")["data"]["resource"]

    for path, kind in (
        (f"{UPSTREAM}/pull/719", "PullRequest"),
        (f"{HOME}/issues/5#issuecomment-1", "Issue"),
        (UPSTREAM, "Repository"),
        ("yuvipanda", "User"),
        (f"{UPSTREAM}/releases/tag/16.1.0", "Release"),
    ):
        shown = found(path)
        assert shown["__typename"] == kind
        assert f"https://github.com/{path}".startswith(shown["url"])
    assert found(f"{UPSTREAM}/issues/99999") is None
    assert found(PRIVATE) is None


def test_the_bucket_on_a_private_board_needs_the_permission() -> None:
    world = World()
    world.people.put_on_board(world.issue, "Engineering", Bucket="tech-support")
    query = """{ repository(owner: "example-org", name: "infrastructure") {
        issue(number: 5) { projectItems(first: 5) { nodes { project { title }
          fieldValueByName(name: "bucket") {
            ... on ProjectV2ItemFieldSingleSelectValue { name optionId } } } } } } }"""

    def cards(answer: dict[str, Any]) -> Any:
        return answer["data"]["repository"]["issue"]["projectItems"]["nodes"]

    allowed = world.as_installation(world.at_home).query(query)
    assert cards(allowed)[0]["fieldValueByName"]["name"] == "tech-support"
    reader = world.as_installation(world.at_home, permissions={"issues": "read"})
    refused = reader.query(query)
    assert cards(refused) == [None]
    assert refused["errors"][0]["type"] == "FORBIDDEN"


def test_private_items_are_forbidden_without_the_permission_and_absent_for_strangers() -> None:
    world = World()
    world.people.open_issue(PRIVATE, "yuvipanda", "Secret", number=1)
    query = """{ repository(owner: "example-org", name: "private") {
        issue(number: 1) { title } } }"""
    assert world.as_installation().query(query)["errors"][0]["type"] == "NOT_FOUND"
    reader = world.as_installation(world.at_home, permissions={"metadata": "read"})
    assert reader.query(query)["errors"][0]["type"] == "FORBIDDEN"


def test_private_mentions_are_not_in_the_timeline_of_strangers() -> None:
    world = World()
    world.people.open_issue(PRIVATE, "yuvipanda", "Secret", f"{UPSTREAM}#719")
    query = """{ repository(owner: "jupyterhub", name: "oauthenticator") {
        pullRequest(number: 719) { timelineItems(first: 9, itemTypes: CROSS_REFERENCED_EVENT) {
          totalCount filteredCount } } } }"""

    def count(installation: Any) -> Any:
        found = world.as_installation(installation).query(query)["data"]["repository"]
        items = found["pullRequest"]["timelineItems"]
        assert items["totalCount"] == items["filteredCount"]
        return items["totalCount"]

    assert (count(world.at_upstream), count(world.at_home)) == (0, 1)


def test_graphql_is_never_anonymous() -> None:
    world = World()
    assert world.anonymous().post("/graphql", {"query": "{ id }"}).status_code == 401
    assert world.as_app().post("/graphql", {"query": "{ id }"}).status_code == 401


@pytest.mark.parametrize("query", ["{ repository }", "{ nothing }", "{", 'query { id(x: "y") }'])
def test_a_query_against_the_schema_is_refused_with_a_sentence(query: str) -> None:
    answer = World().as_installation().query(query)
    assert "data" not in answer
    assert answer["errors"][0]["message"]


def test_people_are_found_with_the_type_they_are_of() -> None:
    answer = (
        World()
        .as_installation()
        .query(
            """{ user(login: "YUVIPANDA") { login organization(login: "example-org") { login } }
             organization(login: "example-org") { databaseId viewerIsAMember }
             repositoryOwner(login: "jupyterhub") { __typename repository(name: "oauthenticator")
               { name } } nobody: user(login: "jupyterhub") { login } }"""
        )
    )
    data = answer["data"]
    assert data["user"] == {"login": "yuvipanda", "organization": {"login": "example-org"}}
    assert data["repositoryOwner"]["__typename"] == "Organization"
    assert (data["nobody"], answer["errors"][0]["path"]) == (None, ["nobody"])


def test_a_file_a_branch_and_a_release_are_read() -> None:
    world = World()
    head = world.people.commit(UPSTREAM, "consideRatio", "Head\n\nBody")
    world.people.release(UPSTREAM, "consideRatio", "16.1.0", name="16.1")
    found = world.as_installation().query(
        """{ repository(owner: "jupyterhub", name: "oauthenticator") {
             object(expression: "HEAD:README.md") { ... on Blob { text byteSize } }
             gone: object(expression: "HEAD:nothing") { oid }
             short: object(expression: "%s") { oid }
             defaultBranchRef { name target { ... on Commit { messageHeadline messageBody
               associatedPullRequests(first: 1) { totalCount } } } }
             latestRelease { tagName isLatest author { login } }
             releases(first: 5, orderBy: {field: CREATED_AT, direction: DESC}) { nodes { name } }
             label(name: "BUG") { name } } }""".replace("%s", head.sha[:8])
    )["data"]["repository"]
    assert found["object"] == {"text": "Hello", "byteSize": 5}
    assert (found["gone"], found["short"]) == (None, {"oid": head.sha})
    assert found["defaultBranchRef"]["target"]["messageHeadline"] == "Head"
    assert found["latestRelease"]["author"]["login"] == "consideRatio"
    assert found["label"]["name"] == "bug"
