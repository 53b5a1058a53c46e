"""Pull requests: read only, as the app never writes one."""

from app.demo.github import shapes
from app.demo.github.call import Answer, Call
from app.demo.github.rest.issues import ordered
from app.demo.github.shapes.pulls import the_pull

MOST_FILES = 3_000
MOST_COMMITS = 250


def list_pulls(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/pulls, newest first."""
    repo, query = call.repo("pull_requests"), call.query
    wanted = query.get("state", "open")
    found = [i for i in repo.items.values() if i.pull and wanted in {"all", i.state}]
    if head := query.get("head"):
        found = [
            i for i in found if shapes.pull_request_simple(call.state, i)["head"]["label"] == head
        ]
    if base := query.get("base"):
        found = [i for i in found if the_pull(i).base_ref == base]
    return call.page(
        ordered(call, found), lambda item: shapes.pull_request_simple(call.state, item)
    )


def get_pull(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/pulls/{pull_number}."""
    return Answer(200, shapes.pull_request(call.state, call.pull(call.repo())))


def list_files(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/pulls/{pull_number}/files: 3,000 at most, whatever there is."""
    item = call.pull(call.repo())
    files = the_pull(item).files[:MOST_FILES]
    return call.page(files, lambda file: shapes.file(call.state, item, file))


def list_commits(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/pulls/{pull_number}/commits: 250 at most."""
    commits = the_pull(call.pull(call.repo())).commits[:MOST_COMMITS]
    return call.page(commits, lambda commit: shapes.commit(call.state, commit))


def list_reviews(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews, oldest first."""
    reviews = the_pull(call.pull(call.repo())).reviews
    return call.page(reviews, lambda review: shapes.review(call.state, review))
