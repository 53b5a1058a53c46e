"""Search for issues and pull requests."""

from app.demo.github import shapes
from app.demo.github.call import Answer, Call
from app.demo.github.search import MOST_RESULTS, search
from app.demo.github.state import Rejected


def search_issues(call: Call) -> Answer:
    """GET /search/issues: 1,000 results at most; what may not be seen is left out silently."""
    query = call.query.get("q")
    if not query:
        errors = [{"resource": "Search", "field": "q", "code": "missing"}]
        raise Rejected(422, "Validation Failed", errors)
    sort = call.query.get("sort")
    order = f"{sort or 'created'}-{call.query.get('order', 'desc')}"
    found = search(call.state, call.actor, query, order)
    page, headers = call.slice(found[:MOST_RESULTS])
    if not page and len(found) > MOST_RESULTS:
        raise Rejected(422, "Only the first 1000 search results are available")
    body = {
        "total_count": len(found),
        "incomplete_results": call.state.search_incomplete,
        "items": [shapes.search_result(call.state, item) for item in page],
        "search_type": "lexical",
    }
    return Answer(200, body, headers)
